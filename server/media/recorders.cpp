#include "server/media/recorders.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "videoproto/connection.h"

namespace matinee::media {
namespace {

using seams::RecordRefusal;

constexpr std::chrono::milliseconds look_every{250};

}  // namespace

Recorder* Recorders::wanted(std::int64_t stream) const {
  const auto at = std::ranges::find_if(all_, [stream](const Entry& each) { return each.stream == stream && each.recorder->wanted(); });
  return at == all_.end() ? nullptr : at->recorder.get();
}

void Recorders::start(const std::shared_ptr<MediaHub>& hub, RecordWish wish, Recorder::OnOpen then) {
  const auto refusal = [&]() -> std::optional<RecordRefusal> {
    if (stopped_) return RecordRefusal::stopping;
    if (recordings_ == nullptr) return RecordRefusal::no_library;
    if (!hub || hub->ended() || !hub->online() || !hub->program()) return RecordRefusal::not_live;
    // What fragmented MP4 is not played with is no HLS, and no recording.
    if (!is_fit_for_hls(hub->program()->codecs)) return RecordRefusal::unfit;
    if (wanted(hub->id()) != nullptr) return RecordRefusal::busy;
    return all_.size() >= recordings_max_ ? std::optional(RecordRefusal::full) : std::nullopt;
  }();
  if (refusal) return then(tl::unexpected(*refusal));
  all_.push_back({hub->id(), std::make_shared<Recorder>(RecorderParts{.loop = loop_,
                                                                      .hub = hub,
                                                                      .recordings = *recordings_,
                                                                      .wish = std::move(wish),
                                                                      .server_time_us = server_time_us_,
                                                                      .now_us = videoproto::monotonic_us})});
  if (!timer_.running()) arm();
  all_.back().recorder->start(std::move(then));
}

bool Recorders::stop(std::int64_t stream) {
  Recorder* const recorder = wanted(stream);
  if (recorder != nullptr) recorder->stop();
  return recorder != nullptr;
}

void Recorders::stop() {
  stopped_ = true;
  timer_.cancel();
  for (const Entry& each : all_) each.recorder->stop();
}

void Recorders::join() { all_.clear(); }

void Recorders::arm() {
  timer_ = loop_.start_timer(look_every, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look();
  });
}

void Recorders::look() {
  for (const Entry& each : all_) each.recorder->look();
  std::erase_if(all_, [](const Entry& each) { return each.recorder->over(); });
  if (!all_.empty() && !stopped_) arm();
}

}  // namespace matinee::media
