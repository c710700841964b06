// What the first bytes of a file tell without decoding anything: what it is, and for MP4 and WebM how long it plays when that stands
// at the front. Sources: ISO/IEC 14496-12 (boxes), RFC 8794 (EBML) and the Matroska element table. Pure, fuzzed: every length is
// checked against the bytes that are there.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace matinee::previews {

[[nodiscard]] bool looks_like_media(std::string_view head);     // MP4, WebM, Ogg, MP3, WAV or an HLS playlist
[[nodiscard]] bool looks_like_playlist(std::string_view head);  // #EXTM3U
[[nodiscard]] std::optional<std::int64_t> duration_ms_of(std::string_view head);
// The type of a picture that browsers show and we pass on: JPEG, PNG or WebP by its head, else empty.
[[nodiscard]] std::string_view picture_type(std::string_view bytes);
// Text with the timing arrow of WebVTT and SubRip near its front, in any encoding of ASCII letters, and no binary file.
[[nodiscard]] bool looks_like_subtitles(std::string_view bytes);

}  // namespace matinee::previews
