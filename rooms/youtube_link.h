// Which hosts are YouTube's, which only look like it, and where a YouTube link keeps its video and its start time.
// Internal to rooms_links; pure. Forms: YouTube's share dialog, embed documentation and what its older pages made.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "rooms/media_ref.h"
#include "rooms/result.h"

namespace matinee::rooms::link {

enum class HostKind : std::uint8_t { youtube, youtube_short, look_alike, other };
[[nodiscard]] HostKind host_kind(std::string_view host);  // lower case, without a trailing dot

using Params = std::vector<std::pair<std::string, std::string>>;  // decoded, in order

struct YouTubeParts {
  HostKind host = HostKind::youtube;
  std::vector<std::string> segments;  // of the path, decoded, without empty ones
  Params query;
  std::string fragment;  // decoded
};

// What the link says: a video, another link to look into (a consent or sharing page carries one), or neither.
struct YouTubeTarget {
  std::optional<MediaRef> media;
  std::string nested;  // not empty: look into this one
};
[[nodiscard]] Result<YouTubeTarget> read_youtube(YouTubeParts parts);

[[nodiscard]] Params read_params(std::string_view text);           // a=b&c=d, decoded
[[nodiscard]] std::int64_t read_start_ms(std::string_view value);  // 90, 90s, 1h2m3s, 1:02:03, 90.5; else 0

}  // namespace matinee::rooms::link
