#include "server/media/socket_view.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "server/media/limits.h"
#include "server/media/live_viewers.h"
#include "videoproto/connection.h"

namespace matinee::media {
namespace vp = videoproto;
namespace {

constexpr int unsent_bytes_max = 128 * 1024;  // in the kernel: pictures there are too late to be skipped
constexpr std::uint16_t code_ended = 1000;
constexpr std::uint16_t code_restart = 1012;
constexpr std::uint16_t code_too_slow = 1013;
constexpr std::uint16_t code_unsupported = 1003;
constexpr std::uint16_t code_no_such_stream = 4004;

// Room for the largest picture, of which at most one waits.
net::WebSocketLimits socket_limits() {
  net::WebSocketLimits limits;
  limits.message_bytes_max = limits::view_message_bytes_max;
  limits.tail_bytes_max = vp::limits::frame_bytes_max + limits::view_message_bytes_max;
  limits.read_pause_tail_bytes = limits.tail_bytes_max;  // a pong behind a picture is heard
  return limits;
}

struct Refusal final : net::WebSocketHandler {
  void on_open(net::WebSocket& socket) override { socket.close(code_no_such_stream, "no such stream"); }
  void on_message(net::WebSocket&, std::string_view) override {}
  void on_close(net::WebSocket&, std::uint16_t) override {}
};

}  // namespace

bool SocketView::open(const std::shared_ptr<SocketView>& view, net::Loop& loop, net::UpgradeRequest upgrade) {
  net::WebSocket::adopt(loop, std::move(upgrade), socket_limits(), view);
  return view->socket_ != nullptr;
}

void SocketView::refuse(net::Loop& loop, net::UpgradeRequest upgrade) {
  net::WebSocket::adopt(loop, std::move(upgrade), socket_limits(), std::make_shared<Refusal>());
}

void SocketView::on_open(net::WebSocket& socket) {
  socket_ = &socket;
  ::setsockopt(socket.sink().fd(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max, sizeof unsent_bytes_max);
  socket.sink().set_blocked_observer(this);
}

void SocketView::on_message(net::WebSocket& socket, std::string_view) { socket.close(code_unsupported, "nothing is heard here"); }

void SocketView::on_close(net::WebSocket& socket, std::uint16_t) {
  socket.sink().set_blocked_observer(nullptr);
  socket_ = nullptr;
  end(End::left);
}

bool SocketView::deliver(const BrowserPicture& picture) {
  if (socket_ == nullptr) return false;
  socket_->send(picture.message);
  return sent();
}

bool SocketView::deliver_dup(const vp::Header& header, std::int64_t captured_us) {
  if (socket_ == nullptr) return false;
  socket_->send(make_browser_dup(header, captured_us));
  return sent();
}

bool SocketView::sent() {
  tail_seen_ = socket_->sink().tail_bytes();
  moved_us_ = vp::monotonic_us();
  return !socket_->sink().blocked();
}

// The sink is in the middle of its work: the next picture is taken after it.
void SocketView::on_blocked(net::Sink&, bool blocked) {
  if (blocked || socket_ == nullptr) return;
  socket_->loop().post([weak = weak_from_this()] {
    const auto self = std::static_pointer_cast<SocketView>(weak.lock());
    if (self && self->socket_ != nullptr && !self->socket_->sink().blocked()) self->taken();
  });
}

bool SocketView::is_stuck(std::int64_t now_us) {
  if (busy_since_us() == 0 || socket_ == nullptr) return false;
  const std::size_t tail = socket_->sink().tail_bytes();
  if (tail != tail_seen_) moved_us_ = now_us;
  tail_seen_ = tail;
  return now_us - moved_us_ >= vp::limits::write_progress_us_max;
}

void SocketView::over(End why) {
  if (socket_ == nullptr) return;
  switch (why) {
    case End::ended: return socket_->close(code_ended, "the stream has ended");
    case End::too_slow: return socket_->close(code_too_slow, "too slow");
    case End::not_allowed: return socket_->close(code_no_such_stream, "no such stream");
    case End::stopping: return socket_->close(code_restart, "restart");
    case End::left: return;
  }
}

}  // namespace matinee::media
