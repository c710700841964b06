// Metrics: counters and gauges by name, written in the text format that Prometheus reads (exposition format 0.0.4).
// Each caller gets a cell of its own, so that shards never write to one cache line; cells of one name and labels are added up when
// somebody reads.
// Thread rule: register at start, before other threads run. Counter and Gauge: any thread. text(): any thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace matinee::ops {

class alignas(64) Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class alignas(64) Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t n) { value_.fetch_add(n, std::memory_order_relaxed); }
  [[nodiscard]] std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_{0};
};

class Metrics {
 public:
  // `labels` as they are written: code="200",method="GET". The first help text of a name counts.
  Counter& counter(std::string_view name, std::string_view help, std::string_view labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, std::string_view labels = {});
  // Asked at every reading, on the reader's thread.
  void gauge_of(std::string_view name, std::string_view help, std::function<double()> read);
  void counter_of(std::string_view name, std::string_view help, std::function<double()> read);
  [[nodiscard]] std::string text() const;

 private:
  struct Cell {
    std::string labels;
    std::function<double()> read;
  };
  struct Family {
    std::string name;
    std::string help;
    bool counts;
    std::vector<Cell> cells;
  };
  void add(std::string_view name, std::string_view help, bool counts, Cell cell);

  std::deque<Counter> counters_;  // deques: addresses stay
  std::deque<Gauge> gauges_;
  std::vector<Family> families_;  // in the order of registration
};

}  // namespace matinee::ops
