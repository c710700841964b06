// Looks whether some bytes are one still picture of the size that avatars have, without decoding anything: JPEG (ITU-T T.81), PNG
// (ISO/IEC 15948) or WebP (RFC 9649, RFC 6386). The browser made it from what the person chose; this is what another program may
// send. One forward pass, no memory. Pure, fuzzed.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

namespace matinee::pages {

inline constexpr std::size_t avatar_bytes_max = 64 * 1024;
inline constexpr std::uint32_t avatar_side = 192;  // pixels, both ways, exactly

enum class PictureError : std::uint8_t {
  not_a_picture,  // none of the three, or a head that contradicts itself, or bytes after the end
  moves,          // an animation
  wrong_size,     // not avatar_side in both directions
};

// The content type: "image/jpeg", "image/png" or "image/webp".
[[nodiscard]] tl::expected<std::string_view, PictureError> check_avatar(std::string_view bytes);

}  // namespace matinee::pages
