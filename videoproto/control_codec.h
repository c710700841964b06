// JSON payloads ↔ control messages. Unknown fields are ignored, so that version 1 can grow; a known field that is missing, of the
// wrong type or out of bounds is named. Boost.JSON stays in the .cpp, and this pair in a target of its own: the protocol
// library itself depends on nothing.
// Pure; no thread rule.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "videoproto/control.h"

namespace matinee::videoproto {

[[nodiscard]] Type type_of(const Control& message);
// The payload; "{}" when there is nothing to say. Fields must be within their bounds.
[[nodiscard]] std::string encode_control(const Control& message);
// An empty payload is read as {}. On failure the name of the first bad field ("source.width"), or "json". The answer is malformed.
[[nodiscard]] tl::expected<Control, std::string> decode_control(Type type, std::span<const std::byte> payload);

}  // namespace matinee::videoproto
