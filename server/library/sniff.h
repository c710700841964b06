// What a file is by its first bytes: its name is never believed. Pure.
// Source: ISO/IEC 14496-12 (ftyp), RFC 8794 and the WebM container guidelines (EBML DocType); of others their best known marks.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace matinee::library {

inline constexpr std::size_t sniffed_bytes = 64;  // as many tell it

enum class Container : std::uint8_t { mp4, webm, matroska, avi, mpeg_ts, mpeg_ps, flv, ogg, wmv, sound, other };

[[nodiscard]] Container sniff(std::string_view beginning);
// Browsers play what is in it, if the codecs are right.
[[nodiscard]] constexpr bool is_playable(Container container) { return container == Container::mp4 || container == Container::webm; }
// "MKV", "AVI" …; empty for `other`.
[[nodiscard]] std::string_view name_of(Container container);

}  // namespace matinee::library
