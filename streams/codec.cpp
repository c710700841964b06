#include "streams/codec.h"

namespace matinee::streams {

TrackKind kind_of(Codec codec) {
  switch (codec) {
    case Codec::other: return TrackKind::other;
    case Codec::mpeg1_video:
    case Codec::mpeg2_video:
    case Codec::h264:
    case Codec::hevc:
    case Codec::vp8:
    case Codec::vp9:
    case Codec::av1: return TrackKind::video;
    case Codec::mp2:
    case Codec::mp3:
    case Codec::aac:
    case Codec::opus: return TrackKind::audio;
  }
  return TrackKind::other;
}

std::string_view name_of(Codec codec) {
  switch (codec) {
    case Codec::other: return "other";
    case Codec::mpeg1_video: return "mpeg1";
    case Codec::mpeg2_video: return "mpeg2";
    case Codec::h264: return "h264";
    case Codec::hevc: return "hevc";
    case Codec::vp8: return "vp8";
    case Codec::vp9: return "vp9";
    case Codec::av1: return "av1";
    case Codec::mp2: return "mp2";
    case Codec::mp3: return "mp3";
    case Codec::aac: return "aac";
    case Codec::opus: return "opus";
  }
  return "?";
}

}  // namespace matinee::streams
