#include "videoproto/desktop/link.h"

#include <signal.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <utility>

#include "videoproto/desktop/limits.h"

namespace matinee::desktop {
namespace asio = boost::asio;
namespace proto = videoproto;
using asio::ip::tcp;
using boost::system::error_code;
using proto::ErrorCode;

Link::Link(asio::io_context& io, LinkOptions options, LinkListener& listener)
    : io_(io), options_(std::move(options)), listener_(&listener), resolver_(io), timer_(io), resume_(options_.resume) {
  // OpenSSL writes with write(2), which has no MSG_NOSIGNAL: a server that is gone would end this program.
  ::signal(SIGPIPE, SIG_IGN);
  if (!options_.plain) tls_ = proto::make_tls_client_context();
}
Link::~Link() = default;

void Link::start() { connect(); }

void Link::close() {
  listener_ = nullptr;
  timer_.cancel();
  resolver_.cancel();
  if (connection_) connection_->bye();
}

void Link::connect() {
  const unsigned attempt = ++attempt_;
  auto socket = std::make_shared<tcp::socket>(io_);  // held by the operations on it
  timer_.expires_after(std::chrono::milliseconds(limits::connect_ms_max));
  timer_.async_wait([this, attempt, socket, hold = shared_from_this()](const error_code& error) {
    if (error || attempt != attempt_) return;
    failed_to_connect("no answer for " + std::to_string(limits::connect_ms_max / 1'000) + " seconds");
  });
  resolver_.async_resolve(
      options_.server.host, std::to_string(options_.server.port), tcp::resolver::numeric_service,
      [this, attempt, socket, hold = shared_from_this()](const error_code& error, const tcp::resolver::results_type& found) {
        if (attempt != attempt_ || listener_ == nullptr) return;
        if (error) return failed_to_connect("this name is not known");
        asio::async_connect(*socket, found, [this, attempt, socket, hold](const error_code& failed, const tcp::endpoint&) {
          if (attempt != attempt_ || listener_ == nullptr) return;
          if (failed) return failed_to_connect(failed.message());
          on_connected(std::move(*socket));
        });
      });
}

void Link::on_connected(tcp::socket socket) {
  timer_.cancel();
  proto::OpenConnection fresh{proto::ConnectionSocket(socket.release()), proto::Session(proto::Role::client, proto::monotonic_us()), {}};
  if (!options_.plain && (!tls_ || !fresh.socket.start_tls_client(tls_.get(), options_.server.host)))
    return end({ExitCode::failed, "TLS cannot be started on this machine."});
  connection_ = proto::Connection::adopt(io_, std::move(fresh), {proto::limits::frame_bytes_max});
  connection_->start(shared_from_this());
}

// Also when an attempt took too long: later answers of it are not heard.
void Link::failed_to_connect(const std::string& why) {
  ++attempt_;
  lost("Nobody answers at " + show(options_.server) + ": " + why + ".");
}

void Link::lost(const std::string& sentence) {
  open_ = false;
  if (listener_ == nullptr) return;
  const std::int64_t now = proto::monotonic_us();
  if (!was_open_) return end({ExitCode::unreachable, sentence + " Is this the server's video port, and is the server running?"});
  if (!lost_us_) lost_us_ = now;
  if (now - *lost_us_ >= options_.retry_us)
    return end({ExitCode::unreachable, sentence + " Gave up after " + std::to_string((now - *lost_us_) / 1'000'000) + " seconds."});
  const std::int64_t wait_ms = backoff_.next_ms(std::uniform_real_distribution<>(0, 1)(random_));
  listener_->on_lost(sentence, wait_ms);
  timer_.expires_after(std::chrono::milliseconds(wait_ms));
  timer_.async_wait([this, hold = shared_from_this()](const error_code& error) {
    if (!error && listener_ != nullptr) connect();
  });
}

void Link::end(Ending ending) {
  LinkListener* told = std::exchange(listener_, nullptr);
  timer_.cancel();
  if (told != nullptr) told->on_end(std::move(ending));
}

void Link::on_ready() {
  if (!options_.plain && !fits(options_.pin, connection_->peer_fingerprint())) {
    const auto keep = connection_;
    end({ExitCode::wrong_server,
         "The server at " + show(options_.server) +
             " shows another certificate than the expected one, so nothing was said to it: take a new line from Connect "
             "desktop, or log in again. It shows SHA-256 " +
             to_hex(keep->peer_fingerprint()) + "."});
    return keep->bye();
  }
  static_cast<void>(connection_->send(proto::Hello{1, 1, "matinee-video " MATINEE_VERSION}, 1));
}

void Link::say_who() {
  proto::Auth auth{options_.room, {}, {}, {}, options_.may_be_asked};
  said_resume_ = resume_.has_value();
  if (resume_) auth.resume = resume_;
  else if (options_.token) auth.token = options_.token;
  else auth.pair = options_.pair;
  static_cast<void>(connection_->send(auth, 2));
}

void Link::on_control(const proto::Header& header, const proto::Control& message) {
  if (listener_ == nullptr) return;
  if (const auto* welcome = std::get_if<proto::Welcome>(&message)) {
    frame_bytes_max_ = static_cast<std::uint32_t>(welcome->frame_bytes_max);
    return say_who();
  }
  if (const auto* who = std::get_if<proto::AuthOk>(&message)) {
    open_ = was_open_ = true;
    lost_us_.reset();
    backoff_.reset();
    resume_ = who->resume;
    said_resume_ = false;  // what is refused from now on is not the token
    return listener_->on_open(*who, frame_bytes_max_);
  }
  if (const auto* error = std::get_if<proto::ErrorMessage>(&message)) {
    if (error->fatal) return;  // on_closed follows
    if (!open_) {              // refused without being sent away
      const auto keep = connection_;
      end(ending_of({error->code, true, error->text}).value_or(Ending{ExitCode::refused, error->text}));
      return keep->bye();
    }
  }
  if (open_) listener_->on_message(header, message);
}

proto::FrameFill Link::begin_frame(const proto::Header& header) {
  return listener_ == nullptr ? proto::FrameFill() : listener_->begin_frame(header);
}
void Link::on_frame(const proto::Header& header, proto::Frame picture, proto::JpegHead) {
  if (listener_ != nullptr) listener_->on_frame(header, std::move(picture));
}
void Link::on_dup(const proto::Header& header) {
  if (listener_ != nullptr) listener_->on_dup(header);
}
void Link::on_audio(const proto::Header& header, std::span<const std::byte> packet) {
  if (listener_ != nullptr) listener_->on_audio(header, packet);
}
void Link::next_unit(proto::Outgoing& out) {
  if (listener_ != nullptr && open_) listener_->next_unit(out);
}

// What cannot become better by trying again ends; everything else is a lost connection.
std::optional<Ending> Link::ending_of(const proto::CloseReason& reason) {
  if (!reason.code) return std::nullopt;
  const std::string text = reason.text.empty() ? std::string(proto::info(*reason.code).sentence) : reason.text;
  switch (*reason.code) {
    case ErrorCode::auth_failed:
      if (said_resume_ && options_.token) {  // away for too long, but the token is still good
        resume_.reset();
        return std::nullopt;
      }
      if (said_resume_)
        return Ending{
            ExitCode::refused,
            "The server does not know this program any more: it was away for too long, or the server began anew. Take a new line from "
            "Connect desktop."};
      if (options_.token) return Ending{ExitCode::refused, "This login has ended. Log in again: matinee-video login."};
      return Ending{ExitCode::refused, text};
    case ErrorCode::forbidden:
    case ErrorCode::quota:
    case ErrorCode::busy: return Ending{ExitCode::not_allowed, text};
    case ErrorCode::no_such_stream: return Ending{ExitCode::refused, text};
    case ErrorCode::version: return Ending{ExitCode::failed, "The server speaks another version of the video protocol: " + text};
    case ErrorCode::magic:
    case ErrorCode::malformed:
    case ErrorCode::too_large:
    case ErrorCode::wrong_state:
    case ErrorCode::rate:
    case ErrorCode::bad_jpeg: return Ending{ExitCode::failed, "The server does not understand this program: " + text};
    case ErrorCode::auth_required:
    case ErrorCode::slow_consumer:
    case ErrorCode::idle:
    case ErrorCode::shutting_down:
    case ErrorCode::internal: return std::nullopt;
  }
  return std::nullopt;
}

void Link::on_closed(const proto::CloseReason& reason) {
  open_ = false;
  connection_.reset();
  if (listener_ == nullptr) return;
  if (reason.code == ErrorCode::auth_failed && said_resume_ && !was_open_) {  // kept for too long: as if it had not been
    resume_.reset();
    return connect();
  }
  if (auto ending = ending_of(reason)) return end(std::move(*ending));
  lost("The connection to " + show(options_.server) + " is lost" +
       (reason.text.empty() || reason.code == ErrorCode::auth_failed ? "" : " (" + reason.text + ")") + ".");
}

}  // namespace matinee::desktop
