// A token bucket as one number: the moment at which it would be full again. Time is an argument; no thread rule.
// The generic cell rate algorithm (ITU-T I.371) in its virtual-scheduling form.
#pragma once
#include <algorithm>
#include <cstdint>

namespace matinee::rooms {

struct Rate {
  std::int64_t burst = 1;
  std::int64_t per_second = 1;
};

class TokenBucket {
 public:
  // Takes a token and returns 0, or takes none and returns after how many ms one is there.
  [[nodiscard]] std::int64_t take(std::int64_t now_ms, Rate rate) {
    const std::int64_t token_ms = 1'000 / rate.per_second;
    const std::int64_t full_again_ms = std::max(full_at_ms_, now_ms) + token_ms;
    const std::int64_t late_ms = full_again_ms - now_ms - rate.burst * token_ms;
    if (late_ms > 0) return late_ms;
    full_at_ms_ = full_again_ms;
    return 0;
  }

 private:
  std::int64_t full_at_ms_ = 0;
};

}  // namespace matinee::rooms
