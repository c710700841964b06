// Bounds and paces of the desktop client. docs/limits.md lists them.
// Pure constants.
#pragma once
#include <cstddef>
#include <cstdint>

namespace matinee::desktop::limits {

inline constexpr std::size_t windows_max = 8;            // streams watched at once
inline constexpr std::size_t waiting_pictures_max = 32;  // compressed, of one watched stream, until they are due
inline constexpr std::size_t ui_events_max = 256;        // to the main thread; a stream has at most one picture among them
inline constexpr std::size_t sender_commands_max = 64;   // to a sending thread; newest of a kind counts

inline constexpr std::int64_t connect_ms_max = 10'000;
inline constexpr std::int64_t reconnect_first_ms = 500;  // doubled each time …
inline constexpr std::int64_t reconnect_last_ms = 8'000;
inline constexpr std::int64_t announce_ms_max = 3'000;  // after coming back: streams that are not named again by then have ended
inline constexpr std::int64_t goodbye_ms_max = 1'000;   // for the last picture and EOS to be taken

inline constexpr std::int64_t dup_interval_ms = 500;      // while the picture rests
inline constexpr std::int64_t seek_behind_ms = 1'000;     // further from the room's time: jump instead of hurrying
inline constexpr std::int64_t playout_look_ms = 20;       // while a picture waits for its sound
inline constexpr std::int64_t stats_interval_ms = 1'000;  // progress, overlay, STATS
inline constexpr std::int64_t resolver_ms_max = 30'000;
inline constexpr std::size_t resolver_bytes_max = 16 * 1024;

inline constexpr std::size_t private_file_bytes_max = 8 * 1024;  // a token file, or what a killed send left
inline constexpr std::size_t token_bytes_max = 512;              // in it

}  // namespace matinee::desktop::limits
