// What a publisher is asked for when the room cannot take what it sends: first a lower JPEG quality (90 → 40), then fewer
// frames, then a narrower picture, and the way back in the opposite order. Additive increase, multiplicative decrease
// (Chiu and Jain 1989), so that publishers that share a line end up with fair parts of it.
// When the floor is reached and the room is still behind, reading from the publisher pauses until it is not.
// Thread rule: pure. One controller per stream, one sample per second.
#pragma once
#include <cstdint>
#include <optional>

#include "videoproto/limits.h"

namespace matinee::videoproto {

struct Advice {
  int quality = limits::quality_max;
  int fps = 30;
  int width = 1280;
  bool operator==(const Advice&) const = default;
};

struct AdaptBounds {
  Advice most;  // what the publisher announced
  Advice least{limits::quality_min, 5, 320};
};

// One second of a stream. A viewer is behind when it lost over 5 % of the frames.
struct AdaptSample {
  std::uint32_t viewers = 0;
  std::uint32_t behind = 0;
};

class AdaptController {
 public:
  static constexpr std::int64_t settle_us = 2'000'000;  // after a decrease: what is on its way still has the old size
  static constexpr int calm_samples_min = 3;            // before the first step up; doubled each time that stepping up failed,
  static constexpr int calm_samples_max = 12;           // so that a room at its limit is probed seldom
  static constexpr int steps_to_trust = 10;             // steps up in a row: the line has become faster
  static constexpr int floor_samples_before_pause = 3;

  explicit AdaptController(AdaptBounds bounds);
  // The new advice when it changed.
  [[nodiscard]] std::optional<Advice> on_sample(AdaptSample sample, std::int64_t now_us);
  [[nodiscard]] const Advice& advice() const { return advice_; }
  [[nodiscard]] bool pause_reading() const { return floor_samples_ >= floor_samples_before_pause; }

 private:
  [[nodiscard]] Advice decreased() const;
  [[nodiscard]] Advice increased() const;
  [[nodiscard]] std::optional<Advice> change_to(const Advice& advice);

  AdaptBounds bounds_;
  Advice advice_;
  std::int64_t settled_at_us_ = 0;
  int calm_samples_ = 0;
  int calm_samples_needed_ = calm_samples_min;
  int steps_up_ = 0;
  int floor_samples_ = 0;
};

}  // namespace matinee::videoproto
