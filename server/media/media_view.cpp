#include "server/media/media_view.h"

#include "videoproto/connection.h"

namespace matinee::media {

void MediaView::start(const std::shared_ptr<MediaHub>& hub) {
  viewing_ = hub->watch(*this);
  if (!viewing_) return end(End::ended);
  pump();
}

void MediaView::taken() {
  busy_since_us_ = 0;
  pump();
}

void MediaView::pump() {
  while (!is_over() && busy_since_us_ == 0) {
    const auto taken = viewing_.take();
    if (!taken) return;
    if (!deliver(*taken)) busy_since_us_ = videoproto::monotonic_us();
  }
}

std::string_view lead_in_of(const MediaViewing::Taken& taken) {
  if (!taken.anew || !taken.unit->lead_in) return {};
  const auto& head = *taken.unit->lead_in;
  return {reinterpret_cast<const char*>(head.data()), head.size()};  // NOLINT: bytes as bytes
}

}  // namespace matinee::media
