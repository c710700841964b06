#include "server/net/connection.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "server/net/tls_context.h"

namespace matinee::net {

OpenStream::OpenStream(OpenStream&& other) noexcept
    : remote_address(std::move(other.remote_address)),
      already_read(std::move(other.already_read)),
      lease(std::move(other.lease)),
      fd_(std::exchange(other.fd_, -1)),
      ssl_(std::exchange(other.ssl_, nullptr)) {}

OpenStream& OpenStream::operator=(OpenStream&& other) noexcept {
  std::swap(remote_address, other.remote_address);
  std::swap(already_read, other.already_read);
  std::swap(lease, other.lease);
  std::swap(fd_, other.fd_);
  std::swap(ssl_, other.ssl_);
  return *this;
}

OpenStream::~OpenStream() {
  if (ssl_) ::SSL_free(ssl_);
  if (fd_ >= 0) ::close(fd_);
}

bool OpenStream::start_tls(const TlsContext& context) {
  ssl_ = context.new_session(fd_);
  return ssl_ != nullptr;
}

struct Connection::Passing {
  Timer timer;
  std::function<void(bool)> handshake_done;
  std::function<void()> writable;
  bool tls_wants_write = false;
  std::size_t discarded_bytes = 0;
  CloseOptions close;
};

std::shared_ptr<Connection> Connection::adopt(Loop& loop, OpenStream stream) {
  return std::shared_ptr<Connection>(new Connection(loop, std::move(stream)));  // the constructor is private
}

Connection::Connection(Loop& loop, OpenStream stream)
    : loop_(loop), stream_(std::move(stream)), sink_(loop, *this, stream_.fd(), stream_.ssl()) {}

Connection::~Connection() = default;

// ---- what we wait for

void Connection::update_watch() {
  if (!stream_.open()) return;
  bool read = reading_ && stream_.already_read.empty() && !delivering_ && !end_told_;
  bool write = sink_wants_write_ || tls_read_wants_write_;
  if (passing_) {
    read = read || lingering_ || (passing_->handshake_done && !passing_->tls_wants_write);
    write = write || passing_->writable || (passing_->handshake_done && passing_->tls_wants_write);
  }
  read = read || (sink_wants_write_ && sink_.retry_on_readable());
  if (watch_ && read == shown_read_ && write == shown_write_) return;
  shown_read_ = read;
  shown_write_ = write;
  if (watch_) return loop_.rewatch(watch_, read, write);
  watch_ = loop_.watch(stream_.fd(), shared_from_this(), read, write);
}

void Connection::on_ready(bool readable, bool writable, bool gone) {
  if (!stream_.open()) return;
  if (lingering_) return discard();
  if (passing_ && passing_->handshake_done) return step_handshake();
  if (writable || (readable && sink_.retry_on_readable())) {
    tls_read_wants_write_ = false;
    if (sink_wants_write_) sink_.on_writable();
    if (stream_.open() && passing_ && passing_->writable && sink_.tail_bytes() == 0) {
      const auto fn = std::exchange(passing_->writable, nullptr);
      update_watch();
      fn();
    }
  }
  if (!stream_.open() || lingering_) return;
  if ((readable || gone || writable) && reading_ && shown_read_) return read_available();
  if (gone) ended(ReadEnd::error);
}

// ---- reading

void Connection::start_reading(std::shared_ptr<ByteReader> reader) {
  reader_ = std::move(reader);
  resume_reading();
}

void Connection::pause_reading() {
  reading_ = false;
  update_watch();
}

void Connection::resume_reading() {
  if (closing_ || !stream_.open()) return;
  reading_ = true;
  post_already_read();
  update_watch();
}

void Connection::post_already_read() {
  if (stream_.already_read.empty() || delivering_) return;
  delivering_ = true;
  loop_.post([self = shared_from_this()] { self->deliver_already_read(); });
}

void Connection::deliver_already_read() {
  delivering_ = false;
  if (closing_ || !stream_.open() || !reading_) return;
  const std::string bytes = std::exchange(stream_.already_read, std::string());
  show(bytes);
  update_watch();
}

void Connection::show(std::string_view bytes) {
  const auto reader = reader_;  // it may end this connection, and with it its own place here
  if (reader) reader->on_bytes(bytes);
}

void Connection::read_available() {
  if (stream_.ssl()) read_tls();
  else read_plain();
}

void Connection::read_plain() {
  const auto scratch = loop_.scratch();
  ssize_t n;
  do n = ::recv(stream_.fd(), scratch.data(), scratch.size(), MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n > 0) return show({scratch.data(), static_cast<std::size_t>(n)});
  if (n == 0) return ended(ReadEnd::eof);
  if (errno != EAGAIN && errno != EWOULDBLOCK) ended(ReadEnd::error);
}

// A record is at most 16 KiB and OpenSSL reads no further than the one it decrypts, so with room for a whole one nothing
// ever stays inside it unseen.
void Connection::read_tls() {
  constexpr std::size_t record_bytes_max = 16 * 1024;
  const auto scratch = loop_.scratch();
  std::size_t have = 0;
  int error = SSL_ERROR_NONE;
  while (scratch.size() - have >= record_bytes_max) {
    ::ERR_clear_error();
    const int n = ::SSL_read(stream_.ssl(), scratch.data() + have, static_cast<int>(scratch.size() - have));
    if (n > 0) {
      have += static_cast<std::size_t>(n);
      continue;
    }
    error = ::SSL_get_error(stream_.ssl(), n);
    break;
  }
  tls_read_wants_write_ = error == SSL_ERROR_WANT_WRITE;
  const bool end = error != SSL_ERROR_NONE && error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
  tls_broken_ = tls_broken_ || (end && error != SSL_ERROR_ZERO_RETURN);
  if (have > 0) show({scratch.data(), have});
  if (end && stream_.open() && !closing_) return ended(error == SSL_ERROR_ZERO_RETURN ? ReadEnd::eof : ReadEnd::error);
  if (tls_read_wants_write_) update_watch();
}

void Connection::ended(ReadEnd why) {
  if (closing_ || error_told_ || (end_told_ && why == ReadEnd::eof)) return close_now();
  end_told_ = true;
  error_told_ = why == ReadEnd::error;
  reading_ = false;
  const auto reader = reader_;
  if (!reader) return close_now();
  update_watch();
  reader->on_end(why);
}

// ---- writing

void Connection::on_sink_wants_write(bool wanted) {
  sink_wants_write_ = wanted;
  update_watch();
}

void Connection::on_sink_failed(SinkFailure why) {
  const auto self = shared_from_this();
  if (!stream_.open()) return;
  if (closing_) return close_now();
  if (why == SinkFailure::overflow && reader_) {
    const auto reader = reader_;
    return reader->on_overflow();
  }
  tls_broken_ = true;
  ended(ReadEnd::error);
}

void Connection::on_sink_drained() {
  if (!stream_.open()) return;
  if (closing_) return half_close();
  const auto reader = reader_;
  if (reader) reader->on_drained();
}

void Connection::when_writable(std::function<void()> fn) {
  if (!passing_) passing_ = std::make_unique<Passing>();
  passing_->writable = std::move(fn);
  update_watch();
}

// ---- opening: the TLS handshake

void Connection::handshake(std::chrono::milliseconds within, std::function<void(bool)> done) {
  if (!stream_.ssl()) return done(true);
  passing_ = std::make_unique<Passing>();
  passing_->handshake_done = std::move(done);
  passing_->timer = loop_.start_timer(within, [this] { finish_handshake(false); });
  update_watch();
}

void Connection::step_handshake() {
  ::ERR_clear_error();
  const int n = ::SSL_accept(stream_.ssl());
  if (n == 1) return finish_handshake(true);
  const int error = ::SSL_get_error(stream_.ssl(), n);
  if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
    tls_broken_ = true;
    return finish_handshake(false);
  }
  passing_->tls_wants_write = error == SSL_ERROR_WANT_WRITE;
  update_watch();
}

