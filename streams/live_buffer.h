// The newest stretch of one live stream, kept once and read by every viewer at their own place: init data and a bounded ring of units.
// A newcomer begins with the last key frame, or waits for the next one. Who falls behind – out of the ring, or further than the lag – goes
// on at a newer key frame and is told how much was left out: a slow viewer costs the others nothing, and memory has its bound.
//
// A unit is what the stream's scanner hands on: a run of MPEG-TS packets, a block of WebM, a fragment of MP4. `Payload` is how the server
// keeps it, so that it is copied and framed once for all; something cheap to copy, like a shared pointer.
// Thread rule: on the stream's thread. Times are the relay's monotonic µs.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "streams/limits.h"

namespace matinee::streams {

// What begins with a unit. picture: it is not known yet whether a key frame, mark_key() may follow.
enum class Begins : std::uint8_t { nothing, picture, key };

struct LiveBounds {
  std::size_t bytes_max = limits::live_bytes_max;
  std::size_t units_max = limits::live_units_max;
  std::int64_t lag_us_max = limits::live_lag_us_max;
};

// One viewer's place. A fresh one begins at a key frame.
struct LiveReader {
  std::uint64_t next = 0;
  std::uint64_t generation = 0;  // of the init data that it has
  bool wants_key = true;
  bool began = false;
};

template <class Payload>
class LiveBuffer {
 public:
  struct Taken {
    const Payload* init = nullptr;  // to be sent before it: the first time, and when it has changed
    const Payload* unit = nullptr;
    std::uint64_t skipped = 0;  // units that this viewer does not get; 0 for the first one taken
    std::int64_t arrived_us = 0;
    bool key = false;  // the newest key frame that is known of
  };

  explicit LiveBuffer(LiveBounds bounds = {}) : bounds_(bounds) {}

  // ---- publisher
  // Nothing that came before is of use to who gets this: everybody goes on at the next key frame.
  void set_init(Payload init) {
    init_ = std::move(init);
    begin_anew();
  }
  // The units to come do not continue those before: another publisher, or one that came back.
  void begin_anew() {
    ++generation_;
    last_key_.reset();
    last_picture_.reset();
  }
  // False when the unit alone is over the bound: it is left out, and everybody goes on at the next key frame.
  bool append(Payload payload, std::size_t bytes, Begins begins, std::int64_t now_us) {
    if (bytes > bounds_.bytes_max) {
      begin_anew();
      return false;
    }
    while (!units_.empty() && (units_.size() >= bounds_.units_max || bytes_ + bytes > bounds_.bytes_max)) drop_oldest();
    if (begins != Begins::nothing) last_picture_ = end_;
    units_.push_back({std::move(payload), bytes, now_us, generation_});
    bytes_ += bytes;
    ++end_;
    if (begins == Begins::key) mark_key();
    return true;
  }
  // The latest unit that began a picture began a key frame.
  void mark_key() {
    if (last_picture_ && *last_picture_ >= begin()) last_key_ = last_picture_;
  }

  // ---- viewers
  [[nodiscard]] LiveReader reader() const { return {end_, 0, true, false}; }
  // The viewer's next unit; nothing when there is none yet. What it points at is valid until the next call for the publisher.
  [[nodiscard]] std::optional<Taken> take(LiveReader& reader) const {
    if (!init_) return std::nullopt;
    Taken taken;
    if (needs_key(reader)) {
      if (!last_key_ || (reader.began && *last_key_ < reader.next)) return std::nullopt;
      if (reader.began) taken.skipped = *last_key_ - reader.next;
      reader.next = *last_key_;
      reader.wants_key = false;
    }
    if (reader.next == end_) return std::nullopt;
    const Unit& unit = units_[static_cast<std::size_t>(reader.next - begin())];
    if (std::exchange(reader.generation, unit.generation) != unit.generation) taken.init = &*init_;
    taken.unit = &unit.payload;
    taken.arrived_us = unit.arrived_us;
    taken.key = last_key_ == reader.next;
    reader.began = true;
    ++reader.next;
    return taken;
  }

  [[nodiscard]] const std::optional<Payload>& init() const { return init_; }
  [[nodiscard]] bool has_key() const { return last_key_.has_value(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return units_.size(); }

 private:
  struct Unit {
    Payload payload;
    std::size_t bytes = 0;
    std::int64_t arrived_us = 0;
    std::uint64_t generation = 0;
  };
  [[nodiscard]] std::uint64_t begin() const { return end_ - units_.size(); }

  [[nodiscard]] bool needs_key(LiveReader& reader) const {
    if (reader.wants_key) return true;
    if (reader.next < begin()) return reader.wants_key = true;
    if (reader.next == end_) return false;
    const Unit& next = units_[static_cast<std::size_t>(reader.next - begin())];
    if (next.generation != reader.generation) return reader.wants_key = true;
    // Late, but without a newer key frame the way there leads through what comes next anyway.
    const bool late = units_.back().arrived_us - next.arrived_us > bounds_.lag_us_max;
    return late && last_key_ && *last_key_ > reader.next;
  }

  void drop_oldest() {
    if (last_key_ == begin()) last_key_.reset();
    bytes_ -= units_.front().bytes;
    units_.pop_front();
  }

  LiveBounds bounds_;
  std::optional<Payload> init_;
  std::deque<Unit> units_;
  std::size_t bytes_ = 0;
  std::uint64_t end_ = 0;  // units are numbered from the stream's first
  std::uint64_t generation_ = 0;
  std::optional<std::uint64_t> last_picture_, last_key_;
};

}  // namespace matinee::streams
