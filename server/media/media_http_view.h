// MediaHttpView: a stream in its container as the body of an answer that stays open, for players and curl. The next unit is taken when
// the answer has taken the one before. MPEG-TS goes on when its publisher comes back; of WebM and MP4 the answer ends there, since a player
// of a file does not expect another beginning.
// Thread rule: the view on the loop of the stream's home; its answer on the loop of the request. They talk by post, never from a
// destructor, and the answer tells the view when its peer is gone.
#pragma once
#include <memory>
#include <vector>
#include "server/http/response.h"
#include "server/media/media_view.h"

namespace matinee::media {

class MediaHttpView final : public MediaView {
 public:
  MediaHttpView(const std::shared_ptr<LiveViewers>& viewers, Watcher who, const http::Responder& responder);

  // Before LiveViewers::keep.
  void open(const MediaProgram& program);
  [[nodiscard]] bool is_stuck(std::int64_t) override { return false; }  // the answer's own deadline says so (HttpLimits)

  [[nodiscard]] static std::vector<http::Header> headers(const MediaProgram& program);

 private:
  class Answer;
  [[nodiscard]] bool deliver(const MediaViewing::Taken& taken) override;
  void over(End why) override;
  void on_taken(bool ok);

  std::shared_ptr<Answer> answer_;  // shared with what is posted to its loop
  net::Loop& there_;
  bool began_ = false;
};

}  // namespace matinee::media
