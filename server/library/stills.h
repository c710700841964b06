// Stills: a picture of a live stream that nobody sent one of, made from its last key frame by an ffmpeg child with bounds, one at a time.
// What the child reads lies in memory (memfd_create(2)) and goes with its file: nothing is ever on the disk, or left behind.
// Thread rule: make() from any thread; it and what it is given run on a thread of its own.
#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "server/library/limits.h"
#include "server/library/look.h"
#include "server/seams/bounded_queue.h"

namespace matinee::library {

struct StillWish {
  std::string format;                          // ffmpeg's name: mpegts, matroska, mov
  std::function<std::string()> bytes;          // init data and at least one key frame
  std::function<void(std::string jpeg)> done;  // always, unless this ends before; empty: none could be made
};

class Stills {
 public:
  explicit Stills(Tools tools);
  ~Stills();  // ends a child that runs
  Stills(const Stills&) = delete;
  Stills& operator=(const Stills&) = delete;

  // False: as many wait as may, or there is no ffmpeg; `done` is not called.
  [[nodiscard]] bool make(StillWish wish);

 private:
  void run();
  [[nodiscard]] std::string picture_of(const StillWish& wish) const;

  const Tools tools_;
  std::atomic<bool> stopping_{false};
  seams::BoundedQueue<StillWish> wishes_{limits::stills_waiting_max};
  std::thread thread_;
};

}  // namespace matinee::library
