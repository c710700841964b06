#include "server/media/recorder.h"

#include <utility>

namespace matinee::media {

using rooms::RecordingEnd;

void Recorder::start(OnOpen then) {
  then_ = std::move(then);
  worker_ = std::make_unique<RecordWorker>(
      RecordWorkerParts{parts_.loop, weak_from_this(), parts_.recordings, {parts_.wish.by, std::move(parts_.wish.title)}, parts_.bounds});
}

void Recorder::on_open(tl::expected<std::string, seams::RecordRefusal> item) {
  if (!item || !hub_ || phase_ != Phase::opening) {
    finish(RecordingEnd::none);
  } else {
    phase_ = Phase::recording;
    since_ms_ = parts_.server_time_us() / 1'000;
    tell_room(RecordingEnd::none);
    watch();
  }
  std::exchange(then_, nullptr)(std::move(item));
}

// From the newest key frame on.
void Recorder::watch() {
  held_.reset();
  viewing_ = hub_->watch(*this, MediaHub::Counts::no);
  if (!viewing_) return finish(RecordingEnd::none);
  on_unit();
}

void Recorder::on_unit() {
  while (viewing_) {
    if (!held_) {
      const auto taken = viewing_.take();
      if (!taken) return;
      held_ = next_piece(*taken);
    }
    if (!worker_->give(*held_)) return;
    held_.reset();
  }
}

// MP4 is read anew from time to time: what reads it keeps a list of all samples.
RemuxPiece Recorder::next_piece(const MediaViewing::Taken& taken) {
  const std::int64_t now_us = parts_.now_us();
  const bool mp4 = hub_->program()->form == rooms::LiveForm::mp4;
  if (!taken.anew && !(mp4 && taken.key && now_us - run_began_us_ >= limits::feed_run_us_max)) return piece_of(*hub_, taken, std::nullopt);
  run_began_us_ = now_us;
  return piece_of(*hub_, taken, parts_.server_time_us() - (now_us - taken.arrived_us));
}

void Recorder::on_broken(streams::RemuxEnd why) {
  if (phase_ != Phase::recording) return;
  if (why == streams::RemuxEnd::unfit) return finish(RecordingEnd::changed);
  if (++breaks_ >= limits::recording_breaks_max) return finish(RecordingEnd::unreadable);
  watch();
}

void Recorder::stop() { finish(RecordingEnd::none); }

void Recorder::look() { on_unit(); }  // the worker may have room again

void Recorder::finish(RecordingEnd why) {
  if (!wanted()) return;
  const bool told = std::exchange(phase_, Phase::finishing) == Phase::recording;
  viewing_ = {};
  held_.reset();
  if (told) tell_room(why);
  hub_ = nullptr;
  worker_->finish();
}

void Recorder::tell_room(RecordingEnd why) {
  const bool says_something = phase_ == Phase::recording || why != RecordingEnd::none;
  std::optional<rooms::LiveRecording> recording;
  if (says_something) recording = rooms::LiveRecording{parts_.wish.by, parts_.wish.by_name, since_ms_, why};
  hub_->set_recording(std::move(recording));
}

}  // namespace matinee::media
