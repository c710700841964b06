#include "videoproto/desktop/pairing.h"

#include <algorithm>
#include <cstdint>

namespace matinee::desktop {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view digits = "0123456789abcdef";

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::optional<Pairing> read_pairing(std::string_view typed) {
  std::string letters;
  for (const char c : typed) {
    if (c != ' ' && c != '-') letters += upper(c);
  }
  const bool known = std::all_of(letters.begin(), letters.end(), [](char c) { return alphabet.find(c) != std::string_view::npos; });
  if (letters.size() != pair_letters || !known) return std::nullopt;
  Pairing pairing{letters.substr(0, pair_code_letters), {}};
  std::uint32_t bits = 0;
  unsigned have = 0;
  std::size_t filled = 0;
  for (const char c : std::string_view(letters).substr(pair_code_letters)) {
    bits = bits << 5U | static_cast<std::uint32_t>(alphabet.find(c));
    have += 5;
    if (have < 8 || filled == short_print_bytes) continue;
    have -= 8;
    pairing.print_begin[filled++] = static_cast<std::byte>(bits >> have & 0xFFU);
  }
  if ((bits & ((1U << have) - 1U)) != 0) return std::nullopt;  // 26 letters are 130 bits: the last two are 0
  return pairing;
}

std::string write_pairing(std::string_view code, std::span<const std::byte, short_print_bytes> print_begin) {
  std::string letters(code);
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (const std::byte byte : print_begin) {
    bits = bits << 8U | std::to_integer<std::uint32_t>(byte);
    for (have += 8; have >= 5; have -= 5) letters += alphabet[bits >> (have - 5) & 31U];
  }
  if (have > 0) letters += alphabet[bits << (5 - have) & 31U];
  return letters;
}

bool fits(const Pin& pin, const Fingerprint& print) {
  return pin.size() >= short_print_bytes && pin.size() <= print.size() && std::equal(pin.begin(), pin.end(), print.begin());
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string hex;
  for (const std::byte byte : bytes) {
    hex += digits[std::to_integer<std::size_t>(byte >> 4)];
    hex += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
  }
  return hex;
}

std::optional<Pin> read_pin(std::string_view hex) {
  Pin pin;
  bool half = false;
  for (const char c : hex) {
    if (c == ':') continue;
    const std::size_t digit = digits.find(lower(c));
    if (digit == std::string_view::npos) return std::nullopt;
    if (half) pin.back() |= static_cast<std::byte>(digit);
    else pin.push_back(static_cast<std::byte>(digit << 4U));
    half = !half;
  }
  if (half || (pin.size() != short_print_bytes && pin.size() != 2 * short_print_bytes)) return std::nullopt;
  return pin;
}

}  // namespace matinee::desktop
