// HlsWorker: the thread on which a stream in its container becomes HLS segments. The loop gives it pieces (remux_feed.h) and never waits;
// what it makes comes back by post.
// Thread rule: made, given to and destroyed on the loop (after the loop has ended: by whoever owns it); its listener is called on the loop.
// Destroying it waits for the thread, which takes long only when on_worker_end() has not come yet and its queue is not closed.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

#include "server/media/remux_feed.h"
#include "server/net/frame.h"
#include "server/net/loop.h"
#include "streams/remux/remux.h"

namespace matinee::media {

struct HlsMade {
  net::SharedFrame init;  // null: it continues the one before
  net::SharedFrame bytes;
  std::int64_t duration_us = 0;
  std::int64_t program_us = 0;  // Unix
  std::int64_t target_s = 0;    // of all that this worker makes
  std::int64_t time_us = 0;     // of its first picture, since the beginning of its init data
};

class HlsListener {
 public:
  virtual ~HlsListener() = default;
  virtual void on_segment(HlsMade made) = 0;
  // The run cannot be read any further; another one may.
  virtual void on_broken(streams::RemuxEnd why) = 0;
  virtual void on_worker_end() = 0;  // last
};

struct HlsWorkerParts {
  net::Loop& loop;
  std::weak_ptr<HlsListener> listener;
  std::function<std::int64_t()> server_time_us;  // from any thread
  std::int64_t key_gap_us = 0;                   // how far key frames are known to lie apart; the first two are looked at as well
};

class HlsWorker {
 public:
  explicit HlsWorker(HlsWorkerParts parts);
  ~HlsWorker();
  HlsWorker(const HlsWorker&) = delete;
  HlsWorker& operator=(const HlsWorker&) = delete;

  // False: it has enough to do, the piece is untouched.
  [[nodiscard]] bool give(RemuxPiece& piece) { return feed_->give(piece); }
  void finish() { feed_->finish(); }  // nothing follows; what was given is made use of
  void stop() { feed_->stop(); }      // at once

 private:
  class Work;
  std::shared_ptr<RemuxFeed> feed_;  // shared with the thread
  std::thread thread_;
};

}  // namespace matinee::media
