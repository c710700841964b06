// What runs live in a room, as everybody in it is told: the streams of cameras, screens, files and programs, and how many desktop programs
// are connected. Made by whoever serves the media and given to the room as one whole state; the room only keeps and tells it.
// Pure values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "rooms/ids.h"

namespace matinee::rooms {

// feed: what a program sends with a stream's key.
enum class LiveKind : std::uint8_t { camera, screen, file, link, feed };
// How a stream can be had: pictures of a desktop program, or the container that its publisher sends, and HLS made of that.
enum class LiveForm : std::uint8_t { mjpeg, ts, webm, mp4, hls };

[[nodiscard]] constexpr std::string_view to_string(LiveForm form) {
  switch (form) {
    case LiveForm::mjpeg: return "mjpeg";
    case LiveForm::ts: return "ts";
    case LiveForm::webm: return "webm";
    case LiveForm::mp4: return "mp4";
    case LiveForm::hls: return "hls";
  }
  return "mjpeg";
}
// Frames of the room's own video, for the desktop windows: nobody needs them (fewer than two desktops, or an empty stage), somebody
// has been asked, they come, or nobody here can send them.
enum class VideoFrames : std::uint8_t { none, asking, live, nobody };

// Why a recording is over, as long as nobody wanted it to be: `none` while it runs.
// quota: of its owner or of the whole library; too_long, too_large: the bounds of one recording; changed: the publisher came back with
// other codings; unreadable: what came; deleted: by its owner, in the library; trouble: the disk or the store.
enum class RecordingEnd : std::uint8_t { none, disk_full, quota, too_long, too_large, changed, unreadable, deleted, trouble };

[[nodiscard]] constexpr std::string_view to_string(RecordingEnd end) {
  switch (end) {
    case RecordingEnd::none: return "";
    case RecordingEnd::disk_full: return "disk_full";
    case RecordingEnd::quota: return "quota";
    case RecordingEnd::too_long: return "too_long";
    case RecordingEnd::too_large: return "too_large";
    case RecordingEnd::changed: return "changed";
    case RecordingEnd::unreadable: return "unreadable";
    case RecordingEnd::deleted: return "deleted";
    case RecordingEnd::trouble: return "trouble";
  }
  return "";
}

// What everybody in the room has to know: this stream is kept, by whom, since when. One that ended by itself is told until the next one
// begins, or the stream ends.
struct LiveRecording {
  PersonId by;
  std::string by_name;
  std::int64_t since_ms = 0;  // server time
  RecordingEnd ended = RecordingEnd::none;
  bool operator==(const LiveRecording&) const = default;
};

struct LiveStream {
  std::int64_t id = 0;
  LiveKind kind = LiveKind::camera;
  bool room_video = false;  // the frames of the room's own video: only a chip in the browser
  std::string title;
  PersonId publisher;
  std::string publisher_name;
  std::int64_t width = 0, height = 0, fps = 0;
  bool sound = false;
  bool online = true;  // false: lost, may come back within 30 s
  std::int64_t viewers = 0;
  std::vector<LiveForm> forms = {};
  std::vector<std::string> codecs = {};  // "h264", "aac"
  bool still = false;                    // there is a picture of it to show in a list
  std::optional<LiveRecording> recording = std::nullopt;
  bool operator==(const LiveStream&) const = default;
};

// A link to it, as it is the room's video.
[[nodiscard]] inline std::string path_of(const LiveStream& stream) { return "/live/" + std::to_string(stream.id); }

struct LiveState {
  std::vector<LiveStream> streams;
  std::int64_t desktops = 0;  // connected desktop programs
  std::int64_t windows = 0;   // of those, how many show frames of the room's video
  VideoFrames frames = VideoFrames::none;
  bool operator==(const LiveState&) const = default;
};

}  // namespace matinee::rooms
