// What people may react with: one emoji, by the shape that UTS #51 gives emoji sequences, over whole blocks of Unicode instead of a
// table that would be old with every year's new emoji. Letters, digits alone, controls and invisible text never pass. Pure.
#pragma once
#include <string_view>

namespace matinee::rooms {

[[nodiscard]] bool is_emoji(std::string_view text);  // one grapheme of at most emoji_bytes_max bytes

}  // namespace matinee::rooms
