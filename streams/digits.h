// Numbers as text of a certain width.
// Pure; no thread rule.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace matinee::streams {

// Decimal, with zeros in front up to `width`; `value` is not negative.
[[nodiscard]] inline std::string digits(std::int64_t value, std::size_t width = 1) {
  const std::string text = std::to_string(value);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// Hexadecimal in capitals, likewise.
[[nodiscard]] inline std::string hex_digits(std::uint64_t value, std::size_t width = 1) {
  std::string text;
  for (; value != 0 || text.size() < width; value >>= 4) text.insert(text.begin(), std::string_view("0123456789ABCDEF")[value & 0xF]);
  return text;
}

}  // namespace matinee::streams
