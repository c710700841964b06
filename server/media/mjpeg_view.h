// MjpegView: a stream as multipart/x-mixed-replace, for <img>, curl, media players and OpenCV. Each part has its length and the time
// of capture; the boundary follows at once. The next picture is taken when the answer has taken the one before. A picture that stands
// still is sent again once a second, so that readers with a time-out stay and those who are gone are noticed.
// Thread rule: the view on the loop of the stream's home; its answer on the loop of the request. They talk by post, never from a
// destructor, and the answer tells the view when its peer is gone.
#pragma once
#include <memory>
#include "server/http/response.h"
#include "server/media/live_view.h"

namespace matinee::media {

class MjpegView final : public LiveView {
 public:
  MjpegView(const std::shared_ptr<LiveViewers>& viewers, Watcher who, const http::Responder& responder);

  // Before LiveViewers::add.
  void open();
  [[nodiscard]] bool is_stuck(std::int64_t) override { return false; }  // the answer's own deadline says so (HttpLimits)

  [[nodiscard]] static std::vector<http::Header> headers();

 private:
  class Answer;
  [[nodiscard]] bool deliver(const BrowserPicture& picture) override;
  [[nodiscard]] bool deliver_dup(const videoproto::Header& header, std::int64_t captured_us) override;
  void over(End why) override;
  void on_taken(bool ok);

  std::shared_ptr<Answer> answer_;  // shared with what is posted to its loop
  net::Loop& there_;
  std::int64_t sent_us_ = 0;
};

}  // namespace matinee::media
