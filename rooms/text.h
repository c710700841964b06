// What a room checks of text that people sent: UTF-8, length in code points, control characters, ids. Pure functions.
// RFC 3629 for UTF-8: shortest form only, no surrogates, nothing above U+10FFFF.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace matinee::rooms {

struct TextShape {
  std::size_t code_points = 0;
  bool controls = false;  // any of U+0000–001F other than newline and tab, or U+007F–009F
  bool line_breaks = false;
  bool unseen = false;  // marks that turn or hide text: zero-width, bidi, line separators, byte order mark, tags
  bool blank = true;    // nothing to see: spaces, unseen marks and fillers only
};

// Takes one code point off the front of a text that is not empty; nothing when the bytes are not UTF-8.
[[nodiscard]] std::optional<std::uint32_t> take_code_point(std::string_view& text);
[[nodiscard]] std::optional<TextShape> shape_of(std::string_view text);  // nothing: not UTF-8
[[nodiscard]] bool is_message_id(std::string_view id);                   // message_id_bytes_min … max of [A-Za-z0-9_-]

}  // namespace matinee::rooms
