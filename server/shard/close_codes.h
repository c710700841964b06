// Why a socket is closed: the table of docs/protocol.md. Pure constants.
#pragma once
#include <cstdint>

namespace matinee::shard::close_code {

inline constexpr std::uint16_t leaving = 1001;
inline constexpr std::uint16_t policy = 1008;
inline constexpr std::uint16_t restart = 1012;
inline constexpr std::uint16_t try_later = 1013;  // too slow to receive, or we cannot serve at the moment
inline constexpr std::uint16_t logged_out = 4001;
inline constexpr std::uint16_t removed = 4003;
inline constexpr std::uint16_t no_such_room = 4004;
inline constexpr std::uint16_t moved = 4005;  // the room has another code, which was just told
inline constexpr std::uint16_t too_fast = 4008;
inline constexpr std::uint16_t replaced = 4010;

}  // namespace matinee::shard::close_code
