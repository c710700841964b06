#include "server/ops/config.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include "server/ops/config_check.h"

using matinee::ops::Config;
using matinee::ops::ConfigOutcome;
using matinee::ops::Environment;
using matinee::ops::parse_config;

namespace {

class ConfigFile {
 public:
  explicit ConfigFile(const std::string& content) {
    char folder[] = "/tmp/matinee-config-XXXXXX";
    folder_ = ::mkdtemp(folder);
    std::ofstream(path()) << content;
  }
  ~ConfigFile() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path() const { return folder_ + "/matinee.toml"; }

 private:
  std::string folder_;
};

Config run(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  const ConfigOutcome outcome = parse_config(arguments, environment);
  INFO(outcome.text);
  REQUIRE(outcome.what == ConfigOutcome::What::run);
  return outcome.config;
}

std::string refusal(const std::vector<std::string>& arguments, const Environment& environment = {}) {
  const ConfigOutcome outcome = parse_config(arguments, environment);
  REQUIRE(outcome.what == ConfigOutcome::What::refuse);
  return outcome.text;
}

using Catch::Matchers::Contains;

}  // namespace

TEST_CASE("without any option the documented defaults hold") {
  const Config config = run({});
  CHECK(config.port == 8080);
  CHECK(config.addresses.empty());
  CHECK(config.data_folder == "./var");
  CHECK(config.argon2_memory_mib == 64);
  CHECK(config.argon2_passes == 3);
  CHECK(config.signups_open);
  CHECK(config.guests);
  CHECK_FALSE(config.bench());
  CHECK(config.video);
  CHECK(config.video_port == 8090);
  CHECK(config.video_plain_port == 8091);
  CHECK(config.video_plain_address == "127.0.0.1");
  CHECK(config.metrics_port == -1);
  CHECK(config.templates_folder.find("templates") != std::string::npos);
}

TEST_CASE("a flag wins over the environment, that over the config file, that over the default") {
  const ConfigFile file("port = 7001\nsignups = \"closed\"\nlog-format = \"json\"\n");
  const Environment environment{{"MATINEE_CONFIG", file.path()}, {"MATINEE_PORT", "7002"}, {"MATINEE_SIGNUPS", "open"}};
  const Config config = run({"--port", "7003"}, environment);
  CHECK(config.port == 7003);
  CHECK(config.signups_open);  // environment over file
  CHECK(config.log_json);      // file over default
  CHECK(run({}, environment).port == 7002);
  CHECK(run({"--config", file.path()}).port == 7001);
}

TEST_CASE("the flag --config wins over the variable MATINEE_CONFIG") {
  const ConfigFile wanted("port = 1\n");
  const ConfigFile other("port = 2\n");
  CHECK(run({"--config", wanted.path()}, {{"MATINEE_CONFIG", other.path()}}).port == 1);
}

TEST_CASE("a list may be given with commas, by repeating the flag, or as an array in the file") {
  const std::vector<std::string> wanted{"a.example", "b.example"};
  CHECK(run({"--allowed-hosts", "a.example, b.example"}).allowed_hosts == wanted);
  CHECK(run({"--allowed-hosts", "a.example", "--allowed-hosts", "b.example"}).allowed_hosts == wanted);
  const ConfigFile file("allowed-hosts = [\"a.example\", \"b.example\"]  # two names\n");
  CHECK(run({"--config", file.path()}).allowed_hosts == wanted);
}

TEST_CASE("the last of a repeated flag counts, and an empty variable is none") {
  CHECK(run({"--port", "1", "--port", "2"}).port == 2);
  CHECK(run({}, {{"MATINEE_PORT", ""}}).port == 8080);
}

