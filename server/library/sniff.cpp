#include "server/library/sniff.h"

namespace matinee::library {
namespace {

using namespace std::string_view_literals;

bool has_at(std::string_view bytes, std::size_t at, std::string_view mark) {
  return bytes.size() >= at + mark.size() && bytes.substr(at, mark.size()) == mark;
}

Container sniff_ebml(std::string_view bytes) {
  // DocType is one of the first elements of the header: 42 82, its length, its text.
  const std::size_t at = bytes.find("\x42\x82"sv);
  return at != bytes.npos && has_at(bytes, at + 3, "webm") ? Container::webm : Container::matroska;
}

}  // namespace

Container sniff(std::string_view beginning) {
  const std::string_view bytes = beginning.substr(0, sniffed_bytes);
  if (has_at(bytes, 4, "ftypM4A") || has_at(bytes, 4, "ftypM4B")) return Container::sound;
  // What cameras write may begin with another box than ftyp.
  for (const std::string_view box : {"ftyp"sv, "moov"sv, "mdat"sv, "wide"sv})
    if (has_at(bytes, 4, box)) return Container::mp4;
  if (has_at(bytes, 0, "\x1A\x45\xDF\xA3"sv)) return sniff_ebml(bytes);
  if (has_at(bytes, 0, "RIFF") && has_at(bytes, 8, "AVI ")) return Container::avi;
  if (has_at(bytes, 0, "RIFF") && has_at(bytes, 8, "WAVE")) return Container::sound;
  if (has_at(bytes, 0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv)) return Container::wmv;
  if (has_at(bytes, 0, "FLV\x01"sv)) return Container::flv;
  if (has_at(bytes, 0, "OggS")) return Container::ogg;
  if (has_at(bytes, 0, "ID3") || has_at(bytes, 0, "fLaC") || has_at(bytes, 0, "\xFF\xFB"sv)) return Container::sound;
  if (has_at(bytes, 0, "\0\0\x01\xBA"sv)) return Container::mpeg_ps;
  if (has_at(bytes, 0, "\x47\x40"sv)) return Container::mpeg_ts;
  return Container::other;
}

std::string_view name_of(Container container) {
  switch (container) {
    case Container::mp4: return "MP4";
    case Container::webm: return "WebM";
    case Container::matroska: return "MKV";
    case Container::avi: return "AVI";
    case Container::mpeg_ts: return "MPEG-TS";
    case Container::mpeg_ps: return "MPEG";
    case Container::flv: return "FLV";
    case Container::ogg: return "OGG";
    case Container::wmv: return "WMV";
    case Container::sound:
    case Container::other: return "";
  }
  return "";
}

}  // namespace matinee::library
