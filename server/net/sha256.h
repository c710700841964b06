// SHA-256 of bytes in memory, for ETags and script hashes. Pure.
#pragma once
#include <array>
#include <string>
#include <string_view>

namespace matinee::net {

[[nodiscard]] std::array<unsigned char, 32> sha256(std::string_view bytes);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string sha256_base64(std::string_view bytes);

}  // namespace matinee::net
