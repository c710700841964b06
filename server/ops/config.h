// Config: everything an operator can set. ONE table (config.cpp) gives each option its flag, its environment variable, its line in
// the config file and its line in --help, so the four never differ. Precedence: flag, environment, config file, default.
// A bad or unknown option or value is answered with one sentence that names the option, where it came from and what is allowed.
// Thread rule: pure values; read once at start, then shared read-only.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace matinee::ops {

struct Config {
  // Reaching it
  std::vector<std::string> addresses;      // empty = every address of this machine, IPv6 and IPv4
  std::int64_t port = 8080;                // 0 = any free one
  std::string public_url;                  // "https://NAME[:PORT]", without a slash at the end; empty = not known
  std::vector<std::string> allowed_hosts;  // more names accepted as Host
  std::string tls_certificate;             // PEM file; with tls_key: this server speaks TLS itself
  std::string tls_key;
  bool plain_redirects = true;  // with TLS: plain http is sent to https; false: served as well
  std::int64_t tls_port = 0;    // 0 = `port` itself speaks TLS; else `port` stays plain and this one speaks TLS

  // Desktop video
  bool video = true;
  std::int64_t video_port = 8090;        // TLS, on `addresses`; 0 = any free one
  std::int64_t video_plain_port = 8091;  // the same without TLS; 0 = any free one
  std::string video_plain_address = "127.0.0.1";

  // Data and files
  std::string data_folder = "./var";
  std::string templates_folder;  // set by parse_config: installed beside the program, else the source tree
  std::string static_folder;

  // Library
  bool library = true;
  std::int64_t library_person_mib = 10'240;  // what one account may keep
  std::int64_t library_total_mib = 51'200;
  bool library_samples = true;  // two clips, made at the first start

  // People
  bool signups_open = true;
  bool guests = true;
  std::int64_t participants_max = 5'000;  // a room

  // Other sites
  bool link_previews = true;
  std::string youtube_oembed_url = "https://www.youtube.com/oembed";
  bool private_links = false;  // links into the local network are looked at as well

  // Resources
  std::int64_t shards = 0;  // 0 = one per core
  std::int64_t connections_max = 20'000;
  std::int64_t connections_per_address_max = 400;
  std::int64_t argon2_memory_mib = 64;
  std::int64_t argon2_passes = 3;

  // Log
  std::string log_level = "info";  // debug info warning error
  bool log_json = false;
  std::int64_t metrics_port = -1;  // GET /metrics on 127.0.0.1; -1 = off, 0 = any free one

  // Bench mode
  std::int64_t bench_guests = 0;  // over 0: bench mode. Rates are lifted: never on a server that others can reach
  std::int64_t bench_rooms = 1;
  std::string bench_cookies_file;  // one "name=value" line a guest
  std::string bench_codes_file;    // one room code a line
  std::string bench_tokens_file;   // one token of a desktop program a line, of the guests in the order of their cookies

  [[nodiscard]] bool has_tls() const { return !tls_certificate.empty(); }
  [[nodiscard]] bool bench() const { return bench_guests > 0; }
};

struct ConfigOutcome {
  enum class What : std::uint8_t { run, say, refuse };
  What what = What::run;
  Config config;                      // run
  std::string text;                   // say: for standard output (--help, --version), then exit 0 · refuse: one sentence, then exit 2
  std::vector<std::string> warnings;  // run: MATINEE_ variables that name no option: other programs may mean them, a typo may not
};

using Environment = std::vector<std::pair<std::string, std::string>>;

// `arguments` without the program's name. Reads the config file that --config or MATINEE_CONFIG names.
[[nodiscard]] ConfigOutcome parse_config(const std::vector<std::string>& arguments, const Environment& environment);
[[nodiscard]] Environment process_environment();  // only the variables that begin with MATINEE_

// One row per option, for the documentation and for the test that says --help is complete.
struct OptionRow {
  std::string flag;      // "--port"
  std::string variable;  // "MATINEE_PORT"
  std::string default_text;
  std::string allowed;  // "0–65535"
  std::string help;
};
[[nodiscard]] std::vector<OptionRow> option_rows();

}  // namespace matinee::ops
