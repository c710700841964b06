// The room code people read aloud: 8 characters of a 32-letter alphabet without look-alikes, shown as K7QM-3XFD (40 bits).
// The letters are 0–9 and A–Z without I, L, O and U: of each group that looks alike one is ours, and the others are read as it
// (O as 0, I and L as 1, U as V). Any case, with or without dashes and blanks. Pure; random bits come in.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::rooms {

inline constexpr std::size_t room_code_length = 8;

[[nodiscard]] std::string make_room_code(std::uint64_t random_bits);              // uses 40 bits; canonical, without dash
[[nodiscard]] std::optional<std::string> read_room_code(std::string_view typed);  // canonical form, or nothing
[[nodiscard]] std::string show_room_code(std::string_view canonical);             // with the dash

}  // namespace matinee::rooms
