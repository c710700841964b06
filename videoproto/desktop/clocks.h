// Time between machines, and when to try again: the offset to the relay's clock from PING and PONG, the room's playback on our own clock,
// and the waits between attempts to connect.
// Pure; no thread rule. Times are µs of videoproto::monotonic_us unless they are called the relay's.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "videoproto/control.h"

namespace matinee::desktop {

// Cristian's algorithm (1989): of the last measurements the one with the shortest round trip counts.
class RelayClock {
 public:
  void on_pong(const videoproto::Pong& pong, std::int64_t now_us);
  // Add to our clock: the relay's.
  [[nodiscard]] std::optional<std::int64_t> offset_us() const;
  [[nodiscard]] std::optional<std::int64_t> round_trip_us() const;

 private:
  struct Sample {
    std::int64_t round_trip_us = 0, offset_us = 0;
  };
  [[nodiscard]] const Sample* best() const;
  std::array<Sample, 8> samples_;
  std::size_t count_ = 0;
};

// Where a film is at a moment: position + rate × time while it plays.
struct Playhead {
  bool playing = false;
  std::int64_t position_us = 0, at_us = 0;
  double rate = 1;
  bool operator==(const Playhead&) const = default;

  [[nodiscard]] std::int64_t position_at(std::int64_t now_us) const;
  // The moment a position is due; only while playing.
  [[nodiscard]] std::int64_t when(std::int64_t film_us) const;
};
// The room's playback, whose at_us is the relay's clock, on ours.
[[nodiscard]] Playhead playhead_of(const videoproto::RoomPlayback& playback, std::int64_t offset_us);

class Backoff {
 public:
  // `random` in [0, 1): spreads the clients of a server that came back.
  [[nodiscard]] std::int64_t next_ms(double random);
  void reset() { failures_ = 0; }

 private:
  int failures_ = 0;
};

}  // namespace matinee::desktop
