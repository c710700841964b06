#include "server/net/http1_exchange.h"

#include <unistd.h>

namespace matinee::net {

Http1Exchange::~Http1Exchange() {
  // The last handle may end on a worker's thread; the session is only touched on its own, and never from inside its own call.
  if (loop_.in_loop_thread() && !session()) return;
  loop_.post([weak = std::move(session_), request = request_] {
    if (const auto alive = weak.lock()) alive->abandoned(request);
  });
}

std::shared_ptr<Http1Session> Http1Exchange::session() const {
  auto alive = session_.lock();
  return alive && alive->serves(request_) ? alive : nullptr;
}

bool Http1Exchange::has_body() const {
  const auto alive = session();
  return alive && alive->has_body();
}

std::optional<std::uint64_t> Http1Exchange::declared_length() const {
  const auto alive = session();
  return alive ? alive->declared_length() : std::nullopt;
}

void Http1Exchange::read_some(OnPiece on_piece) {
  if (const auto alive = session()) return alive->read_some(std::move(on_piece));
  loop_.post([on_piece = std::move(on_piece)] { on_piece(BodyError::gone, {}); });
}

void Http1Exchange::send(ResponseHead head, std::string body) {
  if (const auto alive = session()) alive->send(head, std::move(body));
}

void Http1Exchange::send(ResponseHead head, SharedBytes body) {
  if (const auto alive = session()) alive->send(head, std::move(body));
}

void Http1Exchange::send_file(ResponseHead head, int fd, std::uint64_t offset, std::uint64_t length) {
  if (const auto alive = session()) return alive->send_file(head, fd, offset, length);
  ::close(fd);
}

void Http1Exchange::start(ResponseHead head, std::optional<std::uint64_t> length) {
  if (const auto alive = session()) alive->start_answer(head, length);
}

void Http1Exchange::write(std::string piece, std::function<void(bool)> taken) {
  if (const auto alive = session()) return alive->write(std::move(piece), std::move(taken));
  loop_.post([taken = std::move(taken)] { taken(false); });
}

void Http1Exchange::write(SharedPiece piece, std::function<void(bool)> taken) {
  if (const auto alive = session()) return alive->write(std::move(piece), std::move(taken));
  loop_.post([taken = std::move(taken)] { taken(false); });
}

void Http1Exchange::finish() {
  if (const auto alive = session()) alive->finish();
}

void Http1Exchange::abort() {
  if (const auto alive = session()) alive->close_now();
}

std::optional<OpenStream> Http1Exchange::release_stream() {
  const auto alive = session();
  return alive ? alive->release_stream() : std::nullopt;
}

}  // namespace matinee::net
