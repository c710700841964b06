// How far a publisher's clock is from the relay's, from PONGs: of the last eight the one with the shortest round trip is believed, since
// a late answer says little (RFC 5905, clock filter).
// Pure; one thread at a time. All µs.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include "videoproto/control.h"

namespace matinee::media {

class ClockOffset {
 public:
  // A PONG came at `now_us`. Answers of another one's clock, or for a PING that was never sent, are not counted.
  void on_pong(const videoproto::Pong& pong, std::int64_t now_us) {
    const std::int64_t round_trip_us = (now_us - pong.t1_us) - (pong.t3_us - pong.t2_us);
    if (pong.t1_us > now_us || pong.t3_us < pong.t2_us || round_trip_us < 0 || now_us - pong.t1_us > age_us_max) return;
    samples_[next_++ % samples_.size()] = {round_trip_us, ((pong.t1_us - pong.t2_us) + (now_us - pong.t3_us)) / 2};
  }
  // Add it to the publisher's clock: the relay's.
  [[nodiscard]] std::optional<std::int64_t> best_us() const {
    if (next_ == 0) return std::nullopt;
    return std::min_element(samples_.begin(), samples_.end(), [](auto a, auto b) { return a.round_trip_us < b.round_trip_us; })->offset_us;
  }

 private:
  static constexpr std::int64_t age_us_max = 15'000'000;  // longer than a silent connection lives
  struct Sample {
    std::int64_t round_trip_us = std::numeric_limits<std::int64_t>::max();
    std::int64_t offset_us = 0;
  };
  std::array<Sample, 8> samples_;
  std::size_t next_ = 0;
};

}  // namespace matinee::media
