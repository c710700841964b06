// The elements that EBML documents (RFC 8794) are made of, and those of WebM that live streams need.
// Pure; no thread rule.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "streams/byte_reader.h"
#include "streams/media_track.h"

namespace matinee::streams {

namespace ebml_id {
inline constexpr std::uint32_t header = 0x1A45DFA3, segment = 0x18538067, info = 0x1549A966, tracks = 0x1654AE6B, cluster = 0x1F43B675;
inline constexpr std::uint32_t time = 0xE7, simple_block = 0xA3, block_group = 0xA0, block = 0xA1, reference = 0xFB;
}  // namespace ebml_id

inline constexpr std::size_t element_head_bytes_max = 12;

struct ElementHead {
  std::uint32_t id = 0;
  std::optional<std::uint64_t> size;  // nothing: it ends where another one of its level begins
  std::size_t bytes = 0;              // of the head itself
};
enum class HeadOutcome : std::uint8_t { whole, cut, bad };
// Reads a head from the front of `bytes`; cut: more of them are needed, which they never are with element_head_bytes_max.
[[nodiscard]] HeadOutcome read_element_head(Bytes bytes, ElementHead& head);

// Calls for each child of a whole element's content. False when the content is no row of whole elements of known sizes.
[[nodiscard]] bool for_each_element(Bytes content, const std::function<void(std::uint32_t id, Bytes content)>& call);

// Nanoseconds of a tick, from the content of Info; nothing when they make no sense.
[[nodiscard]] std::optional<std::uint64_t> read_webm_tick_ns(Bytes info);
// From the content of Tracks; empty when it is damaged.
[[nodiscard]] std::vector<MediaTrack> read_webm_tracks(Bytes tracks);

struct WebmBlockHead {
  std::uint64_t track = 0;
  std::int16_t ticks = 0;  // from the cluster's time
  bool key = false;
};
// Of a whole SimpleBlock or BlockGroup, head included; nothing when it is damaged.
[[nodiscard]] std::optional<WebmBlockHead> read_webm_block(Bytes element);

// The init segment for everybody who begins to watch: header and tracks as they came, of a document without end.
[[nodiscard]] std::vector<std::byte> webm_init(Bytes header, std::uint64_t tick_ns, Bytes tracks);
// The front of a cluster without end at this time. In front of a block it makes that block a place to begin.
using ClusterHead = std::array<std::byte, 22>;
[[nodiscard]] ClusterHead webm_cluster_head(std::uint64_t time_ticks);

}  // namespace matinee::streams
