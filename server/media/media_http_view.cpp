#include "server/media/media_http_view.h"

#include <utility>

#include "server/media/live_viewers.h"

namespace matinee::media {

// The half on the request's loop.
class MediaHttpView::Answer : public std::enable_shared_from_this<Answer> {
 public:
  Answer(http::Responder responder, net::Loop& home) : responder_(std::move(responder)), home_(home) {}

  void start(std::weak_ptr<LiveWatch> view, std::vector<http::Header> headers) {
    view_ = std::move(view);
    responder_.start(200, std::move(headers));
  }

  void piece(std::string before, const SharedUnit& unit) {
    writing_ = true;
    responder_.write(net::SharedPiece{std::move(before), unit->message, unit->at, {}},
                     [self = shared_from_this()](bool ok) { self->on_taken(ok); });
  }

  // After the piece that is under way: the connection serves more requests.
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
      if (const auto alive = std::static_pointer_cast<MediaHttpView>(view.lock())) alive->on_taken(ok);
    });
  }

  http::Responder responder_;
  net::Loop& home_;
  std::weak_ptr<LiveWatch> view_;
  bool writing_ = false, finishing_ = false;
};

std::vector<http::Header> MediaHttpView::headers(const MediaProgram& program) {
  return {{"Content-Type", program.type}, {"Cache-Control", "no-store"}};
}

MediaHttpView::MediaHttpView(const std::shared_ptr<LiveViewers>& viewers, Watcher who, const http::Responder& responder)
    : MediaView(viewers, std::move(who)), answer_(std::make_shared<Answer>(responder, viewers->loop())), there_(responder.loop()) {}

void MediaHttpView::open(const MediaProgram& program) {
  there_.post([answer = answer_, view = weak_from_this(), headers = headers(program)] { answer->start(view, headers); });
}

bool MediaHttpView::deliver(const MediaViewing::Taken& taken) {
  std::string before;
  if (taken.init) {
    if (std::exchange(began_, true) && hub()->program()->form != rooms::LiveForm::ts) {
      end(End::ended);
      return false;
    }
    before = taken.init->message->bytes.substr(taken.init->at);
  }
  before += lead_in_of(taken);
  there_.post([answer = answer_, before = std::move(before), unit = taken.unit]() mutable { answer->piece(std::move(before), unit); });
  return false;
}

void MediaHttpView::on_taken(bool ok) {
  if (!ok) return end(End::left);
  taken();
}

// Who is too slow would take as long again to the end of the unit: what it holds is freed at once.
void MediaHttpView::over(End why) {
  there_.post([answer = std::exchange(answer_, nullptr), too_slow = why == End::too_slow] {
    if (too_slow) answer->abort();
    else answer->finish();
  });
}

}  // namespace matinee::media
