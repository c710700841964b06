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

namespace {

// A script or a style is no document: it runs by the policy of the page that loads it. Opened by itself it may do nothing at all.
// A room's page is made of eighty of them, so what says nothing is left out: it was a sixth of the page's weight.
constexpr const char* part_policy = "default-src 'none'; frame-ancestors 'self'; base-uri 'none'; form-action 'self'";

bool is_part_of_a_page(const std::vector<Header>& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const Header& h) {
    return h.name == "Content-Type" && (h.value.starts_with("text/javascript") || h.value.starts_with("text/css"));
  });
}

}  // namespace

Responder::Amend security_headers(const SecurityHeaderOptions& options) {
  const std::vector<Header> pages{
      {"Content-Security-Policy", content_security_policy(options)},
      {"Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self), geolocation=(), payment=(), usb=()"},
  };
  const std::vector<Header> parts{{"Content-Security-Policy", part_policy}};
  std::vector<Header> always{
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "strict-origin-when-cross-origin"},
      {"Cache-Control", "no-store"},
  };
  if (options.secure) always.push_back({"Strict-Transport-Security", "max-age=31536000"});
  return [=](std::vector<Header>& headers) {
    const auto add = [&headers](const std::vector<Header>& all) {
      for (const Header& header : all) {
        const bool has = std::any_of(headers.begin(), headers.end(), [&](const Header& h) { return h.name == header.name; });
        if (!has) headers.push_back(header);
      }
    };
    add(is_part_of_a_page(headers) ? parts : pages);
    add(always);
  };
}

std::string script_hash(std::string_view text) { return "sha256-" + net::sha256_base64(text); }

}  // namespace matinee::http
