#include "videoproto/desktop/viewer.h"

#include <cmath>
#include <cstdio>
#include <deque>
#include <fstream>
#include <utility>

#include "videoproto/connection.h"

namespace matinee::desktop {

using videoproto::Frame;
using videoproto::Header;
using videoproto::monotonic_us;

// The first quantisation table is libjpeg's standard one times 50/q (q < 50) or 2 − q/50; its first value for quality 50 is 16, and
// its last, less rounded, 99.
int jpeg_quality(std::span<const std::byte> jpeg) {
  const auto at = [&](std::size_t i) { return i < jpeg.size() ? std::to_integer<int>(jpeg[i]) : 0; };
  for (std::size_t i = 2; i + 4 < jpeg.size() && at(i) == 0xFF && at(i + 1) != 0xDA;) {
    const auto length = static_cast<std::size_t>(at(i + 2) * 256 + at(i + 3));
    if (at(i + 1) == 0xDB && length >= 67) {
      const double scale = at(i + 4 + 64) / 99.0 * 100;
      return std::clamp(static_cast<int>(std::lround(scale > 100 ? 5'000 / scale : (200 - scale) / 2)), 1, 100);
    }
    i += 2 + length;
  }
  return 0;
}

Viewer::Viewer(ViewerOptions options) : options_(std::move(options)) {
  auto pool = videoproto::FramePool::create(std::make_shared<videoproto::PoolBudget>(), {options_.frame_bytes_max});
  if (pool) pool_.emplace(std::move(*pool));
  thread_ = std::thread([this] { run(); });
}

Viewer::~Viewer() {
  inbox_.put({{}, {}, true});
  thread_.join();
}

videoproto::FrameFill Viewer::begin_frame() { return pool_ ? pool_->begin() : videoproto::FrameFill(); }

void Viewer::count(const Header& header) {
  const std::uint32_t gap = next_sequence_ ? header.sequence - *next_sequence_ : 0;
  if (gap < 1'000'000) lost_ += gap;  // else: it went back, a new beginning
  next_sequence_ = header.sequence + 1;
  ++received_;
}

void Viewer::put(Item item) {
  if (!inbox_.put(std::move(item))) ++skipped_;
}

void Viewer::on_frame(const Header& header, Frame picture) {
  count(header);
  put({header, std::move(picture), false});
}

void Viewer::on_dup(const Header& header) {
  count(header);
  ++repeated_;
  put({header, {}, false});
}

void Viewer::on_offset(std::int64_t pts_to_ours_us) { offset_us_ = pts_to_ours_us; }
void Viewer::on_new_sender() { next_sequence_.reset(); }

void Viewer::on_audio(const Header& header, std::span<const std::byte> packet) {
  if (SoundOutput* sound = open_sound_) sound->push(header, packet);
}

// Here and not on the network thread: a sound server may take its time.
void Viewer::open_sound() {
  if (options_.sound == videoproto::AudioFormat::none) return;
  auto opened = SoundOutput::open(options_.sound, options_.sound_channels);
  if (!opened) {
    if (options_.note) options_.note(opened.error());
    return;
  }
  sound_ = std::move(*opened);
  open_sound_ = sound_.get();
}

void Viewer::run() {
  open_sound();
  std::int64_t wake_us = 0;
  while (!stopped_) {
    take_in(inbox_.take(wake_us));
    wake_us = show_due();
  }
}

void Viewer::take_in(std::deque<Item> items) {
  for (Item& item : items) {
    stopped_ = stopped_ || item.stop;
    if (waiting_.size() >= limits::waiting_pictures_max) {
      waiting_.pop_front();
      ++skipped_;
    }
    if (item.picture && sound_) sound_->on_picture(static_cast<std::int64_t>(item.header.pts_us), monotonic_us());
    if (!item.stop) waiting_.push_back(std::move(item));
  }
}

// Shows the newest picture that is due; answers when to look again.
std::int64_t Viewer::show_due() {
  std::optional<Item> due;
  std::int64_t wake_us = monotonic_us() + limits::stats_interval_ms * 1'000;
  const std::int64_t offset_us = offset_us_;
  if (options_.room_video && offset_us != INT64_MIN) playout_.on_room_offset(offset_us);
  while (!waiting_.empty() && !stopped_) {
    Item& item = waiting_.front();
    const std::int64_t now = monotonic_us();
    const Showing showing = playout_.on_picture(static_cast<std::int64_t>(item.header.pts_us), item.header.has(videoproto::flags::discont),
                                                sound_ ? sound_->clock_us() : std::nullopt, now);
    if (!showing.skip && showing.show_at_us > now) {
      wake_us = std::min(showing.show_at_us, now + limits::playout_look_ms * 1'000);
      break;
    }
    // A repeat takes no picture's place: that picture is what it repeats.
    if (showing.skip && item.picture) ++skipped_;
    if (!showing.skip && (item.picture || !due || !due->picture)) {
      if (due && due->picture) ++skipped_;
      due = std::move(item);
    }
    waiting_.pop_front();
  }
  if (due) present(*due);
  return due ? monotonic_us() : wake_us;
}

void Viewer::write(const Item& item) {
  char name[64];
  std::snprintf(name, sizeof name, "/%u-%08u.jpg", options_.stream, item.header.sequence);
  const auto bytes = item.picture.bytes();
  std::ofstream(options_.folder + name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

void Viewer::present(const Item& item) {
  DuePicture due{options_.stream, item.header.sequence, {}, !item.picture, static_cast<std::int64_t>(item.header.pts_us), {}, {}, {}, {}};
  if (item.picture && options_.decode && !decoder_.decode(item.picture.bytes(), due.image)) {
    ++damaged_;
    return;
  }
  if (item.picture && !options_.folder.empty()) write(item);
  const std::int64_t offset_us = offset_us_;
  if (offset_us != INT64_MIN) due.captured_us = due.pts_us + offset_us;
  if (sound_) {
    due.sound = sound_->figures();
    if (const auto heard_pts_us = sound_->clock_us()) due.heard_us = *heard_pts_us - monotonic_us();
  }
  if (item.picture) ++handed_;
  due.figures = {received_,      repeated_,     lost_, skipped_, damaged_, handed_, item.picture ? jpeg_quality(item.picture.bytes()) : 0,
                 due.image.cols, due.image.rows};
  options_.show(std::move(due));
}

}  // namespace matinee::desktop
