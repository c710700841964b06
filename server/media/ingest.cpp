#include "server/media/ingest.h"

#include <utility>

namespace matinee::media {

http::Response refusal(int status, std::string_view error, std::string_view sentence) {
  std::string body = "{\"error\":\"" + std::string(error) + "\",\"sentence\":\"" + std::string(sentence) + "\"}";
  http::Response response = http::Response::json(status, std::move(body));
  response.with("Cache-Control", "no-store");
  if (status == 503) response.with("Retry-After", "5");
  return response;
}

void Ingest::start(seams::StreamRecord record, bool take_over) {
  home_.loop().post([self = shared_from_this(), record = std::move(record), take_over] { self->enter(record, take_over); });
}

void Ingest::enter(const seams::StreamRecord& record, bool take_over) {
  const auto standing = home_.standing(record.room_code, record.owner);
  if (standing && !standing->may_publish) {
    ++home_.counters().publishers_refused;
    return answer(refusal(403, "forbidden", "The owner of this stream may not go live in its room."));
  }
  const auto hub = home_.media_hub(record);
  const auto ticket = hub ? hub->enter(take_over) : std::nullopt;
  if (!ticket) {
    ++home_.counters().publishers_refused;
    if (!hub) return answer(refusal(503, "full", "As many streams are live here as there may be."));
    return answer(refusal(409, "busy", "Somebody publishes this stream already. With ?takeover=1 you take over."));
  }
  hub_ = hub;
  ticket_ = *ticket;
  request_->loop().post([self = shared_from_this()] { self->read(); });
}

void Ingest::answer(http::Response response) {
  request_->loop().post(
      [self = shared_from_this(), response = std::move(response)]() mutable { self->responder_.send(std::move(response)); });
}

void Ingest::read() {
  request_->read_some([self = shared_from_this()](net::BodyError error, std::string_view piece) { self->on_piece(error, piece); });
}

void Ingest::on_piece(net::BodyError error, std::string_view piece) {
  if (error == net::BodyError::none && !piece.empty()) {
    home_.loop().post([self = shared_from_this(), bytes = std::string(piece)] { self->feed(bytes); });
    return;
  }
  const bool goodbye = error == net::BodyError::none;
  home_.loop().post([self = shared_from_this(), goodbye] {
    const auto hub = self->hub_.lock();
    if (hub && goodbye) hub->finish(self->ticket_);
    if (hub && !goodbye) hub->leave(self->ticket_);
  });
  if (goodbye) return responder_.send(http::Response::json(200, "{\"ended\":true}").with("Cache-Control", "no-store"));
  responder_.send(refusal(http::status_of(error), error == net::BodyError::timeout ? "timeout" : "bad_body",
                          error == net::BodyError::timeout ? "Nothing came for too long." : "The body of the request is damaged."));
}

void Ingest::feed(std::string_view piece) {
  const auto hub = hub_.lock();
  const MediaHub::Fed outcome = hub ? hub->feed(ticket_, std::as_bytes(std::span(piece))) : MediaHub::Fed{MediaHub::Fed::What::not_yours};
  const bool ended = !hub || hub->ended();
  if (outcome.what == MediaHub::Fed::What::bad) hub->leave(ticket_);
  request_->loop().post([self = shared_from_this(), outcome, ended, stopped = home_.stopped()] { self->fed(outcome, ended, stopped); });
}

void Ingest::fed(const MediaHub::Fed& outcome, bool ended, bool stopped) {
  switch (outcome.what) {
    case MediaHub::Fed::What::fine: return read();
    case MediaHub::Fed::What::bad: return responder_.send(refusal(400, outcome.word, "This is not media that can be streamed here."));
    case MediaHub::Fed::What::not_yours: break;
  }
  if (stopped) return responder_.send(refusal(503, "restart", "The server restarts. Come back in a moment."));
  if (ended) return responder_.send(refusal(410, "ended", "This stream has been ended. It needs another key to begin anew."));
  responder_.send(refusal(409, "taken_over", "Somebody else publishes this stream now."));
}

}  // namespace matinee::media
