// One open WebSocket. The protocol engine (inbound frames, control frames, close handshake) is websocketpp, hidden in
// websocket.cpp; outbound messages bypass it: they are framed once and go straight to the Sink.
// A WebSocket lives from adopt() to on_close; the Loop keeps it alive, and whoever holds the shared_ptr may send in vain after that.
// Thread rule: only on its Loop's thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/net/exchange.h"
#include "server/net/limits.h"
#include "server/net/sink.h"

namespace matinee::net {

class WebSocket;

class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  // Called inside adopt(), after the 101 has been written.
  virtual void on_open(WebSocket& socket) = 0;
  // A whole, valid UTF-8 text message; the view is valid during the call only.
  virtual void on_message(WebSocket& socket, std::string_view text) = 0;
  // Default: closes with 1003.
  virtual void on_binary(WebSocket& socket, std::string_view data);
  // Once, never from inside send(). `code`: the peer's close code, else ours, else 1006. The descriptor is still open
  // during the call and is closed after it: take it out of every array here.
  virtual void on_close(WebSocket& socket, std::uint16_t code) = 0;
};

class WebSocket {
 public:
  virtual ~WebSocket() = default;
  // Takes over the open stream of a checked upgrade request; must run on `loop`'s thread (post the request there).
  // The socket keeps `handler`. Bytes that came with the request are delivered by post.
  static std::shared_ptr<WebSocket> adopt(Loop& loop, UpgradeRequest request, const WebSocketLimits& limits,
                                          std::shared_ptr<WebSocketHandler> handler);

  virtual void send(SharedFrame frame) = 0;
  virtual void send(std::string_view text) = 0;
  // Takes the place of an unsent frame of the same kind (> 0).
  virtual void send_latest(SharedFrame frame, LatestKind kind) = 0;
  // Starts the close handshake; nothing is sent after it. on_close follows, within limits.close_max.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  // At once, without a close frame.
  virtual void drop() = 0;

  [[nodiscard]] virtual bool open() const = 0;
  [[nodiscard]] virtual Sink& sink() = 0;
  [[nodiscard]] virtual Loop& loop() = 0;
  [[nodiscard]] virtual const std::string& remote_address() const = 0;
};

}  // namespace matinee::net
