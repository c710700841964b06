// The Cookie field taken apart, a Set-Cookie field put together (RFC 6265). Pure: a fuzz target.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::http {

// The value of the first cookie of this exact name, without quotes around it. Looks at no more than 100 pairs.
[[nodiscard]] std::optional<std::string_view> find_cookie(std::string_view cookie_field, std::string_view name);

struct CookieOptions {
  bool secure = false;  // adds Secure; the caller names the cookie "__Host-…" then
  bool http_only = true;
  std::optional<std::chrono::seconds> max_age = std::nullopt;  // absent = until the browser closes
};

// Path=/; SameSite=Lax always. Asserts that name and value are cookie characters.
[[nodiscard]] std::string make_set_cookie(std::string_view name, std::string_view value, const CookieOptions& options);
// Makes the browser forget it.
[[nodiscard]] std::string make_clear_cookie(std::string_view name, bool secure);

}  // namespace matinee::http
