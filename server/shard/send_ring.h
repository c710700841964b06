// Sends the batches of all dirty rooms of a tick through one io_uring: a few system calls instead of one per member.
// Why only optional: kernels and containers may refuse it, then the fan-out falls back to send().
// Thread rule: created and used on the loop's thread only (the ring is told it has a single issuer).
#pragma once
#include <memory>
#include <vector>

namespace matinee::shard {

class Fanout;

class SendRing {
 public:
  // Nothing when the kernel does not allow it, or the build has no liburing.
  [[nodiscard]] static std::unique_ptr<SendRing> create();
  ~SendRing();
  // Serves every member of every room and settles the results. False: the ring is of no more use; members whose outcome is unknown
  // have been given up as gone (they come back and resume).
  [[nodiscard]] bool send(const std::vector<Fanout*>& rooms);

 private:
  struct State;
  explicit SendRing(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace matinee::shard
