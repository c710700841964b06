// Fragmented MP4 for tests: a sink that keeps everything, and boxes written by hand.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/mp4_scanner.h"
#include "tests/streams/webm_tools.h"

namespace matinee::streams::test {

struct Mp4Record final : Mp4Sink {
  struct Fragment {
    bool key = false;
    std::int64_t time_us = 0, duration_us = 0;
    std::uint64_t position = 0;
    std::vector<Mp4Run> runs;
    Buffer bytes;
  };
  std::vector<MediaTrack> tracks;
  Buffer init;
  std::size_t inits = 0;
  std::vector<Fragment> fragments;
  void on_init(const std::vector<MediaTrack>& found, Bytes bytes) override {
    tracks = found;
    init.assign(bytes.begin(), bytes.end());
    ++inits;
  }
  void on_fragment(const Mp4Fragment& fragment) override {
    fragments.push_back({fragment.key, fragment.time_us, fragment.duration_us, fragment.position, fragment.runs,
                         Buffer(fragment.bytes.begin(), fragment.bytes.end())});
  }

  // What a viewer gets who begins with fragment `first`.
  [[nodiscard]] Buffer from(std::size_t first) const {
    Buffer out = init;
    for (std::size_t i = first; i < fragments.size(); ++i) out.insert(out.end(), fragments[i].bytes.begin(), fragments[i].bytes.end());
    return out;
  }
  [[nodiscard]] std::string trace() const {
    std::string text = std::to_string(inits) + " inits of " + std::to_string(init.size());
    for (const Fragment& fragment : fragments) {
      text += "\n" + std::to_string(fragment.position) + (fragment.key ? "K " : " ") + std::to_string(fragment.time_us) + "+" +
              std::to_string(fragment.duration_us) + " " + std::to_string(fragment.bytes.size());
      for (const Mp4Run& run : fragment.runs) text += " " + std::to_string(run.samples) + "/" + std::to_string(run.keys);
    }
    return text;
  }
};

struct Mp4Scan {
  Mp4Record record;
  std::optional<Mp4Error> error;
  std::size_t held = 0;
};
inline Mp4Scan scan_mp4(Bytes bytes, std::optional<unsigned> seed = {}) {
  Mp4Scan scan;
  Mp4Scanner scanner(scan.record);
  const auto feed = [&](Bytes piece) { scan.error = scanner.feed(piece); };
  if (seed) in_pieces(bytes, *seed, feed);
  else feed(bytes);
  scan.held = scanner.held_bytes();
  return scan;
}

inline Buffer box_head(std::string_view type, std::uint64_t content_bytes) {
  return join({number(content_bytes + 8, 4), number(box_type(type), 4)});
}
inline Buffer box(std::string_view type, Bytes content) { return join({box_head(type, content.size()), content}); }

// A track of pictures with 1,000 ticks a second.
inline Buffer trak(std::uint32_t id, std::uint32_t timescale = 1'000) {
  const Buffer entry = box("vp08", Buffer(78));
  return box("trak", join({box("tkhd", join({number(0, 12), number(id, 4)})),
                           box("mdia", join({box("mdhd", join({number(0, 12), number(timescale, 4)})),
                                             box("hdlr", join({number(0, 8), number(box_type("vide"), 4)})),
                                             box("minf", box("stbl", box("stsd", join({number(0, 4), number(1, 4), entry}))))}))}));
}
inline Buffer trex(std::uint32_t id) {
  return box("trex", join({number(0, 4), number(id, 4), number(1, 4), number(40, 4), number(0, 4), number(0x10000, 4)}));
}
inline Buffer moov(std::size_t tracks = 1, std::uint32_t timescale = 1'000) {
  Buffer traks, defaults;
  for (std::size_t i = 1; i <= tracks; ++i) {
    traks = join({traks, trak(static_cast<std::uint32_t>(i), timescale)});
    defaults = join({defaults, trex(static_cast<std::uint32_t>(i))});
  }
  return box("moov", join({traks, box("mvex", defaults)}));
}
inline Buffer mp4_front(std::size_t tracks = 1) { return join({box("ftyp", number(0, 8)), moov(tracks)}); }
// Samples of 40 ms of which the first is a key frame.
inline Buffer traf(std::uint32_t samples, std::uint64_t time = 0, std::uint32_t header_flags = 0x20000, std::uint32_t track = 1) {
  return box("traf", join({box("tfhd", join({number(header_flags, 4), number(track, 4)})),
                           box("tfdt", join({number(0x01000000, 4), number(time, 8)})),
                           box("trun", join({number(0x4, 4), number(samples, 4), number(0, 4)}))}));
}
inline Buffer fragment(Bytes trafs, std::size_t mdat_bytes = 10) { return join({box("moof", trafs), box("mdat", Buffer(mdat_bytes))}); }

}  // namespace matinee::streams::test
