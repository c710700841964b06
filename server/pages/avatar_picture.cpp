#include "server/pages/avatar_picture.h"

#include <algorithm>
#include <optional>
#include <span>

#include "videoproto/jpeg_head.h"

namespace matinee::pages {
namespace {

using namespace std::string_view_literals;
using Checked = tl::expected<std::string_view, PictureError>;

struct Size {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool operator==(const Size&) const = default;
};

std::uint32_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<unsigned char>(bytes[at]); }

std::uint32_t big_endian_32(std::string_view bytes, std::size_t at) {
  return byte_at(bytes, at) << 24 | byte_at(bytes, at + 1) << 16 | byte_at(bytes, at + 2) << 8 | byte_at(bytes, at + 3);
}

std::uint32_t little_endian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < count; ++i) number |= byte_at(bytes, at + i) << (8 * i);
  return number;
}

Checked checked(std::string_view type, Size size) {
  if (size != Size{avatar_side, avatar_side}) return tl::unexpected(PictureError::wrong_size);
  return type;
}

tl::unexpected<PictureError> no_picture() { return tl::unexpected(PictureError::not_a_picture); }

Checked check_jpeg(std::string_view bytes) {
  const auto head = videoproto::scan_jpeg(std::as_bytes(std::span(bytes.data(), bytes.size())));
  if (!head) return no_picture();
  return checked("image/jpeg", {head->width, head->height});
}

// ---- PNG: chunks of length, type, content, checksum; IHDR first, IEND last.
constexpr auto png_signature = "\x89PNG\r\n\x1A\n"sv;

Checked check_png(std::string_view bytes) {
  constexpr std::size_t around = 12;  // length, type, checksum
  std::optional<Size> size;
  bool has_data = false;
  for (std::size_t at = png_signature.size(); bytes.size() - at >= around;) {
    const std::size_t length = big_endian_32(bytes, at);
    const std::string_view type = bytes.substr(at + 4, 4);
    if (length > bytes.size() - at - around) return no_picture();
    if (!size && (type != "IHDR" || length != 13)) return no_picture();
    if (!size) size = Size{big_endian_32(bytes, at + 8), big_endian_32(bytes, at + 12)};
    else if (type == "IHDR") return no_picture();
    if (type == "acTL") return tl::unexpected(PictureError::moves);
    has_data = has_data || type == "IDAT";
    at += around + length;
    if (type != "IEND") continue;
    if (length != 0 || !has_data || at != bytes.size()) return no_picture();
    return checked("image/png", *size);
  }
  return no_picture();
}

// ---- WebP: RIFF chunks of type, length, content, padded to even lengths.
struct Chunk {
  std::string_view type;
  std::string_view content;
};

std::optional<Chunk> next_chunk(std::string_view& bytes) {
  if (bytes.size() < 8) return std::nullopt;
  const std::size_t length = little_endian(bytes, 4, 4);
  const std::size_t padded = length + length % 2;
  if (padded > bytes.size() - 8) return std::nullopt;
  const Chunk chunk{bytes.substr(0, 4), bytes.substr(8, length)};
  bytes.remove_prefix(8 + padded);
  return chunk;
}

std::optional<Size> size_of_lossy(std::string_view content) {
  constexpr auto start_code = "\x9D\x01\x2A"sv;
  const bool key_frame = content.size() >= 10 && (byte_at(content, 0) & 1) == 0;
  if (!key_frame || content.substr(3, 3) != start_code) return std::nullopt;
  constexpr std::uint32_t fourteen_bits = 0x3FFF;  // the upper two scale, which nobody does
  return Size{little_endian(content, 6, 2) & fourteen_bits, little_endian(content, 8, 2) & fourteen_bits};
}

std::optional<Size> size_of_lossless(std::string_view content) {
  if (content.size() < 5 || byte_at(content, 0) != 0x2F) return std::nullopt;
  const std::uint32_t bits = little_endian(content, 1, 4);
  return Size{(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
}

Checked check_webp(std::string_view bytes) {
  if (bytes.size() < 12 || bytes.substr(8, 4) != "WEBP" || little_endian(bytes, 4, 4) != bytes.size() - 8) return no_picture();
  std::string_view rest = bytes.substr(12);
  std::optional<Size> canvas;
  std::optional<Size> picture;
  while (!rest.empty()) {
    const auto chunk = next_chunk(rest);
    if (!chunk) return no_picture();
    if (chunk->type == "VP8X") {
      if (canvas || picture || chunk->content.size() != 10) return no_picture();
      constexpr std::uint32_t animated = 0x02;
      if ((byte_at(chunk->content, 0) & animated) != 0) return tl::unexpected(PictureError::moves);
      canvas = Size{little_endian(chunk->content, 4, 3) + 1, little_endian(chunk->content, 7, 3) + 1};
    }
    if (chunk->type == "ANIM" || chunk->type == "ANMF") return tl::unexpected(PictureError::moves);
    if (chunk->type != "VP8 " && chunk->type != "VP8L") continue;
    if (picture) return no_picture();
    picture = chunk->type == "VP8 " ? size_of_lossy(chunk->content) : size_of_lossless(chunk->content);
    if (!picture || (canvas && *canvas != *picture)) return no_picture();
  }
  if (!picture) return no_picture();
  return checked("image/webp", *picture);
}

}  // namespace

Checked check_avatar(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8")) return check_jpeg(bytes);
  if (bytes.starts_with(png_signature)) return check_png(bytes);
  if (bytes.starts_with("RIFF")) return check_webp(bytes);
  return no_picture();
}

}  // namespace matinee::pages
