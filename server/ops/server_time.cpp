#include "server/ops/server_time.h"

namespace matinee::ops {

using std::chrono::duration_cast;
using std::chrono::microseconds;

ServerTime::ServerTime()
    : start_unix_us_(duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch()).count()),
      start_(std::chrono::steady_clock::now()) {}

std::int64_t ServerTime::now_ms() const {
  return (start_unix_us_ + duration_cast<microseconds>(std::chrono::steady_clock::now() - start_).count()) / 1000;
}

double ServerTime::now_fine_ms() const {
  return static_cast<double>(start_unix_us_ + duration_cast<microseconds>(std::chrono::steady_clock::now() - start_).count()) / 1000.0;
}

}  // namespace matinee::ops