void Connection::finish_handshake(bool ok) {
  const auto self = shared_from_this();
  if (!ok) tls_broken_ = true;
  const auto passing = std::exchange(passing_, nullptr);
  update_watch();
  passing->handshake_done(ok);
}

// ---- closing: send the tail, half-close, discard what still comes, close (an answer that a close follows at once is lost)

void Connection::retire_reader() {
  // It is often the reader that closes: it must not end inside its own call.
  if (reader_) loop_.post([reader = std::exchange(reader_, nullptr)] {});
}

void Connection::close_gracefully(CloseOptions options) {
  if (closing_ || !stream_.open()) return;
  closing_ = true;
  reading_ = false;
  retire_reader();
  sink_.seal();
  passing_ = std::make_unique<Passing>();
  passing_->close = options;
  if (sink_.failed()) return close_now();
  if (sink_.tail_bytes() == 0) return half_close();
  passing_->timer = loop_.start_timer(options.tail_max, [this] { close_now(); });
  update_watch();
}

void Connection::half_close() {
  if (lingering_) return;
  if (stream_.ssl() && !tls_broken_) {
    ::ERR_clear_error();
    ::SSL_shutdown(stream_.ssl());  // one try: a peer that takes nothing more will not miss it
  }
  if (::shutdown(stream_.fd(), SHUT_WR) != 0) return close_now();
  lingering_ = true;
  passing_->timer = loop_.start_timer(passing_->close.linger_max, [this] { close_now(); });
  sink_wants_write_ = false;
  update_watch();
}

void Connection::discard() {
  const auto scratch = loop_.scratch();
  const ssize_t n = ::recv(stream_.fd(), scratch.data(), scratch.size(), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  if (n <= 0) return close_now();
  passing_->discarded_bytes += static_cast<std::size_t>(n);
  if (passing_->discarded_bytes > passing_->close.linger_bytes_max) close_now();
}

void Connection::close_now() {
  if (!stream_.open()) return;
  closing_ = true;
  reading_ = false;
  sink_.seal();
  retire_reader();
  const auto self = shared_from_this();
  if (watch_) loop_.unwatch(std::exchange(watch_, nullptr));
  // Timers and callbacks here may be what called us: they end with the retired object, not under their own feet.
  if (passing_) loop_.post([passing = std::exchange(passing_, nullptr), self] {});
  OpenStream(std::move(stream_));  // closes the descriptor
}

OpenStream Connection::release() {
  closing_ = true;
  reading_ = false;
  sink_.seal();
  retire_reader();
  if (watch_) loop_.unwatch(std::exchange(watch_, nullptr));
  passing_.reset();
  return std::move(stream_);
}

}  // namespace matinee::net
