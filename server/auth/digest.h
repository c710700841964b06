// Hashes, keyed hashes and the text forms of bytes (base64url and base32 without padding: RFC 4648). Pure functions.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace matinee::auth {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
[[nodiscard]] Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);  // time depends on the lengths only

[[nodiscard]] std::string base64url(std::span<const std::uint8_t> bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);  // nothing when malformed or not canonical
[[nodiscard]] std::string base32(std::span<const std::uint8_t> bytes);           // capital letters and 2–7
[[nodiscard]] inline std::string_view as_text(const Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};  // NOLINT: bytes as bytes
}

}  // namespace matinee::auth
