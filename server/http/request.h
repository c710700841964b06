// What a route handler sees: a Request to read, a Responder to answer with. Both are cheap handles on one net::Exchange and
// work alike over HTTP/1.1 and, later, HTTP/2.
// Keep the Request (it is shared) as long as you need its body or its views; answer whenever you like, exactly once. Answers to
// a peer that is gone are ignored; a Responder that is dropped without an answer becomes a 500.
// Thread rule: the Loop's thread. Work elsewhere (Argon2 pool, database readers), then return with request->loop().post(…).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "server/http/response.h"
#include "server/net/exchange.h"

namespace matinee::http {

using net::BodyError;
using NamedValues = std::vector<std::pair<std::string, std::string>>;

class Request {
 public:
  explicit Request(std::shared_ptr<net::Exchange> exchange);
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  [[nodiscard]] const std::string& method() const { return head().method; }
  // As sent. `path()` is decoded, `query()` is not.
  [[nodiscard]] const std::string& target() const { return head().target; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string_view query() const { return query_; }
  // False when the target cannot be decoded (bad escapes, an encoded NUL or slash, not UTF-8): the router answers 400.
  [[nodiscard]] bool valid() const { return valid_; }

  // `{code}` of the matched pattern; empty when there is none of that name.
  [[nodiscard]] std::string_view path_param(std::string_view name) const;
  // The first query parameter of this name, decoded.
  [[nodiscard]] std::optional<std::string> query_param(std::string_view name) const;
  // The first field of this lower-case name, or empty.
  [[nodiscard]] std::string_view header(std::string_view lower_name) const { return head().field(lower_name); }
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
  [[nodiscard]] const std::string& remote_address() const { return head().remote_address; }
  [[nodiscard]] bool secure() const { return head().secure; }
  [[nodiscard]] const std::string& host() const { return head().host; }
  // "https://host:port" as this request was addressed.
  [[nodiscard]] std::string own_origin() const;
  // The Origin field equals own_origin(), or is absent and Sec-Fetch-Site says same-origin.
  [[nodiscard]] bool same_origin() const;
  [[nodiscard]] net::Loop& loop() { return exchange_->loop(); }

  // The whole body. Larger than `max_bytes`: too_large, before reading when the length is declared. Never called back inline.
  using OnBody = std::function<void(tl::expected<std::string, BodyError>)>;
  void read_body(std::size_t max_bytes, OnBody on_body);
  // Piece by piece; an empty view without error is the end.
  void read_some(net::Exchange::OnPiece on_piece) { exchange_->read_some(std::move(on_piece)); }

  [[nodiscard]] const net::RequestHead& head() const { return exchange_->head(); }

 private:
  friend class Router;
  struct BodyReader;
  std::shared_ptr<net::Exchange> exchange_;  // shared with the Responder
  std::string path_;
  std::string_view query_;
  bool valid_ = false;
  NamedValues path_params_;
};

using RequestPtr = std::shared_ptr<Request>;

// The status that tells a body error to the peer: 413, 400, 408.
[[nodiscard]] int status_of(BodyError error);

}  // namespace matinee::http
