// What a room can watch, after the link parser has read what somebody pasted. Pure values.
#pragma once
#include <cstdint>
#include <string>

namespace matinee::rooms {

enum class MediaKind : std::uint8_t { youtube, file, hls };  // wire names: youtube, file, hls

struct MediaRef {
  MediaKind kind = MediaKind::file;
  std::string url;  // canonical: https://www.youtube.com/watch?v=ID, the file's normalised http(s) URL, or "/library/ID": on this server
  std::string video_id;       // YouTube only: 11 of [A-Za-z0-9_-]
  std::int64_t start_ms = 0;  // from t= / start= / #t=
  bool live = false;          // a /live/ link
  bool operator==(const MediaRef&) const = default;
};

}  // namespace matinee::rooms
