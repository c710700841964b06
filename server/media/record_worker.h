// RecordWorker: the thread on which a stream in its container becomes a file of the library: remuxed as for HLS, joined over whatever runs
// the publisher makes of it (streams/mp4_join.h), written a second at a time. The loop gives it pieces and never waits.
// Thread rule: made, given to and destroyed on the loop (after the loop has ended: by whoever owns it); its listener is called on the loop.
// Destroying it waits for the thread: until everything is written that was given.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "rooms/live.h"
#include "server/media/limits.h"
#include "server/media/remux_feed.h"
#include "server/net/loop.h"
#include "server/seams/recordings.h"
#include "streams/remux/remux.h"

namespace matinee::media {

class RecordListener {
 public:
  virtual ~RecordListener() = default;
  // The first: the id of the item that it is in the library, or why it is none; then on_worker_end() follows.
  virtual void on_open(tl::expected<std::string, seams::RecordRefusal> item) = 0;
  // The run cannot be read any further; another one may.
  virtual void on_broken(streams::RemuxEnd why) = 0;
  virtual void on_recorded() = 0;                          // something was written
  virtual void on_full_stop(rooms::RecordingEnd why) = 0;  // nothing more is taken
  virtual void on_worker_end() = 0;                        // last: the file is whole
};

struct RecordBounds {
  std::int64_t duration_us = limits::recording_us_max;
};

struct RecordWorkerParts {
  net::Loop& loop;
  std::weak_ptr<RecordListener> listener;
  seams::Recordings& recordings;
  seams::NewRecording recording;
  RecordBounds bounds = {};
};

class RecordWorker {
 public:
  explicit RecordWorker(RecordWorkerParts parts);
  ~RecordWorker();
  RecordWorker(const RecordWorker&) = delete;
  RecordWorker& operator=(const RecordWorker&) = delete;

  // False: it has enough to do, the piece is untouched.
  [[nodiscard]] bool give(RemuxPiece& piece) { return feed_->give(piece); }
  void finish() { feed_->finish(); }  // nothing follows

 private:
  class Work;
  std::shared_ptr<RemuxFeed> feed_;  // shared with the thread
  std::thread thread_;
};

}  // namespace matinee::media
