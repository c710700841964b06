#include "streams/byte_reader.h"

namespace matinee::streams {

std::uint64_t ByteReader::number(std::size_t bytes) {
  std::uint64_t value = 0;
  for (const std::byte byte : take(bytes)) value = (value << 8) | std::to_integer<std::uint8_t>(byte);
  return value;
}

Bytes ByteReader::take(std::size_t bytes) {
  if (!ok_ || bytes > left()) {
    ok_ = false;
    return {};
  }
  const Bytes taken = bytes_.subspan(at_, bytes);
  at_ += bytes;
  return taken;
}

}  // namespace matinee::streams
