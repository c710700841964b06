#include "streams/picture_finder.h"

namespace matinee::streams {
namespace {

// ISO/IEC 11172-2 and 13818-2, table 6-1.
constexpr std::uint8_t picture_start = 0x00, slice_last = 0xAF, sequence_header = 0xB3, extension = 0xB5;
// H.264, table 7-1; HEVC, table 7-1.
constexpr unsigned h264_slice = 1, h264_idr = 5, hevc_irap_first = 16, hevc_irap_last = 23, hevc_not_video = 32;

}  // namespace

void PictureFinder::begin() {
  answer_ = Answer::undecided;
  last_bytes_ = 0xFFFFFFFF;
  sequence_header_ = sequence_extension_ = false;
}

PictureFinder::Answer PictureFinder::feed(Bytes bytes) {
  for (const std::byte byte : bytes) {
    if (answer_ != Answer::undecided) break;
    const bool after_prefix = (last_bytes_ & 0xFFFFFF) == 1;
    last_bytes_ = (last_bytes_ << 8) | std::to_integer<std::uint8_t>(byte);
    if (after_prefix) on_start_code(std::to_integer<std::uint8_t>(byte));
  }
  return answer_;
}

void PictureFinder::on_start_code(std::uint8_t code) {
  if (codec_ == Codec::mpeg1_video || codec_ == Codec::mpeg2_video) return on_mpeg(code);
  if (codec_ == Codec::h264) {
    const unsigned type = code & 0x1FU;
    if (type >= h264_slice && type <= h264_idr) answer_ = type == h264_idr ? Answer::key : Answer::plain;
  } else if (codec_ == Codec::hevc) {
    const unsigned type = (code >> 1) & 0x3FU;
    if (type < hevc_not_video) answer_ = type >= hevc_irap_first && type <= hevc_irap_last ? Answer::key : Answer::plain;
  }
}

void PictureFinder::on_mpeg(std::uint8_t code) {
  if (code == sequence_header) sequence_header_ = true;
  else if (code == extension) sequence_extension_ = true;
  else if (code >= picture_start && code <= slice_last) {
    answer_ = sequence_header_ ? Answer::key : Answer::plain;
    if (sequence_header_) codec_ = sequence_extension_ ? Codec::mpeg2_video : Codec::mpeg1_video;
  }
}

}  // namespace matinee::streams
