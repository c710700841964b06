#include "streams/mp4_join.h"

#include <algorithm>
#include <optional>

namespace matinee::streams {
namespace {

// A number in the fragment, and what it becomes.
struct Change {
  std::size_t at = 0;
  std::size_t bytes = 0;
  std::uint64_t value = 0;
};

std::optional<Bytes> content_of(Bytes boxes, std::uint32_t wanted) {
  std::optional<Bytes> found;
  static_cast<void>(for_each_box(boxes, [&](std::uint32_t type, Bytes content) {
    if (type == wanted && !found) found = content;
  }));
  return found;
}

// Rounded up: what follows never begins before what was.
std::uint64_t ticks_of(std::int64_t us, std::uint32_t timescale) {
  const auto whole = static_cast<std::uint64_t>(us);
  return whole / 1'000'000 * timescale + (whole % 1'000'000 * timescale + 999'999) / 1'000'000;
}

// The time of one track's samples in the fragment, later by the offset; nothing when it has none that can be read.
std::optional<Change> later(Bytes fragment, Bytes traf, const Mp4Init& init, std::int64_t offset_us) {
  const auto head = content_of(traf, box_type("tfhd")), time = content_of(traf, box_type("tfdt"));
  if (!head || !time) return std::nullopt;
  ByteReader head_reader(*head);
  head_reader.skip(4);
  const std::uint32_t number = head_reader.u32();
  const auto track = std::ranges::find(init.tracks, number, &MediaTrack::number);
  ByteReader reader(*time);
  const std::size_t bytes = reader.u8() == 1 ? 8 : 4;
  reader.skip(3);
  const std::uint64_t before = reader.number(bytes);
  if (!head_reader.ok() || !reader.ok() || track == init.tracks.end()) return std::nullopt;
  const std::uint64_t after = before + ticks_of(offset_us, track->timescale);
  if (after < before || (bytes == 4 && after > UINT32_MAX)) return std::nullopt;
  return Change{static_cast<std::size_t>(time->data() - fragment.data()) + 4, bytes, after};
}

void write(std::span<std::byte> into, const Change& change) {
  for (std::size_t i = 0; i < change.bytes; ++i) into[change.at + i] = static_cast<std::byte>(change.value >> (8 * (change.bytes - 1 - i)));
}

}  // namespace

Mp4Join::Begin Mp4Join::begin(Bytes init) {
  offset_us_ = end_us_;
  if (!init_.empty()) return std::ranges::equal(init, init_) ? Begin::follows : Begin::different;
  const auto moov = content_of(init, box_type("moov"));
  auto tracks = moov ? read_moov(*moov) : std::nullopt;
  if (!tracks) return Begin::damaged;
  tracks_ = std::move(*tracks);
  init_.assign(init.begin(), init.end());
  return Begin::first;
}

bool Mp4Join::place(std::span<std::byte> fragment) {
  const auto moof = content_of(fragment, box_type("moof"));
  const auto head = moof ? content_of(*moof, box_type("mfhd")) : std::nullopt;
  if (!head || head->size() < 8) return false;
  std::vector<Change> changes{{static_cast<std::size_t>(head->data() - fragment.data()) + 4, 4, fragments_ + 1}};
  bool whole = true;
  static_cast<void>(for_each_box(*moof, [&](std::uint32_t type, Bytes content) {
    if (type != box_type("traf")) return;
    const auto change = later(fragment, content, tracks_, offset_us_);
    if (change) changes.push_back(*change);
    whole = whole && change;
  }));
  const Moof read = read_moof(*moof, tracks_);
  if (!whole || read.error) return false;
  for (const Change& change : changes) write(fragment, change);
  ++fragments_;
  for (const Mp4Run& run : read.runs)
    end_us_ = std::max(end_us_, offset_us_ + run.time_us + run.duration_us + 2);  // both were rounded down
  return true;
}

}  // namespace matinee::streams
