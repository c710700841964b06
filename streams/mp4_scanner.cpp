#include "streams/mp4_scanner.h"

#include <algorithm>
#include <utility>

#include "streams/limits.h"

namespace matinee::streams {
namespace {

constexpr std::uint32_t ftyp = box_type("ftyp"), moov = box_type("moov"), moof = box_type("moof"), mdat = box_type("mdat");
bool is_kept(std::uint32_t type) { return type == ftyp || type == moov || type == moof || type == mdat; }

}  // namespace

std::string_view name_of(Mp4Error error) {
  switch (error) {
    case Mp4Error::not_mp4: return "not_mp4";
    case Mp4Error::not_fragmented: return "not_fragmented";
    case Mp4Error::bad_box: return "bad_box";
    case Mp4Error::too_large: return "too_large";
    case Mp4Error::too_many_tracks: return "too_many_tracks";
    case Mp4Error::too_many_samples: return "too_many_samples";
    case Mp4Error::absolute_offsets: return "absolute_offsets";
  }
  return "?";
}

std::optional<Mp4Error> Mp4Scanner::feed(Bytes bytes) {
  while (!bytes.empty() && !error_) {
    std::size_t used = 0;
    if (!in_box_) {
      used = read_head(bytes);
    } else {
      used = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      if (is_kept(box_.type)) held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(used));
      left_ -= used;
      position_ += used;
    }
    if (in_box_ && left_ == 0 && !error_) end_box();
    bytes = bytes.subspan(used);
  }
  return error_;
}

// Eight bytes, or sixteen when the first four say so.
std::size_t Mp4Scanner::read_head(Bytes bytes) {
  std::size_t used = 0;
  const auto fill = [&](std::size_t wanted) {
    const std::size_t taken = std::min(bytes.size() - used, wanted - std::min(wanted, head_bytes_));
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(used), taken, head_.begin() + static_cast<std::ptrdiff_t>(head_bytes_));
    used += taken;
    head_bytes_ += taken;
    position_ += taken;
    return head_bytes_ >= wanted;
  };
  if (!fill(8)) return used;
  ByteReader reader{Bytes(head_)};
  Head head{0, reader.u32(), 8};
  head.type = reader.u32();
  if (head.size == 1) {
    head.bytes = 16;
    if (!has_ftyp_) fail(Mp4Error::not_mp4);
    if (error_ || !fill(16)) return used;
    head.size = reader.u64();
  }
  head_bytes_ = 0;
  if (const auto why = objection(head)) fail(*why);
  else begin_box(head);
  return used;
}

std::optional<Mp4Error> Mp4Scanner::objection(const Head& head) const {
  if (!has_ftyp_ && head.type != ftyp) return Mp4Error::not_mp4;
  if (head.size < head.bytes) return Mp4Error::bad_box;  // 0: as far as the file goes, which a live stream does not know
  if (has_moof_ && head.type != mdat) return Mp4Error::bad_box;
  switch (head.type) {
    case ftyp:
    case moov:
      if (head.size > limits::mp4_init_bytes_max || held_.size() + head.size > limits::mp4_init_bytes_max) return Mp4Error::too_large;
      break;
    case moof:
      if (lead_ == 0) return Mp4Error::bad_box;
      if (head.size > limits::mp4_moof_bytes_max) return Mp4Error::too_large;
      return std::nullopt;
    case mdat:
      if (!has_moof_) return Mp4Error::not_fragmented;
      if (head.size > limits::mp4_fragment_bytes_max || held_.size() + head.size > limits::mp4_fragment_bytes_max)
        return Mp4Error::too_large;
      return std::nullopt;
    default: break;
  }
  if (head.size > limits::mp4_idle_bytes_max || idle_bytes_ + head.size > limits::mp4_idle_bytes_max) return Mp4Error::too_large;
  return std::nullopt;
}

void Mp4Scanner::begin_box(const Head& head) {
  box_ = head;
  left_ = head.size - head.bytes;
  in_box_ = true;
  if (head.type != moof && head.type != mdat) idle_bytes_ += head.size;
  if (head.type == ftyp) {
    has_ftyp_ = true;
    lead_ = 0;  // the tracks are those of the moov to come
  }
  if (head.type == ftyp || head.type == moof) held_.clear();
  if (head.type == moof) moof_position_ = position_ - head.bytes;
  if (!is_kept(head.type)) return;
  box_at_ = held_.size();
  held_.insert(held_.end(), head_.begin(), head_.begin() + static_cast<std::ptrdiff_t>(head.bytes));
}

void Mp4Scanner::end_box() {
  in_box_ = false;
  switch (box_.type) {
    case moov: return on_moov();
    case moof: return on_moof();
    case mdat: return on_fragment();
    default: return;
  }
}

void Mp4Scanner::on_moov() {
  auto init = read_moov(Bytes(held_).subspan(box_at_ + box_.bytes));
  if (!init) return fail(Mp4Error::bad_box);
  if (!init->fragmented) return fail(Mp4Error::not_fragmented);
  if (init->tracks.size() > limits::mp4_tracks_max) return fail(Mp4Error::too_many_tracks);
  init_ = std::move(*init);
  auto lead = std::ranges::find(init_.tracks, TrackKind::video, [](const MediaTrack& track) { return kind_of(track.codec); });
  if (lead == init_.tracks.end()) lead = init_.tracks.begin();
  lead_ = lead->number;
  sink_.on_init(init_.tracks, held_);
  held_.clear();
}

void Mp4Scanner::on_moof() {
  moof_ = read_moof(Bytes(held_).subspan(box_.bytes), init_);
  has_moof_ = true;
  if (!moof_.error) return;
  switch (*moof_.error) {
    case MoofError::damaged: return fail(Mp4Error::bad_box);
    case MoofError::too_many_samples: return fail(Mp4Error::too_many_samples);
    case MoofError::absolute_offsets: return fail(Mp4Error::absolute_offsets);
  }
}

void Mp4Scanner::on_fragment() {
  has_moof_ = false;
  idle_bytes_ = 0;
  if (!moof_.runs.empty()) {
    const auto lead = std::ranges::find(moof_.runs, lead_, &Mp4Run::track);
    const Mp4Run& first = lead != moof_.runs.end() ? *lead : moof_.runs.front();
    const bool key = lead != moof_.runs.end() && lead->begins_with_key;
    sink_.on_fragment({key, first.time_us, first.duration_us, moof_.runs, held_, moof_position_});
  }
  held_.clear();
}

}  // namespace matinee::streams
