// A Loop on a thread of its own for tests. Everything that lives on the Loop is made and destroyed by run().
#pragma once
#include <functional>
#include <future>
#include <thread>

#include "server/net/loop.h"

namespace matinee::test {

class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() {
    loop_.stop();
    thread_.join();
  }
  LoopThread(const LoopThread&) = delete;
  LoopThread& operator=(const LoopThread&) = delete;

  net::Loop& loop() { return loop_; }
  // Runs `fn` on the Loop's thread and waits for it.
  void run(const std::function<void()>& fn) {
    std::promise<void> done;
    loop_.post([&] {
      fn();
      done.set_value();
    });
    done.get_future().wait();
  }

 private:
  net::Loop loop_;
  std::thread thread_;
};

}  // namespace matinee::test
