// The only file that sees websocketpp. It is used as a protocol engine: it gets bytes by feed(), it gives back messages and
// the control frames it wants written; sockets, timers, bounds and outbound messages are ours.
#define _WEBSOCKETPP_CPP11_STL_ 1

#include "server/net/websocket.h"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include <websocketpp/concurrency/none.hpp>
#include <websocketpp/config/core.hpp>
#include <websocketpp/logger/stub.hpp>
#include <websocketpp/server.hpp>

#include "server/net/frame_guard.h"
#include "server/net/utf8.h"
#include "server/net/websocket_transport.h"

namespace matinee::net {
namespace {

namespace wpp = websocketpp;

// The opening request and answer are of no use once the socket is open: their memory can go.
struct ReleasableRequest : wpp::http::parser::request {
  void release() const { const_cast<ReleasableRequest&>(*this) = ReleasableRequest(); }  // the engine only lends it as const
};
struct ReleasableResponse : wpp::http::parser::response {
  void release() const { const_cast<ReleasableResponse&>(*this) = ReleasableResponse(); }
};

struct EngineConfig : wpp::config::core {
  using type = EngineConfig;
  using concurrency_type = wpp::concurrency::none;
  using request_type = ReleasableRequest;
  using response_type = ReleasableResponse;
  using message_type = wpp::message_buffer::message<engine::MessagePool>;
  using con_msg_manager_type = engine::MessagePool<message_type>;
  using endpoint_msg_manager_type = wpp::message_buffer::alloc::endpoint_msg_manager<con_msg_manager_type>;
  using elog_type = wpp::log::stub;
  using alog_type = wpp::log::stub;
  struct transport_config {
    using concurrency_type = EngineConfig::concurrency_type;
    using elog_type = EngineConfig::elog_type;
    using alog_type = EngineConfig::alog_type;
    using request_type = EngineConfig::request_type;
    using response_type = EngineConfig::response_type;
  };
  using transport_type = engine::TransportEndpoint<transport_config>;
  static const wpp::log::level elog_level = 0;
  static const wpp::log::level alog_level = 0;
  static const std::size_t connection_read_buffer_size = 256;
  static const bool enable_extensions = false;
  static const long timeout_open_handshake = 0;  // the request is already here
};
using Server = wpp::server<EngineConfig>;
using EngineConnection = Server::connection_type;

constexpr std::uint16_t code_unsupported = 1003;
constexpr std::uint16_t code_lost = 1006;
constexpr std::uint16_t code_bad_text = 1007;
constexpr std::uint16_t code_slow = 1013;

// A WebSocket over a Connection, with the engine's connection beside it.
class EngineSocket final : public WebSocket, public ByteReader, public engine::Owner, public std::enable_shared_from_this<EngineSocket> {
 public:
  EngineSocket(std::shared_ptr<Connection> connection, std::shared_ptr<const WebSocketLimits> limits,
               std::shared_ptr<WebSocketHandler> handler, Server::connection_ptr engine)
      : connection_(std::move(connection)), handler_(std::move(handler)), limits_(std::move(limits)), engine_(std::move(engine)) {
    engine_->set_owner(this);
  }
  ~EngineSocket() override {
    engine_->set_owner(nullptr);
    engine_->stop_timers();
  }

  void begin(const UpgradeRequest& request);

  void send(SharedFrame frame) override { sink().write(std::move(frame)); }
  void send(std::string_view text) override { sink().write(make_text_frame(text)); }
  void send_latest(SharedFrame frame, LatestKind kind) override { sink().write_latest(std::move(frame), kind); }
  void close(std::uint16_t code, std::string_view reason) override;
  void drop() override;
  [[nodiscard]] bool open() const override { return open_ && !closing_ && !ended_; }
  [[nodiscard]] Sink& sink() override { return connection_->sink(); }
  [[nodiscard]] Loop& loop() override { return connection_->loop(); }
  [[nodiscard]] const std::string& remote_address() const override { return connection_->remote_address(); }

  void on_bytes(std::string_view bytes) override;
  void on_end(ReadEnd why) override;
  void on_overflow() override;
  void on_drained() override;

  Loop& owner_loop() override { return connection_->loop(); }
  void engine_writes(std::string_view bytes) override { sink().write(bytes); }
  void engine_ends(std::function<void()> confirm) override;

  // From the engine's handlers.
  void engine_opened();
  void engine_message(const Server::message_ptr& message);

