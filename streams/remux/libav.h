// The parts of libavformat that remuxing needs, with owners: an input that reads from a RemuxSource, an output whose bytes are taken
// from memory.
// Thread rule: one thread at a time.
#pragma once
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>
}

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "streams/remux/remux.h"

namespace matinee::streams {

struct PacketCloser {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
using Packet = std::unique_ptr<AVPacket, PacketCloser>;

struct CodingCloser {
  void operator()(AVCodecParameters* coding) const { avcodec_parameters_free(&coding); }
};
struct FilterCloser {
  void operator()(AVBSFContext* filter) const { av_bsf_free(&filter); }
};

// Of an input. The coding is our own copy: libavformat forgets what it did not find out itself.
struct LibavTrack {
  int index = 0;
  AVRational time_base{1, 1};
  std::unique_ptr<AVCodecParameters, CodingCloser> coding;
  // AAC with ADTS heads becomes AAC without. Its times are counted in samples then: only the first packet of several has one.
  std::unique_ptr<AVBSFContext, FilterCloser> filter;
  std::optional<std::int64_t> next_sample;
};

class LibavInput {
 public:
  explicit LibavInput(RemuxSource& source) : source_(source) {}
  ~LibavInput();
  LibavInput(const LibavInput&) = delete;
  LibavInput& operator=(const LibavInput&) = delete;

  // Reads until the tracks are known, within the bounds of limits.h. False: it is not this container.
  [[nodiscard]] bool open(Container container);
  // False: nothing follows, or nothing that can be read.
  [[nodiscard]] bool read(AVPacket& packet);
  [[nodiscard]] std::span<const LibavTrack> tracks() const { return tracks_; }

 private:
  static int read_source(void* self, std::uint8_t* into, int size);
  [[nodiscard]] bool take_tracks();
  void look_ahead();
  // Learns of its track, and filters it. False: it is of no use.
  [[nodiscard]] bool prepare(AVPacket& packet);
  [[nodiscard]] static bool filter(LibavTrack& track, AVPacket& packet);
  [[nodiscard]] bool read_next(AVPacket& packet);

  RemuxSource& source_;
  std::size_t probe_bytes_ = limits::remux_probe_bytes_max;  // left, until the tracks are known
  bool opened_ = false;
  AVFormatContext* format_ = nullptr;
  AVIOContext* io_ = nullptr;
  std::vector<LibavTrack> tracks_;
  std::deque<Packet> ahead_;  // read while learning of the tracks, still to be given out
};

// Enough to say it in the head of a file.
[[nodiscard]] inline bool is_known(const AVCodecParameters& coding) {
  if (coding.codec_type == AVMEDIA_TYPE_VIDEO) return coding.width > 0 && coding.height > 0;
  const bool adts = coding.codec_id == AV_CODEC_ID_AAC && coding.extradata_size == 0;
  return coding.codec_type != AVMEDIA_TYPE_AUDIO || (coding.sample_rate > 0 && !adts);
}

class LibavOutput {
 public:
  LibavOutput() = default;
  ~LibavOutput();
  LibavOutput(const LibavOutput&) = delete;
  LibavOutput& operator=(const LibavOutput&) = delete;

  // Tracks are numbered in this order.
  [[nodiscard]] bool open(std::span<const LibavTrack* const> tracks);
  // The packet's times are those of its own track; `base_us` becomes 0. They are changed.
  [[nodiscard]] bool write(AVPacket& packet, int track, AVRational time_base, std::int64_t base_us);
  // Once, after open().
  [[nodiscard]] std::vector<std::byte> init();
  // What has been written since, as a fragment. Empty: it failed.
  [[nodiscard]] std::vector<std::byte> flush();

 private:
  AVFormatContext* format_ = nullptr;
  AVIOContext* io_ = nullptr;
  std::vector<std::byte> out_;
};

}  // namespace matinee::streams
