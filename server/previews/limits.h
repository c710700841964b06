// Bounds of what this server asks other sites for (docs/limits.md). Everything a stranger's site sends is cut at one of these.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace matinee::previews::limits {

inline constexpr std::size_t workers = 8;          // requests to other sites at once
inline constexpr std::size_t queued_max = 64;      // requests that wait for a worker
inline constexpr std::size_t waiting_max = 1'000;  // people who wait for one and the same link, all links together
inline constexpr std::size_t link_bytes_max = 2 * 1024;
inline constexpr std::size_t addresses_max = 16;  // of one name

inline constexpr std::chrono::milliseconds connect_max{3'000};
inline constexpr std::chrono::milliseconds fetch_max{5'000};  // one request with its redirects
inline constexpr std::chrono::milliseconds picture_max{2'000};
inline constexpr std::chrono::seconds name_max{2};  // one question to one name server
inline constexpr std::size_t redirects_max = 3;

inline constexpr std::size_t answer_head_bytes_max = 16 * 1024;
inline constexpr std::size_t probe_bytes_max = 64 * 1024;  // read of a file
inline constexpr std::size_t oembed_bytes_max = 64 * 1024;
inline constexpr std::size_t picture_bytes_max = 512 * 1024;
inline constexpr std::size_t subtitle_bytes_max = 1024 * 1024;
inline constexpr std::size_t title_code_points_max = 200;
inline constexpr std::int64_t duration_ms_max = 7 * 24 * 3'600'000LL;

inline constexpr std::size_t cached_max = 1'000;
inline constexpr std::size_t cached_bytes_max = 32 * 1024 * 1024;
inline constexpr std::int64_t kept_ms = 3'600'000;        // what is known of a link
inline constexpr std::int64_t kept_refused_ms = 300'000;  // a refusal: its owner may change it
inline constexpr std::int64_t kept_unknown_ms = 30'000;   // no answer: try again soon

}  // namespace matinee::previews::limits
