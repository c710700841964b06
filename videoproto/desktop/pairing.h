// The 42 letters that the room page's "Connect desktop" shows: base32 (RFC 4648, without padding) of an 80-bit one-time code, 16
// letters, and of the first 128 bits of the SHA-256 of the server's certificate, 26 letters. So one pasted line both lets in and
// proves who is on the other side, and a self-signed certificate is enough.
// Pure; no thread rule.
#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace matinee::desktop {

inline constexpr std::size_t pair_code_letters = 16;
inline constexpr std::size_t pair_letters = 42;
inline constexpr std::size_t short_print_bytes = 16;

using Fingerprint = std::array<std::byte, 32>;  // SHA-256 of the certificate

struct Pairing {
  std::string code;                                      // 16 letters, as AUTH's `pair`
  std::array<std::byte, short_print_bytes> print_begin;  // the certificate's SHA-256 must begin with this
  bool operator==(const Pairing&) const = default;
};

// In any case, with blanks and dashes. Nothing for another length, another letter, or bits behind the fingerprint.
[[nodiscard]] std::optional<Pairing> read_pairing(std::string_view typed);
[[nodiscard]] std::string write_pairing(std::string_view code, std::span<const std::byte, short_print_bytes> print_begin);

// What a certificate is compared with: its first 128 bits, or all of it; empty = not known.
using Pin = std::vector<std::byte>;
[[nodiscard]] bool fits(const Pin& pin, const Fingerprint& print);
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
// 32 or 64 hexadecimal digits; colons are skipped.
[[nodiscard]] std::optional<Pin> read_pin(std::string_view hex);

}  // namespace matinee::desktop
