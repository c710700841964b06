#include "server/media/browser_picture.h"

#include <cstdio>

namespace matinee::media {
namespace vp = videoproto;
namespace {

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // NOLINT: bytes as bytes
}

vp::Header for_browsers(vp::Header header, std::int64_t captured_us) {
  header.pts_us = static_cast<std::uint64_t>(captured_us);
  return header;
}

}  // namespace

BrowserPicture make_browser_picture(const vp::Unit& unit, std::int64_t captured_us, const std::shared_ptr<HeldBytes>& held) {
  vp::Header header = for_browsers(unit.header, captured_us);
  header.flags = vp::flags::key;
  header.payload_bytes = static_cast<std::uint32_t>(unit.picture.bytes().size());
  const vp::HeaderBytes head = vp::encode_header(header);
  auto frame = net::make_binary_frame(text_of(head), text_of(unit.picture.bytes()));
  const std::size_t bytes = frame->bytes.size();
  held->fetch_add(bytes, std::memory_order_relaxed);
  const net::Frame* address = frame.get();
  net::SharedFrame counted(address, [frame = std::move(frame), held, bytes](const net::Frame*) mutable {
    frame.reset();
    held->fetch_sub(bytes, std::memory_order_relaxed);
  });
  return {std::move(counted), bytes - unit.picture.bytes().size(), captured_us};
}

net::SharedFrame make_browser_dup(const vp::Header& header, std::int64_t captured_us) {
  return net::make_binary_frame(text_of(vp::encode_header(for_browsers(header, captured_us))));
}

std::string mjpeg_part_head(std::size_t jpeg_bytes, std::int64_t captured_us) {
  char text[128];
  const int size =
      std::snprintf(text, sizeof text, "Content-Type: image/jpeg\r\nContent-Length: %zu\r\nX-Timestamp: %lld.%06lld\r\n\r\n", jpeg_bytes,
                    static_cast<long long>(captured_us / 1'000'000), static_cast<long long>(captured_us % 1'000'000));
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace matinee::media
