#include "server/net/sink.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include "server/net/loop.h"

namespace matinee::net {
namespace {

iovec as_iovec(std::string_view bytes) { return {const_cast<char*>(bytes.data()), bytes.size()}; }  // sendmsg does not write to it

}  // namespace

Sink::Sink(Loop& loop, SinkOwner& owner, int fd, ssl_st* ssl) : loop_(loop), owner_(owner), ssl_(ssl), fd_(fd) {}

Sink::~Sink() {
  drop_unsent(true);
  auto& failed = loop_.tails().failed_;
  if (in_failed_list_) std::erase(failed, this);
}

void Sink::write(SharedFrame frame) {
  if (!accepts() || !frame || frame->bytes.empty()) return;
  std::size_t taken = 0;
  if (!tail_) {
    const Step step = send_some(frame->bytes, taken);
    if (step == Step::gone) return fail(SinkFailure::peer_gone);
    if (taken == frame->bytes.size()) return;
  }
  push(Piece{std::move(frame), taken, 0, taken > 0 || tls_retry_});
}

void Sink::write(std::string_view frames) {
  if (!accepts() || frames.empty()) return;
  std::size_t taken = 0;
  if (!tail_) {
    const Step step = send_some(frames, taken);
    if (step == Step::gone) return fail(SinkFailure::peer_gone);
    if (taken == frames.size()) return;
  }
  push(Piece{make_frame(std::string(frames.substr(taken))), 0, 0, taken > 0 || (!tail_ && tls_retry_)});
}

void Sink::write(std::string_view before, SharedFrame shared, std::size_t from, std::string_view after) {
  if (!accepts() || !shared) return;
  std::size_t taken = 0;
  if (!tail_ && !ssl_) {
    const std::string_view middle = std::string_view(shared->bytes).substr(from);
    std::array<iovec, 3> pieces = {as_iovec(before), as_iovec(middle), as_iovec(after)};
    if (send_together(pieces, taken) == Step::gone) return fail(SinkFailure::peer_gone);
  }
  // What has to wait, from where the socket stopped.
  const auto off = [&taken](std::size_t size) {
    const std::size_t sent = std::min(taken, size);
    taken -= sent;
    return sent;
  };
  const std::size_t middle_bytes = shared->bytes.size() - from;
  keep(before, off(before.size()));
  keep(std::move(shared), from + off(middle_bytes));
  keep(after, off(after.size()));
}

void Sink::write_latest(SharedFrame frame, LatestKind kind) {
  if (!accepts() || !frame) return;
  if (!tail_) {
    std::size_t taken = 0;
    const Step step = send_some(frame->bytes, taken);
    if (step == Step::gone) return fail(SinkFailure::peer_gone);
    if (taken == frame->bytes.size()) return;
    return push(Piece{std::move(frame), taken, kind, taken > 0 || tls_retry_});
  }
  for (std::size_t i = 0; i < tail_->size(); ++i) {
    if ((*tail_)[i].kind != kind || kind == 0 || pinned(i)) continue;
    const std::size_t dropped = (*tail_)[i].frame->bytes.size();
    tail_->erase(tail_->begin() + static_cast<std::ptrdiff_t>(i));
    change_tail_bytes(tail_bytes_ - dropped);
    break;
  }
  push(Piece{std::move(frame), 0, kind, false});
}

void Sink::keep(std::string_view batch, std::size_t sent) {
  if (!accepts() || sent >= batch.size()) return;
  push(Piece{make_frame(std::string(batch.substr(sent))), 0, 0, sent > 0});
}

void Sink::keep(SharedFrame batch, std::size_t sent) {
  if (!accepts() || !batch || sent >= batch->bytes.size()) return;
  push(Piece{std::move(batch), sent, 0, sent > 0});
}

void Sink::mark_gone() {
  if (!failed_) fail(SinkFailure::peer_gone);
}

void Sink::set_tail_limit(std::size_t bytes) {
  const std::size_t now = tail_bytes_;
  change_tail_bytes(0);
  tail_limit_ = bytes;
  change_tail_bytes(now);
}

void Sink::seal() {
  sealed_ = true;
  set_blocked(true);
}

void Sink::reopen_after_overflow() {
  if (failure_ != SinkFailure::overflow) return;
  failed_ = false;
  set_tail_limit(0);  // what follows is one close frame
}

// One attempt. Plain sockets that took less than all are full; TLS goes record by record until it is told to wait.
Sink::Step Sink::send_some(std::string_view bytes, std::size_t& taken) {
  if (!ssl_) {
    ssize_t n;
    do n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Step::wait : Step::gone;
    taken = static_cast<std::size_t>(n);
    return taken == bytes.size() ? Step::progress : Step::wait;
  }
  tls_wants_read_ = false;
  while (taken < bytes.size()) {
    ::ERR_clear_error();
    const std::size_t most = std::min<std::size_t>(bytes.size() - taken, INT_MAX);
    const int n = ::SSL_write(ssl_, bytes.data() + taken, static_cast<int>(most));
    tls_retry_ = false;
    if (n > 0) {
      taken += static_cast<std::size_t>(n);
      continue;
    }
    const int error = ::SSL_get_error(ssl_, n);
    if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) return Step::gone;
    tls_retry_ = true;
    tls_wants_read_ = error == SSL_ERROR_WANT_READ;
    return Step::wait;
  }
  return Step::progress;
}

