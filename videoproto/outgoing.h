// What waits to be written on one connection: control messages in a bounded queue, and the one message that is being written.
// Media does not queue here: the next unit is pulled when the socket is ready, so that it is the newest one.
// Thread rule: pure; on the connection's thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "videoproto/frame_pool.h"
#include "videoproto/header.h"

namespace matinee::videoproto {

class Outgoing {
 public:
  // Payload lengths are filled in. False when the control queue would go over its bound: slow_consumer.
  [[nodiscard]] bool add_control(Header header, std::string_view payload);
  // Only when may_pull(): the unit becomes the message being written. Audio is copied (≤ 16 KiB), pictures are held.
  void set_picture(Header header, Frame picture);
  void set_audio(Header header, std::span<const std::byte> packet);

  [[nodiscard]] bool empty() const { return queue_.empty() && !busy(); }
  [[nodiscard]] bool may_pull() const { return empty(); }
  // A message is half written.
  [[nodiscard]] bool busy() const { return !first().empty() || !second().empty(); }
  // The bytes to write next; control messages go before the next unit. Empty when there is nothing.
  void load();
  [[nodiscard]] std::span<const std::byte> first() const { return std::span(head_).subspan(first_done_); }
  [[nodiscard]] std::span<const std::byte> second() const { return picture_.bytes().subspan(second_done_); }
  void written(std::size_t bytes);
  [[nodiscard]] std::size_t queued_bytes() const { return queue_.size(); }

 private:
  std::vector<std::byte> queue_;  // whole control messages
  std::vector<std::byte> head_;   // being written: control messages, or a unit's header (and its sound)
  Frame picture_;                 // being written after head_
  std::size_t first_done_ = 0, second_done_ = 0;
};

}  // namespace matinee::videoproto
