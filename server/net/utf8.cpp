#include "server/net/utf8.h"

#include <cstdint>
#include <cstring>

namespace matinee::net {
namespace {

bool is_continuation(unsigned char byte) { return (byte & 0xC0) == 0x80; }

// Bytes of the valid character at the front, or 0.
std::size_t character_size(const unsigned char* p, std::size_t left) {
  const unsigned char lead = p[0];
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || left < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (!is_continuation(p[i])) return 0;
  const unsigned char second = p[1];
  if (lead == 0xE0 && second < 0xA0) return 0;  // could be shorter
  if (lead == 0xED && second > 0x9F) return 0;  // surrogates
  if (lead == 0xF0 && second < 0x90) return 0;  // could be shorter
  if (lead == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return size;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  while (left > 0) {
    std::uint64_t eight = 0;
    if (left >= 8) std::memcpy(&eight, p, 8);
    if (left >= 8 && (eight & 0x8080808080808080u) == 0) {  // most text is ASCII
      p += 8;
      left -= 8;
      continue;
    }
    const std::size_t size = character_size(p, left);
    if (size == 0) return false;
    p += size;
    left -= size;
  }
  return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_continuation(static_cast<unsigned char>(text[bytes]))) --bytes;
  return text.substr(0, bytes);
}

}  // namespace matinee::net
