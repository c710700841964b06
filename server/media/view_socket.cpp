#include "server/media/view_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "server/media/limits.h"
#include "videoproto/connection.h"

namespace matinee::media {
namespace vp = videoproto;
namespace {

constexpr int unsent_bytes_max = 128 * 1024;  // in the kernel: what is there is too late to be skipped
constexpr std::uint16_t code_ended = 1000;
constexpr std::uint16_t code_restart = 1012;
constexpr std::uint16_t code_too_slow = 1013;
constexpr std::uint16_t code_unsupported = 1003;
constexpr std::uint16_t code_no_such_stream = 4004;

// Room for the largest thing that is sent, of which at most one waits.
net::WebSocketLimits socket_limits(std::size_t largest) {
  net::WebSocketLimits limits;
  limits.message_bytes_max = limits::view_message_bytes_max;
  limits.tail_bytes_max = largest + limits::view_message_bytes_max;
  limits.read_pause_tail_bytes = limits.tail_bytes_max;  // a pong behind a picture is heard
  return limits;
}

struct Refusal final : net::WebSocketHandler {
  void on_open(net::WebSocket& socket) override { socket.close(code_no_such_stream, "no such stream"); }
  void on_message(net::WebSocket&, std::string_view) override {}
  void on_close(net::WebSocket&, std::uint16_t) override {}
};

}  // namespace

std::shared_ptr<ViewSocket> ViewSocket::open(net::Loop& loop, net::UpgradeRequest upgrade, std::size_t largest, Calls calls) {
  auto view = std::make_shared<ViewSocket>();
  view->calls_ = std::move(calls);
  net::WebSocket::adopt(loop, std::move(upgrade), socket_limits(largest), view);
  return view->socket_ != nullptr ? view : nullptr;
}

void ViewSocket::refuse(net::Loop& loop, net::UpgradeRequest upgrade) {
  net::WebSocket::adopt(loop, std::move(upgrade), socket_limits(0), std::make_shared<Refusal>());
}

void ViewSocket::on_open(net::WebSocket& socket) {
  socket_ = &socket;
  ::setsockopt(socket.sink().fd(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes_max, sizeof unsent_bytes_max);
  socket.sink().set_blocked_observer(this);
}

void ViewSocket::on_message(net::WebSocket& socket, std::string_view) { socket.close(code_unsupported, "nothing is heard here"); }

void ViewSocket::on_close(net::WebSocket& socket, std::uint16_t) {
  socket.sink().set_blocked_observer(nullptr);
  socket_ = nullptr;
  calls_.left();
}

void ViewSocket::send(net::SharedFrame frame) {
  if (socket_ != nullptr) socket_->send(std::move(frame));
}

void ViewSocket::send(std::string_view text) {
  if (socket_ != nullptr) socket_->send(text);
}

bool ViewSocket::sent() {
  if (socket_ == nullptr) return false;
  tail_seen_ = socket_->sink().tail_bytes();
  moved_us_ = vp::monotonic_us();
  return !socket_->sink().blocked();
}

// The sink is in the middle of its work: the next is taken after it.
void ViewSocket::on_blocked(net::Sink&, bool blocked) {
  if (blocked || socket_ == nullptr) return;
  socket_->loop().post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self && self->socket_ != nullptr && !self->socket_->sink().blocked()) self->calls_.taken();
  });
}

bool ViewSocket::is_stuck(std::int64_t now_us) {
  if (socket_ == nullptr) return false;
  const std::size_t tail = socket_->sink().tail_bytes();
  if (tail != tail_seen_) moved_us_ = now_us;
  tail_seen_ = tail;
  return now_us - moved_us_ >= vp::limits::write_progress_us_max;
}

void ViewSocket::over(LiveWatch::End why) {
  if (socket_ == nullptr) return;
  switch (why) {
    case LiveWatch::End::ended: return socket_->close(code_ended, "the stream has ended");
    case LiveWatch::End::too_slow: return socket_->close(code_too_slow, "too slow");
    case LiveWatch::End::not_allowed: return socket_->close(code_no_such_stream, "no such stream");
    case LiveWatch::End::stopping: return socket_->close(code_restart, "restart");
    case LiveWatch::End::left: return;
  }
}

}  // namespace matinee::media
