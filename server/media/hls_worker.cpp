#include "server/media/hls_worker.h"

#include <algorithm>
#include <utility>

#include "server/media/limits.h"
#include "streams/hls_cut.h"

namespace matinee::media {

// What the thread does.
class HlsWorker::Work final : streams::RemuxSource, streams::RemuxSink {
 public:
  Work(HlsWorkerParts parts, std::shared_ptr<Queue> queue) : parts_(std::move(parts)), queue_(std::move(queue)) {}

  void run() {
    while (next_ || next_piece()) {
      if (!next_) continue;  // of a run that was given up
      current_ = std::move(*next_);
      next_.reset();
      begin(current_.begins->arrived_us);
      const auto end = streams::remux(current_.begins->container, *this, *this);
      end_segment();
      if (next_ || over_) continue;
      tell([end](HlsListener& listener) { listener.on_broken(end); });
    }
    tell([](HlsListener& listener) { listener.on_worker_end(); });
  }

 private:
  // False: nothing follows. A piece that begins a run becomes next_, another one is read.
  bool next_piece() {
    auto piece = queue_->pop();
    if (!piece) {
      over_ = true;
      return false;
    }
    if (piece->begins) {
      next_ = std::move(piece);
    } else {
      current_ = std::move(*piece);
      at_ = 0;
    }
    return true;
  }

  void begin(std::int64_t arrived_us) {
    at_ = 0;
    arrived_us_ = arrived_us;
    began_ = false;
  }

  [[nodiscard]] std::string_view rest() const {
    if (!current_.unit) return {};
    if (at_ < current_.before.size()) return std::string_view(current_.before).substr(at_);
    return std::string_view(current_.unit->message->bytes).substr(current_.unit->at + at_ - current_.before.size());
  }

  std::size_t read(std::span<std::byte> into) override {
    while (rest().empty()) {
      if (next_ || over_ || !next_piece() || next_) return 0;
    }
    const auto bytes = std::as_bytes(std::span(rest()));
    const std::size_t count = std::min(into.size(), bytes.size());
    std::copy_n(bytes.begin(), count, into.begin());
    at_ += count;
    return count;
  }

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
    if (bytes_.empty()) program_us_ = arrived_us_ + fragment.time_us;
    bytes_.append(reinterpret_cast<const char*>(fragment.bytes.data()), fragment.bytes.size());  // NOLINT: bytes as bytes
    if (cut_->add(fragment.duration_us)) end_segment();
  }

  void end_segment() {
    if (bytes_.empty()) return;
    HlsMade made{std::exchange(init_, nullptr), std::make_shared<const net::Frame>(net::Frame{std::exchange(bytes_, {})}), cut_->held_us(),
                 program_us_, target_s_};
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
  const std::shared_ptr<Queue> queue_;

  HlsPiece current_;
  std::size_t at_ = 0;  // in current_
  std::optional<HlsPiece> next_;
  bool over_ = false, began_ = false;
  std::int64_t arrived_us_ = 0;  // the first unit of this init data, Unix; 0: to be told from its first fragment

  std::optional<streams::HlsCut> cut_;
  std::int64_t target_s_ = 0;
  net::SharedFrame init_;
  std::string bytes_;  // of the segment that is being put together
  std::int64_t program_us_ = 0;
};

std::shared_ptr<HlsWorker::Queue> HlsWorker::make_queue() {
  return std::make_shared<Queue>(limits::hls_feed_pieces_max, limits::hls_feed_bytes_max);
}

HlsWorker::HlsWorker(HlsWorkerParts parts)
    : queue_(make_queue()), thread_([work = std::make_unique<Work>(std::move(parts), queue_)] { work->run(); }) {}

HlsWorker::~HlsWorker() {
  stop();
  thread_.join();
}

bool HlsWorker::give(HlsPiece& piece) { return queue_->push(piece, piece.bytes()); }

void HlsWorker::stop() { static_cast<void>(queue_->close_and_empty()); }

}  // namespace matinee::media
