// What the cookies of this server are called; http/cookies.h reads and writes them. Under TLS the names start with __Host-, so that
// only this very host, over TLS, can have set them (RFC 6265bis). Pure.
#pragma once
#include <chrono>
#include <string_view>

namespace matinee::auth {

// The token of SessionService: HttpOnly, kept as long as a session can live.
[[nodiscard]] constexpr std::string_view session_cookie_name(bool tls) { return tls ? "__Host-matinee" : "matinee"; }
inline constexpr std::chrono::seconds session_cookie_max_age = std::chrono::hours{90 * 24};
// A random value for forms shown before a session exists (form_tokens.h): HttpOnly, gone with the browser.
[[nodiscard]] constexpr std::string_view visitor_cookie_name(bool tls) { return tls ? "__Host-matinee-visitor" : "matinee-visitor"; }

// The language somebody chose: HttpOnly, a year. Says nothing about who they are.
[[nodiscard]] constexpr std::string_view language_cookie_name(bool tls) { return tls ? "__Host-matinee-language" : "matinee-language"; }
inline constexpr std::chrono::seconds language_cookie_max_age = std::chrono::hours{365 * 24};

}  // namespace matinee::auth
