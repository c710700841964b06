// Ingest: one connection that publishes a stream, from the key that fits to its end. Each piece of the body goes to the stream's home,
// and the next is read when the hub has taken it: whoever sends faster than that waits.
// Answers: 200 it said goodbye · 409 busy, taken_over · 410 ended · 400 with the word for what is wrong with the bytes · 408 · 503.
// Thread rule: made and read on the request's loop; what is done with the hub on its home's. They talk by post.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/media/media_hub.h"
#include "server/media/relay.h"

namespace matinee::media {

// What publishers are told: a word that stays, and a sentence.
[[nodiscard]] http::Response refusal(int status, std::string_view error, std::string_view sentence);

class Ingest : public std::enable_shared_from_this<Ingest> {
 public:
  Ingest(http::RequestPtr request, http::Responder responder, Relay& home)
      : request_(std::move(request)), responder_(std::move(responder)), home_(home) {}
  void start(seams::StreamRecord record, bool take_over);

 private:
  void enter(const seams::StreamRecord& record, bool take_over);
  void read();
  void on_piece(net::BodyError error, std::string_view piece);
  void feed(std::string_view piece);
  void fed(const MediaHub::Fed& outcome, bool ended, bool stopped);
  void answer(http::Response response);  // from the home

  http::RequestPtr request_;  // shared with its session
  http::Responder responder_;
  Relay& home_;
  // Used on the home loop only.
  std::weak_ptr<MediaHub> hub_;
  MediaHub::Ticket ticket_ = 0;
};

}  // namespace matinee::media
