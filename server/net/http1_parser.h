// Request heads by Beast's HTTP/1.1 parser, behind a narrow door – this pair of files is the only one that sees Beast –, and bodies
// by length or chunks. It gets heads that head_check.h has passed, and body bytes as they are wanted.
// Thread rule: one per session, its Loop's thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/net/chunked.h"
#include "server/net/exchange.h"

namespace matinee::net {

class Http1Parser {
 public:
  // Begins a new request. `head` is whole and checked. False when Beast refuses it all the same.
  [[nodiscard]] bool parse_head(std::string_view head, RequestHead& out);
  [[nodiscard]] bool keep_alive() const { return keep_alive_; }
  [[nodiscard]] bool has_body() const;  // not yet all read
  [[nodiscard]] std::optional<std::uint64_t> declared_length() const { return length_; }

  // Consumes body bytes, all until the body's end; what they decode to is appended to `decoded`. Nothing when they are malformed.
  [[nodiscard]] std::optional<std::size_t> put_body(std::string_view bytes, std::string& decoded);

 private:
  bool keep_alive_ = false;
  std::optional<std::uint64_t> length_;
  std::uint64_t length_left_ = 0;
  std::optional<ChunkedDecoder> chunked_;
};

}  // namespace matinee::net
