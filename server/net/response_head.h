// The bytes of an HTTP/1.1 answer's head. Pure apart from the Date field (cached per thread and second).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/net/exchange.h"

namespace matinee::net {

struct ResponseFraming {
  std::optional<std::uint64_t> length;  // Content-Length
  bool chunked = false;
  bool keep_alive = true;
  int version_minor = 1;  // of the request: HTTP/1.0 has to be told when the connection stays
};

[[nodiscard]] std::string_view reason_phrase(int status);
// 1xx, 204 and 304 never have a body.
[[nodiscard]] bool may_have_body(int status);
// Fields that could break out of their line (CR, LF, NUL) are left out.
[[nodiscard]] std::string make_response_head(const ResponseHead& head, const ResponseFraming& framing);

}  // namespace matinee::net