 private:
  void tick();
  void start_tick(std::int64_t now_ms);
  void finish();
  [[nodiscard]] std::uint16_t final_code() const;

  std::shared_ptr<Connection> connection_;  // a cycle, broken when the connection closes
  std::shared_ptr<WebSocketHandler> handler_;
  std::shared_ptr<const WebSocketLimits> limits_;  // shared by the sockets of one Loop
  Server::connection_ptr engine_;
  FrameGuard guard_;
  Timer timer_;
  std::int64_t heard_ms_ = 0;
  std::int64_t next_ping_ms_ = 0;
  std::int64_t closing_since_ms_ = 0;
  std::uint16_t our_code_ = 0;
  bool open_ = false;
  bool closing_ = false;
  bool ended_ = false;
  bool dropped_ = false;
  bool paused_ = false;
};

// One engine per Loop, made with its first WebSocket.
struct Engine {
  Server server;
  std::vector<std::shared_ptr<const WebSocketLimits>> limits;  // the few distinct ones in use

  Engine() {
    server.set_user_agent("");
    server.set_validate_handler([this](wpp::connection_hdl handle) {
      const auto connection = server.get_con_from_hdl(std::move(handle));
      const auto& offered = connection->get_requested_subprotocols();
      if (!offered.empty()) connection->select_subprotocol(offered.front());
      return true;
    });
    server.set_open_handler([](const wpp::connection_hdl& handle) { socket_of(handle).engine_opened(); });
    server.set_message_handler(
        [](const wpp::connection_hdl& handle, const Server::message_ptr& message) { socket_of(handle).engine_message(message); });
  }

  static EngineSocket& socket_of(const wpp::connection_hdl& handle) {
    auto* connection = static_cast<EngineConnection*>(handle.lock().get());
    return static_cast<EngineSocket&>(*connection->owner());
  }

