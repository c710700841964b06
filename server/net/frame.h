// A Frame is complete WebSocket bytes (one or several whole frames, header and payload), made once and shared by every
// connection that sends it. Pure; a SharedFrame is immutable, so it may be read on any thread.
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace matinee::net {

struct Frame {
  std::string bytes;
};
// Shared: the tails of all connections that still have to send it.
using SharedFrame = std::shared_ptr<const Frame>;

[[nodiscard]] SharedFrame make_frame(std::string whole_frames);
[[nodiscard]] SharedFrame make_text_frame(std::string_view text);
[[nodiscard]] SharedFrame make_binary_frame(std::string_view data, std::string_view more = {});  // of both, one after the other
// Appends one text frame to a room's batch.
void append_text_frame(std::string& batch, std::string_view text);

}  // namespace matinee::net
