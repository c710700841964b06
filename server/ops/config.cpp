#include "server/ops/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <variant>
#include "server/ops/config_check.h"

extern char** environ;

namespace matinee::ops {
namespace {

struct Switch {
  bool Config::*member;
  const char* yes;
  const char* no;
};
struct Number {
  std::int64_t Config::*member;
  std::int64_t min;
  std::int64_t max;
  const char* unit;
};
struct Choice {
  std::string Config::*member;
  std::array<const char*, 4> words;
};
struct Text {
  std::string Config::*member;
  const char* allowed;
  const char* when_empty;
};
struct List {
  std::vector<std::string> Config::*member;
  const char* allowed;
  const char* when_empty;
};

struct Option {
  const char* name;
  const char* group;
  std::variant<Switch, Number, Choice, Text, List> kind;
  const char* help;
};

constexpr const char* reaching = "Reaching it";
constexpr const char* video = "Desktop video";
constexpr const char* files = "Data and files";
constexpr const char* library = "Library";
constexpr const char* people = "People";
constexpr const char* other_sites = "Other sites";
constexpr const char* resources = "Resources";
constexpr const char* logging = "Log and metrics";
constexpr const char* benching = "Bench mode (lifts the rates: never where others can reach it)";

const Option options[] = {
    {"address", reaching, List{&Config::addresses, "IP addresses, separated by commas", "all"}, "Addresses to listen on"},
    {"port", reaching, Number{&Config::port, 0, 65535, ""}, "Port to listen on (0: any free one)"},
    {"public-url", reaching, Text{&Config::public_url, "http:// or https://, a name, and a port if needed", "none"},
     "Where people reach this server; share links and Host checks use it"},
    {"allowed-hosts", reaching, List{&Config::allowed_hosts, "host names, separated by commas", "none"}, "More names accepted as Host"},
    {"tls-cert", reaching, Text{&Config::tls_certificate, "a PEM file", "none"},
     "Certificate chain; with --tls-key the server speaks https"},
    {"tls-key", reaching, Text{&Config::tls_key, "a PEM file", "none"}, "Private key of the certificate"},
    {"tls-port", reaching, Number{&Config::tls_port, 0, 65535, ""}, "Speak https here and plain http on --port (0: https on --port)"},
    {"plain-http", reaching, Switch{&Config::plain_redirects, "redirect", "serve"},
     "With TLS, what plain http gets: sent to https, or the pages themselves"},

    {"video", video, Switch{&Config::video, "on", "off"}, "Whether desktop programs may connect"},
    {"video-port", video, Number{&Config::video_port, 0, 65535, ""}, "Port for desktop programs, with TLS, on --address (0: any free one)"},
    {"video-plain-port", video, Number{&Config::video_plain_port, 0, 65535, ""}, "The same without TLS (0: any free one)"},
    {"video-plain-address", video, Text{&Config::video_plain_address, "an IP address", ""},
     "Address of the port without TLS: anybody on the way can listen, so keep it to this machine or a VPN"},

    {"data", files, Text{&Config::data_folder, "a folder", ""}, "Folder with everything the server keeps"},
    {"templates", files, Text{&Config::templates_folder, "a folder", "as installed"}, "Folder of the page templates"},
    {"static", files, Text{&Config::static_folder, "a folder", "as installed"}, "Folder of the scripts and styles"},

    {"library", library, Switch{&Config::library, "on", "off"}, "Whether this server keeps videos"},
    {"library-person", library, Number{&Config::library_person_mib, 1, 100'000'000, "MiB"}, "What one account may keep in the library"},
    {"library-total", library, Number{&Config::library_total_mib, 1, 100'000'000, "MiB"}, "What the whole library may hold"},
    {"library-samples", library, Switch{&Config::library_samples, "on", "off"},
     "Whether two sample clips are made at the first start (with ffmpeg, in the background)"},

    {"signups", people, Switch{&Config::signups_open, "open", "closed"}, "Who may make an account"},
    {"guests", people, Switch{&Config::guests, "on", "off"}, "Whether people without an account may start and join rooms"},
    {"participants-max", people, Number{&Config::participants_max, 2, 5000, ""}, "People in one room"},

    {"link-previews", other_sites, Switch{&Config::link_previews, "on", "off"},
     "Whether this server asks other sites for a link's title, length, picture and subtitles"},
    {"youtube-oembed-url", other_sites, Text{&Config::youtube_oembed_url, "an http:// or https:// address", "none"},
     "Where YouTube titles are asked for"},
    {"allow-private-links", other_sites, Switch{&Config::private_links, "on", "off"},
     "Whether links into the local network are looked at too: only where everybody may reach it"},

    {"shards", resources, Number{&Config::shards, 0, 64, ""}, "Threads that serve connections (0: one per core)"},
    {"max-connections", resources, Number{&Config::connections_max, 16, 1'000'000, ""}, "Open connections"},
    {"max-connections-per-address", resources, Number{&Config::connections_per_address_max, 4, 1'000'000, ""},
     "Open connections of one address"},
    {"argon2-memory", resources, Number{&Config::argon2_memory_mib, 19, 1024, "MiB"}, "Memory of one password hash"},
    {"argon2-time", resources, Number{&Config::argon2_passes, 2, 20, "passes"}, "Passes of one password hash"},

    {"log-level", logging, Choice{&Config::log_level, {"debug", "info", "warning", "error"}}, "Least severity that is logged"},
    {"log-format", logging, Switch{&Config::log_json, "json", "text"}, "One line of key=value pairs, or one JSON object a line"},
    {"metrics-port", logging, Number{&Config::metrics_port, -1, 65535, ""},
     "Port on 127.0.0.1 for GET /metrics (0: any free one, -1: none)"},

    {"bench-guests", benching, Number{&Config::bench_guests, 0, 100'000, ""}, "Make this many guests at start"},
    {"bench-rooms", benching, Number{&Config::bench_rooms, 1, 10'000, ""}, "Make this many rooms at start, owned by the first guest"},
    {"bench-cookies", benching, Text{&Config::bench_cookies_file, "a file", "none"}, "Write a cookie line for each guest to this file"},
    {"bench-codes", benching, Text{&Config::bench_codes_file, "a file", "none"}, "Write the room codes to this file"},
    {"bench-tokens", benching, Text{&Config::bench_tokens_file, "a file", "none"},
     "Write a desktop program's token for each guest to this file"},
};

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

std::string variable_of(std::string_view name) {
  std::string result = "MATINEE_";
  for (char c : name) result += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return result;
}

std::string allowed_of(const Option& option) {
  return std::visit(Overload{[](const Switch& s) { return std::string(s.yes) + " or " + s.no; },
                             [](const Number& n) {
                               std::string text = std::to_string(n.min) + "–" + std::to_string(n.max);
                               return *n.unit != '\0' ? text + " " + n.unit : text;
                             },
                             [](const Choice& c) {
                               std::string text;
                               for (const char* word : c.words) text += (text.empty() ? "" : ", ") + std::string(word);
                               return text;
                             },
                             [](const Text& t) { return std::string(t.allowed); }, [](const List& l) { return std::string(l.allowed); }},
                    option.kind);
}

std::string default_of(const Option& option) {
  static const Config fresh;
  return std::visit(
      Overload{[](const Switch& s) { return std::string(fresh.*s.member ? s.yes : s.no); },
               [](const Number& n) { return std::to_string(fresh.*n.member); }, [](const Choice& c) { return fresh.*c.member; },
               [](const Text& t) { return (fresh.*t.member).empty() ? std::string(t.when_empty) : fresh.*t.member; },
               [](const List& l) { return std::string(l.when_empty); }},
      option.kind);
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

bool apply(const Option& option, Config& config, const std::string& value) {
  return std::visit(Overload{[&](const Switch& s) {
                               if (value != s.yes && value != s.no) return false;
                               config.*s.member = value == s.yes;
                               return true;
                             },
                             [&](const Number& n) {
                               std::int64_t number = 0;
                               const char* end = value.data() + value.size();
                               const auto read = std::from_chars(value.data(), end, number);
                               if (read.ec != std::errc() || read.ptr != end || number < n.min || number > n.max) return false;
                               config.*n.member = number;
                               return true;
                             },
                             [&](const Choice& c) {
                               if (std::find(c.words.begin(), c.words.end(), value) == c.words.end()) return false;
                               config.*c.member = value;
                               return true;
                             },
                             [&](const Text& t) {
                               config.*t.member = value;
                               return true;
                             },
                             [&](const List& l) {
                               config.*l.member = split(value);
                               return true;
                             }},
                    option.kind);
}

const Option* find_option(std::string_view name) {
  const auto* found = std::find_if(std::begin(options), std::end(options), [&](const Option& o) { return name == o.name; });
  return found == std::end(options) ? nullptr : found;
}

std::size_t distance(std::string_view a, std::string_view b) {  // Levenshtein; names are short
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string unknown(std::string_view written, std::string name, const std::string& source) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c == '_' ? '-' : static_cast<char>(std::tolower(c)); });
  const Option* nearest = std::min_element(std::begin(options), std::end(options), [&](const Option& a, const Option& b) {
    return distance(name, a.name) < distance(name, b.name);
  });
  std::string sentence = "There is no option \"" + std::string(written) + "\" (" + source + ")";
  if (distance(name, nearest->name) <= 3) sentence += "; did you mean --" + std::string(nearest->name) + "?";
  return sentence + (sentence.back() == '?' ? "" : ".") + " All options: matinee --help";
}

std::string refused(const Option& option, const std::string& value, const std::string& source) {
  return "\"" + value + "\" is no value for --" + option.name + " (" + source + "). Allowed: " + allowed_of(option) + ".";
}

// Values as text with where each came from; a later source replaces an earlier one.
struct Given {
  std::string value;
  std::string source;
};
using GivenValues = std::vector<std::optional<Given>>;  // parallel to `options`

std::size_t index_of(const Option* option) { return static_cast<std::size_t>(option - std::begin(options)); }

std::string read_file(const std::string& path, GivenValues& given) {
  std::ifstream input(path);
  if (!input) return "The config file " + path + " cannot be read. Give --config the path of a readable file.";
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(input);
  } catch (const CLI::Error&) { return "The config file " + path + " cannot be understood. Write one \"name = value\" a line."; }
  for (const CLI::ConfigItem& item : items) {
    const Option* option = item.parents.empty() ? find_option(item.name) : nullptr;
    if (option == nullptr) return unknown(item.fullname(), item.name, "in the config file " + path);
    given[index_of(option)] = Given{CLI::detail::join(item.inputs, ","), "in the config file " + path};
  }
  return {};
}

void read_environment(const Environment& environment, GivenValues& given, std::vector<std::string>& warnings) {
  for (const auto& [variable, value] : environment) {
    if (variable.rfind("MATINEE_", 0) != 0 || variable == "MATINEE_CONFIG" || value.empty()) continue;
    const std::string& wanted = variable;
    const auto* option =
        std::find_if(std::begin(options), std::end(options), [&](const Option& o) { return variable_of(o.name) == wanted; });
    if (option == std::end(options)) warnings.push_back(unknown(variable, variable.substr(8), "an environment variable; ignored"));
    else given[index_of(option)] = Given{value, "from the environment variable " + variable};
  }
}

struct Flags {
  CLI::App app{"Matinee: watch together, in step.", "matinee"};
  std::vector<std::string> values = std::vector<std::string>(std::size(options));
  std::string config_file;
  CLI::Option* version = nullptr;
  std::vector<CLI::Option*> added;

  Flags() {
    app.allow_extras();
    app.set_help_flag("--help,-h", "Show this and exit");
    version = app.add_flag("--version")->description("Show the version and exit");
    app.add_option("--config", config_file, "File with one \"name = value\" a line, names as below without the dashes [MATINEE_CONFIG]")
        ->type_name("FILE")
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    for (std::size_t i = 0; i < std::size(options); ++i) {
      const Option& option = options[i];
      const bool list = std::holds_alternative<List>(option.kind);
      std::string text = std::string(option.help) + "\nAllowed: " + allowed_of(option) + ". Default: " + default_of(option) + " [" +
                         variable_of(option.name) + "]";
      // An empty value is a value, so each flag takes exactly one word.
      added.push_back(app.add_option("--" + std::string(option.name), values[i], text)
                          ->type_name("")
                          ->group(option.group)
                          ->multi_option_policy(list ? CLI::MultiOptionPolicy::Join : CLI::MultiOptionPolicy::TakeLast));
      if (list) added.back()->delimiter(',');
    }
    app.footer("What a flag says wins over the environment, that over the config file, that over the default.");
  }
};

std::string read_flags(Flags& flags, GivenValues& given) {
  for (std::size_t i = 0; i < flags.added.size(); ++i) {
    if (flags.added[i]->count() == 0) continue;
    std::string value = flags.values[i];
    std::replace(value.begin(), value.end(), '\n', ',');  // how CLI11 joins a repeated list flag
    given[i] = Given{value, "from the command line"};
  }
  const std::vector<std::string> left = flags.app.remaining();
  if (left.empty()) return {};
  const auto dashed = std::find_if(left.begin(), left.end(), [](const std::string& word) { return word.rfind('-', 0) == 0; });
  const std::string& word = dashed == left.end() ? left.front() : *dashed;
  const std::string bare = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  return unknown(word, bare.substr(0, bare.find('=')), "on the command line");
}

ConfigOutcome refuse(std::string sentence) { return {ConfigOutcome::What::refuse, {}, std::move(sentence), {}}; }

ConfigOutcome settle(const GivenValues& given) {
  ConfigOutcome outcome;
  for (std::size_t i = 0; i < std::size(options); ++i) {
    if (given[i] && !apply(options[i], outcome.config, given[i]->value))
      return refuse(refused(options[i], given[i]->value, given[i]->source));
  }
  const CheckOutcome checked = check_config(outcome.config);
  if (!checked.option.empty()) {
    const Option* option = find_option(checked.option);
    const auto& value = given[index_of(option)];
    if (checked.sentence.empty()) return refuse(refused(*option, value ? value->value : "", value ? value->source : "by default"));
    return refuse(checked.sentence);
  }
  if (outcome.config.templates_folder.empty()) outcome.config.templates_folder = shipped_folder("templates");
  if (outcome.config.static_folder.empty()) outcome.config.static_folder = shipped_folder("static");
  return outcome;
}

}  // namespace

ConfigOutcome parse_config(const std::vector<std::string>& arguments, const Environment& environment) {
  Flags flags;
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // the order CLI11 wants
  try {
    flags.app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return {ConfigOutcome::What::say, {}, flags.app.help(), {}};
  } catch (const CLI::ParseError& error) {  // what is left: a flag at the end without its value
    const std::string problem = error.what();
    const std::string flag = problem.substr(0, problem.find(':'));
    const Option* option = find_option(flag.substr(std::min<std::size_t>(2, flag.size())));
    return refuse(flag + " needs a value (on the command line)." + (option == nullptr ? "" : " Allowed: " + allowed_of(*option) + "."));
  }
  if (flags.version->count() > 0) return {ConfigOutcome::What::say, {}, "matinee " MATINEE_VERSION "\n", {}};

  std::string file = flags.config_file;
  for (const auto& [variable, value] : environment) {
    if (file.empty() && variable == "MATINEE_CONFIG") file = value;
  }
  GivenValues given(std::size(options));
  std::string problem = file.empty() ? std::string() : read_file(file, given);
  std::vector<std::string> warnings;
  if (problem.empty()) read_environment(environment, given, warnings);
  if (problem.empty()) problem = read_flags(flags, given);
  if (!problem.empty()) return refuse(std::move(problem));
  ConfigOutcome outcome = settle(given);
  outcome.warnings = std::move(warnings);
  return outcome;
}

Environment process_environment() {
  Environment result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (text.rfind("MATINEE_", 0) == 0 && equals != std::string_view::npos)
      result.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

std::vector<OptionRow> option_rows() {
  std::vector<OptionRow> rows;
  for (const Option& option : options) {
    rows.push_back({"--" + std::string(option.name), variable_of(option.name), default_of(option), allowed_of(option), option.help});
  }
  return rows;
}

}  // namespace matinee::ops
