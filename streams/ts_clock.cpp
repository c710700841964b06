#include "streams/ts_clock.h"

#include "streams/limits.h"

namespace matinee::streams {
namespace {

constexpr std::uint64_t wrap = std::uint64_t{1} << 33;

std::int64_t us_of(std::int64_t ticks) { return ticks * 100 / 9; }

// The shorter way round the counter.
std::int64_t difference(std::uint64_t to, std::uint64_t from) {
  const auto ahead = static_cast<std::int64_t>((to - from) & (wrap - 1));
  return ahead < static_cast<std::int64_t>(wrap / 2) ? ahead : ahead - static_cast<std::int64_t>(wrap);
}

constexpr std::int64_t step_max = limits::ts_clock_step_us_max * 9 / 100;

}  // namespace

void TsClock::on_reference(std::uint64_t ticks, bool new_time_base) {
  const bool first = !has_reference_;
  has_reference_ = true;
  if (started_ && first && !new_time_base) {
    // Time stamps stood in for it, and they lie ahead of the reference by what a decoder buffers: no step of the clock.
    const std::int64_t behind = difference(ticks, last_ticks_);
    if (behind >= -step_max && behind <= step_max) {
      time_ticks_ += behind;
      last_ticks_ = ticks;
      return;
    }
  }
  step(ticks, new_time_base);
}

void TsClock::on_stand_in(std::uint64_t ticks) {
  if (has_reference_) return;
  // Tracks take turns and run a little apart: the one that is ahead counts.
  const std::int64_t ahead = difference(ticks, last_ticks_);
  if (started_ && ahead < 0 && ahead >= -step_max) return;
  step(ticks, false);
}

void TsClock::step(std::uint64_t ticks, bool new_time_base) {
  if (!started_) {
    started_ = true;
    time_ticks_ = static_cast<std::int64_t>(ticks);
  } else {
    const std::int64_t ahead = difference(ticks, last_ticks_);
    if (new_time_base || ahead < 0 || ahead > step_max) ++jumps_;
    else time_ticks_ += ahead;
  }
  last_ticks_ = ticks;
}

std::optional<std::int64_t> TsClock::to_us(std::uint64_t ticks) const {
  if (!started_) return std::nullopt;
  const std::int64_t from_reference = difference(ticks, last_ticks_);
  if (from_reference < -step_max || from_reference > step_max) return std::nullopt;
  return us_of(time_ticks_ + from_reference);
}

}  // namespace matinee::streams
