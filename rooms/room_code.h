// The room code people read aloud: 8 characters of a 32-letter alphabet without look-alikes, shown as K7QM-3XFD (40 bits).
// Any case, with or without dash, look-alikes forgiven (0→O is no letter of ours: see room_code.cpp). Pure; random bits come in.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::rooms {

inline constexpr std::size_t room_code_length = 8;

[[nodiscard]] std::string make_room_code(std::uint64_t random_bits);               // uses 40 bits; canonical, without dash
[[nodiscard]] std::optional<std::string> read_room_code(std::string_view typed);   // canonical form, or nothing
[[nodiscard]] std::string show_room_code(std::string_view canonical);              // with the dash

}  // namespace matinee::rooms
