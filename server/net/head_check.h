// Our own check of a raw HTTP/1.x request head, before Beast's parser sees it: what that one lets pass and request smuggling
// is made of (see docs; RFC 9112 §2.2, §3.2, §5, §6). Pure and allocation-free: a fuzz target.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/net/limits.h"

namespace matinee::net {

struct HeadVerdict {
  int status = 0;                // 0 = fine, else the answer's status
  std::string_view reason = {};  // one sentence for the peer
};

// Where the head ends: the length including the empty line, or 0 while incomplete. `verdict` is set when it can never
// become valid (bare LF, NUL, over a bound), so that nobody has to wait for the rest.
[[nodiscard]] std::size_t find_head_end(std::string_view bytes, const HttpLimits& limits, HeadVerdict& verdict);

// `head` ends with the empty line.
[[nodiscard]] HeadVerdict check_head(std::string_view head, const HttpLimits& limits);

}  // namespace matinee::net
