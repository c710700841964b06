// Where the segments of an HLS stream end: fragments, one for each key frame, are put together until a segment is as long as wanted, and
// never so that it is longer than the target duration, rounded (RFC 8216, 4.3.3.1). A fragment that alone is longer is a segment of its
// own, and the playlist refuses it.
// Thread rule: pure. Times are µs.
#pragma once
#include <algorithm>
#include <cstdint>

#include "streams/limits.h"

namespace matinee::streams {

class HlsCut {
 public:
  explicit HlsCut(std::int64_t target_s) : target_us_(target_s * second_us) {}

  // The least target duration that takes a fragment this long.
  [[nodiscard]] static std::int64_t target_for(std::int64_t fragment_us) {
    return std::max(limits::hls_target_s_min, (fragment_us + second_us / 2) / second_us);
  }

  // Before a fragment is added: whether the segment ends without it.
  [[nodiscard]] bool ends_before(std::int64_t fragment_us) const { return held_us_ > 0 && held_us_ + fragment_us > longest_us(); }
  // Whether it ends with it: it is long enough, or one more would be too much.
  [[nodiscard]] bool add(std::int64_t fragment_us) {
    held_us_ += fragment_us;
    fragment_us_ = std::max(fragment_us_, fragment_us);
    return held_us_ >= target_us_ || held_us_ + fragment_us_ > longest_us();
  }
  void end() { held_us_ = 0; }
  [[nodiscard]] std::int64_t held_us() const { return held_us_; }

 private:
  static constexpr std::int64_t second_us = 1'000'000;
  [[nodiscard]] std::int64_t longest_us() const { return target_us_ + second_us / 2 - 1; }

  std::int64_t target_us_;
  std::int64_t held_us_ = 0, fragment_us_ = 0;
};

}  // namespace matinee::streams
