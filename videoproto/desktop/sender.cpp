#include "videoproto/desktop/sender.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "videoproto/connection.h"

namespace matinee::desktop {
namespace {

using videoproto::monotonic_us;
constexpr int width_default_max = 1'920;
constexpr int fps_default_max = 60;
constexpr std::int64_t rest_us = limits::dup_interval_ms * 1'000;
constexpr std::int64_t same_place_us = 200'000;  // a pause is not worth a jump within this

int lower_bound_of(int wish, int normal) { return wish > 0 ? wish : normal; }

}  // namespace

bool same_picture(const cv::Mat& a, const cv::Mat& b) {
  if (a.empty() || a.size() != b.size() || a.type() != b.type()) return false;
  const std::size_t row = static_cast<std::size_t>(a.cols) * a.elemSize();
  for (int y = 0; y < a.rows; ++y) {
    if (std::memcmp(a.ptr(y), b.ptr(y), row) != 0) return false;
  }
  return true;
}

Sender::Sender(SenderOptions options, std::shared_ptr<SenderListener> listener)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      quality_(options_.wishes.quality),
      fps_max_(lower_bound_of(options_.wishes.fps, fps_default_max)),
      width_max_(lower_bound_of(options_.wishes.width, width_default_max)) {
  thread_ = std::thread([this] { run(); });
}

Sender::~Sender() {
  stop();
  thread_.join();
}

void Sender::put(Command command) {
  const auto kind = command.kind;
  commands_.put(std::move(command), [kind](const Command& other) { return other.kind == kind; });
}
void Sender::go() { put({Command::Kind::go, {}, {}}); }
void Sender::adapt(const videoproto::Adapt& advice) { put({Command::Kind::adapt, advice, {}}); }
void Sender::follow(const Playhead& playhead) { put({Command::Kind::follow, {}, playhead}); }
void Sender::stop() { put({Command::Kind::stop, {}, {}}); }

void Sender::apply(const Command& command) {
  switch (command.kind) {
    case Command::Kind::go: going_ = true; break;
    case Command::Kind::stop: stopped_ = true; break;
    case Command::Kind::follow:
      if (playhead_ == command.playhead) break;
      playhead_ = command.playhead;
      moved_ = true;
      if (going_) tell_sound();
      break;
    case Command::Kind::adapt:
      // Never more than was asked for on the command line.
      quality_ = std::min(options_.wishes.quality, static_cast<int>(command.advice.quality));
      fps_max_ = std::min(lower_bound_of(options_.wishes.fps, fps_default_max), static_cast<int>(command.advice.fps));
      width_max_ = std::min(lower_bound_of(options_.wishes.width, width_default_max), static_cast<int>(command.advice.width));
      break;
  }
}

bool Sender::listen(std::int64_t until_us) {
  for (const Command& command : commands_.take(until_us)) apply(command);
  return !stopped_;
}

videoproto::Source Sender::announced() const {
  const PictureInfo& info = source_->info();
  const int width = std::min(info.width, width_max_);
  const int height = std::max(1, static_cast<int>(std::lround(static_cast<double>(info.height) * width / info.width)));
  const auto fps = std::clamp(static_cast<int>(std::lround(info.fps)), 1, std::min(fps_max_, 120));
  return {info.kind,
          options_.title.empty() ? info.name.substr(0, 100) : options_.title,
          width,
          height,
          fps,
          sound_ ? videoproto::AudioFormat::opus : videoproto::AudioFormat::none,
          sound_ ? sound_->channels() : 2};
}

// A film without sound, or a microphone that is not there, is no reason not to send pictures.
void Sender::open_sound() {
  if (!options_.open_sound) return;
  auto opened = options_.open_sound([listener = listener_](const SoundPacket& packet) { listener->on_sound(packet); });
  if (opened) sound_ = std::move(*opened);
  else listener_->on_note(opened.error());
}

void Sender::tell_sound() {
  if (sound_) sound_->follow(playhead_);
}

void Sender::run() {
  auto opened = options_.open();
  if (!opened) return listener_->on_ended({ExitCode::no_source, opened.error()});
  source_ = std::move(*opened);
  auto pool = videoproto::FramePool::create(std::make_shared<videoproto::PoolBudget>(), {options_.frame_bytes_max});
  if (!pool) return listener_->on_ended({ExitCode::failed, "There is not enough memory to send pictures."});
  pool_.emplace(std::move(*pool));
  figures_.length_us = source_->info().length_us;
  open_sound();
  listener_->on_opened(announced());
  while (!going_) {
    if (!listen(monotonic_us() + rest_us)) return;
  }
  counted_us_ = monotonic_us();
  if (source_->live()) run_live();
  else run_film();
}

void Sender::run_live() {
  playhead_ = {true, 0, monotonic_us(), 1};  // the microphone's
  tell_sound();
  while (listen(0)) {
    if (!source_->advance()) return listener_->on_ended({ExitCode::no_source, "The " + source_->info().name + " gives no more pictures."});
    if (!rate_.take(source_->at_us(), fps_max_)) continue;
    send(source_->picture(), source_->at_us());
    count();
  }
}

void Sender::run_film() {
  if (!options_.follows) playhead_ = {true, 0, monotonic_us(), 1};
  moved_ = false;
  tell_sound();
  bool more = source_->advance();
  if (more && options_.follows) more = seek_film(playhead_.position_at(monotonic_us()));
  discont_ = false;
  while (listen(0)) {
    if (options_.follows && std::exchange(moved_, false) &&
        std::abs(playhead_.position_at(monotonic_us()) - source_->at_us()) >
            (playhead_.playing ? limits::seek_behind_ms * 1'000 : same_place_us))
      more = seek_film(playhead_.position_at(monotonic_us()));
    if (!playhead_.playing || (!more && options_.follows)) {
      if (!rest_film()) return;
      continue;
    }
    if (!more && options_.loop) {
      playhead_ = {true, 0, playhead_.when(source_->at_us()) + static_cast<std::int64_t>(1e6 / source_->info().fps), 1};
      more = seek_film(0);
      tell_sound();
      if (more) continue;
    }
    if (!more) break;
    more = play_film();
    count();
  }
  if (stopped_) return;
  listener_->on_figures(figures_);
  listener_->on_ended({ExitCode::done, {}});
}

// The picture the source stands at goes out at its time; then the source stands at the following one. False: there is none.
bool Sender::play_film() {
  const auto interval_us = static_cast<std::int64_t>(1e6 / source_->info().fps / playhead_.rate);
  const PaceAdvice advice = pacer_.advise(playhead_, source_->at_us(), interval_us, monotonic_us(), options_.follows);
  if (advice.pace == Pace::seek) return seek_film(playhead_.position_at(monotonic_us()));
  figures_.film_us = source_->at_us();
  if (advice.pace == Pace::drop) {
    ++figures_.dropped;
    return source_->advance();
  }
  if (!rate_.take(advice.due_us, fps_max_)) return source_->advance();
  const cv::Mat picture = source_->picture();  // converted before it is due
  while (monotonic_us() < advice.due_us) {
    if (!listen(advice.due_us)) return true;
    if (moved_) return true;  // a new playhead: this picture may be due at another time
  }
  send(picture, advice.due_us);
  return source_->advance();
}

// While the room pauses: the picture where it stands, once, then repeats, so that viewers know that the sender lives.
bool Sender::rest_film() {
  const std::int64_t now = monotonic_us();
  if (number_ == 0 || discont_) send(source_->picture(), now);
  else repeat(now);
  count();
  while (monotonic_us() < now + rest_us && !moved_) {
    if (!listen(now + rest_us)) return false;
  }
  return true;
}

bool Sender::seek_film(std::int64_t position_us) {
  discont_ = true;
  if (!source_->seek(position_us) || !source_->advance()) return false;
  // Containers jump to a key picture before the wanted one.
  while (source_->at_us() + static_cast<std::int64_t>(1e6 / source_->info().fps) <= position_us) {
    if (!source_->advance()) return false;
  }
  return true;
}

std::optional<videoproto::Frame> Sender::encode(const cv::Mat& picture) {
  cv::Mat scaled = picture;
  if (picture.cols > width_max_) {
    const int height = std::max(1, static_cast<int>(std::lround(static_cast<double>(picture.rows) * width_max_ / picture.cols)));
    cv::resize(picture, scaled, {width_max_, height}, 0, 0, cv::INTER_LINEAR);
  }
  int quality = quality_;
  std::span<const std::byte> jpeg = encoder_.encode(scaled, quality);
  while (jpeg.size() > options_.frame_bytes_max && quality > videoproto::limits::quality_min) {
    quality = std::max(videoproto::limits::quality_min, quality - 15);
    jpeg = encoder_.encode(scaled, quality);
  }
  videoproto::FrameFill slot = pool_->begin();
  if (jpeg.empty() || jpeg.size() > options_.frame_bytes_max || !slot) return std::nullopt;
  for (std::size_t have = 0; have < jpeg.size();) {
    const auto space = slot.space(have, jpeg.size() - have);
    if (space.empty()) return std::nullopt;
    std::copy_n(jpeg.begin() + static_cast<std::ptrdiff_t>(have), space.size(), space.begin());
    have += space.size();
  }
  figures_.quality = quality;
  figures_.width = scaled.cols;
  figures_.height = scaled.rows;
  figures_.bytes += jpeg.size();
  return std::move(slot).finish(jpeg.size());
}

void Sender::send(const cv::Mat& picture, std::int64_t pts_us) {
  if (picture.empty()) {
    ++figures_.dropped;
    return;
  }
  if (!discont_ && same_picture(picture, last_)) return repeat(pts_us);
  auto frame = encode(picture);
  if (!frame) {
    ++figures_.dropped;
    return;
  }
  // A live source writes the next picture over this one.
  if (source_->live()) picture.copyTo(last_);
  else last_ = picture;
  last_frame_ = std::move(*frame);
  ++number_;
  ++figures_.sent;
  const std::uint16_t jump = std::exchange(discont_, false) ? videoproto::flags::discont : std::uint16_t{0};
  listener_->on_unit({static_cast<std::uint16_t>(videoproto::flags::key | jump), pts_us, last_frame_, number_});
}

void Sender::repeat(std::int64_t pts_us) {
  if (number_ == 0) return;
  ++figures_.repeated;
  listener_->on_unit({videoproto::flags::dup, pts_us, last_frame_, number_});
}

void Sender::count() {
  const std::int64_t now = monotonic_us();
  if (now < counted_us_ + limits::stats_interval_ms * 1'000) return;
  const std::uint64_t all = figures_.sent + figures_.repeated;
  figures_.fps = static_cast<double>(all - counted_) * 1e6 / static_cast<double>(now - counted_us_);
  counted_ = all;
  counted_us_ = now;
  listener_->on_figures(figures_);
}

}  // namespace matinee::desktop
