#include "videoproto/desktop/playout.h"

#include <algorithm>

#include "videoproto/desktop/sound_limits.h"

namespace matinee::desktop {

Showing Playout::on_picture(std::int64_t pts_us, bool discont, std::optional<std::int64_t> heard_pts_us, std::int64_t now_us) {
  std::int64_t wait_us = 0;
  if (heard_pts_us) wait_us = pts_us - *heard_pts_us;
  else if (room_offset_us_) wait_us = pts_us + *room_offset_us_ - now_us;
  // After a jump the new place is seen before it is heard; a time far away cannot be meant.
  if (discont || wait_us > limits::picture_wait_ms_max * 1'000) wait_us = 0;
  const bool late = wait_us < -limits::picture_late_ms_max * 1'000;
  if (late && skipped_in_a_row_ < limits::late_pictures_max) {
    ++skipped_in_a_row_;
    return {true, now_us};
  }
  skipped_in_a_row_ = 0;
  return {false, now_us + std::max<std::int64_t>(0, wait_us)};
}

}  // namespace matinee::desktop
