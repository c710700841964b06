// The server's time as everybody in a room sees it: Unix ms at process start plus monotonic time since, so it never steps.
// Thread rule: immutable; make one per process and copy it.
#pragma once
#include <cstdint>

namespace matinee::shard {

class ServerClock {
 public:
  ServerClock();                                   // reads both clocks now
  [[nodiscard]] double now() const;                // fractional ms, for clock.reply
  [[nodiscard]] std::int64_t now_ms() const { return static_cast<std::int64_t>(now()); }

 private:
  double unix_ms_at_start_;
  std::int64_t monotonic_ns_at_start_;
};

}  // namespace matinee::shard
