// Pictures as far as their structure goes: heads of any size, and bytes that stand for the rest. Nothing here could be shown.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace matinee::test {

inline std::string big(std::uint32_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i) & 0xFF);
  return out;
}

inline std::string little(std::uint32_t number, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 0xFF);
  return out;
}

inline std::string png_chunk(const std::string& type, const std::string& content) {
  return big(static_cast<std::uint32_t>(content.size()), 4) + type + content + "sum!";
}
inline std::string png_head(std::uint32_t width, std::uint32_t height) {
  return "\x89PNG\r\n\x1A\n" + png_chunk("IHDR", big(width, 4) + big(height, 4) + std::string("\x08\x02\0\0\0", 5));
}
inline std::string png(std::uint32_t width, std::uint32_t height, std::size_t data = 20) {
  return png_head(width, height) + png_chunk("IDAT", std::string(data, 'd')) + png_chunk("IEND", "");
}

inline std::string webp_chunk(const std::string& type, const std::string& content) {
  return type + little(static_cast<std::uint32_t>(content.size()), 4) + content + std::string(content.size() % 2, '\0');
}
inline std::string webp_of(const std::string& chunks) {
  return "RIFF" + little(static_cast<std::uint32_t>(4 + chunks.size()), 4) + "WEBP" + chunks;
}
inline std::string lossy(std::uint32_t width, std::uint32_t height) {
  return webp_chunk("VP8 ", std::string("\x10\0\0\x9D\x01\x2A", 6) + little(width, 2) + little(height, 2) + "picture");
}
inline std::string lossless(std::uint32_t width, std::uint32_t height) {
  return webp_chunk("VP8L", "\x2F" + little((width - 1) | (height - 1) << 14, 4) + "picture");
}
inline std::string canvas(std::uint32_t width, std::uint32_t height, char flags = '\x10') {
  return webp_chunk("VP8X", std::string(1, flags) + std::string(3, '\0') + little(width - 1, 3) + little(height - 1, 3));
}

inline std::string jpeg(std::uint32_t width, std::uint32_t height) {
  const std::string frame = big(11, 2) + "\x08" + big(height, 2) + big(width, 2) + std::string("\x01\x01\x11\0", 4);
  const std::string scan = big(8, 2) + std::string("\x01\x01\0\0\x3F\0", 6);
  return "\xFF\xD8\xFF\xC0" + frame + "\xFF\xDA" + scan + "picture\xFF\xD9";
}

}  // namespace matinee::test
