#include "server/http/security_headers.h"

#include <algorithm>

#include "server/net/sha256.h"

namespace matinee::http {

std::string content_security_policy(const SecurityHeaderOptions& options) {
  std::string script = "script-src 'self'";
  for (const std::string& hash : options.script_hashes) script.append(" '").append(hash).append("'");
  return "default-src 'none'; " + script +
         "; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; media-src 'self' blob: https: http:; "
         "connect-src 'self' https: http:; worker-src 'self' blob:; frame-src " +
         options.frame_sources + "; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";
}

Responder::Amend security_headers(const SecurityHeaderOptions& options) {
  std::vector<Header> always{
      {"Content-Security-Policy", content_security_policy(options)},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "strict-origin-when-cross-origin"},
      {"Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()"},
      {"Cache-Control", "no-store"},
  };
  if (options.secure) always.push_back({"Strict-Transport-Security", "max-age=31536000"});
  return [always](std::vector<Header>& headers) {
    for (const Header& header : always) {
      const bool has = std::any_of(headers.begin(), headers.end(), [&](const Header& h) { return h.name == header.name; });
      if (!has) headers.push_back(header);
    }
  };
}

std::string script_hash(std::string_view text) { return "sha256-" + net::sha256_base64(text); }

}  // namespace matinee::http
