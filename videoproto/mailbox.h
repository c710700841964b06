// What one viewer of one stream gets next: a single place, newest wins. A viewer that cannot keep up loses pictures, never
// order, and never waits behind old ones.
//   nothing pending + DUP : if the viewer has that picture, the DUP is pending; else (it was dropped for him) the picture itself
//   DUP pending     + DUP : the newer DUP
//   picture pending + DUP : the picture stays
//   anything pending + picture : the new picture; a replaced picture counts as dropped
// Jumps and the end must not be lost with a dropped unit: DISCONT and EOS move on to the next one.
// Thread rule: pure; on the viewer's thread. Times are the relay's monotonic µs.
#pragma once
#include <cstdint>
#include <optional>

#include "videoproto/frame_pool.h"
#include "videoproto/header.h"

namespace matinee::videoproto {

struct Unit {
  Header header;
  Frame picture;                     // of a DUP: the picture it repeats
  std::uint64_t picture_number = 0;  // counted by the hub, never repeated in a stream; a DUP has that of its picture
  std::int64_t arrived_us = 0;       // for a newcomer's first picture: now
};

class Mailbox {
 public:
  void put(Unit unit);
  // The unit to send now, its aux set to the time it spent here. Pictures that waited over a second are dropped instead.
  [[nodiscard]] std::optional<Unit> take(std::int64_t now_us);

  [[nodiscard]] bool empty() const { return !pending_.has_value(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  void put_dup(Unit unit);
  void carry_over(std::uint16_t flags);

  std::optional<Unit> pending_;
  std::optional<std::uint64_t> shown_;  // number of the picture that the viewer took last
  std::uint16_t carried_ = 0;           // flags of dropped units
  std::uint64_t dropped_ = 0;
};

}  // namespace matinee::videoproto
