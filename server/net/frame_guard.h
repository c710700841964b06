// Watches the frame headers of an inbound WebSocket stream before the protocol engine sees them, and stops what the engine
// has no bound for: many fragments, floods of control frames, lengths that overflow its arithmetic. What is merely
// malformed (RSV bits, opcodes, masks) it leaves to the engine. Pure; 40 bytes per connection.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/net/limits.h"

namespace matinee::net {

class FrameGuard {
 public:
  struct Verdict {
    std::size_t good_bytes;        // the engine may have these
    std::uint16_t close_code = 0;  // 0 = go on; else close with this
    std::string_view reason = {};
  };
  [[nodiscard]] Verdict check(std::string_view bytes, const WebSocketLimits& limits, std::int64_t now_ms);

  // Nothing of a frame or of a fragmented message is outstanding.
  [[nodiscard]] bool between_messages() const { return header_have_ == 0 && payload_left_ == 0 && fragments_ == 0; }

 private:
  [[nodiscard]] Verdict check_header(const WebSocketLimits& limits, std::int64_t now_ms);
  [[nodiscard]] std::size_t header_size() const;
  [[nodiscard]] std::uint64_t payload_size() const;

  std::array<unsigned char, 14> header_{};
  std::uint8_t header_have_ = 0;
  std::uint8_t control_frames_ = 0;  // in the second that began at control_second_ms_
  std::uint32_t fragments_ = 0;      // of the current message
  std::uint64_t payload_left_ = 0;
  std::uint64_t message_bytes_ = 0;
  std::int64_t control_second_ms_ = 0;
};

}  // namespace matinee::net
