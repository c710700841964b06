#include "server/shard/fanout.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include "server/net/frame.h"
#include "server/net/loop.h"
#include "server/shard/limits.h"
#include "server/shard/send_ring.h"

namespace matinee::shard {

void Seat::on_blocked(net::Sink& sink, bool blocked) {
  if (fanout_ != nullptr) fanout_->members_[position_].direct = !blocked && !sink.is_tls();
}

FlushQueue::FlushQueue(net::Loop& loop, ShardCounters& counters, bool use_ring)
    : loop_(loop), counters_(counters), use_ring_(use_ring), self_(std::make_shared<FlushQueue*>(this)) {}

FlushQueue::~FlushQueue() { *self_ = nullptr; }

void FlushQueue::add(Fanout& fanout) {
  dirty_.push_back(&fanout);
  if (posted_) return;
  posted_ = true;
  loop_.post([self = self_] {
    if (*self != nullptr) (*self)->flush_all();
  });
}

void FlushQueue::remove(Fanout& fanout) { std::erase(dirty_, &fanout); }

std::string FlushQueue::take_buffer() {
  if (buffers_.empty()) return {};
  std::string buffer = std::move(buffers_.back());
  buffers_.pop_back();
  return buffer;
}

void FlushQueue::give_back(std::string buffer) {
  if (buffers_.size() >= limits::batch_buffers_kept || buffer.capacity() > limits::batch_bytes_kept) return;
  buffer.clear();
  buffers_.push_back(std::move(buffer));
}

void FlushQueue::flush_all() {
  posted_ = false;
  if (use_ring_) {  // made here because a ring belongs to the thread that submits to it
    use_ring_ = false;
    ring_ = SendRing::create();
  }
  std::size_t sends = 0;
  for (const Fanout* fanout : dirty_) sends += fanout->size();
  if (ring_ && sends >= limits::ring_worth_sends) {
    if (!ring_->send(dirty_)) ring_.reset();
    for (Fanout* fanout : dirty_) fanout->finish();
  } else {
    for (Fanout* fanout : dirty_) {
      for (std::size_t i = 0; i < fanout->size(); ++i) fanout->deliver_waiting(i);
      fanout->finish();
    }
  }
  dirty_.clear();
}

Fanout::~Fanout() {
  if (dirty()) queue_.remove(*this);
  while (!members_.empty()) leave(*members_.back().seat);
}

void Fanout::join(Seat& seat, net::Sink& sink) {
  flush();
  seat.fanout_ = this;
  seat.position_ = static_cast<std::uint32_t>(members_.size());
  members_.push_back({&sink, &seat, sink.fd(), !sink.blocked() && !sink.is_tls()});
  sink.set_blocked_observer(&seat);
}

void Fanout::leave(Seat& seat) {
  if (seat.fanout_ != this) return;
  flush();
  Member& place = members_[seat.position_];
  place.sink->set_blocked_observer(nullptr);
  place = members_.back();
  place.seat->position_ = seat.position_;
  members_.pop_back();
  seat.fanout_ = nullptr;
}

void Fanout::append(std::string_view text, net::LatestKind kind) {
  ++queue_.counters().broadcasts;
  if (members_.empty()) return;
  if (!dirty()) {
    queue_.add(*this);
    batch_ = queue_.take_buffer();
  }
  net::append_text_frame(batch_, text);
  ++frames_;
  if (kind == 0 && !pieces_.empty() && pieces_.back().kind == 0) pieces_.back().end = batch_.size();
  else pieces_.push_back({batch_.size(), kind, nullptr});
}

void Fanout::flush() {
  if (!dirty()) return;
  queue_.remove(*this);
  for (std::size_t i = 0; i < members_.size(); ++i) deliver_waiting(i);
  finish();
}

// One member without the ring, whatever state it is in.
void Fanout::deliver_waiting(std::size_t index) {
  const Member& member = members_[index];
  if (member.direct) {
    const ssize_t sent = ::send(member.fd, batch_.data(), batch_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return settle(index, sent < 0 ? -errno : sent);
  }
  if (member.sink->is_tls() && !member.sink->blocked()) return member.sink->write(batch_);
  deliver_pieces(*member.sink);
}

void Fanout::settle(std::size_t index, long result) {
  net::Sink& sink = *members_[index].sink;
  if (result == static_cast<long>(batch_.size())) return;
  if (result > 0) return sink.keep(whole(), static_cast<std::size_t>(result));
  if (result == -EAGAIN || result == -EWOULDBLOCK || result == -EINTR || result == 0) return deliver_pieces(sink);
  sink.mark_gone();
}

void Fanout::finish() {
  queue_.counters().deliveries += frames_ * members_.size();
  ++queue_.counters().flushes;
  queue_.give_back(std::exchange(batch_, {}));
  pieces_.clear();
  whole_.reset();
  frames_ = 0;
}

const net::SharedFrame& Fanout::whole() {
  if (!whole_) whole_ = net::make_frame(batch_);
  return whole_;
}

void Fanout::deliver_pieces(net::Sink& sink) {
  std::size_t begin = 0;
  for (Piece& piece : pieces_) {
    if (!piece.frame) piece.frame = pieces_.size() == 1 ? whole() : net::make_frame(batch_.substr(begin, piece.end - begin));
    if (piece.kind == 0) sink.write(piece.frame);
    else sink.write_latest(piece.frame, piece.kind);
    begin = piece.end;
  }
}

}  // namespace matinee::shard
