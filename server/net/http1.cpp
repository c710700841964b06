#include "server/net/http1.h"

#include "server/net/http1_session.h"

namespace matinee::net {

Http1Server::Http1Server(Loop& loop, std::shared_ptr<HttpHandler> handler, HttpLimits limits)
    : shared_(std::make_shared<Shared>(Shared{loop, std::move(handler), limits})) {}

Http1Server::~Http1Server() {
  const auto sessions = shared_->sessions;
  for (Http1Session* session : sessions) session->close_now();
}

void Http1Server::adopt(std::shared_ptr<Connection> connection) {
  if (shared_->draining) return connection->close_now();
  std::make_shared<Http1Session>(shared_, std::move(connection))->start();
}

void Http1Server::drain() {
  shared_->draining = true;
  const auto sessions = shared_->sessions;
  for (Http1Session* session : sessions) session->drain();
}

std::size_t Http1Server::sessions() const { return shared_->sessions.size(); }

}  // namespace matinee::net
