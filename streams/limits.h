// Every bound of what live streams are read with, by name. docs/limits.md lists them; tests/streams has a test at each and one beyond.
// Pure constants.
#pragma once
#include <cstddef>
#include <cstdint>

namespace matinee::streams::limits {

// MPEG-TS
inline constexpr std::size_t ts_rubbish_bytes_max = 64 * 1024;    // in a row, without a packet among them
inline constexpr std::size_t ts_tables_bytes_max = 1024 * 1024;   // of packets before the first PAT and PMT
inline constexpr std::size_t ts_section_bytes_max = 1'024;        // ISO/IEC 13818-1, 2.4.4: of a PAT or PMT
inline constexpr std::size_t ts_section_packets_max = 8;          // that one section is spread over
inline constexpr std::size_t ts_streams_max = 16;                 // elementary streams of the program
inline constexpr std::int64_t ts_clock_step_us_max = 10'000'000;  // between two references, and between a reference and a PTS

// WebM
inline constexpr std::size_t webm_block_bytes_max = 4 * 1024 * 1024;  // one picture or packet of sound
inline constexpr std::size_t webm_table_bytes_max = 64 * 1024;        // EBML header, Info, Tracks: each
inline constexpr std::size_t webm_idle_bytes_max = 1024 * 1024;       // between two blocks, of whatever is none
inline constexpr std::size_t webm_tracks_max = 8;

// MP4
inline constexpr std::size_t mp4_init_bytes_max = 256 * 1024;            // ftyp and moov together
inline constexpr std::size_t mp4_fragment_bytes_max = 16 * 1024 * 1024;  // moof and mdat together
inline constexpr std::size_t mp4_moof_bytes_max = 1024 * 1024;
inline constexpr std::size_t mp4_idle_bytes_max = 1024 * 1024;  // between two fragments, of whatever is none
inline constexpr std::size_t mp4_tracks_max = 8;
inline constexpr std::uint32_t mp4_samples_max = 16 * 1024;  // of one fragment

// What is kept of a live stream
inline constexpr std::size_t live_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t live_units_max = 4'096;
inline constexpr std::int64_t live_lag_us_max = 5'000'000;     // a viewer further behind goes on at a newer key frame
inline constexpr std::int64_t publisher_lost_us = 30'000'000;  // so long a stream waits for its publisher to come back

// What becomes fragmented MP4
inline constexpr std::size_t remux_fragment_bytes_max = 16 * 1024 * 1024;  // from one key frame to the next
inline constexpr std::int64_t remux_fragment_us_max = 20'000'000;
inline constexpr std::int64_t remux_step_us_max = 10'000'000;          // between two packets of a track; more is a jump of its clock
inline constexpr std::int64_t remux_repeat_us_max = 1'000'000;         // back: the packet is left out; more is a jump
inline constexpr std::int64_t remux_sound_us = 1'000'000;              // a fragment of sound without pictures
inline constexpr std::size_t remux_probe_bytes_max = 8 * 1024 * 1024;  // until the tracks are known
inline constexpr std::int64_t remux_probe_us_max = 1'500'000;

// HLS
inline constexpr std::int64_t hls_target_s_min = 2;             // of a stream whose key frames come often enough
inline constexpr std::size_t hls_segments_max = 1'024;          // in a playlist, however long its window
inline constexpr std::size_t hls_bytes_max = 64 * 1024 * 1024;  // of the files of one playlist, in it and leaving it
inline constexpr std::size_t hls_uri_bytes_max = 128;

}  // namespace matinee::streams::limits
