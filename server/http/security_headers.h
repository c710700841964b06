// The headers that every answer carries (security.md, "Output"): a policy that allows no inline code but one hashed script,
// no sniffing, no foreign framing, a referrer (YouTube refuses to play without one). Scripts and styles carry a shorter and
// stricter policy of their own. Pure; made once at start.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "server/http/response.h"

namespace matinee::http {

struct SecurityHeaderOptions {
  std::vector<std::string> script_hashes = {};  // "sha256-…" of inline scripts (the import map)
  std::string frame_sources = "https://www.youtube-nocookie.com";
  bool secure = false;  // adds HSTS
};

[[nodiscard]] std::string content_security_policy(const SecurityHeaderOptions& options);
// Does not replace a field that the answer already has. Private answers stay "no-store" unless they set Cache-Control.
[[nodiscard]] Responder::Amend security_headers(const SecurityHeaderOptions& options);
// "sha256-…" of an inline script's exact text.
[[nodiscard]] std::string script_hash(std::string_view text);

}  // namespace matinee::http
