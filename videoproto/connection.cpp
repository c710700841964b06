#include "videoproto/connection.h"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

#include "videoproto/control_codec.h"
#include "videoproto/parser.h"

namespace matinee::videoproto {
namespace asio = boost::asio;
namespace {

using Status = ConnectionSocket::Status;
constexpr std::size_t read_ahead_bytes = 16 * 1024;  // copied once more, for messages that are small
constexpr std::size_t turn_bytes = 1024 * 1024;      // then the other connections of this loop have their turn
constexpr std::int64_t linger_us = 1'000'000;        // for the last ERROR to arrive
constexpr Rate complaint_rate{1, 4};                 // ERRORs that do not close

}  // namespace

std::int64_t monotonic_us() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Connection::Impl final : ParserSink {
  Impl(asio::io_context& io, OpenConnection open, HeaderLimits limits)
      : session(std::move(open.session)),
        socket(std::move(open.socket)),
        unread(std::move(open.unread)),
        descriptor(io, socket.fd()),
        timer(io),
        pause_timer(io),
        parser(*this, limits) {}
  ~Impl() override { let_go(); }

  // ---- reading
  void handshake();
  void watch_read();
  void watch_write();
  void read_turn();
  bool read_once(std::size_t& left);
  bool feed_unread();
  bool count(std::size_t bytes);
  Verdict on_header(const Header& header) override;
  std::span<std::byte> on_space(const Header& header, std::size_t have, std::size_t missing) override;
  std::optional<ErrorCode> on_message(const Header& header) override;
  void on_skipped(const Header& header) override {
    filling = {};
    if (handler) handler->on_skipped_picture(header);
  }
  std::optional<ErrorCode> on_control(const Header& header);
  void complain(ErrorCode code, const Header& header);

  // ---- writing
  bool send(const Control& message, std::uint32_t request, std::uint32_t stream);
  void write_turn();
  void begin_closing(CloseReason reason);
  void finish_closing();

  // ---- clocks
  void arm();
  void on_timer();
  void let_go();

  // The asynchronous operations share the connection.
  [[nodiscard]] std::shared_ptr<Connection> self() const { return owner->shared_from_this(); }

  Connection* owner = nullptr;
  std::shared_ptr<ConnectionHandler> handler;
  Session session;
  ConnectionSocket socket;
  std::vector<std::byte> unread;
  asio::posix::stream_descriptor descriptor;
  asio::steady_timer timer, pause_timer;
  Parser parser;
  Outgoing out;
  FrameFill filling;
  std::vector<std::byte> payload;  // of control and audio; grows as bytes come
  RateBucket bytes, complaints;
  bool ready = false, paused = false, rate_paused = false, ended = false, reading = false, writing = false;
  bool read_watched = false, write_watched = false, half_closed = false;
  std::int64_t written_us = 0, pinged_us = 0, closing_us = 0;
};

void Connection::Impl::handshake() {
  const auto result = socket.handshake();
  if (result.status == Status::want_read) return watch_read();
  if (result.status == Status::want_write) return watch_write();
  if (result.status != Status::done) {
    begin_closing({std::nullopt, true, "the TLS handshake failed"});
    return finish_closing();
  }
  ready = true;
  if (handler) handler->on_ready();
  read_turn();
  write_turn();
}

void Connection::Impl::watch_read() {
  if (std::exchange(read_watched, true) || !socket.open()) return;
  descriptor.async_wait(asio::posix::stream_descriptor::wait_read, [this, hold = self()](const boost::system::error_code& error) {
    read_watched = false;
    if (error || !socket.open()) return;
    if (!ready) return handshake();
    read_turn();
    if (out.busy() && !write_watched) write_turn();  // TLS may have had to read before it could write
  });
}

void Connection::Impl::watch_write() {
  if (std::exchange(write_watched, true) || !socket.open()) return;
  descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [this, hold = self()](const boost::system::error_code& error) {
    write_watched = false;
    if (error || !socket.open()) return;
    if (!ready) return handshake();
    write_turn();
    if (!read_watched) read_turn();  // and the other way round
  });
}

