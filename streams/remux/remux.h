// Remux: what a publisher sends as MPEG-TS, WebM or MP4 becomes fragmented MP4 (ISO/IEC 14496-12), one fragment for each key frame. Packets
// are copied by libavformat, and nothing is ever decoded: its decoders are shut out, and it opens nothing but what it is given here.
// Of the tracks the first picture and the first sound are taken. Times that go back, or jump by more than the bound, begin new init data.
// Source: libavformat's AVIOContext, the mp4 muxer's frag_custom.
// Thread rule: a call is one thread's until it comes back, and it waits wherever the source does: never on a loop.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

#include "streams/byte_reader.h"
#include "streams/limits.h"

namespace matinee::streams {

enum class Container : std::uint8_t { ts, webm, mp4 };

class RemuxSource {
 public:
  virtual ~RemuxSource() = default;
  // Waits for at least one byte. 0: nothing follows.
  [[nodiscard]] virtual std::size_t read(std::span<std::byte> into) = 0;
};

struct RemuxFragment {
  std::int64_t time_us = 0, duration_us = 0;  // since the beginning of its init data; of the track that key frames are of
  Bytes bytes;                                // moof and mdat; valid in the call only
};

class RemuxSink {
 public:
  virtual ~RemuxSink() = default;
  // Before the first fragment, and whenever what follows does not continue what came before. Valid in the call only.
  virtual void on_init(Bytes init) = 0;
  virtual void on_fragment(const RemuxFragment& fragment) = 0;
};

struct RemuxBounds {
  std::size_t fragment_bytes = limits::remux_fragment_bytes_max;
  std::int64_t fragment_us = limits::remux_fragment_us_max;
};

// ended: the source has. unreadable: no media, or broken beyond use. unfit: a coding that fragmented MP4 is not played with.
enum class RemuxEnd : std::uint8_t { ended, unreadable, unfit };

[[nodiscard]] RemuxEnd remux(Container container, RemuxSource& source, RemuxSink& sink, RemuxBounds bounds = {});

}  // namespace matinee::streams
