// The only file that sees websocketpp. It is used as a protocol engine: it answers the handshake, reads frames and makes control
// frames; sockets, timers, bounds, the close handshake's states and outbound messages are ours.
#define _WEBSOCKETPP_CPP11_STL_ 1

#include "server/net/websocket.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

#include "server/net/frame_guard.h"
#include "server/net/utf8.h"
#include "server/net/websocket_engine.h"
#include "server/net/whole_text.h"

namespace matinee::net {
namespace {

namespace wpp = websocketpp;

constexpr std::uint16_t code_unsupported = 1003;
constexpr std::uint16_t code_lost = 1006;
constexpr std::uint16_t code_bad_text = 1007;
constexpr std::uint16_t code_slow = 1013;

// One per Loop, made with its first WebSocket.
struct Engine {
  engine::Processors processors;
  std::array<std::uint8_t, 4096> bytes;                        // what a processor is reading: it unmasks in place
  std::string text;                                            // a message that came whole
  std::vector<std::shared_ptr<const WebSocketLimits>> limits;  // the few distinct ones in use

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

// The request has been checked by stricter eyes (upgrade.h): what is left is the answer to its key.
std::string handshake_answer(const engine::Processor& processor, const UpgradeRequest& request) {
  engine::Config::request_type asked;
  asked.append_header("Sec-WebSocket-Key", request.key);
  engine::Config::response_type answer;
  processor.process_handshake(asked, request.subprotocol, answer);
  answer.set_version("HTTP/1.1");
  answer.set_status(wpp::http::status_code::switching_protocols);
  return answer.raw();
}

// A WebSocket over a Connection.
class EngineSocket final : public WebSocket, public ByteReader, public std::enable_shared_from_this<EngineSocket> {
 public:
  EngineSocket(std::shared_ptr<Connection> connection, std::shared_ptr<const WebSocketLimits> limits,
               std::shared_ptr<WebSocketHandler> handler)
      : connection_(std::move(connection)), handler_(std::move(handler)), limits_(std::move(limits)) {}

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

 private:
  void answer(const UpgradeRequest& request);
  void feed(std::string_view bytes);
  [[nodiscard]] std::string_view feed_whole_texts(std::string_view bytes);
  void heard(const engine::Message& message);
  void heard_text(const std::string& text);
  void heard_close(const std::string& payload);
  void breach(const engine::Error& error);
  void send_pong(const std::string& payload);
  [[nodiscard]] bool send_close(std::uint16_t code, std::string_view reason);
  void write_control(const engine::Message& message);
  void end();
  void tick();
  void start_tick(std::int64_t now_ms);
  void finish();
  [[nodiscard]] std::uint16_t final_code() const;

  std::shared_ptr<Connection> connection_;  // a cycle, broken when the connection closes
  std::shared_ptr<WebSocketHandler> handler_;
  std::shared_ptr<const WebSocketLimits> limits_;  // shared by the sockets of one Loop
  std::unique_ptr<engine::Processor> unfinished_;  // holds the message that has come in part
  FrameGuard guard_;
  Timer timer_;
  std::int64_t heard_ms_ = 0;
  std::int64_t next_ping_ms_ = 0;
  std::int64_t closing_since_ms_ = 0;
  std::uint16_t our_code_ = 0;    // 0 = we have sent no close frame
  std::uint16_t their_code_ = 0;  // 0 = we have had none
  bool open_ = false;
  bool closing_ = false;
  bool ended_ = false;
  bool dropped_ = false;
  bool paused_ = false;
};

void EngineSocket::begin(const UpgradeRequest& request) {
  heard_ms_ = Loop::coarse_now_ms();
  sink().set_tail_limit(limits_->tail_bytes_max);
  try {
    answer(request);
  } catch (const std::exception&) { drop(); }
  if (!ended_) connection_->start_reading(shared_from_this());
}

void EngineSocket::answer(const UpgradeRequest& request) {
  sink().write(handshake_answer(engine_of(loop()).processors.writer(), request));
  open_ = true;
  next_ping_ms_ = heard_ms_ + limits_->ping_every.count();
  if (limits_->ping_every.count() > 0) start_tick(heard_ms_);
  handler_->on_open(*this);
}

// ---- inbound

void EngineSocket::on_bytes(std::string_view bytes) {
  if (ended_) return;
  const auto self = shared_from_this();
  heard_ms_ = Loop::coarse_now_ms();
  const FrameGuard::Verdict verdict = guard_.check(bytes, *limits_, heard_ms_);
  try {
    feed(bytes.substr(0, verdict.good_bytes));
  } catch (const std::exception&) { return drop(); }
  if (verdict.close_code != 0) return close(verdict.close_code, verdict.reason);
  if (!ended_ && sink().tail_bytes() > limits_->read_pause_tail_bytes) {
    paused_ = true;
    connection_->pause_reading();
  }
}

// Ends the socket or leaves nothing behind but an unfinished message.
void EngineSocket::feed(std::string_view bytes) {
  if (!unfinished_) bytes = feed_whole_texts(bytes);
  if (bytes.empty()) return;
  Engine& engine = engine_of(loop());
  auto processor = unfinished_ ? std::move(unfinished_) : engine.processors.take(limits_->message_bytes_max);
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), engine.bytes.size());
    std::memcpy(engine.bytes.data(), bytes.data(), size);
    bytes.remove_prefix(size);
    for (std::size_t at = 0; at < size;) {
      engine::Error error;
      at += processor->consume(engine.bytes.data() + at, size - at, error);
      if (error) return breach(error);
      if (!processor->ready()) continue;
      heard(*processor->get_message());
      if (ended_) return;
    }
  }
  if (guard_.between_messages()) engine.processors.give_back(std::move(processor));
  else unfinished_ = std::move(processor);
}

