// A bounded queue from several threads to one, with waiting until a moment: how the client's threads talk. When it is full the oldest
// goes, and whoever puts is told. Why not two kinds: a "newest wins" place is put() with a rule which pending item is replaced.
// Thread rule: any thread puts; one thread takes.
#pragma once
#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

namespace matinee::desktop {

// The clock of videoproto::monotonic_us.
inline std::chrono::steady_clock::time_point time_at(std::int64_t us) {
  return std::chrono::steady_clock::time_point(std::chrono::microseconds(us));
}

template <class T>
class Inbox {
 public:
  explicit Inbox(std::size_t most) : most_(most) {}

  // False: something was dropped or replaced for it.
  bool put(T item) {
    return put(std::move(item), [](const T&) { return false; });
  }
  // In place of the pending item for which `same` is true, at the end of the queue.
  template <class Same>
  bool put(T item, Same same) {
    bool kept_all = true;
    {
      const std::lock_guard lock(mutex_);
      const auto old = std::find_if(items_.begin(), items_.end(), same);
      kept_all = old == items_.end() && items_.size() < most_;
      if (old != items_.end()) items_.erase(old);
      else if (items_.size() >= most_) items_.pop_front();
      items_.push_back(std::move(item));
    }
    changed_.notify_one();
    return kept_all;
  }

  [[nodiscard]] bool empty() {
    const std::lock_guard lock(mutex_);
    return items_.empty();
  }

  // Everything that is there, after waiting until there is something or it is `until_us`.
  [[nodiscard]] std::deque<T> take(std::int64_t until_us) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, time_at(until_us), [&] { return !items_.empty(); });
    return std::exchange(items_, {});
  }

 private:
  const std::size_t most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> items_;
};

}  // namespace matinee::desktop
