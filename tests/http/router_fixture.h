// A Router behind a real socket.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "server/http/router.h"
#include "server/net/http1.h"
#include "server/net/listener.h"
#include "tests/support/loop_thread.h"
#include "tests/support/raw_client.h"

namespace matinee::test {

class RouterFixture {
 public:
  explicit RouterFixture(const std::function<void(http::Router&)>& fill, http::RouterOptions options = {}) {
    auto router = std::make_shared<http::Router>(std::move(options));
    fill(*router);
    thread_.run([&] {
      server_ = std::make_unique<net::Http1Server>(thread_.loop(), router, net::HttpLimits{});
      std::string error;
      listener_ = net::Listener::open(
          thread_.loop(), {&thread_.loop()}, {},
          [this](std::shared_ptr<net::Connection> connection) {
            if (server_) server_->adopt(std::move(connection));  // a handshake may end while the fixture does
          },
          error);
    });
  }
  ~RouterFixture() {
    thread_.run([&] {
      listener_.reset();
      server_.reset();
    });
  }
  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }

 private:
  LoopThread thread_;
  std::unique_ptr<net::Http1Server> server_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace matinee::test
