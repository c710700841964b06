// Bounds of the live media that are the server's own; those of the protocol are in videoproto/limits.h. docs/limits.md lists them.
// Pure constants.
#pragma once
#include <cstddef>
#include <cstdint>

namespace matinee::media::limits {

inline constexpr std::size_t desktops_per_room_max = 1'000;  // connected desktop programs
inline constexpr std::size_t streams_per_room_max = 32;
inline constexpr std::size_t streams_per_person_max = 4;
inline constexpr std::int64_t announcements_burst =
    20;                                              // PUBLISH and META of a person in a room; everybody else is told. One a second after
inline constexpr std::size_t greetings_max = 1'024;  // connections of a loop that have not said yet who they are

inline constexpr std::size_t pairs_max = 1'000;  // pairing codes of a loop that wait for their desktop
inline constexpr std::size_t pairs_per_person_max = 4;
inline constexpr std::int64_t pair_ms = 300'000;
inline constexpr std::size_t resume_tokens_max = 4'096;  // of a loop, beside those of open connections

inline constexpr std::int64_t ask_ms = 5'000;              // then the next desktop is asked for the room's video
inline constexpr std::int64_t alone_ms = 5'000;            // the room's video goes on for so long when the second desktop leaves
inline constexpr std::int64_t tell_live_every_ms = 500;    // what runs live is told a room at most so often
inline constexpr std::int64_t offset_tell_min_us = 2'000;  // a publisher's clock must have moved so far to be told again

// Browsers that watch a stream.
inline constexpr std::int64_t view_token_ms = 60'000;                       // to connect; what is open then goes on
inline constexpr std::size_t view_token_body_bytes_max = 4 * 1024;          // of the form that asks for one
inline constexpr std::size_t view_message_bytes_max = 128;                  // a browser has nothing to say on a live socket
inline constexpr std::size_t shared_pictures_bytes_max = 64 * 1024 * 1024;  // of a loop, on their way to browsers
inline constexpr std::int64_t view_check_ms = 1'000;                        // whether who watches still may
inline constexpr std::int64_t mjpeg_repeat_us = 1'000'000;                  // a picture that stands still is sent again

// Streams that come in containers.
inline constexpr std::size_t media_streams_max = 32;   // live on one loop at once: each keeps up to streams::limits::live_bytes_max
inline constexpr std::int64_t media_check_ms = 5'000;  // between two looks at what is stored of a live stream
inline constexpr std::size_t chunk_bytes_max = 4 * 1024 * 1024;  // of a page that publishes
inline constexpr std::int64_t chunk_silence_us = 10'000'000;     // then it is lost, as if a connection had broken
inline constexpr std::size_t still_bytes_max = 128 * 1024;       // of the still that a page sends of what it publishes

inline constexpr std::int64_t still_every_us = 10'000'000;              // a still that is made here: not more often
inline constexpr std::size_t still_source_bytes_max = 2 * 1024 * 1024;  // of the stream, that it is made from

// A stream on its way to a thread that remuxes it.
inline constexpr std::size_t feed_pieces_max = 4'096;           // beyond it lags like any viewer
inline constexpr std::size_t feed_bytes_max = 8 * 1024 * 1024;  // likewise
inline constexpr std::int64_t feed_run_us_max = 3'600'000'000;  // of MP4: what reads it keeps a list of all samples

// HLS of a stream: a thread, and up to streams::limits::hls_bytes_max of segments.
inline constexpr std::size_t hls_streams_max = 8;          // of one loop at once
inline constexpr std::size_t hls_views_max = 1'000;        // of one stream: who reads, and who waits for the first segment
inline constexpr std::int64_t hls_window_us = 60'000'000;  // to go back to
inline constexpr std::int64_t hls_wait_us = 20'000'000;    // for the first segment
inline constexpr std::int64_t hls_view_us = 10'000'000;    // since the last question, or three target durations: nobody
inline constexpr std::int64_t hls_idle_us = 30'000'000;    // since anybody's last question: its thread ends
inline constexpr int hls_breaks_max = 3;                   // in a row, without a segment

// Recordings into the library: a thread each.
inline constexpr std::size_t recordings_max = 8;                     // of one loop at once
inline constexpr std::int64_t recording_us_max = 4 * 3'600'000'000;  // of one
inline constexpr std::int64_t recording_write_us = 1'000'000;        // what is put together before it is written
inline constexpr int recording_breaks_max = 3;                       // in a row, without a fragment

}  // namespace matinee::media::limits
