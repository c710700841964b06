// The cookies of this server: what they are called, how they are set, and how one is found in a Cookie header. Pure functions.
// HttpOnly; SameSite=Lax; Path=/ always; under TLS the name starts with __Host- and Secure is set (RFC 6265bis).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::auth {

enum class CookieUse : std::uint8_t {
  session,   // the token of SessionService; lives 90 days
  visitor,   // a random value for forms shown before a session exists (csrf.h); lives with the browser
};

[[nodiscard]] std::string_view cookie_name(CookieUse use, bool tls);
[[nodiscard]] std::string set_cookie(CookieUse use, std::string_view value, bool tls);     // value of a Set-Cookie field
[[nodiscard]] std::string clear_cookie(CookieUse use, bool tls);
// The value of our cookie in a Cookie header; nothing when absent, malformed, longer than a token, or there twice with two values.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view header, CookieUse use, bool tls);

}  // namespace matinee::auth
