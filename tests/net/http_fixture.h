// An Http1Server on a real socket whose handler is a function of the test.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "server/net/http1.h"
#include "server/net/listener.h"
#include "server/net/tls_context.h"
#include "tests/support/loop_thread.h"
#include "tests/support/raw_client.h"

namespace matinee::test {

class FunctionHandler final : public net::HttpHandler {
 public:
  using Function = std::function<void(std::shared_ptr<net::Exchange>)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  void on_request(std::shared_ptr<net::Exchange> exchange) override { function_(std::move(exchange)); }

 private:
  Function function_;
};

class HttpFixture {
 public:
  explicit HttpFixture(FunctionHandler::Function handler, net::HttpLimits limits = {}, std::shared_ptr<const net::TlsContext> tls = nullptr,
                       net::ConnectionLimits connection_limits = {}, bool plain_too = false) {
    thread_.run([&] {
      server_ = std::make_unique<net::Http1Server>(thread_.loop(), std::make_shared<FunctionHandler>(std::move(handler)), limits);
      net::ListenOptions options;
      options.tls = std::move(tls);
      options.plain_too = plain_too;
      options.limits = connection_limits;
      std::string error;
      listener_ = net::Listener::open(
          thread_.loop(), {&thread_.loop()}, options,
          [this](std::shared_ptr<net::Connection> connection) {
            if (server_) server_->adopt(std::move(connection));  // a handshake may end while the fixture does
          },
          error);
    });
  }
  ~HttpFixture() {
    thread_.run([&] {
      listener_.reset();
      server_.reset();
    });
  }

  [[nodiscard]] std::uint16_t port() const { return listener_->port(); }
  net::Http1Server& server() { return *server_; }
  net::Listener& listener() { return *listener_; }
  LoopThread& thread() { return thread_; }

 private:
  LoopThread thread_;
  std::unique_ptr<net::Http1Server> server_;
  std::unique_ptr<net::Listener> listener_;
};

inline void answer_text(net::Exchange& exchange, int status, std::string body) {
  exchange.send(net::ResponseHead{status, {{"Content-Type", "text/plain"}}}, std::move(body));
}

}  // namespace matinee::test
