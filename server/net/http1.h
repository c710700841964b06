// The HTTP/1.1 side of a Loop: turns connections into Exchanges. Keep-alive, pipelining in order, chunked bodies,
// 100-continue, deadlines. The raw head is checked by head_check.h before Beast's parser sees it.
// Thread rule: one Http1Server per Loop, only on its thread. It outlives its sessions' Loop callbacks by shared state.
#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "server/net/exchange.h"
#include "server/net/limits.h"

namespace matinee::net {

class Http1Session;

class Http1Server {
 public:
  Http1Server(Loop& loop, std::shared_ptr<HttpHandler> handler, HttpLimits limits);
  ~Http1Server();
  Http1Server(const Http1Server&) = delete;
  Http1Server& operator=(const Http1Server&) = delete;

  void adopt(std::shared_ptr<Connection> connection);
  // Idle connections close now, busy ones after their current answer. New ones are closed at once.
  void drain();
  [[nodiscard]] std::size_t sessions() const;

  struct Shared;

 private:
  std::shared_ptr<Shared> shared_;  // shared with the sessions
};

}  // namespace matinee::net
