// MediaScan: what one publisher sends, whatever container it is in, as init data and units that viewers get as they are. It looks at the
// first bytes to know which scanner of streams/ they are for; what is neither WebM nor MP4 is taken for MPEG-TS.
// Thread rule: one thread at a time. A sink must not destroy the scan from inside a call.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "rooms/live.h"
#include "streams/ebml_scanner.h"
#include "streams/live_buffer.h"
#include "streams/mp4_scanner.h"
#include "streams/ts_scanner.h"

namespace matinee::media {

// What a stream is made of, as far as whoever watches has to know before its first byte.
struct MediaProgram {
  rooms::LiveForm form = rooms::LiveForm::ts;
  std::vector<std::string> codecs;  // "h264", "aac"
  std::string type;                 // for MediaSource and Content-Type: video/webm;codecs="vp9,opus"; without codecs when one has no name
  std::uint32_t width = 0, height = 0;  // 0: not known
  bool sound = false;
  bool operator==(const MediaProgram&) const = default;
};

// Whether HLS can be made of a stream of these codings, by their names.
[[nodiscard]] bool is_fit_for_hls(const std::vector<std::string>& codecs);

struct MediaPiece {
  streams::Bytes before, bytes;  // one after the other; valid in the call only
  streams::Begins begins = streams::Begins::nothing;
  // WebM: what whoever begins with this unit gets in front of it, when `before` is not that already.
  std::optional<streams::ClusterHead> lead_in = std::nullopt;
};

class MediaSink {
 public:
  virtual ~MediaSink() = default;
  // Before the first unit, and when something of it has changed. Valid in the call only.
  virtual void on_program(const MediaProgram& program, streams::Bytes init) = 0;
  virtual void on_piece(const MediaPiece& piece) = 0;
  // The latest piece that began a picture began a key frame.
  virtual void on_key() = 0;
};

class MediaScan final : streams::TsSink, streams::WebmSink, streams::Mp4Sink {
 public:
  // ts: whether MPEG-TS is taken as well.
  MediaScan(MediaSink& sink, bool ts) : sink_(sink), ts_(ts) {}
  // The word for what is wrong: of the scanner, or not_media. Final: it is answered again for everything that follows.
  std::optional<std::string_view> feed(streams::Bytes bytes);
  void finish();  // nothing follows

 private:
  std::optional<std::string_view> choose();
  std::optional<std::string_view> scan(streams::Bytes bytes);
  void on_program(const streams::TsProgram& program, streams::Bytes packets) override;
  void on_packets(streams::Bytes packets, bool begins_unit) override;
  void on_unit(const streams::TsUnit& unit) override;
  void on_init(const std::vector<streams::MediaTrack>& tracks, streams::Bytes init) override;
  void on_block(const streams::WebmBlock& block) override;
  void on_fragment(const streams::Mp4Fragment& fragment) override;

  static constexpr std::size_t mark_bytes = 8;  // EBML's four, or a size and "ftyp"

  MediaSink& sink_;
  bool ts_;
  std::vector<std::byte> head_;  // until it is known which scanner they are for
  std::variant<std::monostate, streams::TsScanner, streams::EbmlScanner, streams::Mp4Scanner> scanner_;
  std::optional<std::string_view> error_;
};

}  // namespace matinee::media
