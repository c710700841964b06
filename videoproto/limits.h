// Every bound of videoproto/1, by name. docs/videoproto.md lists them; tests/videoproto has a test at each and one beyond.
// Pure constants.
#pragma once
#include <cstddef>
#include <cstdint>

namespace matinee::videoproto::limits {

inline constexpr std::size_t header_bytes = 32;
inline constexpr std::uint32_t control_bytes_max = 8 * 1024;            // one control payload
inline constexpr std::uint32_t audio_bytes_max = 16 * 1024;             // one audio packet
inline constexpr std::uint32_t frame_bytes_default = 2 * 1024 * 1024;   // one picture, unless configured …
inline constexpr std::uint32_t frame_bytes_max = 16 * 1024 * 1024;      // … up to this
inline constexpr std::uint32_t picture_side_max = 4'096;                // pixels, both directions
inline constexpr std::size_t jpeg_segments_max = 256;                   // marker segments of one picture
inline constexpr std::size_t jpeg_scans_max = 32;                       // scans of a progressive picture: each costs the viewer a pass
inline constexpr std::int64_t frames_per_second_max = 120;              // one stream
inline constexpr std::int64_t frames_burst = 120;                       // what a second of stalled network delivers at once
inline constexpr std::int64_t bytes_per_second_max = 64 * 1024 * 1024;  // one connection; over it reading pauses
inline constexpr std::int64_t bytes_burst = 64 * 1024 * 1024;
inline constexpr std::size_t streams_max = 16;  // one connection, published and watched together

inline constexpr std::size_t before_auth_bytes_max = 16 * 1024;  // headers included
inline constexpr std::int64_t before_auth_us_max = 5'000'000;    // from the connection to a complete AUTH
inline constexpr std::int64_t silence_us_max = 15'000'000;       // neither a message nor progress_bytes of one
inline constexpr std::size_t progress_bytes = 64 * 1024;         // of a large payload: counts as a sign of life
inline constexpr std::int64_t ping_interval_us = 5'000'000;
inline constexpr std::int64_t write_progress_us_max = 10'000'000;  // a peer that takes nothing this long is closed
inline constexpr std::int64_t resume_us = 30'000'000;              // a lost publisher may take its stream up again

inline constexpr std::size_t pool_slots = 64;                     // one stream
inline constexpr std::size_t pool_bytes_max = 256 * 1024 * 1024;  // all streams, pages touched
inline constexpr std::size_t pool_free_low = 8;                   // below: the viewer that held a slot longest is closed
inline constexpr std::int64_t frame_age_us_max = 1'000'000;       // older at send time: skipped
inline constexpr std::int64_t audio_ring_us = 500'000;
inline constexpr std::size_t audio_ring_packets = 256;
inline constexpr std::size_t audio_ring_bytes = 256 * 1024;
inline constexpr std::size_t control_queue_bytes_max = 64 * 1024;  // over it: slow_consumer

inline constexpr int quality_min = 40;  // what ADAPT may ask for
inline constexpr int quality_max = 90;

}  // namespace matinee::videoproto::limits
