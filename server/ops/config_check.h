// What one row of the option table cannot say: the form of a URL, options that need each other, and where shipped files lie.
// Split from config.cpp so that the table's file stays the only one that includes CLI11. Pure, but for looking at folders.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include "server/ops/config.h"

namespace matinee::ops {

struct CheckOutcome {
  std::string option;    // the option at fault; empty = all is well
  std::string sentence;  // empty = "is no value for", with what the table allows
};
[[nodiscard]] CheckOutcome check_config(Config& config);  // also removes the slash at the end of public_url

// "https://name:8443" taken apart; nothing when it is no http(s) URL of a bare host.
struct BaseUrl {
  bool secure = false;
  std::string host;       // lower case; IPv6 in brackets
  std::int64_t port = 0;  // 0 = the scheme's own
};
[[nodiscard]] std::optional<BaseUrl> read_base_url(std::string_view text);

// <program>/../share/matinee/NAME when installed, else NAME in the source tree this was built from.
[[nodiscard]] std::string shipped_folder(std::string_view name);

}  // namespace matinee::ops
