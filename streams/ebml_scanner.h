// Byte-continuous scanner of WebM as MediaRecorder and ffmpeg send it live: bytes in any portions, elements cut anywhere, segments and
// clusters of unknown size → the init segment and whole blocks with their time and whether they are key frames.
// A block that lies in one portion is handed on where it came in; others are put together in memory that grows with the bytes that
// came, never with a declared size. What viewers have no use for (indexes, tags, filling) is left out.
//
// What a viewer gets: init(), then blocks from a key frame of the lead track on, with webm_cluster_head(cluster_time) in front of the
// first of them and of each that begins a new cluster.
// Thread rule: pure; one thread at a time. A sink must not destroy the scanner from inside a call.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "streams/byte_reader.h"
#include "streams/ebml.h"
#include "streams/media_track.h"

namespace matinee::streams {

struct WebmBlock {
  std::uint64_t track = 0;
  bool key = false;
  bool begins_cluster = false;
  std::int64_t time_us = 0;        // as the publisher says it
  std::uint64_t cluster_time = 0;  // in ticks, for webm_cluster_head
  Bytes element;                   // SimpleBlock or BlockGroup, valid in the call only
  std::uint64_t position = 0;      // of the element, in all bytes that were fed
};

class WebmSink {
 public:
  virtual ~WebmSink() = default;
  // Before the first block, and again when the publisher begins a new document. Valid in the call only.
  virtual void on_init(const std::vector<MediaTrack>& tracks, Bytes init) = 0;
  virtual void on_block(const WebmBlock& block) = 0;
};

enum class WebmError : std::uint8_t { not_webm, bad_element, too_large, too_many_tracks };
[[nodiscard]] std::string_view name_of(WebmError error);

class EbmlScanner {
 public:
  explicit EbmlScanner(WebmSink& sink) : sink_(sink) {}
  // An error is final: it is answered again for everything that follows.
  std::optional<WebmError> feed(Bytes bytes);

  // The first picture track, without pictures the first of sound; 0 before the tracks are known.
  [[nodiscard]] std::uint64_t lead() const { return lead_; }
  // Bytes of an element that is being put together.
  [[nodiscard]] std::size_t held_bytes() const { return element_.size(); }

 private:
  enum class Want : std::uint8_t { enter, collect, skip, refuse };
  std::size_t read_head(Bytes bytes);
  [[nodiscard]] Want want_of(const ElementHead& head);
  void begin(const ElementHead& head, Bytes head_bytes);
  void on_element(Bytes element);
  void on_tracks(Bytes element);
  void on_cluster();
  void on_block(Bytes element);
  void fail(WebmError error) { error_ = error; }

  WebmSink& sink_;
  std::optional<WebmError> error_;
  std::uint64_t position_ = 0;          // of what was taken in
  std::uint64_t element_position_ = 0;  // of the element at hand

  std::array<std::byte, element_head_bytes_max> head_{};  // of a head that is cut
  std::size_t head_bytes_ = 0;
  std::uint64_t left_ = 0;  // of the element at hand
  bool collecting_ = false;
  std::vector<std::byte> element_;
  std::uint64_t idle_bytes_ = 0;  // since the last block, of what is no block

  std::vector<std::byte> header_, tracks_element_;
  std::vector<MediaTrack> tracks_;
  std::uint64_t tick_ns_ = 1'000'000;
  std::uint64_t lead_ = 0;
  bool in_segment_ = false;
  bool init_told_ = false;
  std::optional<std::uint64_t> cluster_time_;
  bool cluster_begins_ = false;
};

}  // namespace matinee::streams
