#include "rooms/link_text.h"
#include <algorithm>
#include <array>
#include <optional>
#include "rooms/limits.h"
#include "rooms/text.h"

namespace matinee::rooms::link {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
int hex_value(char c) { return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10; }

// What chat programs and word processors leave around a link: no-break space, zero-width space, byte order mark, curly quotes, «».
constexpr std::array<std::string_view, 10> wrappings{"\xC2\xA0",     "\xE2\x80\x8B", "\xEF\xBB\xBF", "\xE2\x80\x9C", "\xE2\x80\x9D",
                                                     "\xE2\x80\x98", "\xE2\x80\x99", "\xC2\xAB",     "\xC2\xBB",     "\xE2\x80\x9E"};

std::size_t wrapping_in_front(std::string_view text) {
  if (text.find_first_of(" \t\r\n\"'<>`") == 0) return 1;
  for (const std::string_view wrapping : wrappings) {
    if (text.substr(0, wrapping.size()) == wrapping) return wrapping.size();
  }
  return 0;
}

std::size_t wrapping_at_end(std::string_view text) {
  if (!text.empty() && text.find_last_of(" \t\r\n\"'<>`") == text.size() - 1) return 1;
  for (const std::string_view wrapping : wrappings) {
    if (text.size() >= wrapping.size() && text.substr(text.size() - wrapping.size()) == wrapping) return wrapping.size();
  }
  return 0;
}

tl::unexpected<Error> refuse(const char* detail) { return fail(ErrorCode::bad_media, detail); }

// The part before the first ':' when it reads as a scheme. "youtu.be:443/x" is a host and a port, not a scheme.
std::optional<std::string_view> scheme_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is_alpha(text.front())) return std::nullopt;
  const std::string_view scheme = text.substr(0, colon);
  const bool valid =
      std::all_of(scheme.begin(), scheme.end(), [](char c) { return is_alpha(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
  if (!valid) return std::nullopt;
  const std::string_view after = text.substr(colon + 1);
  const std::size_t port_end = after.find_first_of("/?#");
  const std::string_view port = after.substr(0, port_end);
  const bool is_port = !port.empty() && std::all_of(port.begin(), port.end(), is_digit);
  if (is_port) return std::nullopt;
  return scheme;
}

bool is_kept(char c) {
  constexpr std::string_view marks = "-._~!$&()*+,;=:@/?";  // not ': as in a browser's query, and trim() would take it off
  return is_alpha(c) || is_digit(c) || marks.find(c) != std::string_view::npos;
}

// Everything after the host. Only the first '#' separates; a '%' that begins no escape is a percent sign.
std::string encode_rest(std::string_view rest) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(rest.size() + 16);
  bool in_fragment = false;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    const bool escape = c == '%' && i + 2 < rest.size() && is_hex(rest[i + 1]) && is_hex(rest[i + 2]);
    const bool separator = c == '#' && !in_fragment;
    if (separator) in_fragment = true;
    if (is_kept(c) || escape || separator) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(digits[byte >> 4U]);
    encoded.push_back(digits[byte & 15U]);
  }
  return encoded;
}

Result<CleanLink> split(Scheme scheme, std::string_view after_slashes) {
  // A backslash before the query is a slash to browsers and a letter to others: the host would be a matter of opinion.
  const std::size_t query = after_slashes.find_first_of("?#");
  if (after_slashes.substr(0, query).find('\\') != std::string_view::npos) return refuse("not_a_link");
  const std::size_t end = after_slashes.find_first_of("/?#");
  const std::string_view authority = after_slashes.substr(0, end);
  const std::string_view rest = end == std::string_view::npos ? std::string_view{} : after_slashes.substr(end);
  if (authority.empty()) return refuse("bad_host");
  if (authority.find('@') != std::string_view::npos) return refuse("user_info");
  return CleanLink{scheme, std::string(authority), encode_rest(rest)};
}

// "youtu.be/…", "www.youtube.com/…", "example.org/film.mp4": a host is told from a word or a path by its dot.
Result<CleanLink> without_scheme(std::string_view text) {
  const std::string_view host = text.substr(0, text.find_first_of("/?#"));
  const bool looks_like_host = host.find('.') != std::string_view::npos && host.front() != '.' && host.find(' ') == std::string_view::npos;
  if (!looks_like_host) return refuse("not_a_link");
  return split(Scheme::https, text);
}

}  // namespace

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && is_hex(text[i + 1]) && is_hex(text[i + 2])) {
      decoded.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

std::string_view trim(std::string_view pasted) {
  while (const std::size_t bytes = wrapping_in_front(pasted)) pasted.remove_prefix(bytes);
  while (const std::size_t bytes = wrapping_at_end(pasted)) pasted.remove_suffix(bytes);
  return pasted;
}

Result<CleanLink> clean(std::string_view pasted) {
  const std::string_view text = trim(pasted);
  if (text.empty()) return refuse("empty");
  if (text.size() > limits::link_bytes_max) return refuse("too_long");
  const auto shape = shape_of(text);
  if (!shape || shape->controls || text.find_first_of("\t\n") != std::string_view::npos) return refuse("not_a_link");
  if (text.substr(0, 2) == "//") return split(Scheme::https, text.substr(2));
  const auto scheme = scheme_of(text);
  if (!scheme) return without_scheme(text);
  const std::string name = lower(*scheme);
  if (name != "http" && name != "https") return refuse("scheme");
  const std::string_view after = text.substr(scheme->size() + 1);
  if (after.substr(0, 2) != "//") return refuse("not_a_link");
  return split(name == "http" ? Scheme::http : Scheme::https, after.substr(2));
}

}  // namespace matinee::rooms::link
