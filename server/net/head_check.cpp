#include "server/net/head_check.h"

#include <algorithm>

namespace matinee::net {
namespace {

constexpr HeadVerdict bad(std::string_view reason) { return {400, reason}; }

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_token_char(char c) {
  return is_digit(c) || is_alpha(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}
constexpr bool is_visible(char c) { return c > ' ' && c < '\x7f'; }
// Field values: visible characters, blanks, tabs and bytes from 0x80 (RFC 9110 §5.5).
constexpr bool is_value_char(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7f'); }
constexpr bool is_host_char(char c) { return is_digit(c) || is_alpha(c) || std::string_view("-._~:[]%").find(c) != std::string_view::npos; }

bool equals_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + ('a' - 'A')) : x) == y; });
}

std::string_view trimmed(std::string_view value) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  return value;
}

struct Seen {
  bool http10 = false;
  std::size_t fields = 0;
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t codings = 0;
};

HeadVerdict check_target(std::string_view method, std::string_view target, const HttpLimits& limits) {
  if (target.size() > limits.target_bytes_max) return {414, "The request target is too long."};
  if (target.empty()) return bad("The request target is missing.");
  if (!std::all_of(target.begin(), target.end(), is_visible)) return bad("The request target holds a character that is not allowed.");
  if (target.find('#') != target.npos) return bad("The request target holds a fragment.");
  if (target.front() == '/') return {};
  if (target == "*" && method == "OPTIONS") return {};
  if (equals_ignoring_case(target.substr(0, 7), "http://") || equals_ignoring_case(target.substr(0, 8), "https://")) return {};
  return bad("The request target is not a path.");
}

HeadVerdict check_request_line(std::string_view line, const HttpLimits& limits, Seen& seen) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == line.npos || first == last) {
    return line.size() > limits.target_bytes_max ? HeadVerdict{414, "The request target is too long."}
                                                 : bad("The request line is malformed.");
  }
  const std::string_view method = line.substr(0, first);
  const std::string_view version = line.substr(last + 1);
  if (method.empty() || method.size() > 32 || !std::all_of(method.begin(), method.end(), is_token_char))
    return bad("The method is malformed.");
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) || version[6] != '.' || !is_digit(version[7]))
    return bad("The protocol version is malformed.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return {505, "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
  seen.http10 = version == "HTTP/1.0";
  return check_target(method, line.substr(first + 1, last - first - 1), limits);
}

HeadVerdict check_known_field(std::string_view name, std::string_view value, Seen& seen) {
  if (equals_ignoring_case(name, "host")) {
    if (++seen.hosts > 1) return bad("There are two Host fields.");
    if (value.empty() || !std::all_of(value.begin(), value.end(), is_host_char)) return bad("The Host field is malformed.");
  } else if (equals_ignoring_case(name, "content-length")) {
    if (++seen.lengths > 1) return bad("There are two Content-Length fields.");
    if (value.empty() || value.size() > 18 || !std::all_of(value.begin(), value.end(), is_digit))
      return bad("The Content-Length field is malformed.");
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    if (++seen.codings > 1) return bad("There are two Transfer-Encoding fields.");
    if (!equals_ignoring_case(value, "chunked")) return {501, "Only the transfer coding chunked is known here."};
  }
  return {};
}

HeadVerdict check_field(std::string_view line, const HttpLimits& limits, Seen& seen) {
  if (++seen.fields > limits.fields_max) return {431, "There are too many header fields."};
  if (line.front() == ' ' || line.front() == '\t') return bad("Folded header lines are not allowed.");
  const std::size_t colon = line.find(':');
  if (colon == line.npos || colon == 0) return bad("A header field has no name.");
  const std::string_view name = line.substr(0, colon);
  if (!std::all_of(name.begin(), name.end(), is_token_char)) return bad("A header field's name holds a character that is not allowed.");
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), is_value_char)) return bad("A header field's value holds a character that is not allowed.");
  return check_known_field(name, value, seen);
}

HeadVerdict check_together(const Seen& seen) {
  if (seen.hosts == 0 && !seen.http10) return bad("The Host field is missing.");
  if (seen.codings > 0 && seen.lengths > 0) return bad("Content-Length and Transfer-Encoding exclude each other.");
  if (seen.codings > 0 && seen.http10) return bad("HTTP/1.0 has no Transfer-Encoding.");
  return {};
}

}  // namespace

std::size_t find_head_end(std::string_view bytes, const HttpLimits& limits, HeadVerdict& verdict) {
  verdict = {};
  const std::string_view within = bytes.substr(0, limits.head_bytes_max);
  const std::size_t end = within.find("\r\n\r\n");
  if (end != within.npos) return end + 4;
  const std::size_t line_end = within.find('\n');
  const bool first_line_open = line_end == within.npos;
  if (!first_line_open && (line_end == 0 || within[line_end - 1] != '\r')) verdict = bad("Lines end with CR LF.");
  else if (within.find('\0') != within.npos) verdict = bad("The head holds a NUL.");
  else if (first_line_open && bytes.size() > limits.target_bytes_max + 64) verdict = {414, "The request target is too long."};
  else if (bytes.size() >= limits.head_bytes_max) verdict = {431, "The request head is too large."};
  return 0;
}

HeadVerdict check_head(std::string_view head, const HttpLimits& limits) {
  if (head.size() > limits.head_bytes_max) return {431, "The request head is too large."};
  if (!head.ends_with("\r\n\r\n")) return bad("The head is incomplete.");
  Seen seen;
  bool first = true;
  std::string_view rest = head.substr(0, head.size() - 2);
  while (!rest.empty()) {
    // Any CR or LF that is not part of a CR LF stays inside a line and is refused there as a character.
    const std::size_t end = rest.find("\r\n");
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 2);
    if (line.empty()) return bad("There is an empty line inside the head.");
    const HeadVerdict verdict = first ? check_request_line(line, limits, seen) : check_field(line, limits, seen);
    if (verdict.status != 0) return verdict;
    first = false;
  }
  return check_together(seen);
}

}  // namespace matinee::net
