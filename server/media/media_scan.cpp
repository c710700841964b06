#include "server/media/media_scan.h"

#include <algorithm>

namespace matinee::media {
namespace {

using streams::Begins;
using streams::Bytes;
using streams::TrackKind;

bool has_mark(Bytes head, std::size_t at, std::array<unsigned char, 4> mark) {
  return std::ranges::equal(head.subspan(at, mark.size()), mark, {}, [](std::byte byte) { return std::to_integer<unsigned char>(byte); });
}

std::string type_of(std::string container, const std::vector<streams::MediaTrack>& tracks) {
  std::string names;
  for (const auto& track : tracks) {
    if (track.codec_string.empty()) return container;
    names += (names.empty() ? "" : ",") + track.codec_string;
  }
  return container + ";codecs=\"" + names + "\"";
}

template <class Error>
std::optional<std::string_view> word(std::optional<Error> error) {
  return error ? std::optional(streams::name_of(*error)) : std::nullopt;
}

}  // namespace

bool is_fit_for_hls(const std::vector<std::string>& codecs) {
  constexpr std::array<std::string_view, 6> fit{"h264", "vp9", "av1", "aac", "opus", "other"};
  const bool some = std::ranges::any_of(codecs, [](const std::string& codec) { return codec != "other"; });
  return some && std::ranges::all_of(codecs, [&](const std::string& codec) { return std::ranges::find(fit, codec) != fit.end(); });
}

std::optional<std::string_view> MediaScan::feed(Bytes bytes) {
  if (error_ || bytes.empty()) return error_;
  if (!std::holds_alternative<std::monostate>(scanner_)) return error_ = scan(bytes);
  const std::size_t taken = std::min(bytes.size(), mark_bytes - head_.size());
  head_.insert(head_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
  if (head_.size() < mark_bytes) return error_;
  error_ = choose();
  if (!error_) error_ = scan(head_);
  return error_ ? error_ : feed(bytes.subspan(taken));
}

std::optional<std::string_view> MediaScan::choose() {
  if (has_mark(head_, 0, {0x1A, 0x45, 0xDF, 0xA3})) scanner_.emplace<streams::EbmlScanner>(static_cast<WebmSink&>(*this));
  else if (has_mark(head_, 4, {'f', 't', 'y', 'p'})) scanner_.emplace<streams::Mp4Scanner>(static_cast<Mp4Sink&>(*this));
  else if (ts_) scanner_.emplace<streams::TsScanner>(static_cast<TsSink&>(*this));
  else return "not_media";
  return std::nullopt;
}

std::optional<std::string_view> MediaScan::scan(Bytes bytes) {
  if (auto* ts = std::get_if<streams::TsScanner>(&scanner_)) return word(ts->feed(bytes));
  if (auto* webm = std::get_if<streams::EbmlScanner>(&scanner_)) return word(webm->feed(bytes));
  return word(std::get<streams::Mp4Scanner>(scanner_).feed(bytes));
}

void MediaScan::finish() {
  if (auto* ts = std::get_if<streams::TsScanner>(&scanner_)) ts->finish();
}

// ---- MPEG-TS

void MediaScan::on_program(const streams::TsProgram& program, Bytes packets) {
  MediaProgram told{rooms::LiveForm::ts, {}, "video/mp2t"};
  for (const auto& track : program.tracks) {
    told.codecs.emplace_back(streams::name_of(track.codec));
    told.sound = told.sound || kind_of(track.codec) == TrackKind::audio;
  }
  sink_.on_program(told, packets);
}

void MediaScan::on_packets(Bytes packets, bool begins_unit) {
  sink_.on_piece({{}, packets, begins_unit ? Begins::picture : Begins::nothing});
}

void MediaScan::on_unit(const streams::TsUnit& unit) {
  const auto lead = std::get<streams::TsScanner>(scanner_).lead();
  if (unit.key && lead && unit.track.pid == lead->pid) sink_.on_key();
}

// ---- WebM and MP4

void MediaScan::on_init(const std::vector<streams::MediaTrack>& tracks, Bytes init) {
  const bool webm = std::holds_alternative<streams::EbmlScanner>(scanner_);
  MediaProgram told{webm ? rooms::LiveForm::webm : rooms::LiveForm::mp4, {}, type_of(webm ? "video/webm" : "video/mp4", tracks)};
  for (const auto& track : tracks) {
    told.codecs.emplace_back(streams::name_of(track.codec));
    told.sound = told.sound || kind_of(track.codec) == TrackKind::audio;
    if (told.width != 0 || kind_of(track.codec) != TrackKind::video) continue;
    told.width = track.width;
    told.height = track.height;
  }
  sink_.on_program(told, init);
}

void MediaScan::on_block(const streams::WebmBlock& block) {
  const bool key = block.key && block.track == std::get<streams::EbmlScanner>(scanner_).lead();
  const streams::ClusterHead head = streams::webm_cluster_head(block.cluster_time);
  MediaPiece piece{{}, block.element, key ? Begins::key : Begins::nothing};
  if (block.begins_cluster) piece.before = std::as_bytes(std::span(head));
  else piece.lead_in = head;
  sink_.on_piece(piece);
}

void MediaScan::on_fragment(const streams::Mp4Fragment& fragment) {
  sink_.on_piece({{}, fragment.bytes, fragment.key ? Begins::key : Begins::nothing});
}

}  // namespace matinee::media