  std::shared_ptr<const WebSocketLimits> intern(const WebSocketLimits& wanted) {
    const auto known = std::find_if(limits.begin(), limits.end(), [&](const auto& have) { return *have == wanted; });
    if (known != limits.end()) return *known;
    return limits.emplace_back(std::make_shared<const WebSocketLimits>(wanted));
  }
};

Engine& engine_of(Loop& loop) {
  auto& slot = loop.websocket_engine();
  if (!slot) slot = std::make_shared<Engine>();
  return *static_cast<Engine*>(slot.get());
}

// The engine reads the least head that makes it answer 101: the real one has been checked by stricter eyes.
std::string canonical_head(const UpgradeRequest& request) {
  std::string head =
      "GET / HTTP/1.1\r\nHost: matinee\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
  head.append(request.key).append("\r\n");
  if (!request.subprotocol.empty()) head.append("Sec-WebSocket-Protocol: ").append(request.subprotocol).append("\r\n");
  return head.append("\r\n");
}

void EngineSocket::begin(const UpgradeRequest& request) {
  heard_ms_ = Loop::coarse_now_ms();
  engine_->set_max_message_size(limits_->message_bytes_max);
  engine_->set_close_handshake_timeout(static_cast<long>(limits_->close_max.count()));
  sink().set_tail_limit(limits_->tail_bytes_max);
  try {
    engine_->start();
    engine_->feed(canonical_head(request));
  } catch (const std::exception&) { drop(); }
  if (!ended_) connection_->start_reading(shared_from_this());
}

void EngineSocket::engine_opened() {
  open_ = true;
  engine_->handshake_done();
  engine_->get_request().release();
  engine_->get_response().release();
  const std::int64_t now = Loop::coarse_now_ms();
  next_ping_ms_ = now + limits_->ping_every.count();
  if (limits_->ping_every.count() > 0) start_tick(now);
  handler_->on_open(*this);
}

// ---- inbound

void EngineSocket::on_bytes(std::string_view bytes) {
  if (ended_) return;
  const auto self = shared_from_this();
  heard_ms_ = Loop::coarse_now_ms();
  const FrameGuard::Verdict verdict = guard_.check(bytes, *limits_, heard_ms_);
  try {
    engine_->feed(bytes.substr(0, verdict.good_bytes));
  } catch (const std::exception&) { return drop(); }
  if (verdict.close_code != 0) return close(verdict.close_code, verdict.reason);
  if (!ended_ && sink().tail_bytes() > limits_->read_pause_tail_bytes) {
    paused_ = true;
    connection_->pause_reading();
  }
}

void EngineSocket::on_end(ReadEnd) {
  const auto self = shared_from_this();
  engine_->feed_end();
  if (!ended_) drop();  // it had stopped reading
}

void EngineSocket::on_drained() {
  if (!paused_ || ended_) return;
  paused_ = false;
  connection_->resume_reading();
}

void EngineSocket::engine_message(const Server::message_ptr& message) {
  if (ended_ || closing_) return;
  const std::string& payload = message->get_payload();
  if (message->get_opcode() == wpp::frame::opcode::binary) return handler_->on_binary(*this, payload);
  // The engine accepts a character cut off at the end of a fragmented message.
  if (!is_valid_utf8(payload)) return close(code_bad_text, "not valid UTF-8");
  handler_->on_message(*this, payload);
}

// ---- pings and silence

void EngineSocket::start_tick(std::int64_t now_ms) {
  const std::int64_t due = std::min(next_ping_ms_, heard_ms_ + limits_->silent_max.count());
  timer_ = loop().start_timer(std::chrono::milliseconds(std::max<std::int64_t>(due - now_ms, 1)), [this] { tick(); });
}

void EngineSocket::tick() {
  static const SharedFrame ping = make_frame(std::string("\x89\x00", 2));
  if (ended_) return;
  const std::int64_t now = Loop::coarse_now_ms();
  if (now - heard_ms_ >= limits_->silent_max.count()) return drop();
  if (now >= next_ping_ms_) {
    next_ping_ms_ = now + limits_->ping_every.count();
    if (sink().tail_bytes() == 0) sink().write(ping);  // behind a tail it would prove nothing
  }
  start_tick(now);
}

// ---- the end

void EngineSocket::close(std::uint16_t code, std::string_view reason) {
  if (closing_ || ended_) return;
  closing_ = true;
  our_code_ = code;
  closing_since_ms_ = Loop::coarse_now_ms();
  if (paused_) on_drained();  // the peer's close frame may be behind what we left unread
  wpp::lib::error_code error;
  engine_->close(code, std::string(utf8_prefix(reason, 123)), error);
  sink().seal();
  if (error && !ended_) drop();
}

void EngineSocket::drop() {
  if (ended_) return;
  dropped_ = true;
  engine_ends([] {});
}

void EngineSocket::on_overflow() {
  if (closing_ || ended_) return drop();
  sink().reopen_after_overflow();
  close(code_slow, "too slow");
}

void EngineSocket::engine_ends(std::function<void()> confirm) {
  if (ended_) return;
  ended_ = true;
  timer_.cancel();
  sink().seal();
  connection_->pause_reading();
  loop().post([self = shared_from_this(), confirm = std::move(confirm)] {
    confirm();
    self->finish();
  });
}

void EngineSocket::finish() {
  if (open_) handler_->on_close(*this, final_code());
  open_ = false;
  sink().set_blocked_observer(nullptr);
  handler_.reset();
  if (dropped_) return connection_->close_now();
  const std::int64_t spent = closing_since_ms_ == 0 ? 0 : Loop::coarse_now_ms() - closing_since_ms_;
  Connection::CloseOptions options;
  options.tail_max = std::max(limits_->close_max - std::chrono::milliseconds(spent), std::chrono::milliseconds(1));
  connection_->close_gracefully(options);
}

std::uint16_t EngineSocket::final_code() const {
  const auto theirs = engine_->get_remote_close_code();
  if (theirs != wpp::close::status::abnormal_close) return theirs;
  if (our_code_ != 0) return our_code_;
  const auto engines = engine_->get_local_close_code();
  return dropped_ || engines == 0 ? code_lost : engines;
}

}  // namespace

void WebSocketHandler::on_binary(WebSocket& socket, std::string_view) { socket.close(code_unsupported, "text messages only"); }

std::shared_ptr<WebSocket> WebSocket::adopt(Loop& loop, UpgradeRequest request, const WebSocketLimits& limits,
                                            std::shared_ptr<WebSocketHandler> handler) {
  Engine& engine = engine_of(loop);
  auto connection = Connection::adopt(loop, std::move(request.stream));
  auto socket =
      std::make_shared<EngineSocket>(std::move(connection), engine.intern(limits), std::move(handler), engine.server.get_connection());
  socket->begin(request);
  return socket;
}

}  // namespace matinee::net
