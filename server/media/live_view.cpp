#include "server/media/live_view.h"

#include "server/media/live_viewers.h"
#include "videoproto/connection.h"

namespace matinee::media {
namespace vp = videoproto;

void LiveView::start(const std::shared_ptr<StreamHub>& hub) {
  viewing_ = hub->watch(*this, false);
  if (!viewing_) return end(End::ended);
  pump();
}

void LiveView::on_end(vp::EosReason, bool too_slow) { end(too_slow ? End::too_slow : End::ended); }

void LiveView::taken() {
  busy_since_us_ = 0;
  pump();
}

void LiveView::pump() {
  while (!is_over() && busy_since_us_ == 0) {
    const std::int64_t now_us = vp::monotonic_us();
    const auto unit = viewing_.take_picture(now_us);
    if (!unit) return;
    if (!pass_on(*unit)) busy_since_us_ = now_us;
  }
}

// True: ready for the next one.
bool LiveView::pass_on(const vp::Unit& unit) {
  const std::int64_t captured_us = hub()->capture_server_us(unit);
  if (unit.header.has(vp::flags::dup)) return deliver_dup(unit.header, captured_us);
  const auto all = viewers();
  const auto picture = all ? all->picture_of(*hub(), unit) : std::nullopt;
  viewing_.sent();  // a copy for all browsers is made: the slot is free
  return !picture || deliver(*picture);
}

}  // namespace matinee::media
