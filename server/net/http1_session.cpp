#include "server/net/http1_session.h"

#include <strings.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "server/net/http1_exchange.h"
#include "server/net/http1_file.h"
#include "server/net/response_head.h"

namespace matinee::net {
namespace {

// Of the answers made here, below the router, which gives its own to all others.
ResponseHead sentence_head(int status) {
  return {status,
          {{"Content-Type", "text/plain; charset=utf-8"},
           {"X-Content-Type-Options", "nosniff"},
           {"Content-Security-Policy", "default-src 'none'"},
           {"Cache-Control", "no-store"}}};
}

std::string chunk_line(std::size_t bytes) {
  char line[24];
  return {line, static_cast<std::size_t>(::snprintf(line, sizeof line, "%zx\r\n", bytes))};
}

}  // namespace

Http1Session::Http1Session(std::shared_ptr<Http1Server::Shared> shared, std::shared_ptr<Connection> connection)
    : shared_(std::move(shared)), connection_(std::move(connection)) {
  shared_->sessions.insert(this);
}

Http1Session::~Http1Session() { shared_->sessions.erase(this); }

void Http1Session::start() {
  arm(shared_->limits.idle_max);
  connection_->start_reading(shared_from_this());
}

void Http1Session::drain() {
  keep_alive_ = false;
  if (phase_ == Phase::idle) close_after_tail();
}

// ---- heads

void Http1Session::on_bytes(std::string_view bytes) {
  in_.append(bytes);
  switch (phase_) {
    case Phase::idle:
    case Phase::head: return next_requests();
    case Phase::answering:
      if (on_piece_) pump_body();
      return bound_read_ahead();
    case Phase::skipping: return skip_body();
    case Phase::flushing: return bound_read_ahead();
    case Phase::closed: return;
  }
}

void Http1Session::on_end(ReadEnd why) {
  if (why == ReadEnd::error) return lost();
  peer_ended_ = true;  // a half-close: what it asked for is still answered
  switch (phase_) {
    case Phase::idle:
    case Phase::head:
    case Phase::skipping: return close_after_tail();
    case Phase::answering:
      if (on_piece_) pump_body();
      return;
    case Phase::flushing:
    case Phase::closed: return;
  }
}

// A handler may answer at once, which brings us back here: the loop goes on, it does not nest.
void Http1Session::next_requests() {
  if (in_requests_) return;
  in_requests_ = true;
  while (next_request()) {}
  in_requests_ = false;
}

bool Http1Session::next_request() {
  if (phase_ != Phase::idle && phase_ != Phase::head) return false;
  const std::size_t blank = std::min(in_.find_first_not_of("\r\n"), in_.size());
  if (blank > 0) in_.erase(0, blank);  // RFC 9112 §2.2: empty lines before a request are ignored
  if (in_.empty()) {
    phase_ = Phase::idle;
    if (peer_ended_ || shared_->draining) close_after_tail();
    else arm(shared_->limits.idle_max);
    return false;
  }
  HeadVerdict verdict;
  const std::size_t head_size = find_head_end(in_, shared_->limits, verdict);
  if (head_size == 0 && verdict.status == 0) {
    if (peer_ended_) close_after_tail();
    else if (phase_ == Phase::idle) arm(shared_->limits.head_max);
    if (phase_ == Phase::idle) phase_ = Phase::head;
    return false;
  }
  const std::string_view bytes = std::string_view(in_).substr(0, head_size);
  if (verdict.status == 0) verdict = check_head(bytes, shared_->limits);
  RequestHead head;
  if (verdict.status == 0 && !parser_.parse_head(bytes, head)) verdict = {400, "The request head is malformed."};
  const std::string_view expect = head.field("expect");
  expects_continue_ = expect.size() == 12 && ::strncasecmp(expect.data(), "100-continue", 12) == 0 && head.version_minor >= 1;
  if (!expect.empty() && !expects_continue_ && head.version_minor >= 1 && verdict.status == 0)
    verdict = {417, "Only 100-continue is expected here."};
  if (verdict.status != 0) {
    refuse(verdict);
    return false;
  }
  in_.erase(0, head_size);
  if (paused_ && in_.size() <= shared_->limits.pipelined_bytes_max) {
    paused_ = false;
    connection_->resume_reading();
  }
  disarm();
  phase_ = Phase::answering;
  keep_alive_ = parser_.keep_alive() && !shared_->draining;
  version_minor_ = head.version_minor;
  head_only_ = head.method == "HEAD";
  head_sent_ = false;
  head.secure = connection_->secure();
  head.remote_address = connection_->remote_address();
  current_ = ++requests_;
  auto exchange = std::make_shared<Http1Exchange>(connection_->loop(), weak_from_this(), current_, std::move(head));
  const auto handler = shared_->handler;
  handler->on_request(std::move(exchange));
  return true;
}

void Http1Session::refuse(const HeadVerdict& verdict) {
  keep_alive_ = false;
  head_only_ = false;
  phase_ = Phase::answering;
  const ResponseHead head = sentence_head(verdict.status);
  const std::string body = std::string(verdict.reason) + "\n";
  write_head(head, body.size(), false, body);
  close_after_tail();
}

void Http1Session::bound_read_ahead() {
  if (paused_ || in_.size() <= shared_->limits.pipelined_bytes_max) return;
  paused_ = true;
  connection_->pause_reading();
}

// ---- request bodies

void Http1Session::read_some(Exchange::OnPiece on_piece) {
  on_piece_ = std::move(on_piece);
  if (expects_continue_ && in_.empty() && parser_.has_body()) connection_->sink().write("HTTP/1.1 100 Continue\r\n\r\n");
  expects_continue_ = false;
  connection_->loop().post([weak = weak_from_this()] {
    if (const auto alive = weak.lock()) alive->pump_body();
  });
}

void Http1Session::pump_body() {
  if (!on_piece_ || phase_ != Phase::answering) return;
  std::string decoded;
  if (parser_.has_body() && !in_.empty()) {
    const auto used = parser_.put_body(in_, decoded);
    if (!used) {
      keep_alive_ = false;
      return give_piece(BodyError::malformed, {});
    }
    in_.erase(0, *used);
  }
  if (paused_ && in_.size() <= shared_->limits.pipelined_bytes_max) {
    paused_ = false;
    connection_->resume_reading();
  }
  if (!decoded.empty() || !parser_.has_body()) return give_piece(BodyError::none, decoded);
  if (peer_ended_) {
    keep_alive_ = false;
    return give_piece(BodyError::gone, {});
  }
  arm(shared_->limits.body_progress_max);
}

void Http1Session::give_piece(BodyError error, std::string_view piece) {
  disarm();
  const auto on_piece = std::exchange(on_piece_, nullptr);
  on_piece(error, piece);
}

void Http1Session::skip_body() {
  std::string decoded;
  if (!in_.empty()) {
    const auto used = parser_.put_body(in_, decoded);
    if (!used) return close_after_tail();
    in_.erase(0, *used);
    skipped_bytes_ += *used;
  }
  if (!parser_.has_body()) {
    after_answer();
    return next_requests();
  }
  if (peer_ended_ || skipped_bytes_ > shared_->limits.unread_body_bytes_max) return close_after_tail();
  if (paused_) {
    paused_ = false;
    connection_->resume_reading();
  }
  arm(shared_->limits.body_progress_max);
}

// ---- answers

void Http1Session::write_head(const ResponseHead& head, std::optional<std::uint64_t> length, bool streamed, std::string_view body_too) {
  // A final answer instead of 100 Continue: whether the body follows is anybody's guess.
  if (expects_continue_ && parser_.has_body()) keep_alive_ = false;
  bodyless_ = head_only_ || !may_have_body(head.status);
  chunked_ = streamed && !length && version_minor_ >= 1 && !bodyless_;
  if (streamed && !length && !chunked_ && !bodyless_) keep_alive_ = false;  // HTTP/1.0: the end of the stream is the end
  ResponseFraming framing{may_have_body(head.status) ? length : std::nullopt, chunked_, keep_alive_, version_minor_};
  std::string bytes = make_response_head(head, framing);
  if (!bodyless_) bytes.append(body_too);
  head_sent_ = true;
  length_left_ = length;
  connection_->sink().write(bytes);
}

void Http1Session::send(const ResponseHead& head, std::string body) {
  constexpr std::size_t copied_bytes_max = 16 * 1024;  // one system call is worth a copy up to here
  if (head_sent_) return;
  if (body.size() > copied_bytes_max) return send(head, make_frame(std::move(body)));
  write_head(head, body.size(), false, body);
  answered();
}

void Http1Session::send(const ResponseHead& head, SharedBytes body) {
  if (head_sent_) return;
  write_head(head, body ? body->bytes.size() : 0, false);
  if (!bodyless_) connection_->sink().write(std::move(body));
  answered();
}

void Http1Session::start_answer(const ResponseHead& head, std::optional<std::uint64_t> length) {
  if (!head_sent_) write_head(head, length, true);
}

bool Http1Session::may_write(std::size_t bytes) {
  const bool too_long = length_left_ && bytes > *length_left_;
  if (!head_sent_ || file_ || too_long) return false;
  if (length_left_) *length_left_ -= bytes;
  return true;
}

void Http1Session::write(std::string piece, std::function<void(bool)> taken) {
  if (!may_write(piece.size())) {
    close_now();  // a broken answer must look broken
    connection_->loop().post([taken = std::move(taken)] { taken(false); });
    return;
  }
  if (!bodyless_ && !piece.empty()) {
    if (chunked_) {
      piece.insert(0, chunk_line(piece.size()));
      piece.append("\r\n");
    }
    connection_->sink().write(make_frame(std::move(piece)));
  }
  tell_when_taken(std::move(taken));
}

void Http1Session::write(SharedPiece piece, std::function<void(bool)> taken) {
  const std::size_t size = piece.before.size() + (piece.shared->bytes.size() - piece.from) + piece.after.size();
  if (!may_write(size)) {
    close_now();
    connection_->loop().post([taken = std::move(taken)] { taken(false); });
    return;
  }
  if (!bodyless_ && size > 0) {
    if (chunked_) {
      piece.before.insert(0, chunk_line(size));
      piece.after.append("\r\n");
    }
    connection_->sink().write(piece.before, std::move(piece.shared), piece.from, piece.after);
  }
  tell_when_taken(std::move(taken));
}

void Http1Session::tell_when_taken(std::function<void(bool)> taken) {
  taken_ = taken ? std::move(taken) : [](bool) {};
  if (connection_->sink().tail_bytes() > 0) return arm(shared_->limits.write_progress_max);
  connection_->loop().post([weak = weak_from_this()] {
    if (const auto alive = weak.lock()) alive->on_drained();
  });
}

void Http1Session::finish() {
  if (!head_sent_ || file_ || (length_left_ && *length_left_ > 0 && !bodyless_)) return close_now();
  if (chunked_) connection_->sink().write("0\r\n\r\n");
  answered();
}

void Http1Session::answered() {
  current_ = 0;
  on_piece_ = nullptr;
  if (!keep_alive_) return close_after_tail();
  if (!parser_.has_body()) {
    after_answer();
    return next_requests();
  }
  phase_ = Phase::skipping;
  skipped_bytes_ = 0;
  skip_body();
}

void Http1Session::after_answer() {
  if (connection_->sink().tail_bytes() == 0) {
    phase_ = Phase::idle;
    return;
  }
  phase_ = Phase::flushing;
  arm(shared_->limits.write_progress_max);
}

void Http1Session::on_drained() {
  if (connection_->sink().tail_bytes() > 0) return;
  if (taken_) {
    disarm();
    std::exchange(taken_, nullptr)(true);
  } else if (phase_ == Phase::flushing) {
    disarm();
    phase_ = Phase::idle;
    next_requests();
  } else if (file_ && phase_ == Phase::answering) {
    step_file();
  }
}

void Http1Session::abandoned(std::uint64_t request) {
  if (!serves(request)) return;
  if (head_sent_) return close_now();
  send(sentence_head(500), std::string("Something went wrong here.\n"));
}

std::optional<OpenStream> Http1Session::release_stream() {
  if (phase_ != Phase::answering || head_sent_ || parser_.has_body() || connection_->sink().tail_bytes() > 0) return std::nullopt;
  phase_ = Phase::closed;
  current_ = 0;
  timer_.cancel();
  OpenStream stream = connection_->release();
  stream.already_read = std::exchange(in_, std::string());
  return stream;
}

// ---- the end, and deadlines

void Http1Session::close_after_tail() {
  phase_ = Phase::closed;
  timer_.cancel();
  const HttpLimits& limits = shared_->limits;
  connection_->close_gracefully({limits.write_progress_max, limits.linger_max, limits.linger_bytes_max});
}

void Http1Session::close_now() { lost(); }

void Http1Session::lost() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  current_ = 0;
  timer_.cancel();
  connection_->close_now();
  file_.reset();
  // Whoever waits is told from the Loop, never from inside its own call.
  if (on_piece_ || taken_) connection_->loop().post([self = shared_from_this()] { self->tell_lost(); });
}

