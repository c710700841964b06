#include "server/shard/server_clock.h"

#include <ctime>

namespace matinee::shard {
namespace {

std::int64_t read_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

ServerClock::ServerClock()
    : unix_ms_at_start_(static_cast<double>(read_ns(CLOCK_REALTIME)) / 1e6), monotonic_ns_at_start_(read_ns(CLOCK_MONOTONIC)) {}

double ServerClock::now() const {
  return unix_ms_at_start_ + static_cast<double>(read_ns(CLOCK_MONOTONIC) - monotonic_ns_at_start_) / 1e6;
}

}  // namespace matinee::shard