Sink::Step Sink::send_together(std::span<iovec> pieces, std::size_t& taken) {
  std::size_t offered = 0;
  for (const iovec& piece : pieces) offered += piece.iov_len;
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  const ssize_t n = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n < 0) return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? Step::wait : Step::gone;
  taken = static_cast<std::size_t>(n);
  return taken == offered ? Step::progress : Step::wait;
}

bool Sink::pinned(std::size_t index) const { return (*tail_)[index].started || (index == 0 && tls_retry_); }

void Sink::push(Piece piece) {
  if (!tail_) tail_ = std::make_unique<std::deque<Piece>>();
  const std::size_t added = piece.frame->bytes.size() - piece.offset;
  const bool first = tail_->empty();
  tail_->push_back(std::move(piece));
  change_tail_bytes(tail_bytes_ + added);
  set_blocked(true);
  if (first) owner_.on_sink_wants_write(true);
  enforce_bounds();
}

void Sink::enforce_bounds() {
  if (tail_limit_ == 0) return;
  if (tail_bytes_ > tail_limit_) return fail(SinkFailure::overflow);
  TailBudget& budget = loop_.tails();
  if (budget.used_bytes_ <= budget.limit_bytes_) return;
  Sink* longest = *std::max_element(budget.tailed_.begin(), budget.tailed_.end(),
                                    [](const Sink* a, const Sink* b) { return a->tail_bytes_ < b->tail_bytes_; });
  longest->fail(SinkFailure::overflow);
}

void Sink::change_tail_bytes(std::size_t bytes) {
  TailBudget& budget = loop_.tails();
  if (accounted_) budget.used_bytes_ -= tail_bytes_;
  tail_bytes_ = bytes;
  const bool account = tail_limit_ != 0 && bytes != 0;
  if (account) budget.used_bytes_ += bytes;
  if (account == accounted_) return;
  accounted_ = account;
  if (account) budget.tailed_.push_back(this);
  else std::erase(budget.tailed_, this);
}

void Sink::drop_unsent(bool even_started) {
  if (!tail_) return;
  const bool keep_first = !even_started && pinned(0);
  if (!keep_first) {
    tail_.reset();
    tls_retry_ = false;
    return change_tail_bytes(0);
  }
  tail_->erase(tail_->begin() + 1, tail_->end());
  change_tail_bytes(tail_->front().frame->bytes.size() - tail_->front().offset);
}

void Sink::set_blocked(bool blocked) {
  if (blocked == blocked_) return;
  blocked_ = blocked;
  if (observer_) observer_->on_blocked(*this, blocked);
}

void Sink::fail(SinkFailure why) {
  if (failed_ && (failure_ == SinkFailure::peer_gone || why == SinkFailure::overflow)) return;
  failed_ = true;
  failure_ = why;
  drop_unsent(why == SinkFailure::peer_gone);
  set_blocked(true);
  TailBudget& budget = loop_.tails();
  if (!in_failed_list_) {
    in_failed_list_ = true;
    budget.failed_.push_back(this);
  }
  if (budget.report_posted_) return;
  budget.report_posted_ = true;
  loop_.post([&loop = loop_] { report_failures(loop); });
}

void Sink::report_failures(Loop& loop) {
  TailBudget& budget = loop.tails();
  budget.report_posted_ = false;
  // A report may end other sinks, which then leave the list.
  while (!budget.failed_.empty()) {
    Sink* sink = budget.failed_.back();
    budget.failed_.pop_back();
    sink->in_failed_list_ = false;
    sink->owner_.on_sink_failed(sink->failure_);
  }
}

void Sink::on_writable() {
  if (!tail_) return tail_gone_out();
  switch (send_tail()) {
    case Step::wait: return;
    case Step::gone: return fail(SinkFailure::peer_gone);
    case Step::progress: return tail_gone_out();
  }
}

void Sink::tail_gone_out() {
  tail_.reset();
  change_tail_bytes(0);
  set_blocked(sealed_ || failed_);
  owner_.on_sink_wants_write(false);
  owner_.on_sink_drained();
}

Sink::Step Sink::send_tail() {
  while (!tail_->empty()) {
    std::size_t taken = 0;
    Step step;
    if (ssl_ || tail_->size() == 1) {
      step = send_some(std::string_view(tail_->front().frame->bytes).substr(tail_->front().offset), taken);
    } else {
      std::array<iovec, 32> pieces;
      std::size_t count = 0;
      for (; count < pieces.size() && count < tail_->size(); ++count)
        pieces[count] = as_iovec(std::string_view((*tail_)[count].frame->bytes).substr((*tail_)[count].offset));
      step = send_together(std::span(pieces).first(count), taken);
    }
    if (step == Step::gone) return step;
    change_tail_bytes(tail_bytes_ - taken);
    while (taken > 0) {
      Piece& first = tail_->front();
      const std::size_t rest = first.frame->bytes.size() - first.offset;
      if (taken < rest) {
        first.offset += taken;
        first.started = true;
        break;
      }
      taken -= rest;
      tail_->pop_front();
    }
    if (step == Step::wait) return step;
  }
  return Step::progress;
}

}  // namespace matinee::net
