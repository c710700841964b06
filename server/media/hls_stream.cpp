#include "server/media/hls_stream.h"

#include <algorithm>
#include <utility>

#include "server/media/limits.h"
#include "server/media/media_scan.h"

namespace matinee::media {

HlsStream::HlsStream(HlsStreamParts parts)
    : parts_(std::move(parts)),
      hub_(std::exchange(parts_.hub, nullptr)),
      room_(hub_->room()),
      prefix_(std::to_string(parts_.server_time_us() / 1'000) + "-"),
      key_gap_us_(std::min(std::max(parts_.key_gap_us, hub_->key_gap_us()), streams::limits::remux_fragment_us_max)),
      asked_us_(parts_.now_us()) {}

void HlsStream::start() {
  worker_ = std::make_unique<HlsWorker>(HlsWorkerParts{parts_.loop, weak_from_this(), parts_.server_time_us, key_gap_us_});
  worker_running_ = true;
  watch();
}

// ---- what comes

// From the newest key frame on.
void HlsStream::watch() {
  held_.reset();
  viewing_ = hub_->watch(*this, MediaHub::Counts::no);
  if (!viewing_) return on_end();
  on_unit();
}

void HlsStream::on_unit() {
  while (viewing_) {
    if (!held_) {
      const auto taken = viewing_.take();
      if (!taken) return;
      if (taken->anew && !is_fit_for_hls(hub_->program()->codecs)) return fail(HlsRefusal::unfit);
      held_ = next_piece(*taken);
    }
    if (!worker_->give(*held_)) return;
    held_.reset();
  }
}

RemuxPiece HlsStream::next_piece(const MediaViewing::Taken& taken) {
  if (!taken.anew) return piece_of(*hub_, taken, std::nullopt);
  run_began_us_ = parts_.now_us();
  return piece_of(*hub_, taken, parts_.server_time_us() - (run_began_us_ - taken.arrived_us));
}

void HlsStream::on_end() {
  viewing_ = {};
  hub_ = nullptr;
  worker_->finish();
}

// ---- what is made of it

void HlsStream::on_segment(HlsMade made) {
  if (phase_ == Phase::ended || phase_ == Phase::failed) return;
  breaks_ = 0;
  ++parts_.counters->hls_segments;
  if (!playlist_) {
    parts_.options.target_s = made.target_s;
    playlist_.emplace(parts_.options);
  }
  add(std::move(made));
}

std::string HlsStream::name_of(std::string_view ending) { return prefix_ + std::to_string(next_file_++) + std::string(ending); }

void HlsStream::add(HlsMade made) {
  const bool follows = phase_ == Phase::open;
  if (made.init) {
    std::string name = name_of(".mp4");
    static_cast<void>(playlist_->set_map(name));
    files_.emplace(std::move(name), made.init);
  }
  const std::int64_t now_us = parts_.now_us();
  // A segment's sound may begin up to half a second beside its first picture, whose programme time is told: with the picture's own time
  // in the name a page knows when each picture was made.
  std::string name = name_of("-" + std::to_string(made.time_us) + ".m4s");
  const bool anew = made.init && follows;
  const auto refusal = playlist_->add({name, made.duration_us, made.program_us, anew, made.bytes->bytes.size()}, now_us);
  if (refusal == streams::HlsRefusal::too_long) {
    key_gap_us_ = made.duration_us;
    return end();
  }
  if (refusal) return fail(HlsRefusal::broken);
  files_.emplace(std::move(name), std::move(made.bytes));
  for (const std::string& gone : playlist_->take_expired(now_us)) files_.erase(gone);
  phase_ = Phase::open;
  answer(waiting_.size());
}

void HlsStream::on_broken(streams::RemuxEnd why) {
  if (phase_ == Phase::ended || phase_ == Phase::failed || !hub_) return;
  if (why == streams::RemuxEnd::unfit) return fail(HlsRefusal::unfit);
  if (++breaks_ >= limits::hls_breaks_max) return fail(HlsRefusal::broken);
  watch();
}

void HlsStream::on_worker_end() {
  worker_running_ = false;
  if (phase_ == Phase::starting) return fail(HlsRefusal::broken);
  end();
}

void HlsStream::end() {
  if (phase_ != Phase::open) return;
  phase_ = Phase::ended;
  playlist_->end();
  stop(HlsRefusal::none);
}

// What had been listed can be read to its end.
void HlsStream::fail(HlsRefusal why) {
  if (phase_ == Phase::open) return end();
  if (phase_ == Phase::starting) phase_ = Phase::failed;
  failure_ = why;
  ++parts_.counters->hls_failures;
  stop(why);
}

void HlsStream::stop(HlsRefusal why) {
  if (why == HlsRefusal::stopping && phase_ == Phase::starting) {
    phase_ = Phase::failed;
    failure_ = why;
  }
  stopped_ = true;
  viewing_ = {};
  hub_ = nullptr;
  held_.reset();
  if (worker_) worker_->stop();
  answer(waiting_.size());
}

// ---- who asks

void HlsStream::playlist(std::string query, OnPlaylist then) {
  const std::int64_t now_us = parts_.now_us();
  if (phase_ != Phase::failed) asked_us_ = now_us;  // one that failed is tried again after a while, however often it is asked for
  if (phase_ == Phase::starting && waiting_.size() >= limits::hls_views_max) return then(tl::unexpected(HlsRefusal::full));
  waiting_.push_back({std::move(query), std::move(then), now_us + limits::hls_wait_us});
  if (phase_ != Phase::starting) answer(waiting_.size());
}

// The first `count` of those who wait.
void HlsStream::answer(std::size_t count) {
  std::vector<Waiting> now(std::make_move_iterator(waiting_.begin()),
                           std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(count)));
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  for (const Waiting& each : now) {
    if (phase_ == Phase::starting) each.then(tl::unexpected(HlsRefusal::not_yet));
    else if (phase_ == Phase::failed) each.then(tl::unexpected(failure_));
    else each.then(playlist_->text(each.query));
  }
}

net::SharedFrame HlsStream::file(const std::string& name) {
  asked_us_ = parts_.now_us();
  const auto at = files_.find(name);
  return at == files_.end() ? nullptr : at->second;
}

bool HlsStream::idle() const {
  const std::int64_t longest_us = std::max(limits::hls_idle_us, 3 * target_s() * 1'000'000);
  return parts_.now_us() - asked_us_ >= longest_us;
}

void HlsStream::look() {
  const std::int64_t now_us = parts_.now_us();
  const auto late = std::ranges::find_if(waiting_, [now_us](const Waiting& each) { return each.until_us > now_us; });
  if (late != waiting_.begin()) answer(static_cast<std::size_t>(late - waiting_.begin()));
  if (!hub_) return;
  const bool mp4 = hub_->program() && hub_->program()->form == rooms::LiveForm::mp4;
  if (mp4 && run_began_us_ != 0 && now_us - run_began_us_ >= limits::feed_run_us_max) return watch();
  on_unit();  // the worker may have room again
}

}  // namespace matinee::media
