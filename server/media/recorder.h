// Recorder: one recording of one stream, from the press of a button until its file is whole: a place in the hub's ring, whose units go to a
// worker, and the word to the room that the stream is recorded.
//
//   ┌───────┐ the library has   ┌─────────┐ stop(), the stream ends, a bound,  ┌─────────┐ its file  ┌────┐
//   │opening│ ────────────────▶ │recording│ ─────────────────────────────────▶ │finishing│ ────────▶ │over│
//   └───────┘  a file for it    └─────────┘ no room on the disk or in a quota  └─────────┘ is whole  └────┘
//       └── it has none, the stream ends ──────────────────────────────────────────▲
//
// The publisher may go and come back: the recording goes on in the same file, without what was not there, as long as the codings are the
// same.
// Thread rule: the loop of the stream's home.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "server/media/record_worker.h"

namespace matinee::media {

struct RecordWish {
  rooms::PersonId by;  // an account
  std::string by_name;
  std::string title;  // clean; of the item
};

struct RecorderParts {
  net::Loop& loop;
  std::shared_ptr<MediaHub> hub;
  seams::Recordings& recordings;
  RecordWish wish;
  std::function<std::int64_t()> server_time_us;
  std::function<std::int64_t()> now_us;  // monotonic
  RecordBounds bounds = {};
};

class Recorder final : public std::enable_shared_from_this<Recorder>, MediaViewer, public RecordListener {
 public:
  using OnOpen = std::function<void(tl::expected<std::string, seams::RecordRefusal> item)>;

  explicit Recorder(RecorderParts parts) : parts_(std::move(parts)), hub_(std::exchange(parts_.hub, nullptr)) {}
  void start(OnOpen then);
  void stop();  // somebody wants it to end; what came is kept
  void look();  // at deadlines

  [[nodiscard]] bool wanted() const { return phase_ == Phase::opening || phase_ == Phase::recording; }
  [[nodiscard]] bool over() const { return phase_ == Phase::over; }  // its thread has nothing left to do

 private:
  enum class Phase : std::uint8_t { opening, recording, finishing, over };
  void on_unit() override;
  void on_end() override { finish(rooms::RecordingEnd::none); }
  void on_open(tl::expected<std::string, seams::RecordRefusal> item) override;
  void on_broken(streams::RemuxEnd why) override;
  void on_recorded() override { breaks_ = 0; }
  void on_full_stop(rooms::RecordingEnd why) override { finish(why); }
  void on_worker_end() override { phase_ = Phase::over; }
  void watch();
  [[nodiscard]] RemuxPiece next_piece(const MediaViewing::Taken& taken);
  void finish(rooms::RecordingEnd why);
  void tell_room(rooms::RecordingEnd why);

  RecorderParts parts_;
  std::shared_ptr<MediaHub> hub_;  // null: nothing follows
  OnOpen then_;
  std::unique_ptr<RecordWorker> worker_;
  MediaViewing viewing_;
  std::optional<RemuxPiece> held_;  // the worker did not take it yet
  std::int64_t run_began_us_ = 0, since_ms_ = 0;
  int breaks_ = 0;
  Phase phase_ = Phase::opening;
};

}  // namespace matinee::media
