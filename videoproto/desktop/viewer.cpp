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

void Viewer::run() {
  for (;;) {
    std::deque<Item> items = inbox_.take(monotonic_us() + limits::stats_interval_ms * 1'000);
    const Item* newest = nullptr;
    for (const Item& item : items) {
      if (item.stop) return;
      if (!item.picture) continue;
      if (newest != nullptr) ++skipped_;
      newest = &item;
    }
    if (newest != nullptr) present(*newest);
    else if (!items.empty()) present(items.back());
  }
}

void Viewer::write(const Item& item) {
  char name[64];
  std::snprintf(name, sizeof name, "/%u-%08u.jpg", options_.stream, item.header.sequence);
  const auto bytes = item.picture.bytes();
  std::ofstream(options_.folder + name, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

void Viewer::present(const Item& item) {
  DuePicture due{options_.stream, item.header.sequence, {}, !item.picture, static_cast<std::int64_t>(item.header.pts_us), {}, {}};
  if (item.picture && options_.decode && !decoder_.decode(item.picture.bytes(), due.image)) {
    ++damaged_;
    return;
  }
  if (item.picture && !options_.folder.empty()) write(item);
  const std::int64_t offset_us = offset_us_;
  if (offset_us != INT64_MIN) due.captured_us = due.pts_us + offset_us;
  if (item.picture) ++handed_;
  due.figures = {received_,      repeated_,     lost_, skipped_, damaged_, handed_, item.picture ? jpeg_quality(item.picture.bytes()) : 0,
                 due.image.cols, due.image.rows};
  options_.show(std::move(due));
}

}  // namespace matinee::desktop
