// Playout: when a watched picture is shown. With sound the sound is the master clock: a picture waits until its pts is heard, and is left
// out when it is over 100 ms late. Without sound a live picture is shown at once, and the room's video at its pts on our clock, which is
// when the browsers show it.
//
//   for each picture that waits, oldest first:  on_picture(…)  →  skip it, or show it at show_at_us
//   a wait is asked again when something changed or after 20 ms: the sound's clock may have moved
//
// Thread rule: pure; one thread at a time. Times are µs of monotonic_us, pts are µs of the publisher's clock.
#pragma once
#include <cstdint>
#include <optional>

namespace matinee::desktop {

struct Showing {
  bool skip = false;
  std::int64_t show_at_us = 0;  // never before now
};

class Playout {
 public:
  // Add to pts: our clock. Only for the room's video (META.playback is there and the stream is the room's); live pictures have none.
  void on_room_offset(std::optional<std::int64_t> pts_to_ours_us) { room_offset_us_ = pts_to_ours_us; }
  // `heard_pts_us`: SoundOutput::clock_us() now; nullopt without sound. `discont`: the picture's flag; then it is shown at once, since
  // somebody jumped there and looks. Answers for a DUP as for a picture.
  [[nodiscard]] Showing on_picture(std::int64_t pts_us, bool discont, std::optional<std::int64_t> heard_pts_us, std::int64_t now_us);

 private:
  std::optional<std::int64_t> room_offset_us_;
  int skipped_in_a_row_ = 0;
};

}  // namespace matinee::desktop
