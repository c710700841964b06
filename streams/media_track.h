// One track of a stream in WebM or MP4, as its init data says, and how browsers call its coding (RFC 6381), for MediaSource.
// Pure; no thread rule.
#pragma once
#include <cstdint>
#include <string>

#include "streams/byte_reader.h"
#include "streams/codec.h"

namespace matinee::streams {

struct MediaTrack {
  std::uint64_t number = 0;
  Codec codec = Codec::other;
  std::string codec_string;  // "avc1.42E01E"; empty when it cannot be said
  std::uint32_t width = 0, height = 0;
  std::uint32_t timescale = 0;  // MP4: ticks a second
  bool operator==(const MediaTrack&) const = default;
};

// The name for browsers, of the codec and its configuration record (avcC, hvcC, vpcC, av1C; of AAC the AudioSpecificConfig).
[[nodiscard]] std::string codec_string_of(Codec codec, Bytes configuration);

}  // namespace matinee::streams
