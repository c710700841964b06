#include "server/net/frame_guard.h"

#include <algorithm>
#include <cstring>

namespace matinee::net {
namespace {

constexpr unsigned char fin_bit = 0x80;
constexpr unsigned char opcode_bits = 0x0F;
constexpr unsigned char control_bit = 0x08;
constexpr unsigned char close_opcode = 0x08;
constexpr unsigned char mask_bit = 0x80;

}  // namespace

// RFC 6455 §5.2: 2 bytes, then 0, 2 or 8 of length, then 4 of mask.
std::size_t FrameGuard::header_size() const {
  if (header_have_ < 2) return 2;
  const unsigned length = header_[1] & 0x7Fu;
  const std::size_t mask = (header_[1] & mask_bit) ? 4 : 0;
  return 2 + (length == 127 ? 8u : length == 126 ? 2u : 0u) + mask;
}

std::uint64_t FrameGuard::payload_size() const {
  const unsigned length = header_[1] & 0x7Fu;
  if (length < 126) return length;
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < (length == 126 ? 2u : 8u); ++i) size = size << 8 | header_[2 + i];
  return size;
}

FrameGuard::Verdict FrameGuard::check_header(const WebSocketLimits& limits, std::int64_t now_ms) {
  const std::uint64_t size = payload_size();
  if (header_[0] & control_bit) {
    payload_left_ = size;
    if ((header_[0] & opcode_bits) == close_opcode || limits.control_frames_per_second_max == 0) return {0};
    if (now_ms - control_second_ms_ >= 1000) {
      control_second_ms_ = now_ms;
      control_frames_ = 0;
    }
    const std::size_t most = std::min<std::size_t>(limits.control_frames_per_second_max, 254);
    if (++control_frames_ > most) return {0, 1008, "too many control frames"};
    return {0};
  }
  if ((header_[0] & opcode_bits) != 0) {  // not a continuation: a new message
    fragments_ = 0;
    message_bytes_ = 0;
  }
  if (size > limits.message_bytes_max || message_bytes_ + size > limits.message_bytes_max) return {0, 1009, "message too big"};
  if (++fragments_ > limits.fragments_max && limits.fragments_max != 0) return {0, 1008, "too many fragments"};
  message_bytes_ += size;
  payload_left_ = size;
  if (header_[0] & fin_bit) fragments_ = 0;
  return {0};
}

FrameGuard::Verdict FrameGuard::check(std::string_view bytes, const WebSocketLimits& limits, std::int64_t now_ms) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (payload_left_ > 0) {
      const std::uint64_t step = std::min<std::uint64_t>(payload_left_, bytes.size() - at);
      payload_left_ -= step;
      at += static_cast<std::size_t>(step);
      continue;
    }
    std::size_t need = header_size();
    while (at < bytes.size() && header_have_ < need) {
      const std::size_t step = std::min(need - header_have_, bytes.size() - at);
      std::memcpy(header_.data() + header_have_, bytes.data() + at, step);
      header_have_ = static_cast<std::uint8_t>(header_have_ + step);
      at += step;
      need = header_size();
    }
    if (header_have_ < need) break;
    header_have_ = 0;
    Verdict verdict = check_header(limits, now_ms);
    if (verdict.close_code != 0) return verdict;
  }
  return {bytes.size()};
}

}  // namespace matinee::net
