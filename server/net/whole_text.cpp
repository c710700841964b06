#include "server/net/whole_text.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace matinee::net {
namespace {

constexpr std::size_t mask_bytes = 4;

// XOR with the repeated key, eight bytes at a step.
void unmask(char* text, std::size_t size, const char* key) {
  std::array<char, 8> twice;
  std::memcpy(twice.data(), key, mask_bytes);
  std::memcpy(twice.data() + mask_bytes, key, mask_bytes);
  std::uint64_t key64 = 0;
  std::memcpy(&key64, twice.data(), sizeof key64);
  std::size_t at = 0;
  for (; at + sizeof key64 <= size; at += sizeof key64) {
    std::uint64_t part = 0;
    std::memcpy(&part, text + at, sizeof part);
    part ^= key64;
    std::memcpy(text + at, &part, sizeof part);
  }
  for (; at < size; ++at) text[at] = static_cast<char>(text[at] ^ key[at % mask_bytes]);
}

}  // namespace

// RFC 6455 §5.2: FIN and text, masked, the length in one byte or, if it needs them, in two more.
std::size_t take_whole_text(std::string_view bytes, std::string& text) {
  constexpr unsigned char fin_text = 0x81;
  constexpr unsigned char mask_bit = 0x80;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
  if (bytes.size() < 2 + mask_bytes || byte(0) != fin_text || (byte(1) & mask_bit) == 0) return 0;
  std::size_t size = byte(1) & 0x7Fu;
  std::size_t header = 2;
  if (size > 126) return 0;
  if (size == 126) {
    header = 4;
    size = std::size_t{byte(2)} << 8 | byte(3);
    if (size < 126) return 0;  // not the shortest form: the engine refuses it
  }
  header += mask_bytes;
  if (bytes.size() < header + size) return 0;
  text.assign(bytes, header, size);
  unmask(text.data(), size, bytes.data() + header - mask_bytes);
  return header + size;
}

}  // namespace matinee::net