void Http1Session::tell_lost() {
  if (on_piece_) std::exchange(on_piece_, nullptr)(BodyError::gone, {});
  if (taken_) std::exchange(taken_, nullptr)(false);
}

void Http1Session::arm(std::chrono::milliseconds within) {
  const std::int64_t now = Loop::coarse_now_ms();
  tail_at_arming_ = connection_->sink().tail_bytes();
  deadline_ms_ = now + within.count();
  if (timer_.running() && timer_due_ms_ <= deadline_ms_) return;  // it looks at the deadline when it fires
  timer_due_ms_ = deadline_ms_;
  timer_ = connection_->loop().start_timer(within, [this] { on_deadline(); });
}

void Http1Session::on_deadline() {
  constexpr std::int64_t clock_slack_ms = 8;
  if (deadline_ms_ == 0 || phase_ == Phase::closed) return;
  const std::int64_t left = deadline_ms_ - Loop::coarse_now_ms();
  if (left > clock_slack_ms) return arm(std::chrono::milliseconds(left));
  disarm();
  if (phase_ == Phase::answering && on_piece_) {
    keep_alive_ = false;
    return give_piece(BodyError::timeout, {});
  }
  if (phase_ == Phase::head) return refuse({408, "The request head did not come in time."});
  const bool slow_but_moving = connection_->sink().tail_bytes() < tail_at_arming_;
  if (slow_but_moving) return arm(shared_->limits.write_progress_max);
  if (phase_ == Phase::idle) return close_after_tail();
  lost();
}

}  // namespace matinee::net
