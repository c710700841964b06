// Arbitrary bytes as the frames of an opened WebSocket: guard, engine and socket keep their limits, and the guard's verdict does
// not depend on how the bytes were cut. The first byte chooses the cut.
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "server/net/frame_guard.h"
#include "server/net/loop.h"
#include "server/net/utf8.h"
#include "server/net/websocket.h"

using namespace matinee::net;

namespace {

struct Checker final : WebSocketHandler {
  void on_open(WebSocket&) override { open = true; }
  void on_message(WebSocket& socket, std::string_view text) override {
    if (!open || text.size() > WebSocketLimits{}.message_bytes_max || !is_valid_utf8(text)) std::abort();
    socket.send(text);
  }
  void on_close(WebSocket&, std::uint16_t) override {
    if (!open) std::abort();
    open = false;
  }
  bool open = false;
};

void turn(Loop& loop) {
  loop.post([&] { loop.stop(); });
  loop.run();
}

std::size_t good_bytes(std::string_view bytes, std::size_t piece) {
  FrameGuard guard;
  std::size_t good = 0;
  while (good < bytes.size()) {
    const auto part = bytes.substr(good, piece);
    const auto verdict = guard.check(part, {}, 1000);
    good += verdict.good_bytes;
    if (verdict.close_code != 0) break;
    if (verdict.good_bytes != part.size()) std::abort();
  }
  return good;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t whole = good_bytes(bytes, bytes.size() + 1);
  const std::size_t cut = good_bytes(bytes, data[0] % 17u + 1u);
  if (whole > bytes.size() || cut > bytes.size()) std::abort();

  static Loop loop;
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0) std::abort();
  UpgradeRequest request;
  request.key = "dGhlIHNhbXBsZSBub25jZQ==";
  request.stream = OpenStream(pair[0]);
  request.stream.already_read = bytes;
  const auto handler = std::make_shared<Checker>();
  const auto socket = WebSocket::adopt(loop, std::move(request), {}, handler);
  if (!handler->open) std::abort();
  turn(loop);
  ::close(pair[1]);
  socket->drop();
  turn(loop);
  turn(loop);
  if (handler->open) std::abort();
  return 0;
}
