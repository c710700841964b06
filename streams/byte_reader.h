// Reads numbers, most significant byte first, out of bytes without ever leaving them: beyond the end everything is 0 or empty and
// ok() stays false, so a parser reads a whole structure and asks once.
// Pure; no thread rule.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace matinee::streams {

using Bytes = std::span<const std::byte>;

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  // A number of 1 to 8 bytes.
  std::uint64_t number(std::size_t bytes);
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  Bytes take(std::size_t bytes);
  void skip(std::size_t bytes) { static_cast<void>(take(bytes)); }
  Bytes rest() { return take(left()); }

 private:
  Bytes bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace matinee::streams
