// Byte helpers of the protocol tests: literals, messages, and the smallest JPEG pictures that obey the format.
// Pure.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "videoproto/header.h"

namespace matinee::videoproto::test {

using Bytes = std::vector<std::byte>;

inline Bytes bytes(std::initializer_list<int> values) {
  Bytes out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

inline Bytes bytes(std::string_view text) {
  Bytes out;
  for (const char c : text) out.push_back(static_cast<std::byte>(c));
  return out;
}

inline Bytes operator+(Bytes left, std::span<const std::byte> right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

inline Bytes message(Header header, std::span<const std::byte> payload = {}) {
  header.payload_bytes = static_cast<std::uint32_t>(payload.size());
  const HeaderBytes head = encode_header(header);
  return Bytes(head.begin(), head.end()) + payload;
}

inline Header control(Type type) { return Header{type, 0, 0, 0, 0, 0, 0}; }
inline Header frame(std::uint32_t stream, std::uint32_t sequence = 0, std::uint16_t flag_bits = flags::key) {
  return Header{Type::frame, flag_bits, 0, stream, sequence, 0, 33'333ULL * sequence};
}

// The parts of a picture; a whole one is soi() + sof(…) + scan(…) + eoi().
inline Bytes soi() { return bytes({0xFF, 0xD8}); }
inline Bytes eoi() { return bytes({0xFF, 0xD9}); }
inline Bytes segment(int code, std::span<const std::byte> content) {
  const int length = static_cast<int>(content.size()) + 2;
  return bytes({0xFF, code, length >> 8, length & 0xFF}) + content;
}
inline Bytes sof(int width, int height, int code = 0xC0, int precision = 8, int components = 3) {
  Bytes content = bytes({precision, height >> 8, height & 0xFF, width >> 8, width & 0xFF, components});
  for (int i = 1; i <= components; ++i) content = content + bytes({i, 0x11, 0});
  return segment(code, content);
}
inline Bytes scan(std::span<const std::byte> coded, int components = 3) {
  Bytes content = bytes({components});
  for (int i = 1; i <= components; ++i) content = content + bytes({i, 0});
  content = content + bytes({0, 63, 0});
  return segment(0xDA, content) + coded;
}
inline Bytes picture(int width = 320, int height = 180) {
  return soi() + segment(0xDB, Bytes(65)) + sof(width, height) + scan(bytes({0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0x56})) + eoi();
}

}  // namespace matinee::videoproto::test
