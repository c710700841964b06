#include "server/media/hls_worker.h"

#include <algorithm>
#include <utility>

#include "server/media/limits.h"
#include "streams/hls_cut.h"

namespace matinee::media {

// What the thread does.
class HlsWorker::Work final : streams::RemuxSink {
 public:
  Work(HlsWorkerParts parts, std::shared_ptr<RemuxFeed> feed) : parts_(std::move(parts)), feed_(std::move(feed)) {}

  void run() {
    while (const auto begins = feed_->next_run()) {
      arrived_us_ = begins->arrived_us;
      began_ = false;
      const auto end = streams::remux(begins->container, *feed_, *this);
      end_segment();
      if (feed_->run_is_over()) continue;
      tell([end](HlsListener& listener) { listener.on_broken(end); });
    }
    tell([](HlsListener& listener) { listener.on_worker_end(); });
  }

 private:
  // A later one of the same run: its clock has jumped, and only now can be said when.
  void on_init(streams::Bytes init) override {
    end_segment();
    init_ = frame_of(init);
    if (std::exchange(began_, true)) arrived_us_ = 0;
  }

  void on_fragment(const streams::RemuxFragment& fragment) override {
    if (!cut_) {
      const std::int64_t gap_us = std::max(parts_.key_gap_us, fragment.duration_us);
      target_s_ = streams::HlsCut::target_for(gap_us);
      cut_.emplace(target_s_);
    }
    if (cut_->ends_before(fragment.duration_us)) end_segment();
    if (arrived_us_ == 0) arrived_us_ = parts_.server_time_us() - fragment.duration_us - fragment.time_us;
    if (bytes_.empty()) {
      time_us_ = fragment.time_us;
      program_us_ = arrived_us_ + fragment.time_us;
    }
    bytes_.append(reinterpret_cast<const char*>(fragment.bytes.data()), fragment.bytes.size());  // NOLINT: bytes as bytes
    if (cut_->add(fragment.duration_us)) end_segment();
  }

  void end_segment() {
    if (bytes_.empty()) return;
    HlsMade made{std::exchange(init_, nullptr), std::make_shared<const net::Frame>(net::Frame{std::exchange(bytes_, {})}), cut_->held_us(),
                 program_us_, target_s_, time_us_};
    cut_->end();
    tell([made = std::move(made)](HlsListener& listener) { listener.on_segment(made); });
  }

  static net::SharedFrame frame_of(streams::Bytes bytes) {
    return std::make_shared<const net::Frame>(
        net::Frame{std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});  // NOLINT: bytes as bytes
  }

  template <class What>
  void tell(What what) {
    parts_.loop.post([listener = parts_.listener, what = std::move(what)] {
      if (const auto alive = listener.lock()) what(*alive);
    });
  }

  const HlsWorkerParts parts_;
  const std::shared_ptr<RemuxFeed> feed_;

  bool began_ = false;
  std::int64_t arrived_us_ = 0;  // the first unit of this init data, Unix; 0: to be told from its first fragment

  std::optional<streams::HlsCut> cut_;
  std::int64_t target_s_ = 0;
  net::SharedFrame init_;
  std::string bytes_;  // of the segment that is being put together
  std::int64_t program_us_ = 0, time_us_ = 0;
};

HlsWorker::HlsWorker(HlsWorkerParts parts)
    : feed_(std::make_shared<RemuxFeed>()), thread_([work = std::make_unique<Work>(std::move(parts), feed_)] { work->run(); }) {}

HlsWorker::~HlsWorker() {
  stop();
  thread_.join();
}

}  // namespace matinee::media
