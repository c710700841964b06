#include "server/media/chunk_upload.h"

#include <utility>

#include "server/media/ingest.h"
#include "server/media/limits.h"

namespace matinee::media {
namespace {

http::Response gap(std::uint64_t expected) {
  http::Response response = http::Response::json(409, "{\"error\":\"gap\",\"expected\":" + std::to_string(expected) + "}");
  response.with("Cache-Control", "no-store");
  return response;
}

}  // namespace

void ChunkUpload::start(seams::StreamRecord record, rooms::PersonId person) {
  home_.loop().post([self = shared_from_this(), record = std::move(record), person] { self->begin(record, person); });
}

void ChunkUpload::begin(const seams::StreamRecord& record, rooms::PersonId person) {
  using What = MediaHub::Chunk::What;
  const auto standing = home_.standing(record.room_code, person);
  if (!standing) return refuse(refusal(404, "no_such_stream", "You have no such stream in a room that you are in."));
  if (!standing->may_publish) return refuse(refusal(403, "forbidden", "You may not go live in this room."));
  if (record.ended_at_ms != 0) return refuse(refusal(410, "ended", "This stream has been ended."));
  const auto hub = home_.media_hub(record);
  if (!hub) return refuse(refusal(503, "full", "As many streams are live here as there may be."));
  const auto place = hub->begin_chunk(asked_.session, asked_.number, asked_.take_over);
  switch (place.what) {
    case What::busy: return refuse(refusal(409, "busy", "Somebody publishes this stream already."));
    case What::gap: return refuse(gap(place.expected));
    case What::repeat: return refuse(http::Response{200, {{"Cache-Control", "no-store"}}, {}});
    case What::next: break;
  }
  hub_ = hub;
  turn_ = place.turn;
  request_->loop().post([self = shared_from_this()] { self->read(); });
}

void ChunkUpload::refuse(http::Response response) {
  request_->loop().post([self = shared_from_this(), response = std::move(response)]() mutable {
    self->refusal_ = std::move(response);
    self->read();
  });
}

void ChunkUpload::read() {
  request_->read_some([self = shared_from_this()](net::BodyError error, std::string_view piece) { self->on_piece(error, piece); });
}

void ChunkUpload::on_piece(net::BodyError error, std::string_view piece) {
  bytes_ += piece.size();
  if (error == net::BodyError::none && bytes_ > limits::chunk_bytes_max) error = net::BodyError::too_large;
  if (error != net::BodyError::none)
    return responder_.send(refusal(http::status_of(error), error == net::BodyError::too_large ? "too_large" : "bad_body",
                                   "The chunk did not come whole, or is too large."));
  if (piece.empty() && refusal_) return responder_.send(std::move(*refusal_));
  if (refusal_) return read();
  home_.loop().post([self = shared_from_this(), bytes = std::string(piece)] {
    if (bytes.empty()) self->finish();
    else self->feed(bytes);
  });
}

void ChunkUpload::feed(std::string_view piece) {
  const auto hub = hub_.lock();
  const Fed outcome = hub ? hub->feed_chunk(asked_.session, turn_, std::as_bytes(std::span(piece))) : Fed{Fed::What::not_yours};
  request_->loop().post([self = shared_from_this(), outcome] { self->fed(outcome); });
}

void ChunkUpload::finish() {
  const auto hub = hub_.lock();
  const Fed outcome = hub ? hub->end_chunk(asked_.session, turn_, asked_.last) : Fed{Fed::What::not_yours};
  request_->loop().post([self = shared_from_this(), outcome] {
    if (outcome.what == Fed::What::fine) return self->responder_.send(http::Response{204, {{"Cache-Control", "no-store"}}, {}});
    self->fed(outcome);
  });
}

void ChunkUpload::fed(const Fed& outcome) {
  switch (outcome.what) {
    case Fed::What::fine: return read();
    case Fed::What::bad: refusal_ = refusal(400, outcome.word, "This is not media that can be streamed here."); return read();
    case Fed::What::not_yours:
      refusal_ = refusal(409, "taken_over", "Another request or somebody else publishes this stream now.");
      return read();
  }
}

}  // namespace matinee::media
