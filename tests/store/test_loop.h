// TestLoop: the loop of a test. Answers of the store are posted here and run when the test asks for them, on the test's own thread.
#pragma once
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include "server/seams/executor.h"

namespace matinee::test {

class TestLoop {
 public:
  TestLoop() : executor_([this](seams::Executor::Work work) { post(std::move(work)); }) {}

  [[nodiscard]] const seams::Executor& executor() const { return executor_; }
  [[nodiscard]] std::size_t posts() const { return posts_; }

  // Runs what arrives until `done` holds; a minute without it is a failed test, not a hanging one.
  template <class Predicate>
  void run_until(Predicate done) {
    while (!done()) {
      seams::Executor::Work work;
      {
        std::unique_lock lock(mutex_);
        if (!arrived_.wait_for(lock, std::chrono::seconds(60), [this] { return !work_.empty(); })) FAIL("nothing arrived");
        work = std::move(work_.front());
        work_.pop_front();
      }
      work();
    }
  }

  // Runs what has arrived and does not wait.
  void run_ready() {
    for (;;) {
      seams::Executor::Work work;
      {
        const std::lock_guard lock(mutex_);
        if (work_.empty()) return;
        work = std::move(work_.front());
        work_.pop_front();
      }
      work();
    }
  }

  // Calls `start` with a handler and answers what the handler was given.
  template <class T, class Start>
  T await(Start start) {
    std::optional<T> answer;
    start([&answer](T value) { answer.emplace(std::move(value)); });
    run_until([&answer] { return answer.has_value(); });
    return std::move(*answer);
  }

 private:
  void post(seams::Executor::Work work) {
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
      ++posts_;
    }
    arrived_.notify_one();
  }

  std::mutex mutex_;  // guards work_ and posts_
  std::condition_variable arrived_;
  std::deque<seams::Executor::Work> work_;
  std::size_t posts_ = 0;
  seams::Executor executor_;
};

}  // namespace matinee::test
