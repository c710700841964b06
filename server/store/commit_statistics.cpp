#include "server/store/commit_statistics.h"

#include <algorithm>
#include <cmath>

namespace matinee::store {
namespace {
constexpr double first_edge_us = 10.0;
constexpr double buckets_a_doubling = 5.0;
}  // namespace

std::size_t Histogram::bucket_of(std::uint64_t value_us) {
  const auto value = static_cast<double>(value_us);
  if (value <= first_edge_us) return 0;
  const double index = std::ceil(std::log2(value / first_edge_us) * buckets_a_doubling);
  return std::min(static_cast<std::size_t>(index), buckets - 1);
}

void Histogram::record(std::uint64_t value_us) {
  counts_[bucket_of(value_us)].fetch_add(1, std::memory_order_relaxed);
  sum_us_.fetch_add(value_us, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
  std::uint64_t all = 0;
  for (const auto& bucket : counts_) all += bucket.load(std::memory_order_relaxed);
  return all;
}

std::uint64_t Histogram::quantile_us(double quantile) const {
  const std::uint64_t all = count();
  if (all == 0) return 0;
  const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(all))));
  std::uint64_t seen = 0;
  std::size_t index = 0;
  for (; index < buckets - 1; ++index) {
    seen += counts_[index].load(std::memory_order_relaxed);
    if (seen >= wanted) break;
  }
  return static_cast<std::uint64_t>(std::lround(first_edge_us * std::exp2(static_cast<double>(index) / buckets_a_doubling)));
}

}  // namespace matinee::store
