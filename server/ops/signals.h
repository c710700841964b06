// SIGTERM, SIGINT and SIGHUP as a descriptor: a loop watches fd(), a plain thread calls wait(). No code runs in signal context.
// SIGPIPE and SIGXFSZ are ignored: a peer that is gone and a file that may not grow are error values of the write.
// Thread rule: make it in main() before any other thread starts (they inherit the mask); then one thread uses it.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>

namespace matinee::ops {

enum class Signal : std::uint8_t { stop, reload };  // SIGTERM and SIGINT; SIGHUP

class Signals {
 public:
  Signals();
  ~Signals();  // the signals get their usual effect back
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  [[nodiscard]] int fd() const { return fd_; }  // readable when take() has something
  [[nodiscard]] std::optional<Signal> take();   // does not block
  [[nodiscard]] std::optional<Signal> wait(std::optional<std::chrono::milliseconds> at_most = std::nullopt);

 private:
  int fd_;
};

}  // namespace matinee::ops
