// Writes the media playlist of a live stream (RFC 8216) from its segments. What the RFC asks of a playlist over its life is kept here: one
// target duration that no segment exceeds, numbers that only rise, segments that leave at the front only and not before the window is
// full, and files that stay for who holds an older playlist.
// Every segment begins with a key frame (that is who makes them), so EXT-X-INDEPENDENT-SEGMENTS is always said.
// Thread rule: pure. Times are µs; those of programmes are Unix.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/limits.h"

namespace matinee::streams {

struct HlsSegment {
  std::string uri;
  std::int64_t duration_us = 0;
  std::int64_t program_us = 0;  // when its first picture was taken, Unix
  bool discontinuity = false;   // it does not continue the one before: another publisher, other tracks, a clock that jumped
  std::size_t bytes = 0;        // of its file
};

struct HlsOptions {
  std::int64_t target_s = 4;            // no segment may be longer, rounded
  std::int64_t window_us = 60'000'000;  // what stays in the playlist to go back to
  // Of the files of all segments that may be asked for: half for those in the playlist, half for those that left it. Memory has the last
  // word: over it even what 6.2.2 asks for is given up.
  std::size_t bytes_max = limits::hls_bytes_max;
};

enum class HlsRefusal : std::uint8_t { bad_uri, bad_duration, too_long, no_map, ended };

class HlsPlaylist {
 public:
  explicit HlsPlaylist(HlsOptions options) : options_(options) {}

  // The init segment (EXT-X-MAP) of the segments to come.
  [[nodiscard]] std::optional<HlsRefusal> set_map(std::string uri);
  [[nodiscard]] std::optional<HlsRefusal> add(HlsSegment segment, std::int64_t now_us);
  // Nothing follows: EXT-X-ENDLIST.
  void end() { ended_ = true; }

  // `query` is put behind every URI ("?v=…"), for playlists that are somebody's own.
  [[nodiscard]] std::string text(std::string_view query = {}) const;
  // URIs of segments and init segments that nobody may ask for any more, each once (6.2.2).
  [[nodiscard]] std::vector<std::string> take_expired(std::int64_t now_us);

  [[nodiscard]] std::int64_t target_s() const { return options_.target_s; }
  [[nodiscard]] std::size_t size() const { return segments_.size(); }
  [[nodiscard]] std::uint64_t media_sequence() const { return media_sequence_; }
  [[nodiscard]] std::uint64_t discontinuity_sequence() const { return discontinuity_sequence_; }

 private:
  struct Listed {
    HlsSegment segment;
    std::string map;
  };
  struct Leaving {
    std::string uri;
    std::int64_t gone_us = 0;
    std::size_t bytes = 0;
  };
  void shorten(std::int64_t now_us);

  HlsOptions options_;
  std::string map_;
  std::deque<Listed> segments_;
  std::deque<Leaving> leaving_;
  std::int64_t listed_us_ = 0, longest_us_ = 0;
  std::size_t listed_bytes_ = 0, leaving_bytes_ = 0;
  std::uint64_t media_sequence_ = 0, discontinuity_sequence_ = 0;
  bool ended_ = false;
};

}  // namespace matinee::streams
