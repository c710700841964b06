#include "server/media/mjpeg_view.h"

#include <utility>
#include <vector>

#include "server/media/limits.h"
#include "server/media/live_viewers.h"
#include "videoproto/connection.h"

namespace matinee::media {
namespace vp = videoproto;

// The half on the request's loop.
class MjpegView::Answer : public std::enable_shared_from_this<Answer> {
 public:
  Answer(http::Responder responder, net::Loop& home) : responder_(std::move(responder)), home_(home) {}

  void start(std::weak_ptr<LiveWatch> view) {
    view_ = std::move(view);
    responder_.start(200, headers());
  }

  void part(const BrowserPicture& picture) {
    std::string before = std::exchange(first_, false) ? std::string(mjpeg_boundary) : std::string();
    before += mjpeg_part_head(picture.jpeg_bytes(), picture.captured_us);
    net::SharedPiece piece{std::move(before), picture.message, picture.jpeg_at, std::string(mjpeg_part_end)};
    writing_ = true;
    responder_.write(std::move(piece), [self = shared_from_this()](bool ok) { self->on_taken(ok); });
  }

  // After the part that is under way: the connection serves more requests.
  void finish() {
    finishing_ = true;
    if (!writing_) responder_.finish();
  }

  void abort() { responder_.abort(); }

 private:
  void on_taken(bool ok) {
    writing_ = false;
    if (finishing_) return responder_.finish();
    home_.post([view = view_, ok] {
      if (const auto alive = std::static_pointer_cast<MjpegView>(view.lock())) alive->on_taken(ok);
    });
  }

  http::Responder responder_;
  net::Loop& home_;
  std::weak_ptr<LiveWatch> view_;
  bool first_ = true, writing_ = false, finishing_ = false;
};

std::vector<http::Header> MjpegView::headers() { return {{"Content-Type", std::string(mjpeg_type)}, {"Cache-Control", "no-store"}}; }

MjpegView::MjpegView(const std::shared_ptr<LiveViewers>& viewers, Watcher who, const http::Responder& responder)
    : LiveView(viewers, std::move(who)), answer_(std::make_shared<Answer>(responder, viewers->loop())), there_(responder.loop()) {}

void MjpegView::open() {
  there_.post([answer = answer_, view = weak_from_this()] { answer->start(view); });
}

bool MjpegView::deliver(const BrowserPicture& picture) {
  sent_us_ = vp::monotonic_us();
  there_.post([answer = answer_, picture] { answer->part(picture); });
  return false;
}

bool MjpegView::deliver_dup(const vp::Header&, std::int64_t) {
  if (vp::monotonic_us() - sent_us_ < limits::mjpeg_repeat_us) return true;
  const auto all = viewers();
  const auto unit = hub()->last_picture();
  const auto picture = all && unit ? all->picture_of(*hub(), *unit) : std::nullopt;
  return !picture || deliver(*picture);
}

void MjpegView::on_taken(bool ok) {
  if (!ok) return end(End::left);
  taken();
}

// Who is too slow would take as long again to the end of the part: what it holds is freed at once.
void MjpegView::over(End why) {
  there_.post([answer = std::exchange(answer_, nullptr), too_slow = why == End::too_slow] {
    if (too_slow) answer->abort();
    else answer->finish();
  });
}

}  // namespace matinee::media
