// VideoPorts: where desktop programs come in: the listeners with and without TLS, and the certificate that the first one shows.
// Without a configured certificate there is one of our own in DATA/video, made at the first start.
// Thread rule: opened at start, before the loops run; stop() on the first loop.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include "server/app/links.h"
#include "server/net/listener.h"
#include "server/net/tls_context.h"
#include "server/ops/config.h"

namespace matinee::app {

struct VideoPortsParts {
  const ops::Config& config;
  std::shared_ptr<const net::TlsContext> tls;  // the configured certificate; null: our own
  std::vector<net::Loop*> loops;               // the first one accepts
  std::vector<std::string> addresses;          // of the pages' listeners
  net::ConnectionLimits limits;
  std::shared_ptr<net::ConnectionCaps> caps;
  net::Listener::OnConnection on_connection;
};

class VideoPorts {
 public:
  // On failure nullptr and one sentence for the operator in `error`.
  [[nodiscard]] static std::unique_ptr<VideoPorts> open(VideoPortsParts parts, std::string& error);

  [[nodiscard]] std::int64_t port() const { return listening_.front().port; }  // with TLS
  [[nodiscard]] const std::vector<Listening>& listening() const { return listening_; }
  [[nodiscard]] std::string fingerprint() const;  // 64 hexadecimal digits
  [[nodiscard]] std::string short_print() const;  // 26 letters of base32: its first 128 bits
  void stop();

 private:
  bool listen(const VideoPortsParts& parts, const std::string& address, std::int64_t port, bool secure, std::string& error);

  std::shared_ptr<const net::TlsContext> tls_;  // shared with the listeners
  std::array<std::byte, 32> print_{};
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::vector<Listening> listening_;
};

}  // namespace matinee::app
