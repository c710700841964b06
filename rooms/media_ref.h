// What a room can watch, after the link parser has read what somebody pasted. Pure values.
#pragma once
#include <cstdint>
#include <string>

namespace matinee::rooms {

// stream: what runs live in the room itself. Wire names as here.
enum class MediaKind : std::uint8_t { youtube, file, hls, stream };

struct MediaRef {
  MediaKind kind = MediaKind::file;
  // canonical: https://www.youtube.com/watch?v=ID, the file's normalised http(s) URL, or on this server "/library/ID" and "/live/ID"
  std::string url;
  std::string video_id;       // YouTube only: 11 of [A-Za-z0-9_-]
  std::int64_t start_ms = 0;  // from t= / start= / #t=
  bool live = false;          // has no end that is known: YouTube's /live/ links, streams
  bool operator==(const MediaRef&) const = default;
};

}  // namespace matinee::rooms
