// The frame that nearly every inbound message is: one text message, whole, in the bytes at hand. Recognised and unmasked without the
// protocol engine, which goes through a message byte by byte; whatever is not exactly this is left to the engine. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace matinee::net {

// Takes one such frame from the front of `bytes`, which start a frame and a message, and returns its size; 0 = it is something else.
// Its length has been checked (frame_guard.h). UTF-8 has not been.
[[nodiscard]] std::size_t take_whole_text(std::string_view bytes, std::string& text);

}  // namespace matinee::net
