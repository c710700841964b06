// The head of a fragment: read_moof of mp4_boxes.h.
#include <algorithm>

#include "streams/limits.h"
#include "streams/mp4_boxes.h"

namespace matinee::streams {
namespace {

// Sample flags (ISO/IEC 14496-12, 8.8.3.1): it needs other samples, or is said to be no place to begin.
constexpr std::uint32_t depends = 0x01000000, not_sync = 0x00010000;
bool is_key(std::uint32_t flags) { return (flags & (depends | not_sync)) == 0; }

// Times beyond it, more than 100,000 years, are nonsense and would not fit in µs.
constexpr std::uint64_t time_s_max = std::uint64_t{1} << 42;

std::int64_t us_of(std::uint64_t ticks, std::uint32_t timescale) {
  return static_cast<std::int64_t>(ticks / timescale * 1'000'000 + ticks % timescale * 1'000'000 / timescale);
}

class TrackReader {
 public:
  TrackReader(const Mp4Init& init, std::uint32_t& samples) : init_(init), samples_(samples) {}

  void on_box(std::uint32_t type, Bytes content) {
    if (error_) return;
    if (type == box_type("tfhd")) header(ByteReader(content));
    else if (type == box_type("tfdt")) decode_time(ByteReader(content));
    else if (type == box_type("trun")) run(ByteReader(content));
  }
  // Nothing is wrong with a fragment that has no samples of a track.
  std::optional<MoofError> finish(Mp4Run& out) {
    if (error_) return error_;
    if (!track_ || !has_time_ || !fits(time_) || !fits(duration_)) return MoofError::damaged;
    out = run_;
    out.track = track_->number;
    out.time_us = us_of(time_, track_->timescale);
    out.duration_us = us_of(duration_, track_->timescale);
    return std::nullopt;
  }

 private:
  void header(ByteReader reader) {
    const std::uint32_t flags = reader.u32(), number = reader.u32();
    const auto track = std::ranges::find(init_.tracks, number, &MediaTrack::number);
    if (track == init_.tracks.end()) return fail(MoofError::damaged);
    track_ = &*track;
    const auto defaults = std::ranges::find(init_.defaults, number, &SampleDefaults::track);
    if (defaults != init_.defaults.end()) defaults_ = *defaults;
    if ((flags & 0x01) != 0) return fail(MoofError::absolute_offsets);  // true in the publisher's file only
    if ((flags & 0x02) != 0) reader.skip(4);
    if ((flags & 0x08) != 0) defaults_.duration = reader.u32();
    if ((flags & 0x10) != 0) reader.skip(4);
    if ((flags & 0x20) != 0) defaults_.flags = reader.u32();
    if (!reader.ok()) fail(MoofError::damaged);
  }

  void decode_time(ByteReader reader) {
    const bool wide = reader.u8() == 1;
    reader.skip(3);
    time_ = wide ? reader.u64() : reader.u32();
    has_time_ = reader.ok();
  }

  void run(ByteReader reader) {
    const std::uint32_t flags = reader.u32(), count = reader.u32();
    if (!reader.ok() || !track_) return fail(MoofError::damaged);
    if (count > limits::mp4_samples_max - samples_) return fail(MoofError::too_many_samples);
    samples_ += count;
    if ((flags & 0x001) != 0) reader.skip(4);
    const std::uint32_t first_flags = (flags & 0x004) != 0 ? reader.u32() : defaults_.flags;
    for (std::uint32_t i = 0; i < count; ++i) {
      duration_ += (flags & 0x100) != 0 ? reader.u32() : defaults_.duration;
      if ((flags & 0x200) != 0) reader.skip(4);
      const std::uint32_t sample_flags = (flags & 0x400) != 0 ? reader.u32() : i == 0 ? first_flags : defaults_.flags;
      if ((flags & 0x800) != 0) reader.skip(4);
      if (!reader.ok()) return fail(MoofError::damaged);
      if (run_.samples++ == 0) run_.begins_with_key = is_key(sample_flags);
      if (is_key(sample_flags)) ++run_.keys;
    }
  }

  [[nodiscard]] bool fits(std::uint64_t ticks) const { return ticks / track_->timescale <= time_s_max; }
  void fail(MoofError error) { error_ = error; }

  const Mp4Init& init_;
  std::uint32_t& samples_;  // of the whole fragment
  const MediaTrack* track_ = nullptr;
  SampleDefaults defaults_;
  bool has_time_ = false;
  std::uint64_t time_ = 0, duration_ = 0;
  Mp4Run run_;
  std::optional<MoofError> error_;
};

}  // namespace

Moof read_moof(Bytes moof, const Mp4Init& init) {
  Moof result;
  std::uint32_t samples = 0;
  const bool row = for_each_box(moof, [&](std::uint32_t type, Bytes content) {
    if (type != box_type("traf") || result.error) return;
    TrackReader reader(init, samples);
    if (!for_each_box(content, [&](std::uint32_t inner, Bytes value) { reader.on_box(inner, value); })) result.error = MoofError::damaged;
    Mp4Run run;
    if (const auto error = reader.finish(run)) result.error = result.error ? result.error : error;
    if (!result.error && run.samples > 0) result.runs.push_back(run);
  });
  if (!row && !result.error) result.error = MoofError::damaged;
  return result;
}

}  // namespace matinee::streams
