#include "streams/media_track.h"

#include "streams/digits.h"

namespace matinee::streams {
namespace {

// ISO/IEC 14496-15, 5.2.4.1: version, profile, compatibility, level.
std::string avc(ByteReader reader) {
  reader.skip(1);
  const unsigned profile = reader.u8(), compatibility = reader.u8(), level = reader.u8();
  return reader.ok() ? "avc1." + hex_digits(profile, 2) + hex_digits(compatibility, 2) + hex_digits(level, 2) : "";
}

// ISO/IEC 14496-15, 8.3.3 and annex E.3: the compatibility flags are written from their other end.
std::string hevc(ByteReader reader) {
  reader.skip(1);
  const unsigned profile = reader.u8();
  const std::uint32_t flags = reader.u32();
  const std::uint64_t constraints = reader.number(6);
  const unsigned level = reader.u8();
  if (!reader.ok()) return "";
  std::uint32_t reversed = 0;
  for (unsigned bit = 0; bit < 32; ++bit) reversed |= (flags >> bit & 1U) << (31 - bit);
  static constexpr const char* spaces[] = {"", "A", "B", "C"};
  std::string text = std::string("hvc1.") + spaces[profile >> 6] + digits(profile & 0x1FU) + "." + hex_digits(reversed) +
                     ((profile & 0x20U) != 0 ? ".H" : ".L") + digits(level);
  for (int shift = 40; shift >= 0 && (constraints << (40 - shift) & 0xFFFFFFFFFFFFU) != 0; shift -= 8)
    text += "." + hex_digits(constraints >> shift & 0xFF);
  return text;
}

// The VP codec configuration record: version and flags, profile, level, depth.
std::string vp9(ByteReader reader) {
  reader.skip(4);
  const unsigned profile = reader.u8(), level = reader.u8(), depth = reader.u8() >> 4U;
  return reader.ok() ? "vp09." + digits(profile, 2) + "." + digits(level, 2) + "." + digits(depth, 2) : "vp9";
}

// The AV1 codec configuration record: version, profile and level, tier and depth.
std::string av1(ByteReader reader) {
  reader.skip(1);
  const unsigned first = reader.u8(), second = reader.u8();
  if (!reader.ok()) return "";
  const unsigned depth = (second & 0x40U) == 0 ? 8 : (second & 0x20U) == 0 ? 10 : 12;
  return "av01." + digits(first >> 5) + "." + digits(first & 0x1FU, 2) + ((second & 0x80U) != 0 ? "H." : "M.") + digits(depth, 2);
}

// ISO/IEC 14496-3, 1.6.2.1: the object type is in the first five bits.
std::string aac(ByteReader reader) {
  const unsigned type = reader.u8() >> 3U;
  return reader.ok() && type > 0 && type < 31 ? "mp4a.40." + digits(type) : "mp4a.40.2";
}

}  // namespace

std::string codec_string_of(Codec codec, Bytes configuration) {
  const ByteReader reader(configuration);
  switch (codec) {
    case Codec::h264: return avc(reader);
    case Codec::hevc: return hevc(reader);
    case Codec::vp8: return "vp8";
    case Codec::vp9: return vp9(reader);
    case Codec::av1: return av1(reader);
    case Codec::aac: return aac(reader);
    case Codec::opus: return "opus";
    case Codec::mp3: return "mp3";
    case Codec::other:
    case Codec::mpeg1_video:
    case Codec::mpeg2_video:
    case Codec::mp2: return "";
  }
  return "";
}

}  // namespace matinee::streams