void Connection::Impl::read_turn() {
  if (std::exchange(reading, true)) return;
  std::size_t left = turn_bytes;
  bool more = feed_unread();
  while (more && left > 0) more = read_once(left);
  reading = false;
  if (!more || !socket.open()) return;
  // TLS may hold decrypted bytes that the descriptor does not tell of: go on by post, not by waiting.
  asio::post(descriptor.get_executor(), [this, hold = self()] {
    if (socket.open()) read_turn();
  });
}

// One read into where the parser wants it, and what is behind into a buffer on the stack. False: wait, or it is over.
bool Connection::Impl::read_once(std::size_t& left) {
  if (!socket.open() || paused || rate_paused) return false;
  std::array<std::byte, read_ahead_bytes> ahead;
  const std::span<std::byte> wanted = parser.space();
  const auto result = socket.read(wanted, ahead);
  if (result.status == Status::want_read) {
    watch_read();
    return false;
  }
  if (result.status == Status::want_write) {
    watch_write();
    return false;
  }
  if (result.status != Status::done) {
    begin_closing({std::nullopt, true, result.status == Status::end ? "the connection was closed" : "the connection failed"});
    finish_closing();
    return false;
  }
  left -= std::min(left, result.bytes);
  session.on_payload(result.bytes, monotonic_us());
  const std::size_t direct = std::min(result.bytes, wanted.size());
  if (direct > 0) static_cast<void>(parser.advance(direct));
  unread.assign(ahead.begin(), ahead.begin() + static_cast<std::ptrdiff_t>(result.bytes - direct));
  return feed_unread() && count(result.bytes);
}

// Message by message, so that the handler can stop behind each one.
bool Connection::Impl::feed_unread() {
  std::span<const std::byte> rest = unread;
  while (!rest.empty() && !paused && !parser.error()) rest = rest.subspan(parser.feed_message(rest));
  unread.erase(unread.begin(), unread.end() - static_cast<std::ptrdiff_t>(rest.size()));
  const auto error = parser.error();
  if (error && !ended) owner->fail(*error);
  return socket.open() && !paused;  // after an error too: what is not read makes the kernel throw our last words away
}

// Over the byte rate nothing is refused; the peer is read more slowly.
bool Connection::Impl::count(std::size_t size) {
  const std::int64_t wait_us =
      bytes.spend(monotonic_us(), static_cast<std::int64_t>(size), {limits::bytes_per_second_max, limits::bytes_burst});
  if (wait_us == 0) return true;
  rate_paused = true;
  pause_timer.expires_after(std::chrono::microseconds(wait_us));
  pause_timer.async_wait([this, hold = self()](const boost::system::error_code& error) {
    if (error) return;
    rate_paused = false;
    read_turn();
  });
  return false;
}

Verdict Connection::Impl::on_header(const Header& header) {
  payload.clear();
  filling = {};
  Verdict verdict = session.on_header(header, monotonic_us());
  if (verdict.kind == Verdict::Kind::skip && verdict.told) complain(verdict.error, header);
  if (verdict.kind != Verdict::Kind::take || header.type != Type::frame || header.has(flags::dup) || !handler) return verdict;
  const auto keep = handler;  // what it does may end this connection
  filling = keep->begin_frame(header);
  return filling ? verdict : Verdict::skip();
}

