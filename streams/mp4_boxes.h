// The boxes of fragmented MP4 (ISO/IEC 14496-12) that live streams need: what the init data says of its tracks, and what the head of a
// fragment says of its samples.
// Pure; no thread rule.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "streams/byte_reader.h"
#include "streams/media_track.h"

namespace matinee::streams {

// "moov" as the number that is in the file.
[[nodiscard]] constexpr std::uint32_t box_type(std::string_view name) {
  std::uint32_t type = 0;
  for (const char c : name) type = (type << 8) | static_cast<unsigned char>(c);
  return type;
}

// Calls for each child of a whole box's content. False when the content is no row of whole boxes.
[[nodiscard]] bool for_each_box(Bytes content, const std::function<void(std::uint32_t type, Bytes content)>& call);

// What samples are when their fragment does not say.
struct SampleDefaults {
  std::uint64_t track = 0;
  std::uint32_t duration = 0, flags = 0;
};
struct Mp4Init {
  std::vector<MediaTrack> tracks;
  std::vector<SampleDefaults> defaults;
  bool fragmented = false;  // it announces fragments at all
};
// From the content of moov; nothing when it is damaged.
[[nodiscard]] std::optional<Mp4Init> read_moov(Bytes moov);

// The samples of one track in one fragment.
struct Mp4Run {
  std::uint64_t track = 0;
  std::int64_t time_us = 0;      // decode time of the first one
  std::int64_t duration_us = 0;  // of all
  std::uint32_t samples = 0, keys = 0;
  bool begins_with_key = false;
};
enum class MoofError : std::uint8_t { damaged, too_many_samples, absolute_offsets };
struct Moof {
  std::vector<Mp4Run> runs;
  std::optional<MoofError> error;
};
// From the content of moof.
[[nodiscard]] Moof read_moof(Bytes moof, const Mp4Init& init);

}  // namespace matinee::streams
