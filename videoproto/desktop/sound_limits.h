// Bounds of the desktop client's sound and of when its pictures are shown. docs/limits.md lists them.
// Pure constants.
#pragma once
#include <cstddef>
#include <cstdint>

namespace matinee::desktop::limits {

inline constexpr std::int64_t sound_delay_ms_min = 60;  // how long a packet waits so that its successors come in time …
inline constexpr std::int64_t sound_delay_ms_max = 150;
inline constexpr std::size_t sound_packets_max = 64;       // waiting to be played, of one stream
inline constexpr std::int64_t sound_conceal_ms_max = 100;  // of missing sound is made up, then silence
inline constexpr std::int64_t sound_silence_ms_max = 200;  // without a packet: the sound's clock ends, pictures go on without it
inline constexpr std::int64_t sound_jump_ms = 1'000;       // pts further away than this are another timeline, flagged or not

inline constexpr std::int64_t sound_early_ms_max = 45;  // sound before its picture: what nobody notices (ITU-R BT.1359)
inline constexpr std::int64_t sound_late_ms_max = 125;  // after it
inline constexpr std::int64_t picture_late_ms_max = 100;
inline constexpr int late_pictures_max = 10;                // skipped in a row: a window that never changes looks broken
inline constexpr std::int64_t picture_wait_ms_max = 1'000;  // due later than this: its time cannot be meant

inline constexpr std::int64_t film_open_ms_max = 10'000;   // for a link to answer
inline constexpr std::int64_t film_stall_ms_max = 10'000;  // for its next bytes
inline constexpr std::int64_t film_behind_ms_max = 200;    // sound that comes later than this is left out
inline constexpr std::int64_t film_lead_ms = 40;           // sent before it is due: a viewer's buffer then hardly delays the room's video
inline constexpr std::int64_t film_skip_ms_max = 2'000;    // a jump forward within this is decoded, not sought
inline constexpr std::int64_t film_hole_ms_max = 1'000;    // of a film's sound is filled with silence; more is a jump
inline constexpr int film_channels_max = 16;
inline constexpr int film_rate_max = 384'000;  // samples a second

}  // namespace matinee::desktop::limits
