#include "videoproto/jpeg_head.h"

#include <cstring>

#include "videoproto/limits.h"

namespace matinee::videoproto {
namespace {

namespace marker {
constexpr std::uint8_t sof0 = 0xC0, sof2 = 0xC2, dht = 0xC4, jpg = 0xC8, dac = 0xCC, sof15 = 0xCF;
constexpr std::uint8_t rst0 = 0xD0, rst7 = 0xD7, soi = 0xD8, eoi = 0xD9, sos = 0xDA, dqt = 0xDB, dri = 0xDD;
constexpr std::uint8_t app0 = 0xE0, app15 = 0xEF, com = 0xFE;
}  // namespace marker

class Scanner {
 public:
  explicit Scanner(std::span<const std::byte> bytes) : bytes_(bytes) {}
  tl::expected<JpegHead, JpegError> run();

 private:
  using Status = tl::expected<void, JpegError>;
  static tl::unexpected<JpegError> fail(JpegError why) { return tl::unexpected(why); }

  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  [[nodiscard]] std::uint8_t byte(std::size_t offset) const { return std::to_integer<std::uint8_t>(bytes_[offset]); }
  [[nodiscard]] std::uint32_t two_bytes(std::size_t offset) const { return (std::uint32_t{byte(offset)} << 8) | byte(offset + 1); }

  tl::expected<std::uint8_t, JpegError> next_marker();
  tl::expected<std::span<const std::byte>, JpegError> segment();
  Status on_marker(std::uint8_t code);
  Status frame_header(std::uint8_t code);
  Status scan();
  void skip_entropy_coded();

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::size_t segments_ = 0;
  std::size_t scans_ = 0;
  bool has_frame_ = false;
  std::size_t components_ = 0;
  JpegHead head_;
};

tl::expected<JpegHead, JpegError> Scanner::run() {
  if (bytes_.size() < 2 || byte(0) != 0xFF || byte(1) != marker::soi) return fail(JpegError::not_a_jpeg);
  at_ = 2;
  for (;;) {
    const auto code = next_marker();
    if (!code) return fail(code.error());
    if (*code == marker::eoi) break;
    if (const Status status = on_marker(*code); !status) return fail(status.error());
  }
  if (scans_ == 0) return fail(JpegError::no_picture);
  if (left() != 0) return fail(JpegError::two_images);
  return head_;
}

// A marker is FF and a code; any number of FF may stand before it as filling.
tl::expected<std::uint8_t, JpegError> Scanner::next_marker() {
  if (left() < 2) return fail(JpegError::truncated);
  if (byte(at_) != 0xFF) return fail(JpegError::bad_marker);
  while (left() > 0 && byte(at_) == 0xFF) ++at_;
  if (left() == 0) return fail(JpegError::truncated);
  return byte(at_++);
}

tl::expected<std::span<const std::byte>, JpegError> Scanner::segment() {
  if (++segments_ > limits::jpeg_segments_max) return fail(JpegError::too_many_parts);
  if (left() < 2) return fail(JpegError::truncated);
  const std::size_t length = two_bytes(at_);
  if (length < 2) return fail(JpegError::bad_segment);
  if (length > left()) return fail(JpegError::truncated);
  const auto content = bytes_.subspan(at_ + 2, length - 2);
  at_ += length;
  return content;
}

Scanner::Status Scanner::on_marker(std::uint8_t code) {
  if (code == marker::soi) return fail(JpegError::two_images);
  if (code == marker::sos) return scan();
  if (code == marker::dac) return fail(JpegError::unsupported);
  const bool frame = code >= marker::sof0 && code <= marker::sof15 && code != marker::dht && code != marker::jpg;
  if (frame) return frame_header(code);
  const bool table = code == marker::dht || code == marker::dqt || code == marker::dri;
  const bool comment = (code >= marker::app0 && code <= marker::app15) || code == marker::com;
  if (!table && !comment) return fail(JpegError::bad_marker);
  const auto content = segment();
  if (!content) return fail(content.error());
  if (code == marker::dri && content->size() != 2) return fail(JpegError::bad_segment);
  return {};
}

Scanner::Status Scanner::frame_header(std::uint8_t code) {
  if (has_frame_) return fail(JpegError::two_images);
  if (code > marker::sof2) return fail(JpegError::unsupported);
  const auto content = segment();
  if (!content) return fail(content.error());
  if (content->size() < 6) return fail(JpegError::bad_segment);
  const std::size_t begin = at_ - content->size();
  const std::uint8_t precision = byte(begin);
  head_ = {two_bytes(begin + 3), two_bytes(begin + 1), code == marker::sof2};
  components_ = byte(begin + 5);
  if (content->size() != 6 + 3 * components_) return fail(JpegError::bad_segment);
  if (precision != 8 || (components_ != 1 && components_ != 3 && components_ != 4)) return fail(JpegError::unsupported);
  // A height of 0 would be told later by a DNL segment: nothing that makes pictures for people writes that.
  if (head_.width == 0 || head_.height == 0) return fail(JpegError::too_large);
  if (head_.width > limits::picture_side_max || head_.height > limits::picture_side_max) return fail(JpegError::too_large);
  has_frame_ = true;
  return {};
}

Scanner::Status Scanner::scan() {
  if (!has_frame_) return fail(JpegError::no_picture);
  if (++scans_ > limits::jpeg_scans_max) return fail(JpegError::too_many_parts);
  const auto content = segment();
  if (!content) return fail(content.error());
  if (content->empty()) return fail(JpegError::bad_segment);
  const std::size_t parts = std::to_integer<std::size_t>((*content)[0]);
  if (parts == 0 || parts > components_ || content->size() != 4 + 2 * parts) return fail(JpegError::bad_segment);
  skip_entropy_coded();
  return {};
}

// Ends at the FF of the first marker that is neither a stuffed FF 00 nor a restart, or at the end of the bytes.
void Scanner::skip_entropy_coded() {
  while (left() > 0) {
    const void* found = std::memchr(bytes_.data() + at_, 0xFF, left());
    if (found == nullptr) {
      at_ = bytes_.size();
      return;
    }
    at_ = static_cast<std::size_t>(static_cast<const std::byte*>(found) - bytes_.data());
    if (left() < 2) return;
    const std::uint8_t code = byte(at_ + 1);
    if (code == 0xFF) ++at_;
    else if (code == 0x00 || (code >= marker::rst0 && code <= marker::rst7)) at_ += 2;
    else return;
  }
}

}  // namespace

tl::expected<JpegHead, JpegError> scan_jpeg(std::span<const std::byte> bytes) { return Scanner(bytes).run(); }

std::string_view name_of(JpegError error) {
  switch (error) {
    case JpegError::not_a_jpeg: return "not_a_jpeg";
    case JpegError::truncated: return "truncated";
    case JpegError::bad_marker: return "bad_marker";
    case JpegError::bad_segment: return "bad_segment";
    case JpegError::unsupported: return "unsupported";
    case JpegError::too_large: return "too_large";
    case JpegError::no_picture: return "no_picture";
    case JpegError::two_images: return "two_images";
    case JpegError::too_many_parts: return "too_many_parts";
  }
  return "?";
}

}  // namespace matinee::videoproto
