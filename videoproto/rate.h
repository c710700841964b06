// A token bucket as one number: the moment at which it is full again (ITU-T I.371, virtual scheduling). Time is an argument.
// Frames are refused over their rate; bytes that were read already can only be paid for by waiting.
// Pure; no thread rule.
#pragma once
#include <algorithm>
#include <cstdint>

namespace matinee::videoproto {

struct Rate {
  std::int64_t per_second = 1;
  std::int64_t burst = 1;
};

class RateBucket {
 public:
  // Takes `cost` tokens if they are there. A clock that steps back takes nothing away from anybody.
  [[nodiscard]] bool take(std::int64_t now_us, std::int64_t cost, Rate rate) {
    const std::int64_t before_ns = full_at_ns_;
    if (spend(now_us, cost, rate) == 0) return true;
    full_at_ns_ = before_ns;
    return false;
  }
  // Takes them in any case; answers how many µs to wait before taking more.
  [[nodiscard]] std::int64_t spend(std::int64_t now_us, std::int64_t cost, Rate rate) {
    full_at_ns_ = std::max(full_at_ns_, now_us * 1'000) + cost * 1'000'000'000 / rate.per_second;
    const std::int64_t late_ns = full_at_ns_ - now_us * 1'000 - rate.burst * 1'000'000'000 / rate.per_second;
    return std::max<std::int64_t>(0, (late_ns + 999) / 1'000);
  }

 private:
  std::int64_t full_at_ns_ = 0;
};

}  // namespace matinee::videoproto
