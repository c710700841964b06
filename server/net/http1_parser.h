// Beast's HTTP/1.1 parser behind a narrow door: the only file pair that sees Beast. It gets heads that head_check.h has passed,
// and body bytes as they are wanted.
// Thread rule: one per session, its Loop's thread.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/net/exchange.h"

namespace matinee::net {

class Http1Parser {
 public:
  Http1Parser();
  ~Http1Parser();
  Http1Parser(const Http1Parser&) = delete;
  Http1Parser& operator=(const Http1Parser&) = delete;

  // Begins a new request. `head` is whole and checked. False when Beast refuses it all the same.
  [[nodiscard]] bool parse_head(std::string_view head, RequestHead& out);
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool has_body() const;  // not yet all read
  [[nodiscard]] std::optional<std::uint64_t> declared_length() const;

  // Consumes body bytes; what they decode to is appended to `decoded`. Nothing when they are malformed.
  [[nodiscard]] std::optional<std::size_t> put_body(std::string_view bytes, std::string& decoded);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace matinee::net
