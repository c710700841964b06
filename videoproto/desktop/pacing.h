// When a sent picture goes out: deadlines from the film's times, what to do with a picture that is late, and how a lower rate is kept
// evenly. Pure; no thread rule. Times are µs of monotonic_us; film times are µs from the film's beginning.
#pragma once
#include <cstdint>

#include "videoproto/desktop/clocks.h"

namespace matinee::desktop {

enum class Pace : std::uint8_t {
  show,  // at due_us
  drop,  // too late: the next one
  seek   // so far away that decoding up to it makes no sense
};
struct PaceAdvice {
  Pace pace = Pace::show;
  std::int64_t due_us = 0;
};

class FilmPacer {
 public:
  // For the picture at `film_us`, the playhead playing. `may_seek`: the room's timeline; one's own film is never jumped in.
  [[nodiscard]] PaceAdvice advise(const Playhead& playhead, std::int64_t film_us, std::int64_t interval_us, std::int64_t now_us,
                                  bool may_seek);

 private:
  static constexpr int drops_max = 10;  // in a row: a machine that is too slow still shows something
  int drops_ = 0;
};

// At most `fps` of a stream of pictures, evenly. 0 = all.
class PictureRate {
 public:
  [[nodiscard]] bool take(std::int64_t at_us, int fps);

 private:
  std::int64_t next_us_ = INT64_MIN;
};

}  // namespace matinee::desktop
