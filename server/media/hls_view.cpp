#include "server/media/hls_view.h"

#include <algorithm>
#include <utility>

#include "server/media/hls_stream.h"
#include "server/media/limits.h"

namespace matinee::media {

void HlsView::read(std::shared_ptr<HlsStream> stream, const std::shared_ptr<MediaHub>& hub) {
  stream_ = std::move(stream);
  room_ = stream_->room();
  knows_end_ = false;
  viewing_ = hub->watch(*this);
}

bool HlsView::is_stuck(std::int64_t now_us) {
  return now_us - asked_us_ >= std::max(limits::hls_view_us, 3 * stream_->target_s() * 1'000'000);
}

}  // namespace matinee::media
