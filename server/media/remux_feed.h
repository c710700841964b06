// RemuxFeed: a stream in its container, on its way from the loop to the thread that remuxes it. The loop gives pieces and never waits; the
// thread reads them as one source for each run: a stretch that one demuxer reads from its init data on. Another publisher, units that were
// left out, each begin another one.
// Thread rule: give(), finish() and stop() on the loop; the rest on the one thread that reads.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "server/media/media_hub.h"
#include "server/seams/bounded_queue.h"
#include "streams/remux/remux.h"

namespace matinee::media {

struct RemuxPiece {
  struct Run {
    streams::Container container = streams::Container::ts;
    std::int64_t arrived_us = 0;  // the first unit, Unix
  };
  std::optional<Run> begins;
  std::string before;
  SharedUnit unit;
  [[nodiscard]] std::size_t bytes() const { return before.size() + unit->message->bytes.size(); }
};

// What a viewer took, as a piece; with what a demuxer has to read first when it begins a run.
[[nodiscard]] RemuxPiece piece_of(const MediaHub& hub, const MediaViewing::Taken& taken, std::optional<std::int64_t> begins_arrived_us);

class RemuxFeed final : public streams::RemuxSource {
 public:
  RemuxFeed();

  // False: there is enough on its way, the piece is untouched.
  [[nodiscard]] bool give(RemuxPiece& piece) { return queue_.push(piece, piece.bytes()); }
  void finish() { queue_.close(); }                             // nothing follows; what was given is read
  void stop() { static_cast<void>(queue_.close_and_empty()); }  // at once

  // Waits for the next run; what is left of the one before is passed over. Nothing: nothing follows.
  [[nodiscard]] std::optional<RemuxPiece::Run> next_run();
  // The run is over because another one begins or nothing follows; else its bytes go on.
  [[nodiscard]] bool run_is_over() const { return next_.has_value() || over_; }
  // Nothing more is read, whatever comes.
  void give_up() { over_ = true; }
  std::size_t read(std::span<std::byte> into) override;

 private:
  [[nodiscard]] bool next_piece();
  [[nodiscard]] std::string_view rest() const;

  seams::BoundedQueue<RemuxPiece> queue_;
  RemuxPiece current_;
  std::size_t at_ = 0;  // in current_
  std::optional<RemuxPiece> next_;
  bool over_ = false;
};

}  // namespace matinee::media
