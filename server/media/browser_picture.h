// One picture as browsers get it: its bytes are copied out of the pool once, behind the header that browsers read, and every viewer
// of it is sent from there – as a whole WebSocket message, or, for multipart MJPEG, from where the JPEG begins.
// The header is the 32 bytes of docs/videoproto.md; its pts is the time of capture in server time, µs (Unix).
// Pure; any thread. Format of the parts: docs/protocol.md, "Live streams".
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include "server/net/frame.h"
#include "videoproto/mailbox.h"

namespace matinee::media {

// Bytes of the pictures that are on their way. Atomic: the last one to let go of a picture may be on another loop.
using HeldBytes = std::atomic<std::size_t>;

struct BrowserPicture {
  net::SharedFrame message;  // one whole binary WebSocket frame
  std::size_t jpeg_at = 0;   // where the JPEG begins in it
  std::int64_t captured_us = 0;
  [[nodiscard]] std::size_t jpeg_bytes() const { return message->bytes.size() - jpeg_at; }
};

// Counted in `held` as long as anybody has it; shared with the pictures.
[[nodiscard]] BrowserPicture make_browser_picture(const videoproto::Unit& unit, std::int64_t captured_us,
                                                  const std::shared_ptr<HeldBytes>& held);
// "The same picture still": a message of the header alone.
[[nodiscard]] net::SharedFrame make_browser_dup(const videoproto::Header& header, std::int64_t captured_us);

inline constexpr std::string_view mjpeg_type = "multipart/x-mixed-replace; boundary=matinee-picture";
inline constexpr std::string_view mjpeg_boundary = "--matinee-picture\r\n";
// What stands before the JPEG of a part, after the boundary.
[[nodiscard]] std::string mjpeg_part_head(std::size_t jpeg_bytes, std::int64_t captured_us);
// What follows the JPEG at once: a browser shows a part when the boundary comes.
inline constexpr std::string_view mjpeg_part_end = "\r\n--matinee-picture\r\n";

}  // namespace matinee::media
