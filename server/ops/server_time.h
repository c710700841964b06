// The server's clock: Unix time when the process started + monotonic time since. It never steps, so a correction of the machine's
// clock cannot make a room jump. Every time in messages, files and the database comes from here.
// Thread rule: immutable after construction; any thread.
#pragma once
#include <chrono>
#include <cstdint>

namespace matinee::ops {

class ServerTime {
 public:
  ServerTime();
  [[nodiscard]] std::int64_t now_ms() const;  // whole milliseconds
  [[nodiscard]] double now_fine_ms() const;   // with fractions, for clock.reply

 private:
  std::int64_t start_unix_us_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace matinee::ops
