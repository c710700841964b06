#include "server/http/cookies.h"

#include <algorithm>
#include <cstdlib>

namespace matinee::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// RFC 6265 §4.1.1 cookie-octet.
bool is_cookie_char(char c) { return c > ' ' && c < '\x7f' && std::string_view("\",;\\").find(c) == std::string_view::npos; }

void require_cookie_text(std::string_view text) {
  // Names and values are ours: anything else is a bug that must not reach a header.
  if (!std::all_of(text.begin(), text.end(), is_cookie_char)) std::abort();
}

}  // namespace

std::optional<std::string_view> find_cookie(std::string_view cookie_field, std::string_view name) {
  constexpr int pairs_max = 100;
  for (int i = 0; i < pairs_max && !cookie_field.empty(); ++i) {
    const std::size_t end = std::min(cookie_field.find(';'), cookie_field.size());
    const std::string_view pair = trimmed(cookie_field.substr(0, end));
    cookie_field.remove_prefix(std::min(end + 1, cookie_field.size()));
    const std::size_t equals = pair.find('=');
    if (equals == pair.npos || trimmed(pair.substr(0, equals)) != name) continue;
    std::string_view value = trimmed(pair.substr(equals + 1));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return value;
  }
  return std::nullopt;
}

std::string make_set_cookie(std::string_view name, std::string_view value, const CookieOptions& options) {
  require_cookie_text(name);
  require_cookie_text(value);
  std::string out;
  out.append(name).append("=").append(value).append("; Path=/; SameSite=Lax");
  if (options.http_only) out.append("; HttpOnly");
  if (options.secure) out.append("; Secure");
  if (options.max_age) out.append("; Max-Age=").append(std::to_string(options.max_age->count()));
  return out;
}

std::string make_clear_cookie(std::string_view name, bool secure) {
  return make_set_cookie(name, "", {.secure = secure, .http_only = true, .max_age = std::chrono::seconds(0)});
}

}  // namespace matinee::http