TEST_CASE("numbers are accepted at their limits and refused one beyond") {
  struct Row {
    std::string flag;
    std::int64_t min;
    std::int64_t max;
  };
  const auto row = GENERATE(Row{"--port", 0, 65535}, Row{"--shards", 0, 64}, Row{"--argon2-memory", 19, 1024}, Row{"--argon2-time", 2, 20},
                            Row{"--participants-max", 2, 5000}, Row{"--max-connections", 16, 1'000'000},
                            Row{"--max-connections-per-address", 4, 1'000'000}, Row{"--bench-guests", 0, 100'000},
                            Row{"--bench-rooms", 1, 10'000}, Row{"--video-plain-port", 0, 65535}, Row{"--metrics-port", -1, 65535});
  INFO(row.flag);
  run({row.flag, std::to_string(row.min)});
  run({row.flag, std::to_string(row.max)});
  for (const std::int64_t value : {row.min - 1, row.max + 1}) {
    const std::string sentence = refusal({row.flag, std::to_string(value)});
    CHECK_THAT(sentence, Contains(row.flag) && Contains(std::to_string(row.min) + "–" + std::to_string(row.max)));
  }
}

TEST_CASE("a bad value is answered with the option, its source and what is allowed") {
  CHECK(refusal({"--port", "eighty"}) == "\"eighty\" is no value for --port (from the command line). Allowed: 0–65535.");
  CHECK(refusal({}, {{"MATINEE_SIGNUPS", "yes"}}) ==
        "\"yes\" is no value for --signups (from the environment variable MATINEE_SIGNUPS). Allowed: open or closed.");
  const ConfigFile file("log-level = loud\n");
  CHECK(refusal({"--config", file.path()}) ==
        "\"loud\" is no value for --log-level (in the config file " + file.path() + "). Allowed: debug, info, warning, error.");
}

TEST_CASE("values that only look like numbers are refused") {
  const auto value = GENERATE("80a", " 80", "0x50", "8e1", "80.0", "+80", "99999999999999999999");
  CHECK_THAT(refusal({"--port", value}), Contains("is no value for --port"));
}

TEST_CASE("a flag without its value is told what it needs") {
  CHECK(refusal({"--port"}) == "--port needs a value (on the command line). Allowed: 0–65535.");
}

TEST_CASE("an unknown option is named with its source and the nearest real one") {
  CHECK_THAT(refusal({"--prot", "80"}), Contains("\"--prot\"") && Contains("on the command line") && Contains("did you mean --port?"));
  CHECK_THAT(refusal({"--prot=80"}), Contains("did you mean --port?"));
  CHECK_THAT(refusal({"serve-me-well"}), Contains("\"serve-me-well\"") && !Contains("did you mean"));
  const ConfigFile file("pubic-url = \"http://a\"\n");
  CHECK_THAT(refusal({"--config", file.path()}),
             Contains("\"pubic-url\"") && Contains(file.path()) && Contains("did you mean --public-url?"));
  const ConfigFile section("[server]\nport = 1\n");
  CHECK_THAT(refusal({"--config", section.path()}), Contains("server"));
}

TEST_CASE("an unknown variable is warned about, because another program may mean it") {
  const ConfigOutcome outcome = parse_config({}, {{"MATINEE_SIGNUP", "closed"}, {"HOME", "/"}});
  CHECK(outcome.what == ConfigOutcome::What::run);
  REQUIRE(outcome.warnings.size() == 1);
  CHECK_THAT(outcome.warnings[0], Contains("MATINEE_SIGNUP") && Contains("did you mean --signups?"));
}

TEST_CASE("a config file that is missing is named") {
  CHECK_THAT(refusal({"--config", "/nonexistent/m.toml"}), Contains("/nonexistent/m.toml") && Contains("cannot be read"));
}

TEST_CASE("the public URL is a scheme, a host and perhaps a port, without a slash at the end") {
  CHECK(run({"--public-url", "https://watch.example.org/"}).public_url == "https://watch.example.org");
  CHECK(run({"--public-url", "http://[2001:db8::1]:8080"}).public_url == "http://[2001:db8::1]:8080");
  const auto bad = GENERATE("watch.example.org", "ftp://a", "https://", "https://a/b", "https://user@a", "https://a:0", "https://a:65536",
                            "https://a:", "https://a?b", "https://a b", "javascript:alert(1)", "https://[::zz]");
  CHECK_THAT(refusal({"--public-url", bad}), Contains("is no value for --public-url"));
}

TEST_CASE("other sites are asked about links unless that is switched off, YouTube where the operator says, never inside by default") {
  const Config config = run({});
  CHECK((config.link_previews && !config.private_links && config.youtube_oembed_url == "https://www.youtube.com/oembed"));
  CHECK_FALSE(run({"--link-previews", "off"}).link_previews);
  CHECK(run({"--youtube-oembed-url", "http://oembed.lan:8000/x?y=z"}).youtube_oembed_url == "http://oembed.lan:8000/x?y=z");
  const auto bad = GENERATE("", "oembed.lan", "ftp://oembed.lan", "file:///etc/passwd");
  CHECK_THAT(refusal({"--youtube-oembed-url", bad}), Contains("is no value for --youtube-oembed-url"));
}

TEST_CASE("addresses are IP addresses") {
  CHECK(run({"--address", "127.0.0.1,::1"}).addresses.size() == 2);
  CHECK_THAT(refusal({"--address", "localhost"}), Contains("is no value for --address"));
}

TEST_CASE("two listeners want two ports, and the later option is told") {
  CHECK(refusal({"--video-port", "8080"}) == "--video-port and --port need two numbers.");
  CHECK(refusal({"--port", "8091"}) == "--video-plain-port and --port need two numbers.");
  CHECK(refusal({"--video-plain-port", "8090"}) == "--video-plain-port and --video-port need two numbers.");
  CHECK(refusal({"--metrics-port", "8090"}) == "--metrics-port and --video-port need two numbers.");
  CHECK(run({"--port", "0", "--video-port", "0", "--video-plain-port", "0", "--metrics-port", "0"}).video_port == 0);
  CHECK(run({"--port", "8090", "--video", "off"}).port == 8090);
  CHECK(run({"--video-plain-address", "::1"}).video_plain_address == "::1");
  CHECK_THAT(refusal({"--video-plain-address", "localhost"}), Contains("is no value for --video-plain-address"));
}

TEST_CASE("options that need each other say so") {
  CHECK_THAT(refusal({"--tls-cert", "a.pem"}), Contains("--tls-key"));
  CHECK_THAT(refusal({"--tls-key", "a.pem"}), Contains("--tls-cert"));
  CHECK_THAT(refusal({"--tls-port", "8443"}), Contains("--tls-cert"));
  CHECK_THAT(refusal({"--tls-cert", "a", "--tls-key", "b", "--tls-port", "8080"}), Contains("two numbers"));
  CHECK_THAT(refusal({"--bench-codes", "f"}), Contains("--bench-guests"));
  CHECK_THAT(refusal({"--bench-tokens", "f"}), Contains("--bench-guests"));
  CHECK(run({"--tls-cert", "a", "--tls-key", "b"}).has_tls());
}

TEST_CASE("help names every option with its variable, its default and what is allowed") {
  const ConfigOutcome outcome = parse_config({"--help"}, {});
  REQUIRE(outcome.what == ConfigOutcome::What::say);
  const auto rows = matinee::ops::option_rows();
  CHECK(rows.size() >= 24);
  for (const auto& row : rows) {
    INFO(row.flag);
    CHECK_THAT(outcome.text, Contains(row.flag) && Contains("[" + row.variable + "]") && Contains("Default: " + row.default_text) &&
                                 Contains("Allowed: " + row.allowed) && Contains(row.help));
    CHECK_FALSE(row.default_text.empty());
  }
}

TEST_CASE("every option can be set from the environment and from the file") {
  for (const auto& row : matinee::ops::option_rows()) {
    INFO(row.flag);
    const std::string bad_number = "x y";
    if (row.allowed.find("–") == std::string::npos) continue;  // numbers can be told from their refusal
    CHECK_THAT(refusal({}, {{row.variable, bad_number}}), Contains(row.variable));
    const ConfigFile file(row.flag.substr(2) + " = \"x\"\n");
    CHECK_THAT(refusal({"--config", file.path()}), Contains(file.path()));
  }
}

TEST_CASE("the version is said") {
  const ConfigOutcome outcome = parse_config({"--version"}, {});
  CHECK(outcome.what == ConfigOutcome::What::say);
  CHECK_THAT(outcome.text, Contains("matinee 0."));
}
