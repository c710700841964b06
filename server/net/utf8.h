// Is this text valid UTF-8 (RFC 3629: shortest forms, no surrogates, up to U+10FFFF)? Pure.
#pragma once
#include <string_view>

namespace matinee::net {

[[nodiscard]] bool is_valid_utf8(std::string_view text);
// The longest prefix of at most `bytes` bytes that does not cut a character in two.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t bytes);

}  // namespace matinee::net
