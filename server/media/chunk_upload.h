// ChunkUpload: one request with a numbered chunk of a page that publishes. Its pieces go to the stream's home as they come and count at
// once; what is not taken (a repeat, a gap) is read and thrown away first, so that the browser hears the answer.
// Answers: 204 taken in order · 200 was taken before · 409 gap {expected}, busy · 413 · 400 with the word for what is wrong · 410 · 503.
// Thread rule: made and read on the request's loop; what is done with the hub on its home's. They talk by post.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/media/media_hub.h"
#include "server/media/relay.h"

namespace matinee::media {

struct ChunkAsked {
  std::string session;
  std::uint64_t number = 0;
  bool take_over = false;
  bool last = false;  // the stream ends with it
};

class ChunkUpload : public std::enable_shared_from_this<ChunkUpload> {
 public:
  ChunkUpload(http::RequestPtr request, http::Responder responder, Relay& home, ChunkAsked asked)
      : request_(std::move(request)), responder_(std::move(responder)), home_(home), asked_(std::move(asked)) {}
  // `person` has made the stream; whether they may publish now is asked at its home.
  void start(seams::StreamRecord record, rooms::PersonId person);

 private:
  using Fed = MediaHub::Fed;
  void begin(const seams::StreamRecord& record, rooms::PersonId person);
  void refuse(http::Response response);  // from the home: after the body
  void read();
  void on_piece(net::BodyError error, std::string_view piece);
  void feed(std::string_view piece);
  void finish();
  void fed(const Fed& outcome);

  http::RequestPtr request_;  // shared with its session
  http::Responder responder_;
  Relay& home_;
  const ChunkAsked asked_;
  std::size_t bytes_ = 0;
  std::optional<http::Response> refusal_;  // the answer, once the body is read
  // Used on the home loop only.
  std::weak_ptr<MediaHub> hub_;
  ChunkLine::Turn turn_ = 0;
};

}  // namespace matinee::media
