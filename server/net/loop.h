// One thread's event loop: an Asio io_context plus what a server of many small sockets needs beside it.
// Why: client sockets are watched by one nested epoll set that Asio sees as a single descriptor. A socket then costs no Asio
// object, moves to another Loop by two epoll_ctl calls, and an inbound message costs one recv instead of two.
// Coarse timers (idle, ping, deadlines) share buckets of 16 ms and one Asio timer; precise ones get their own.
// Thread rule: post() and stop() may be called from any thread; everything else only from the thread in run(), or before it runs.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "server/net/task.h"

namespace boost::asio {
class io_context;
}

namespace matinee::net {

class TailBudget;

// What a Loop calls when a watched descriptor is ready. It lives at least until unwatch().
class IoTarget {
 public:
  virtual ~IoTarget() = default;
  // `gone` = the kernel reports an error or that both directions are closed.
  virtual void on_ready(bool readable, bool writable, bool gone) = 0;
  // The Loop itself ends and lets go of the target.
  virtual void on_loop_end() {}
};

// A registration in the Loop's epoll set. Opaque; valid from watch() to unwatch().
struct Watch;

// Handle of a running timer: destroying or cancelling it means that its function will not run. Move only.
class Timer {
 public:
  struct Entry;
  Timer() = default;
  explicit Timer(std::shared_ptr<Entry> entry);
  Timer(Timer&&) noexcept = default;
  Timer& operator=(Timer&& other) noexcept;
  ~Timer();
  void cancel();
  [[nodiscard]] bool running() const;

 private:
  std::shared_ptr<Entry> entry_;  // shared with the Loop's bucket
};

class Loop {
 public:
  static constexpr std::size_t scratch_bytes = 64 * 1024;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop(). The calling thread becomes the Loop's thread.
  void run();
  void stop();
  // Runs `task` on the Loop's thread, after the handlers that are ready now. Tasks left at destruction are dropped unrun.
  void post(Task task);
  [[nodiscard]] bool in_loop_thread() const;

  // Fires once, at most ~16 ms late: for deadlines by the thousand.
  [[nodiscard]] Timer start_timer(std::chrono::milliseconds after, std::function<void()> fn);
  // Fires once, as exactly as the kernel can: for what people see.
  [[nodiscard]] Timer start_precise_timer(std::chrono::nanoseconds after, std::function<void()> fn);
  // Monotonic milliseconds, cheap, ~4 ms coarse: for "when did I last hear of this peer".
  [[nodiscard]] static std::int64_t coarse_now_ms();

  // Client descriptors. The Loop keeps `target` alive while it is watched.
  Watch* watch(int fd, std::shared_ptr<IoTarget> target, bool read, bool write);
  void rewatch(Watch* watch, bool read, bool write);
  void unwatch(Watch* watch);

  // Shared by every reader of this thread; its content is valid until the reader returns to the Loop.
  [[nodiscard]] std::span<char> scratch();
  // All unsent bytes of this Loop's sinks (see sink.h).
  [[nodiscard]] TailBudget& tails();
  // One opaque object per Loop for the WebSocket engine.
  [[nodiscard]] std::shared_ptr<void>& websocket_engine();
  [[nodiscard]] boost::asio::io_context& io();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace matinee::net
