// Looks whether some bytes are one whole JPEG picture (ITU-T T.81: SOI … one frame, its scans … EOI, nothing after) and how
// large it is, without decoding anything. The server relays strangers' pictures to decoders on other people's desks: what
// this lets through has sane dimensions and an honest end.
// One forward pass over the bytes, no memory. Pure; no thread rule.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

namespace matinee::videoproto {

struct JpegHead {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool progressive = false;
  bool operator==(const JpegHead&) const = default;
};

enum class JpegError : std::uint8_t {
  not_a_jpeg,      // does not begin with SOI
  truncated,       // ends before EOI
  bad_marker,      // a marker that has no place there, or none where one must be
  bad_segment,     // a segment whose length or content contradicts itself
  unsupported,     // lossless, hierarchical, arithmetic, more than 8 bits, or other than 1, 3 or 4 components
  too_large,       // over 4096 in a direction, or a dimension of 0
  no_picture,      // a scan without a frame header, or no scan
  two_images,      // a second SOI, or bytes after EOI
  too_many_parts,  // segments or scans over their bound
};
[[nodiscard]] std::string_view name_of(JpegError error);

[[nodiscard]] tl::expected<JpegHead, JpegError> scan_jpeg(std::span<const std::byte> bytes);

}  // namespace matinee::videoproto
