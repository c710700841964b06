#include "videoproto/desktop/pacing.h"

#include <algorithm>

#include "videoproto/desktop/limits.h"

namespace matinee::desktop {

PaceAdvice FilmPacer::advise(const Playhead& playhead, std::int64_t film_us, std::int64_t interval_us, std::int64_t now_us, bool may_seek) {
  const std::int64_t due_us = playhead.when(film_us);
  const std::int64_t late_us = now_us - due_us, far_us = limits::seek_behind_ms * 1'000;
  if (may_seek && (late_us > far_us || -late_us > far_us)) {
    drops_ = 0;
    return {Pace::seek, due_us};
  }
  if (late_us > interval_us && drops_ < drops_max) {
    ++drops_;
    return {Pace::drop, due_us};
  }
  drops_ = 0;
  return {Pace::show, due_us};
}

bool PictureRate::take(std::int64_t at_us, int fps) {
  if (fps <= 0) return true;
  const std::int64_t interval_us = 1'000'000 / fps;
  // A quarter of an interval early is in time: clocks of cameras jitter. After a jump or a pause it begins anew.
  const bool anew = next_us_ == INT64_MIN || at_us > next_us_ + interval_us || at_us < next_us_ - 2 * interval_us;
  if (!anew && at_us < next_us_ - interval_us / 4) return false;
  next_us_ = (anew ? at_us : next_us_) + interval_us;
  return true;
}

}  // namespace matinee::desktop
