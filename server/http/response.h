// The answer to one request. A Responder is a copyable handle, const or not: hand it to whatever finishes the work.
// Thread rule: the Loop's thread of the request.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/exchange.h"

namespace matinee::http {

using Header = net::HeaderField;

struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::string body;

  [[nodiscard]] static Response text(int status, std::string body);
  [[nodiscard]] static Response html(int status, std::string body);
  [[nodiscard]] static Response json(int status, std::string body);
  // 303 to one of our own paths (asserts is_own_path).
  [[nodiscard]] static Response see_other(std::string_view own_path);
  // Replaces the field of that name, or adds it.
  Response& with(std::string_view name, std::string_view value) &;
  [[nodiscard]] Response&& with(std::string_view name, std::string_view value) &&;
  // For fields that may come several times: Set-Cookie.
  Response& add(std::string_view name, std::string_view value);
};

class Responder {
 public:
  // `before_send` may amend every answer of this request (security headers); set by the router.
  using Amend = std::function<void(std::vector<Header>&)>;
  explicit Responder(std::shared_ptr<net::Exchange> exchange, std::shared_ptr<const Amend> amend = nullptr);

  // A 204 and a 304 have no body; HEAD is dealt with below.
  void send(Response response) const;
  void send_shared(int status, std::vector<Header> headers, net::SharedBytes body) const;
  // Closes `fd` when done.
  void send_file(int status, std::vector<Header> headers, int fd, std::uint64_t offset, std::uint64_t length) const;
  // Streaming: start, write…, finish.
  void start(int status, std::vector<Header> headers, std::optional<std::uint64_t> length = std::nullopt) const;
  void write(std::string piece, std::function<void(bool ok)> taken) const;
  void write(net::SharedPiece piece, std::function<void(bool ok)> taken) const;
  void finish() const;
  void abort() const;

  [[nodiscard]] bool open() const { return exchange_->open(); }
  [[nodiscard]] net::Loop& loop() const { return exchange_->loop(); }

 private:
  [[nodiscard]] net::ResponseHead head(int status, std::vector<Header> headers) const;
  std::shared_ptr<net::Exchange> exchange_;  // shared with the Request
  std::shared_ptr<const Amend> amend_;       // shared by all answers of a router
};

}  // namespace matinee::http
