// How long writes wait for the disk: counters and a histogram (five buckets a doubling, from 10 µs, error ≤ 15 %), for /metrics and
// the benchmarks.
// Thread rule: the writer thread records, any thread reads; relaxed atomics, so figures of one moment may differ by a record.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace matinee::store {

struct CommitFigures {
  std::uint64_t jobs = 0;           // writes answered after a commit
  std::uint64_t groups = 0;         // commits
  std::uint64_t failed_groups = 0;  // rolled back: disk full, locked, I/O
  std::uint64_t refused_jobs = 0;   // not taken: the queue was full
  std::uint64_t wait_sum_us = 0;
  std::uint64_t wait_p50_us = 0;  // from the call to the commit's end
  std::uint64_t wait_p99_us = 0;
  std::uint64_t commit_p50_us = 0;  // COMMIT alone, with its flush
  std::uint64_t commit_p99_us = 0;
  std::size_t queued_jobs = 0;  // now
};

class Histogram {
 public:
  void record(std::uint64_t value_us);
  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::uint64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t quantile_us(double quantile) const;  // 0 when empty; the upper edge of the bucket

 private:
  static constexpr std::size_t buckets = 128;
  [[nodiscard]] static std::size_t bucket_of(std::uint64_t value_us);
  std::array<std::atomic<std::uint64_t>, buckets> counts_{};
  std::atomic<std::uint64_t> sum_us_{0};
};

}  // namespace matinee::store
