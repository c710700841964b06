// POST /api/desktop-tokens: a desktop program logs in with name and password and gets a token of its own, the video port and the
// fingerprint to expect there. No cookie counts and none is set, so no Origin is asked for either; throttles and answers are those of
// the log-in page, so this door tells no more and opens no faster than that one.
// Thread rule: add once at start; the handler runs on the loop of its request.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include "server/auth/accounts.h"
#include "server/http/router.h"

namespace matinee::api {

inline constexpr std::size_t desktop_token_body_bytes_max = 4 * 1024;
inline constexpr std::size_t desktop_client_bytes_max = 100;  // how the program calls itself in the list of devices

struct DesktopTokenServices {
  std::function<auth::Accounts&(net::Loop&)> accounts;
  std::int64_t video_port = 0;
  std::string fingerprint;  // 64 hexadecimal digits: SHA-256 of the certificate on that port
};

void add_desktop_tokens(http::Router& router, DesktopTokenServices services);

}  // namespace matinee::api
