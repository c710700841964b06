// Byte-continuous scanner of fragmented MP4 as MediaRecorder and ffmpeg send it: bytes in any portions, boxes cut anywhere → the init data
// (ftyp and moov) and whole fragments (moof and mdat), with their time and whether somebody may begin to watch there. Other boxes (styp,
// sidx, …) are left out. A fragment is put together in memory that grows with the bytes that came, never with a declared size.
// Thread rule: pure; one thread at a time. A sink must not destroy the scanner from inside a call.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "streams/byte_reader.h"
#include "streams/mp4_boxes.h"

namespace matinee::streams {

struct Mp4Fragment {
  bool key = false;                           // the lead track's samples begin with a key frame here
  std::int64_t time_us = 0, duration_us = 0;  // of the lead track, else of the first one in it; decode time
  const std::vector<Mp4Run>& runs;
  Bytes bytes;                 // valid in the call only
  std::uint64_t position = 0;  // of moof, in all bytes that were fed
};

class Mp4Sink {
 public:
  virtual ~Mp4Sink() = default;
  // Before the first fragment, and again when the publisher begins anew. Valid in the call only.
  virtual void on_init(const std::vector<MediaTrack>& tracks, Bytes init) = 0;
  virtual void on_fragment(const Mp4Fragment& fragment) = 0;
};

// absolute_offsets: the samples' places are those in the publisher's file (ffmpeg without default_base_moof), of no use to anybody else.
enum class Mp4Error : std::uint8_t { not_mp4, not_fragmented, bad_box, too_large, too_many_tracks, too_many_samples, absolute_offsets };
[[nodiscard]] std::string_view name_of(Mp4Error error);

class Mp4Scanner {
 public:
  explicit Mp4Scanner(Mp4Sink& sink) : sink_(sink) {}
  // An error is final: it is answered again for everything that follows.
  std::optional<Mp4Error> feed(Bytes bytes);

  // The first picture track, without pictures the first track; 0 before the tracks are known.
  [[nodiscard]] std::uint64_t lead() const { return lead_; }
  // Bytes of what is being put together.
  [[nodiscard]] std::size_t held_bytes() const { return held_.size(); }

 private:
  struct Head {
    std::uint32_t type = 0;
    std::uint64_t size = 0;  // of the whole box
    std::size_t bytes = 0;   // of the head
  };
  std::size_t read_head(Bytes bytes);
  void begin_box(const Head& head);
  [[nodiscard]] std::optional<Mp4Error> objection(const Head& head) const;
  void end_box();
  void on_moov();
  void on_moof();
  void on_fragment();
  void fail(Mp4Error error) { error_ = error; }

  Mp4Sink& sink_;
  std::optional<Mp4Error> error_;
  std::uint64_t position_ = 0;

  std::array<std::byte, 16> head_{};
  std::size_t head_bytes_ = 0;
  Head box_;                // at hand
  std::uint64_t left_ = 0;  // of its content
  bool in_box_ = false;
  std::vector<std::byte> held_;  // ftyp and moov, or moof and mdat
  std::size_t box_at_ = 0;       // in held_: of the box at hand
  std::uint64_t idle_bytes_ = 0;

  bool has_ftyp_ = false;
  Mp4Init init_;
  std::uint64_t lead_ = 0;
  Moof moof_;
  bool has_moof_ = false;  // and waits for its mdat
  std::uint64_t moof_position_ = 0;
};

}  // namespace matinee::streams
