// HlsWorker: the thread on which a stream in its container becomes HLS segments. The loop gives it pieces of the container and never waits;
// what it makes comes back by post. A run is a stretch that one demuxer reads from its init data on: another publisher, units that were
// left out, each begin another one.
// Thread rule: made, given to and destroyed on the loop (after the loop has ended: by whoever owns it); its listener is called on the loop.
// Destroying it waits for the thread, which takes long only when on_worker_end() has not come yet and its queue is not closed.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "server/media/media_hub.h"
#include "server/net/frame.h"
#include "server/net/loop.h"
#include "server/seams/bounded_queue.h"
#include "streams/remux/remux.h"

namespace matinee::media {

struct HlsPiece {
  struct Run {
    streams::Container container = streams::Container::ts;
    std::int64_t arrived_us = 0;  // the first unit, Unix
  };
  std::optional<Run> begins;
  std::string before;
  SharedUnit unit;
  [[nodiscard]] std::size_t bytes() const { return before.size() + unit->message->bytes.size(); }
};

struct HlsMade {
  net::SharedFrame init;  // null: it continues the one before
  net::SharedFrame bytes;
  std::int64_t duration_us = 0;
  std::int64_t program_us = 0;  // Unix
  std::int64_t target_s = 0;    // of all that this worker makes
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
  using Queue = seams::BoundedQueue<HlsPiece>;
  [[nodiscard]] static std::shared_ptr<Queue> make_queue();

  explicit HlsWorker(HlsWorkerParts parts);
  ~HlsWorker();
  HlsWorker(const HlsWorker&) = delete;
  HlsWorker& operator=(const HlsWorker&) = delete;

  // False: it has enough to do, the piece is untouched.
  [[nodiscard]] bool give(HlsPiece& piece);
  void finish() { queue_->close(); }  // nothing follows; what was given is made use of
  void stop();                        // at once

 private:
  class Work;
  std::shared_ptr<Queue> queue_;  // shared with the thread
  std::thread thread_;
};

}  // namespace matinee::media
