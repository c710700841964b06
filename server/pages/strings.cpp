#include "server/pages/strings.h"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <map>

namespace matinee::pages {
namespace {

namespace json = boost::json;

constexpr std::string_view opening = "export default ";
constexpr std::string_view closing = ";";

struct Forms {
  std::string one;  // empty: a text without forms
  std::string other;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// The object between "export default" and the semicolon.
std::optional<std::string_view> json_of(std::string_view file) {
  const std::string_view text = trimmed(file);
  if (!text.starts_with(opening) || !text.ends_with(closing)) return std::nullopt;
  return text.substr(opening.size(), text.size() - opening.size() - closing.size());
}

std::optional<Forms> forms_of(const json::value& value) {
  if (const auto* text = value.if_string()) return Forms{{}, std::string(*text)};
  const auto* forms = value.if_object();
  const json::value* one = forms != nullptr ? forms->if_contains("one") : nullptr;
  const json::value* other = forms != nullptr ? forms->if_contains("other") : nullptr;
  if (one == nullptr || other == nullptr || !one->is_string() || !other->is_string()) return std::nullopt;
  return Forms{std::string(one->get_string()), std::string(other->get_string())};
}

std::string filled(std::string_view pattern, Words::Values values) {
  std::string out;
  std::size_t at = 0;
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', at)) {
    const std::size_t close = pattern.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string_view name = pattern.substr(open + 1, close - open - 1);
    const auto* value = std::find_if(values.begin(), values.end(), [name](const auto& entry) { return entry.first == name; });
    out.append(pattern, at, open - at);
    if (value != values.end()) out.append(value->second);
    else out.append(pattern, open, close + 1 - open);
    at = close + 1;
  }
  return out.append(pattern, at);
}

}  // namespace

struct Words::Catalogue {
  std::map<std::string, Forms, std::less<>> texts;
};

Words::Words(std::string_view tag, std::unique_ptr<Catalogue> catalogue) : tag_(tag), catalogue_(std::move(catalogue)) {}
Words::~Words() = default;

bool Words::has(std::string_view key) const { return catalogue_->texts.find(key) != catalogue_->texts.end(); }

std::optional<std::string_view> Words::raw(std::string_view key) const {
  const auto found = catalogue_->texts.find(key);
  if (found == catalogue_->texts.end() || !found->second.one.empty()) return std::nullopt;
  return found->second.other;
}

std::string Words::text(std::string_view key, Values values) const {
  const auto found = catalogue_->texts.find(key);
  return found == catalogue_->texts.end() ? std::string(key) : filled(found->second.other, values);
}

std::string Words::count(std::string_view key, std::int64_t n, Values values) const {
  const auto found = catalogue_->texts.find(key);
  if (found == catalogue_->texts.end()) return std::string(key);
  // "one" is 1 in English and German alike; a language with other rules brings them here (CLDR), as Intl.PluralRules has them.
  const std::string& pattern = n == 1 && !found->second.one.empty() ? found->second.one : found->second.other;
  const std::string number = std::to_string(n);
  return filled(filled(pattern, {{"n", number}}), values);
}

Strings::Strings() = default;
Strings::~Strings() = default;

std::unique_ptr<const Strings> Strings::load(const std::string& folder, std::string& error) {
  std::unique_ptr<Strings> strings(new Strings());
  for (std::size_t i = 0; i < language_tags.size(); ++i) {
    const std::string path = folder + "/" + std::string(language_tags[i]) + ".js";
    const auto fail = [&](const std::string& why) {
      error = "The strings in " + path + " " + why + ". Give the folder of this version's static files with --static.";
      return nullptr;
    };
    std::ifstream input(path, std::ios::binary);
    if (!input) return fail("cannot be read");
    const std::string file{std::istreambuf_iterator<char>(input), std::istreambuf_iterator<char>()};
    const auto text = json_of(file);
    boost::system::error_code problem;
    const json::value root = text ? json::parse(*text, problem) : json::value();
    const auto* object = root.if_object();
    if (object == nullptr) return fail("are not \"export default {…};\" around JSON");
    auto catalogue = std::make_unique<Words::Catalogue>();
    for (const auto& entry : *object) {
      const std::string key(entry.key());
      auto forms = forms_of(entry.value());
      if (!forms) return fail("have neither a text nor its forms \"one\" and \"other\" for " + key);
      catalogue->texts.emplace(key, std::move(*forms));
    }
    strings->all_[i].reset(new Words(language_tags[i], std::move(catalogue)));
  }
  return strings;
}

const Words* Strings::find(std::string_view tag) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [tag](const auto& words) { return words->tag() == tag; });
  return found == all_.end() ? nullptr : found->get();
}

}  // namespace matinee::pages
