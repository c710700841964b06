#include "server/media/record_worker.h"

#include <span>
#include <utility>
#include <vector>

#include "streams/mp4_join.h"

namespace matinee::media {

using rooms::RecordingEnd;

// What the thread does.
class RecordWorker::Work final : streams::RemuxSink {
 public:
  Work(RecordWorkerParts parts, std::shared_ptr<RemuxFeed> feed) : parts_(std::move(parts)), feed_(std::move(feed)) {}

  void run() {
    auto opened = parts_.recordings.open(std::move(parts_.recording));
    if (opened) {
      file_ = std::move(*opened);
      tell([id = file_->id()](RecordListener& listener) { listener.on_open(id); });
      record();
      write();
      file_->finish();
      file_.reset();
    } else {
      tell([why = opened.error()](RecordListener& listener) { listener.on_open(tl::unexpected(why)); });
    }
    tell([](RecordListener& listener) { listener.on_worker_end(); });
  }

 private:
  void record() {
    while (const auto begins = feed_->next_run()) {
      const auto end = streams::remux(begins->container, *feed_, *this);
      if (feed_->run_is_over()) continue;
      tell([end](RecordListener& listener) { listener.on_broken(end); });
    }
  }

  // What was put together so far is whole, and is written whatever happens to what follows.
  void on_init(streams::Bytes init) override {
    if (ended_) return;
    switch (join_.begin(init)) {
      case streams::Mp4Join::Begin::first: pending_.assign(init.begin(), init.end()); break;
      case streams::Mp4Join::Begin::follows: break;
      case streams::Mp4Join::Begin::different: return end(RecordingEnd::changed);
      case streams::Mp4Join::Begin::damaged: return end(RecordingEnd::unreadable);
    }
  }

  void on_fragment(const streams::RemuxFragment& fragment) override {
    if (ended_) return;
    const std::size_t at = pending_.size();
    pending_.insert(pending_.end(), fragment.bytes.begin(), fragment.bytes.end());
    if (!join_.place(std::span(pending_).subspan(at))) {
      pending_.resize(at);
      return end(RecordingEnd::unreadable);
    }
    has_fragments_ = true;
    pending_us_ += fragment.duration_us;
    const bool over = join_.duration_us() >= parts_.bounds.duration_us;
    if (over || pending_us_ >= limits::recording_write_us) write();
    if (over) end(RecordingEnd::too_long);
  }

  // Init data alone is no recording.
  void write() {
    if (!has_fragments_) return;
    const RecordingEnd why = file_->append(pending_);
    pending_.clear();
    pending_us_ = 0;
    has_fragments_ = false;
    if (why != RecordingEnd::none) return end(why);
    tell([](RecordListener& listener) { listener.on_recorded(); });
  }

  void end(RecordingEnd why) {
    if (std::exchange(ended_, true)) return;
    feed_->give_up();
    tell([why](RecordListener& listener) { listener.on_full_stop(why); });
  }

  template <class What>
  void tell(What what) {
    parts_.loop.post([listener = parts_.listener, what = std::move(what)] {
      if (const auto alive = listener.lock()) what(*alive);
    });
  }

  RecordWorkerParts parts_;
  const std::shared_ptr<RemuxFeed> feed_;
  std::unique_ptr<seams::RecordingFile> file_;
  streams::Mp4Join join_;
  std::vector<std::byte> pending_;  // still to be written
  std::int64_t pending_us_ = 0;
  bool has_fragments_ = false, ended_ = false;
};

RecordWorker::RecordWorker(RecordWorkerParts parts)
    : feed_(std::make_shared<RemuxFeed>()), thread_([work = std::make_unique<Work>(std::move(parts), feed_)] { work->run(); }) {}

RecordWorker::~RecordWorker() {
  finish();
  thread_.join();
}

}  // namespace matinee::media
