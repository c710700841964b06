// Bounds of a shard by name; those of a room are in rooms/limits.h. Pure constants.
#pragma once
#include <chrono>
#include <cstddef>
#include "rooms/limits.h"
#include "rooms/rate.h"

namespace matinee::shard::limits {

inline constexpr std::chrono::minutes door_max{10};             // a socket that never joins
inline constexpr std::chrono::minutes asking_longer{1};         // who asks to be let in: counted anew, and until after the room's answer
inline constexpr std::chrono::milliseconds refusal_after{500};  // "no such room" and "blocked" are said equally late
inline constexpr std::chrono::milliseconds absence{rooms::limits::absence_ms};
inline constexpr std::chrono::seconds unload_after{60};  // an empty room stays in memory this long
inline constexpr std::chrono::seconds save_retry{1};
inline constexpr std::chrono::seconds stop_max{5};           // for saving and closing at the end
inline constexpr rooms::Rate messages{200, 100};             // of one socket, whatever they are; beyond: closed with 4008
inline constexpr std::size_t histories_under_way_max = 4;    // of one socket
inline constexpr std::size_t history_bytes_max = 256 * 1024;  // of texts in one page: a hundred of the longest messages are more than a tail holds
inline constexpr std::size_t searches_under_way_max = 2;     // of one socket
inline constexpr rooms::Rate searches{10, 2};                // of one socket
inline constexpr std::size_t search_bytes_max = 256 * 1024;  // of texts in one answer
inline constexpr int code_draws_max = 5;                     // 40 random bits: a second draw is already rare
inline constexpr std::size_t later_codes_max = 8;            // of a room in memory that still lead those who were inside to it
inline constexpr std::size_t batch_bytes_kept = 64 * 1024;   // of a batch buffer between two ticks
inline constexpr std::size_t batch_buffers_kept = 64;        // of a shard
inline constexpr std::size_t ring_entries = 2'048;
inline constexpr std::size_t ring_worth_sends = 4;  // below that plain sends are cheaper

}  // namespace matinee::shard::limits
