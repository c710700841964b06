// What the live media of a loop have done and hold. Plain values: read them on the loop's thread (Relay::with_counters).
#pragma once
#include <cstdint>

namespace matinee::media {

struct MediaCounters {
  std::uint64_t desktops = 0;  // desktop programs connected and let in now
  std::uint64_t desktops_total = 0;
  std::uint64_t auth_failures = 0;
  std::uint64_t streams = 0;  // now
  std::uint64_t streams_total = 0;
  std::uint64_t viewers = 0;           // now, browsers included
  std::uint64_t pictures_in = 0;       // pictures and DUPs from publishers
  std::uint64_t pictures_out = 0;      // pictures × viewers
  std::uint64_t pictures_dropped = 0;  // for one viewer, who was too slow for them
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::uint64_t bad_jpegs = 0;
  std::uint64_t pictures_skipped = 0;  // no slot or no memory was left for them
  std::uint64_t slow_viewers_closed = 0;
  std::uint64_t media_units_in = 0;       // runs of packets, blocks, fragments
  std::uint64_t media_units_out = 0;      // units × viewers
  std::uint64_t media_units_skipped = 0;  // that one viewer was too slow for
  std::uint64_t hls_segments = 0;         // made for HLS
  std::uint64_t hls_failures = 0;         // streams that could not become HLS
  std::uint64_t publishers_refused = 0;   // no key, the seat is taken, no room
  std::uint64_t publishers_failed = 0;    // sent what is no media
};

}  // namespace matinee::media
