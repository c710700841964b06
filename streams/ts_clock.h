// The time of an MPEG-TS program: references (PCR) and time stamps (PTS, DTS) of 33 bits at 90 kHz become µs that never go back for good –
// not when the counter wraps after 26.5 hours, and not when a publisher's clock jumps: then time goes on from where it was.
// A time stamp is read relative to the newest reference, so that all tracks jump together.
// Pure; no thread rule.
#pragma once
#include <cstdint>
#include <optional>

namespace matinee::streams {

class TsClock {
 public:
  // A program clock reference. `new_time_base`: the packet says that the clock begins anew.
  void on_reference(std::uint64_t ticks, bool new_time_base);
  // For a program without references, and until its first one: a time stamp stands in for it.
  void on_stand_in(std::uint64_t ticks);
  // Nothing for a time stamp that is too far from the reference to be meant.
  [[nodiscard]] std::optional<std::int64_t> to_us(std::uint64_t ticks) const;

  [[nodiscard]] std::uint64_t jumps() const { return jumps_; }

 private:
  void step(std::uint64_t ticks, bool new_time_base);

  bool started_ = false;
  bool has_reference_ = false;
  std::uint64_t last_ticks_ = 0;
  std::int64_t time_ticks_ = 0;  // unwrapped, at last_ticks_
  std::uint64_t jumps_ = 0;
};

}  // namespace matinee::streams
