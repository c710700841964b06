// What a track of a live stream is coded in, by the names that the rest of the server and the page use.
// Pure; no thread rule.
#pragma once
#include <cstdint>
#include <string_view>

namespace matinee::streams {

enum class Codec : std::uint8_t { other, mpeg1_video, mpeg2_video, h264, hevc, vp8, vp9, av1, mp2, mp3, aac, opus };
enum class TrackKind : std::uint8_t { other, video, audio };

[[nodiscard]] TrackKind kind_of(Codec codec);
[[nodiscard]] std::string_view name_of(Codec codec);

}  // namespace matinee::streams
