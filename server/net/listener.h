// Accepts connections on one address and port, plain or TLS, and hands each, after its TLS handshake, to one of the
// target Loops in turn. One accepting thread: distribution is even, and one place knows about EMFILE and caps.
// Thread rule: made, started and stopped on the accepting Loop's thread (or before it runs); `on_connection` runs on the
// target Loop's thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/net/connection.h"
#include "server/net/limits.h"

namespace matinee::net {

class TlsContext;

struct ListenOptions {
  std::string address = "127.0.0.1";      // "::" listens on IPv4 as well, "0.0.0.0" on IPv4 only
  std::uint16_t port = 0;                 // 0 = any free one; port() tells which
  std::shared_ptr<const TlsContext> tls;  // null = plain
  bool plain_too = false;                 // with TLS: who begins with anything but a handshake is handed on, plain; else closed
  std::shared_ptr<ConnectionCaps> caps;   // shared by all listeners; null = made from `limits`
  ConnectionLimits limits;
};

class Listener {
 public:
  using OnConnection = std::function<void(std::shared_ptr<Connection>)>;

  // On failure returns nullptr and one sentence for the operator in `error` ("port 8080 is already in use …").
  [[nodiscard]] static std::unique_ptr<Listener> open(Loop& accepting, std::vector<Loop*> targets, ListenOptions options,
                                                      OnConnection on_connection, std::string& error);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] bool secure() const;
  // What newcomers are shown from now on, where this listener speaks TLS; who is there stays. Any thread.
  void show(std::shared_ptr<const TlsContext> certificate);
  // No more connections; those open stay. Runs on the accepting Loop's thread.
  void stop();

 private:
  class Acceptor;
  explicit Listener(std::shared_ptr<Acceptor> acceptor);
  std::shared_ptr<Acceptor> acceptor_;  // shared with the Loop that watches its descriptor
};

}  // namespace matinee::net
