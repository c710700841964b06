// The one place where auth draws random bytes (OpenSSL's generator, seeded by the kernel). Aborts when the system cannot give any:
// going on with guessable tokens would be worse.
// Thread rule: any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include "server/seams/result.h"

namespace matinee::auth {

void random_bytes(std::span<std::uint8_t> out);
[[nodiscard]] std::uint64_t random_bits();           // 64 bits, for example for rooms::make_room_code
[[nodiscard]] seams::UserId random_user_id();        // 1 … 2^53 − 1
inline constexpr std::size_t token_bytes = 32;       // 256 bits
inline constexpr std::size_t token_characters = 43;  // as base64url
[[nodiscard]] std::string random_token();

}  // namespace matinee::auth
