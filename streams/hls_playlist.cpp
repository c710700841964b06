#include "streams/hls_playlist.h"

#include <algorithm>
#include <utility>

#include "streams/digits.h"

namespace matinee::streams {
namespace {

constexpr std::int64_t second_us = 1'000'000;

// What may stand in a playlist's line and inside quotes, and leads nowhere else: our own names of files.
bool is_uri(std::string_view uri) {
  return !uri.empty() && uri.size() <= limits::hls_uri_bytes_max && uri.front() != '#' && std::ranges::all_of(uri, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/").find(c) != std::string_view::npos;
  });
}

// RFC 3339 with milliseconds. Days become a date by counting in eras of 400 years that begin in March (H. Hinnant, "chrono-compatible
// low-level date algorithms").
std::string date_of(std::int64_t unix_us) {
  const std::int64_t ms = unix_us / 1'000, day = 86'400'000;
  const std::int64_t days = ms / day + 719'468, in_day = ms % day;
  const std::int64_t era = days / 146'097, day_of_era = days % 146'097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const std::int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const std::int64_t day_of_month = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day_of_month, 2) + "T" + digits(in_day / 3'600'000, 2) + ":" +
         digits(in_day / 60'000 % 60, 2) + ":" + digits(in_day / 1'000 % 60, 2) + "." + digits(in_day % 1'000, 3) + "Z";
}

}  // namespace

std::optional<HlsRefusal> HlsPlaylist::set_map(std::string uri) {
  if (!is_uri(uri)) return HlsRefusal::bad_uri;
  map_ = std::move(uri);
  return std::nullopt;
}

std::optional<HlsRefusal> HlsPlaylist::add(HlsSegment segment, std::int64_t now_us) {
  if (ended_) return HlsRefusal::ended;
  if (map_.empty()) return HlsRefusal::no_map;
  if (!is_uri(segment.uri)) return HlsRefusal::bad_uri;
  if (segment.duration_us <= 0 || segment.program_us < 0) return HlsRefusal::bad_duration;
  if ((segment.duration_us + second_us / 2) / second_us > options_.target_s) return HlsRefusal::too_long;  // 4.3.3.1
  listed_us_ += segment.duration_us;
  listed_bytes_ += segment.bytes;
  longest_us_ = std::max(longest_us_, listed_us_);
  segments_.push_back({std::move(segment), map_});
  shorten(now_us);
  return std::nullopt;
}

// A segment leaves when what follows it fills the window, and never while less than three target durations would remain (6.2.2).
void HlsPlaylist::shorten(std::int64_t now_us) {
  const std::int64_t window_us = std::max(options_.window_us, 3 * options_.target_s * second_us);
  while (segments_.size() > 1) {
    const std::int64_t duration_us = segments_.front().segment.duration_us;
    const bool full = listed_us_ - duration_us >= window_us || listed_bytes_ > options_.bytes_max / 2;
    if (!full && segments_.size() <= limits::hls_segments_max) return;
    // It stays for who has the playlist as it was: its own duration and that of the longest playlist there was.
    const std::int64_t gone_us = now_us + duration_us + longest_us_;
    Listed gone = std::move(segments_.front());
    segments_.pop_front();
    listed_us_ -= duration_us;
    listed_bytes_ -= gone.segment.bytes;
    leaving_bytes_ += gone.segment.bytes;
    ++media_sequence_;
    if (gone.segment.discontinuity) ++discontinuity_sequence_;
    leaving_.push_back({std::move(gone.segment.uri), gone_us, gone.segment.bytes});
    if (gone.map != segments_.front().map) leaving_.push_back({std::move(gone.map), gone_us, 0});
  }
}

std::vector<std::string> HlsPlaylist::take_expired(std::int64_t now_us) {
  std::vector<std::string> expired;
  while (!leaving_.empty() && (leaving_.front().gone_us <= now_us || leaving_bytes_ > options_.bytes_max / 2)) {
    leaving_bytes_ -= leaving_.front().bytes;
    expired.push_back(std::move(leaving_.front().uri));
    leaving_.pop_front();
  }
  return expired;
}

std::string HlsPlaylist::text(std::string_view query) const {
  std::string out = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n";
  out += "#EXT-X-TARGETDURATION:" + std::to_string(options_.target_s) + "\n";
  out += "#EXT-X-MEDIA-SEQUENCE:" + std::to_string(media_sequence_) + "\n";
  out += "#EXT-X-DISCONTINUITY-SEQUENCE:" + std::to_string(discontinuity_sequence_) + "\n";
  std::string_view map;
  for (const Listed& listed : segments_) {
    const HlsSegment& segment = listed.segment;
    if (segment.discontinuity) out += "#EXT-X-DISCONTINUITY\n";
    if (listed.map != map) out.append("#EXT-X-MAP:URI=\"").append(listed.map).append(query).append("\"\n");
    map = listed.map;
    out += "#EXT-X-PROGRAM-DATE-TIME:" + date_of(segment.program_us) + "\n";
    out += "#EXTINF:" + digits(segment.duration_us / second_us) + "." + digits(segment.duration_us % second_us, 6) + ",\n";
    out.append(segment.uri).append(query).append("\n");
  }
  if (ended_) out += "#EXT-X-ENDLIST\n";
  return out;
}

}  // namespace matinee::streams