std::span<std::byte> Connection::Impl::on_space(const Header& header, std::size_t have, std::size_t missing) {
  if (header.type == Type::frame) return filling.space(have, missing);
  payload.resize(have + std::min<std::size_t>(missing, 1'024));
  return std::span(payload).subspan(have);
}

std::optional<ErrorCode> Connection::Impl::on_message(const Header& header) {
  if (!handler) return std::nullopt;
  if (carries_json(header.type)) return on_control(header);
  session.on_message(header.type, monotonic_us());
  const auto keep = handler;
  if (header.type == Type::audio) {
    keep->on_audio(header, payload);
  } else if (header.has(flags::dup)) {
    keep->on_dup(header);
  } else {
    Frame picture = std::exchange(filling, {}).finish(header.payload_bytes);
    const auto head = scan_jpeg(picture.bytes());
    if (head) {
      keep->on_frame(header, std::move(picture), *head);
    } else {
      keep->on_bad_picture(header);
      complain(ErrorCode::bad_jpeg, header);
    }
  }
  return std::nullopt;
}

std::optional<ErrorCode> Connection::Impl::on_control(const Header& header) {
  const std::int64_t came_us = monotonic_us();
  const auto message = decode_control(header.type, payload);
  if (!message) return ErrorCode::malformed;
  session.on_message(header.type, came_us);
  if (const auto* ping = std::get_if<Ping>(&*message)) {
    static_cast<void>(send(Pong{ping->t1_us, came_us, monotonic_us()}, header.aux, 0));
    return std::nullopt;
  }
  const auto keep = handler;
  keep->on_control(header, *message);
  const auto* error = std::get_if<ErrorMessage>(&*message);
  if (error != nullptr && error->fatal) begin_closing({error->code, true, error->text});
  if (header.type == Type::bye) begin_closing({std::nullopt, true, "the peer said good-bye"});
  return std::nullopt;
}

void Connection::Impl::complain(ErrorCode code, const Header& header) {
  if (session.role() != Role::relay || !complaints.take(monotonic_us(), 1, complaint_rate)) return;
  owner->fail(code, 0, header.stream);
}

bool Connection::Impl::send(const Control& message, std::uint32_t request, std::uint32_t stream) {
  const Type type = type_of(message);
  if (ended || !session.on_send(type)) return false;
  if (!out.add_control(Header{type, 0, 0, stream, 0, request, 0}, encode_control(message))) {
    begin_closing({ErrorCode::slow_consumer, false, {}});
    finish_closing();  // there is no room for an ERROR either
    return false;
  }
  write_turn();
  return true;
}

void Connection::Impl::write_turn() {
  if (!ready || std::exchange(writing, true)) return;
  Status status = Status::done;
  std::size_t left = turn_bytes;
  while (status == Status::done && socket.open() && left > 0) {
    out.load();
    if (out.may_pull() && handler && !ended) handler->next_unit(out);
    out.load();  // the handler may have said something instead
    if (!out.busy()) break;
    const auto result = socket.write(out.first(), out.second());
    status = result.status;
    if (status == Status::done) {
      out.written(result.bytes);
      left -= std::min(left, result.bytes);
    }
    if (status == Status::done || written_us == 0) written_us = monotonic_us();
  }
  writing = false;
  if (out.empty()) written_us = 0;
  if (status == Status::want_read) return watch_read();
  if (status == Status::failed || status == Status::end) {
    begin_closing({std::nullopt, true, "the connection failed"});
    return finish_closing();
  }
  if (out.busy() || left == 0) return watch_write();
  if (ended && out.empty() && !std::exchange(half_closed, true)) socket.finish_writing();
}

// The handler hears of it now; the socket stays for a second so that what was said last arrives.
void Connection::Impl::begin_closing(CloseReason reason) {
  if (std::exchange(ended, true)) return;
  session.close();
  paused = false;
  closing_us = monotonic_us();
  if (const auto told = std::exchange(handler, nullptr)) told->on_closed(reason);
  write_turn();
  arm();
}

void Connection::Impl::finish_closing() {
  let_go();
  socket.close();
}

void Connection::Impl::let_go() {
  boost::system::error_code ignored;
  timer.cancel();
  pause_timer.cancel();
  if (descriptor.is_open()) {
    descriptor.cancel(ignored);
    static_cast<void>(descriptor.release());  // the descriptor belongs to the socket
  }
}

void Connection::Impl::arm() {
  if (!socket.open()) return;
  const std::int64_t now = monotonic_us();
  std::int64_t next = now + limits::ping_interval_us;
  if (const auto deadline = session.deadline_us()) next = std::min(next, *deadline);
  if (written_us != 0) next = std::min(next, written_us + limits::write_progress_us_max);
  if (ended) next = closing_us + linger_us;
  timer.expires_after(std::chrono::microseconds(std::max<std::int64_t>(0, next - now)));
  timer.async_wait([this, hold = self()](const boost::system::error_code& error) {
    if (!error && socket.open()) on_timer();
  });
}

void Connection::Impl::on_timer() {
  const std::int64_t now = monotonic_us();
  if (ended) {
    if (now >= closing_us + linger_us) return finish_closing();
  } else if (const auto error = session.on_time(now)) {
    return owner->fail(*error);
  } else if (written_us != 0 && now >= written_us + limits::write_progress_us_max) {
    begin_closing({ErrorCode::slow_consumer, false, {}});
    return finish_closing();
  } else if (session.state() == State::open && now >= pinged_us + limits::ping_interval_us) {
    pinged_us = now;
    static_cast<void>(send(Ping{now}, 0, 0));
  }
  arm();
}

std::shared_ptr<Connection> Connection::adopt(asio::io_context& io, OpenConnection open, HeaderLimits limits) {
  return std::shared_ptr<Connection>(new Connection(std::make_unique<Impl>(io, std::move(open), limits)));  // the constructor is private
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) { impl_->owner = this; }
Connection::~Connection() = default;

void Connection::start(std::shared_ptr<ConnectionHandler> handler) {
  impl_->handler = std::move(handler);
  impl_->arm();
  // Never from inside start(): the handler may not be ready to hear.
  asio::post(impl_->descriptor.get_executor(), [impl = impl_.get(), hold = shared_from_this()] {
    if (impl->socket.open()) impl->handshake();
  });
}

Session& Connection::session() { return impl_->session; }
std::array<std::byte, 32> Connection::peer_fingerprint() const { return impl_->socket.peer_fingerprint(); }
bool Connection::send(const Control& message, std::uint32_t request, std::uint32_t stream) { return impl_->send(message, request, stream); }
void Connection::wake() { impl_->write_turn(); }

void Connection::fail(ErrorCode code, std::uint32_t request, std::optional<std::int64_t> stream) {
  if (impl_->ended) return;
  const auto hold = shared_from_this();
  // The half-written picture of a slow peer is in the way of any last word, and others wait for its slot.
  const bool cut = code == ErrorCode::slow_consumer && impl_->out.busy() && !impl_->writing;
  if (!cut) static_cast<void>(impl_->send(error_message(code, stream), request, 0));
  if (info(code).fatal) impl_->begin_closing({code, false, {}});
  if (!cut) return;
  impl_->finish_closing();
  impl_->out = {};
}

void Connection::bye() {
  const auto hold = shared_from_this();
  static_cast<void>(impl_->send(Bye{}, 0, 0));
  impl_->begin_closing({});
}

void Connection::pause_reading() { impl_->paused = true; }
void Connection::resume_reading() {
  if (!std::exchange(impl_->paused, false) || !impl_->socket.open()) return;
  asio::post(impl_->descriptor.get_executor(), [impl = impl_.get(), hold = shared_from_this()] {
    if (impl->socket.open()) impl->read_turn();
  });
}

std::optional<OpenConnection> Connection::release() {
  if (impl_->ended || !impl_->ready || !impl_->out.empty() || !impl_->parser.at_boundary() || impl_->reading) return std::nullopt;
  impl_->let_go();
  impl_->ended = true;
  impl_->handler = nullptr;
  return OpenConnection{std::move(impl_->socket), std::move(impl_->session), std::move(impl_->unread)};
}

}  // namespace matinee::videoproto