// Returns what is left for the processor.
std::string_view EngineSocket::feed_whole_texts(std::string_view bytes) {
  std::string& text = engine_of(loop()).text;
  while (const std::size_t taken = take_whole_text(bytes, text)) {
    bytes.remove_prefix(taken);
    heard_text(text);
    if (ended_) return {};
  }
  return bytes;
}

void EngineSocket::on_end(ReadEnd) {
  const auto self = shared_from_this();
  end();
}

void EngineSocket::on_drained() {
  if (!paused_ || ended_) return;
  paused_ = false;
  connection_->resume_reading();
}

void EngineSocket::heard(const engine::Message& message) {
  const auto opcode = message.get_opcode();
  if (opcode == wpp::frame::opcode::text) return heard_text(message.get_payload());
  if (opcode == wpp::frame::opcode::binary && !closing_) return handler_->on_binary(*this, message.get_payload());
  if (opcode == wpp::frame::opcode::close) return heard_close(message.get_payload());
  if (opcode == wpp::frame::opcode::ping && !closing_) send_pong(message.get_payload());
}

// The engine accepts a character cut off at the end of a fragmented message.
void EngineSocket::heard_text(const std::string& text) {
  if (closing_) return;
  if (!is_valid_utf8(text)) return close(code_bad_text, "not valid UTF-8");
  handler_->on_message(*this, text);
}

// Theirs first: confirmed with the same code. Ours first: this confirms it.
void EngineSocket::heard_close(const std::string& payload) {
  engine::Error error;
  their_code_ = wpp::close::extract_code(payload, error);
  const std::string reason = error ? std::string() : wpp::close::extract_reason(payload, error);
  if (!closing_) {
    const std::uint16_t echoed = their_code_ == wpp::close::status::no_status ? wpp::close::status::normal : their_code_;
    const bool sent = error ? send_close(wpp::close::status::protocol_error, "invalid close frame") : send_close(echoed, reason);
    if (!sent) return drop();
  }
  end();
}

// The peer broke the protocol.
void EngineSocket::breach(const engine::Error& error) {
  if (!closing_ && !send_close(wpp::processor::error::to_ws(error), error.message())) return drop();
  end();
}

// ---- control frames

void EngineSocket::write_control(const engine::Message& message) { sink().write(message.get_header() + message.get_payload()); }

void EngineSocket::send_pong(const std::string& payload) {
  auto& processors = engine_of(loop()).processors;
  const auto pong = processors.new_message();
  if (!processors.writer().prepare_pong(payload, pong)) write_control(*pong);
}

// False when this code cannot be sent.
bool EngineSocket::send_close(std::uint16_t code, std::string_view reason) {
  auto& processors = engine_of(loop()).processors;
  const auto frame = processors.new_message();
  if (processors.writer().prepare_close(code, std::string(reason), frame)) return false;
  our_code_ = code;
  write_control(*frame);
  return true;
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
  if (!send_close(code, utf8_prefix(reason, 123))) return drop();
  sink().seal();
  if (wpp::close::status::terminal(code)) return end();
  timer_ = loop().start_timer(limits_->close_max, [this] { end(); });
}

void EngineSocket::drop() {
  if (ended_) return;
  dropped_ = true;
  end();
}

void EngineSocket::on_overflow() {
  if (closing_ || ended_) return drop();
  sink().reopen_after_overflow();
  close(code_slow, "too slow");
}

void EngineSocket::end() {
  if (ended_) return;
  ended_ = true;
  timer_.cancel();
  unfinished_.reset();
  sink().seal();
  connection_->pause_reading();
  loop().post([self = shared_from_this()] { self->finish(); });
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
  if (their_code_ != 0 && their_code_ != code_lost) return their_code_;
  return our_code_ != 0 ? our_code_ : code_lost;
}

}  // namespace

void WebSocketHandler::on_binary(WebSocket& socket, std::string_view) { socket.close(code_unsupported, "text messages only"); }

std::shared_ptr<WebSocket> WebSocket::adopt(Loop& loop, UpgradeRequest request, const WebSocketLimits& limits,
                                            std::shared_ptr<WebSocketHandler> handler) {
  Engine& engine = engine_of(loop);
  auto connection = Connection::adopt(loop, std::move(request.stream));
  auto socket = std::make_shared<EngineSocket>(std::move(connection), engine.intern(limits), std::move(handler));
  socket->begin(request);
  return socket;
}

}  // namespace matinee::net
