// A WebSocket echo server on a real socket that remembers what it heard.
#pragma once
#include <catch2/catch.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "server/net/upgrade.h"
#include "server/net/websocket.h"
#include "tests/net/http_fixture.h"

namespace matinee::test {

inline RawResponse open_websocket(RawClient& client) {
  client.send(std::string(websocket_handshake) + "\r\n");
  return client.read_response();
}

class WebSocketFixture {
 public:
  // `home`: where the sockets live; by default the Loop that reads the requests.
  explicit WebSocketFixture(net::WebSocketLimits limits = {}, std::shared_ptr<const net::TlsContext> tls = nullptr,
                            net::Loop* home = nullptr)
      : recorder_(std::make_shared<Recorder>()),
        http_([this, limits, home](const std::shared_ptr<net::Exchange>& exchange) { upgrade(*exchange, limits, home); }, {},
              std::move(tls)) {}

  [[nodiscard]] std::uint16_t port() const { return http_.port(); }
  // Runs `fn` on the newest open socket, on its thread.
  void on_socket(const std::function<void(net::WebSocket&)>& fn) {
    http_.thread().run([&] {
      REQUIRE(recorder_->newest != nullptr);
      fn(*recorder_->newest);
    });
  }
  std::uint16_t wait_for_close() {
    std::unique_lock lock(recorder_->mutex);
    if (!recorder_->changed.wait_for(lock, std::chrono::seconds(10), [&] { return recorder_->closes > 0; }))
      throw std::runtime_error("no close");
    return recorder_->close_code;
  }
  void wait_for_messages(std::size_t count) {
    std::unique_lock lock(recorder_->mutex);
    if (!recorder_->changed.wait_for(lock, std::chrono::seconds(10), [&] { return recorder_->messages.size() >= count; }))
      throw std::runtime_error("no message");
  }
  int closes() {
    const std::lock_guard lock(recorder_->mutex);
    return recorder_->closes;
  }
  std::vector<std::string> messages() {
    const std::lock_guard lock(recorder_->mutex);
    return recorder_->messages;
  }
  HttpFixture& http() { return http_; }

 private:
  struct Recorder final : net::WebSocketHandler {
    void on_open(net::WebSocket& socket) override { newest = &socket; }
    void on_message(net::WebSocket& socket, std::string_view text) override {
      {
        const std::lock_guard lock(mutex);
        messages.emplace_back(text);
      }
      changed.notify_all();
      socket.send(text);
    }
    void on_close(net::WebSocket& socket, std::uint16_t code) override {
      if (newest == &socket) newest = nullptr;
      {
        const std::lock_guard lock(mutex);
        ++closes;
        close_code = code;
      }
      changed.notify_all();
    }
    std::mutex mutex;
    std::condition_variable changed;
    std::vector<std::string> messages;
    int closes = 0;
    std::uint16_t close_code = 0;
    net::WebSocket* newest = nullptr;  // of the Loop's thread
  };

  void upgrade(net::Exchange& exchange, const net::WebSocketLimits& limits, net::Loop* home) {
    const net::UpgradeRules rules{"matinee.v1", false};
    const net::UpgradeVerdict verdict = net::check_upgrade(exchange.head(), exchange.has_body(), rules);
    if (verdict.status != 0) return answer_text(exchange, verdict.status, std::string(verdict.reason));
    auto stream = exchange.release_stream();
    if (!stream) return answer_text(exchange, 500, "not released");
    net::UpgradeRequest request{exchange.head(), std::string(verdict.key), rules.subprotocol, std::move(*stream)};
    if (!home) {
      net::WebSocket::adopt(exchange.loop(), std::move(request), limits, recorder_);
      return;
    }
    home->post([home, limits, recorder = recorder_, request = std::move(request)]() mutable {
      net::WebSocket::adopt(*home, std::move(request), limits, recorder);
    });
  }

  std::shared_ptr<Recorder> recorder_;  // shared with the sockets
  HttpFixture http_;
};

}  // namespace matinee::test
