// The one place of a stream from which it is published. A publisher that vanishes keeps the stream alive for 30 s, for itself or for
// another one with the key; a second one is refused, or takes over when it asks to.
//
//               enter()                    leave(holder)
//   ┌──────┐ ─────────────▶ ┌──────────┐ ─────────────────▶ ┌──────┐  30 s     ┌───────┐
//   │ free │                │  taken   │                    │ lost │ ────────▶ │ ended │
//   └──────┘                └──────────┘ ◀───────────────── └──────┘  look()   └───────┘
//                             │      ▲        enter()           │                  ▲ │
//                             └──────┘                          └──────────────────┘ │
//                          enter(take over)                       end(), from anywhere
//                                  ▲                                                 │
//                                  └────────────── enter(): the stream begins anew ──┘
// Thread rule: pure. Times are the relay's monotonic µs.
#pragma once
#include <cstdint>
#include <optional>

#include "streams/limits.h"

namespace matinee::streams {

class PublisherSeat {
 public:
  enum class Phase : std::uint8_t { free, taken, lost, ended };
  using Ticket = std::uint64_t;

  // The ticket of the new publisher; nothing when somebody else holds the seat and `take_over` is false. Who held it before holds it no
  // more.
  [[nodiscard]] std::optional<Ticket> enter(bool take_over) {
    if (phase_ == Phase::taken && !take_over) return std::nullopt;
    phase_ = Phase::taken;
    return ++ticket_;
  }
  [[nodiscard]] bool holds(Ticket ticket) const { return phase_ == Phase::taken && ticket == ticket_; }
  // The connection is gone without having said goodbye. Nothing happens for a ticket that was taken over from.
  void leave(Ticket ticket, std::int64_t now_us) {
    if (!holds(ticket)) return;
    phase_ = Phase::lost;
    lost_us_ = now_us;
  }
  void end() { phase_ = Phase::ended; }
  // True once, when nobody came back in time.
  [[nodiscard]] bool look(std::int64_t now_us) {
    if (phase_ != Phase::lost || now_us - lost_us_ < limits::publisher_lost_us) return false;
    phase_ = Phase::ended;
    return true;
  }
  [[nodiscard]] Phase phase() const { return phase_; }

 private:
  Phase phase_ = Phase::free;
  Ticket ticket_ = 0;
  std::int64_t lost_us_ = 0;
};

}  // namespace matinee::streams
