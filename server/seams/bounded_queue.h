// BoundedQueue: work handed to threads of one's own, first in first out, refused when it is too much. Not a seam: it lives here
// because the store and auth both need it and this is what they share.
// Thread rule: every method from any thread.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace matinee::seams {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t items_max, std::size_t weight_max = static_cast<std::size_t>(-1))
      : items_max_(items_max), weight_max_(weight_max) {}

  // Takes the item and answers true, or leaves it alone and answers false: full or closed. One item always fits an empty queue.
  [[nodiscard]] bool push(T& item, std::size_t weight = 0) {
    {
      const std::lock_guard lock(mutex_);
      const bool full = items_.size() >= items_max_ || (weight_ + weight > weight_max_ && !items_.empty());
      if (closed_ || full) return false;
      weight_ += weight;
      items_.emplace_back(std::move(item), weight);
    }
    ready_.notify_one();
    return true;
  }

  // Waits for work; nothing once the queue is closed and empty.
  [[nodiscard]] std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    return take_first();
  }

  // Waits for work and takes all there is, up to `most`, into `out`; false once the queue is closed and empty.
  [[nodiscard]] bool drain(std::vector<T>& out, std::size_t most) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return closed_ || !items_.empty(); });
    while (!items_.empty() && out.size() < most) out.push_back(take_first());
    return !out.empty();
  }

  // Likewise, but comes back after so long with nothing when there was none; false only once the queue is closed and empty.
  [[nodiscard]] bool drain(std::vector<T>& out, std::size_t most, std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, wait, [this] { return closed_ || !items_.empty(); });
    while (!items_.empty() && out.size() < most) out.push_back(take_first());
    return !out.empty() || !closed_;
  }

  // Nothing is taken from now on; what waits can still be fetched.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    ready_.notify_all();
  }

  // Closes and hands back what waits, for those who answer it themselves.
  [[nodiscard]] std::vector<T> close_and_empty() {
    std::vector<T> left;
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      while (!items_.empty()) left.push_back(take_first());
    }
    ready_.notify_all();
    return left;
  }

  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }

 private:
  T take_first() {
    T item = std::move(items_.front().first);
    weight_ -= items_.front().second;
    items_.pop_front();
    return item;
  }

  const std::size_t items_max_;
  const std::size_t weight_max_;
  mutable std::mutex mutex_;  // guards everything below
  std::condition_variable ready_;
  std::deque<std::pair<T, std::size_t>> items_;
  std::size_t weight_ = 0;
  bool closed_ = false;
};

}  // namespace matinee::seams
