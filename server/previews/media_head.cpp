#include "server/previews/media_head.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>
#include "server/previews/limits.h"

namespace matinee::previews {
namespace {

using namespace std::string_view_literals;

std::uint64_t big_endian(std::string_view bytes) {  // at most 8
  std::uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

std::optional<std::int64_t> plausible(double ms) {
  if (!(ms > 0) || ms > static_cast<double>(limits::duration_ms_max)) return std::nullopt;
  return static_cast<std::int64_t>(std::llround(ms));
}

struct Box {
  std::string_view type;
  std::string_view content;  // as much of it as is there
};

// Cuts the next box off; nothing when there is none or its size makes no sense.
std::optional<Box> next_box(std::string_view& bytes) {
  if (bytes.size() < 8) return std::nullopt;
  std::uint64_t size = big_endian(bytes.substr(0, 4));
  std::size_t head = 8;
  if (size == 1) {
    if (bytes.size() < 16) return std::nullopt;
    size = big_endian(bytes.substr(8, 8));
    head = 16;
  } else if (size == 0) {
    size = bytes.size();  // up to the end
  }
  if (size < head) return std::nullopt;
  const std::size_t there = static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size()));
  const Box box{bytes.substr(4, 4), bytes.substr(head, there - head)};
  bytes.remove_prefix(there);
  return box;
}

std::optional<std::int64_t> read_mvhd(std::string_view content) {
  const bool wide = !content.empty() && content[0] == 1;
  const std::size_t scale_at = wide ? 20 : 12;
  const std::size_t length_bytes = wide ? 8 : 4;
  if (content.size() < scale_at + 4 + length_bytes) return std::nullopt;
  const std::uint64_t scale = big_endian(content.substr(scale_at, 4));
  const std::uint64_t length = big_endian(content.substr(scale_at + 4, length_bytes));
  const std::uint64_t unknown = wide ? ~std::uint64_t{0} : 0xffff'ffffu;
  if (scale == 0 || length == unknown) return std::nullopt;
  return plausible(static_cast<double>(length) * 1000 / static_cast<double>(scale));
}

std::optional<std::int64_t> mp4_duration(std::string_view bytes) {
  while (const auto box = next_box(bytes)) {
    if (box->type != "moov") continue;
    std::string_view inside = box->content;
    while (const auto child = next_box(inside))
      if (child->type == "mvhd") return read_mvhd(child->content);
    return std::nullopt;
  }
  return std::nullopt;
}

struct Element {
  std::uint64_t id = 0;
  std::string_view content;
};

// A number whose length its first byte tells. `keep_marker`: element ids are written with it.
std::optional<std::uint64_t> next_vint(std::string_view& bytes, bool keep_marker, bool& unknown) {
  if (bytes.empty() || bytes[0] == 0) return std::nullopt;
  const auto first = static_cast<unsigned char>(bytes[0]);
  const auto length = static_cast<std::size_t>(std::countl_zero(first)) + 1;
  if (bytes.size() < length) return std::nullopt;
  const std::uint64_t all = big_endian(bytes.substr(0, length));
  const std::uint64_t mask = (std::uint64_t{1} << (7 * length)) - 1;
  unknown = (all & mask) == mask;
  bytes.remove_prefix(length);
  return keep_marker ? all : all & mask;
}

std::optional<Element> next_element(std::string_view& bytes) {
  bool unknown = false;
  const auto id = next_vint(bytes, true, unknown);
  if (!id) return std::nullopt;
  const auto size = next_vint(bytes, false, unknown);
  if (!size) return std::nullopt;
  const std::size_t there = unknown ? bytes.size() : static_cast<std::size_t>(std::min<std::uint64_t>(*size, bytes.size()));
  const Element element{*id, bytes.substr(0, there)};
  bytes.remove_prefix(there);
  return element;
}

std::optional<std::int64_t> read_info(std::string_view bytes) {
  double scale_ns = 1'000'000;
  double length = 0;
  while (const auto element = next_element(bytes)) {
    const std::string_view content = element->content;
    if (element->id == 0x2AD7B1 && content.size() <= 8) scale_ns = static_cast<double>(big_endian(content));
    if (element->id == 0x4489 && content.size() == 4)
      length = static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(big_endian(content))));
    if (element->id == 0x4489 && content.size() == 8) length = std::bit_cast<double>(big_endian(content));
  }
  return plausible(length * scale_ns / 1e6);
}

constexpr std::string_view ebml = "\x1A\x45\xDF\xA3"sv;

std::optional<std::int64_t> webm_duration(std::string_view bytes) {
  while (const auto element = next_element(bytes)) {
    if (element->id != 0x18538067) continue;
    std::string_view segment = element->content;
    while (const auto child = next_element(segment))
      if (child->id == 0x1549A966) return read_info(child->content);
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

bool looks_like_playlist(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  return head.starts_with("#EXTM3U");
}

bool looks_like_media(std::string_view head) {
  const bool boxes = head.size() >= 8 && (head.substr(4, 4) == "ftyp" || head.substr(4, 4) == "moov" || head.substr(4, 4) == "mdat");
  const bool mp3_frame = head.size() >= 2 && head[0] == '\xFF' && (static_cast<unsigned char>(head[1]) & 0xE0) == 0xE0;
  return boxes || mp3_frame || head.starts_with(ebml) || head.starts_with("OggS") || head.starts_with("ID3") ||
         (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WAVE") || looks_like_playlist(head);
}

std::optional<std::int64_t> duration_ms_of(std::string_view head) {
  return head.starts_with(ebml) ? webm_duration(head) : mp4_duration(head);
}

std::string_view picture_type(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return "image/png";
  if (bytes.starts_with("RIFF") && bytes.size() >= 16 && bytes.substr(8, 4) == "WEBP") return "image/webp";
  return {};
}

bool looks_like_subtitles(std::string_view bytes) {
  const bool utf16 = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  std::string front(bytes.substr(0, 4096));
  const auto zeros = std::count(front.begin(), front.end(), '\0');
  if (zeros > 0 && !utf16) return false;
  front.erase(std::remove(front.begin(), front.end(), '\0'), front.end());
  if (front.find("<html") != std::string::npos || front.find("<!DOCTYPE") != std::string::npos) return false;
  return front.find("-->") != std::string::npos || front.find("WEBVTT") != std::string::npos;
}

}  // namespace matinee::previews
