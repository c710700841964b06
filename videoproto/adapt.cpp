#include "videoproto/adapt.h"

#include <algorithm>
#include <utility>

namespace matinee::videoproto {
namespace {

constexpr int quality_step = 3, fps_step = 2, width_step = 64;

// A quarter of the viewers decides for less, all but a twentieth for more: one slow viewer must not spoil it for the others.
bool congested(AdaptSample s) { return s.behind > 0 && std::uint64_t{s.behind} * 4 >= s.viewers; }
bool calm(AdaptSample s) { return std::uint64_t{s.behind} * 20 <= s.viewers; }

int even(int width) { return width / 16 * 16; }

}  // namespace

AdaptController::AdaptController(AdaptBounds bounds) : bounds_(bounds) {
  bounds_.least.quality = std::min(bounds_.least.quality, bounds_.most.quality);
  bounds_.least.fps = std::min(bounds_.least.fps, bounds_.most.fps);
  bounds_.least.width = std::min(bounds_.least.width, bounds_.most.width);
  advice_ = bounds_.most;
}

std::optional<Advice> AdaptController::on_sample(AdaptSample sample, std::int64_t now_us) {
  if (congested(sample)) {
    calm_samples_ = 0;
    if (advice_ == bounds_.least) ++floor_samples_;
    if (now_us < settled_at_us_) return std::nullopt;
    settled_at_us_ = now_us + settle_us;
    if (std::exchange(steps_up_, 0) > 0) calm_samples_needed_ = std::min(2 * calm_samples_needed_, calm_samples_max);
    return change_to(decreased());
  }
  floor_samples_ = 0;
  if (!calm(sample)) {
    calm_samples_ = 0;
    return std::nullopt;
  }
  if (++calm_samples_ < calm_samples_needed_) return std::nullopt;
  if (++steps_up_ >= steps_to_trust) calm_samples_needed_ = calm_samples_min;
  return change_to(increased());
}

Advice AdaptController::decreased() const {
  Advice next = advice_;
  const Advice& least = bounds_.least;
  if (next.quality > least.quality) next.quality = std::max(least.quality, next.quality * 4 / 5);
  else if (next.fps > least.fps) next.fps = std::max(least.fps, next.fps * 4 / 5);
  else next.width = std::max(least.width, even(next.width * 7 / 8));
  return next;
}

Advice AdaptController::increased() const {
  Advice next = advice_;
  const Advice& most = bounds_.most;
  if (next.width < most.width) next.width = std::min(most.width, next.width + width_step);
  else if (next.fps < most.fps) next.fps = std::min(most.fps, next.fps + fps_step);
  else next.quality = std::min(most.quality, next.quality + quality_step);
  return next;
}

std::optional<Advice> AdaptController::change_to(const Advice& advice) {
  if (advice == advice_) return std::nullopt;
  advice_ = advice;
  return advice_;
}

}  // namespace matinee::videoproto
