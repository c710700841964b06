// One room's way out: what everybody is told is framed once and appended to the room's batch; at the end of the loop's tick each
// member gets the whole batch with one system call. Members stand side by side in memory {sink, descriptor, may be sent to
// directly}; the connection objects stay cold. Whoever cannot take a direct send (TLS, a tail still unsent) goes through its Sink,
// frame by frame, so that newer playback states may replace unsent older ones.
// Thread rule: the loop's thread. A seat must be left before its descriptor is closed.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include "server/net/sink.h"
#include "server/shard/counters.h"

namespace matinee::net {
class Loop;
}

namespace matinee::shard {

class Fanout;
class SendRing;

// The place of one connection in a fan-out; lives in the connection object.
class Seat final : public net::BlockedObserver {
 public:
  Seat() = default;
  Seat(const Seat&) = delete;
  Seat& operator=(const Seat&) = delete;
  [[nodiscard]] bool taken() const { return fanout_ != nullptr; }

 private:
  friend class Fanout;
  void on_blocked(net::Sink& sink, bool blocked) override;
  Fanout* fanout_ = nullptr;
  std::uint32_t position_ = 0;
};

// The rooms of one loop that have something to send. The first one of a tick posts one flush for all.
class FlushQueue {
 public:
  FlushQueue(net::Loop& loop, ShardCounters& counters, bool use_ring);
  ~FlushQueue();
  void add(Fanout& fanout);
  void remove(Fanout& fanout);
  void flush_all();
  // The buffers of batches: only rooms with something to send have one.
  [[nodiscard]] std::string take_buffer();
  void give_back(std::string buffer);
  [[nodiscard]] ShardCounters& counters() { return counters_; }
  [[nodiscard]] bool has_ring() const { return ring_ != nullptr; }

 private:
  net::Loop& loop_;
  ShardCounters& counters_;
  bool use_ring_;
  std::unique_ptr<SendRing> ring_;
  std::vector<Fanout*> dirty_;
  std::vector<std::string> buffers_;
  bool posted_ = false;
  std::shared_ptr<FlushQueue*> self_;  // what a posted flush looks at: null once we are gone
};

class Fanout {
 public:
  struct Member {
    net::Sink* sink;
    Seat* seat;
    int fd;
    bool direct;  // plain, and nothing unsent: ::send to fd is in order
  };

  explicit Fanout(FlushQueue& queue) : queue_(queue) {}
  ~Fanout();
  Fanout(const Fanout&) = delete;
  Fanout& operator=(const Fanout&) = delete;

  // What was said before somebody joins or leaves goes out first: a newcomer never sees it, a leaver always does.
  void join(Seat& seat, net::Sink& sink);
  void leave(Seat& seat);
  // One message for everybody. kind > 0: may take the place of an unsent older one of its kind (net::LatestKind).
  void append(std::string_view text, net::LatestKind kind);
  void flush();
  [[nodiscard]] bool dirty() const { return !batch_.empty(); }
  [[nodiscard]] std::size_t size() const { return members_.size(); }

  // For the send ring, which sends for many rooms at once.
  [[nodiscard]] std::span<const Member> members() const { return members_; }
  [[nodiscard]] std::string_view batch() const { return batch_; }
  void deliver_waiting(std::size_t index);
  void settle(std::size_t index, long result);  // result as of ::send: bytes taken, or −errno
  void finish();                                // everybody has been served

 private:
  friend class Seat;
  struct Piece {
    std::size_t end;
    net::LatestKind kind;
    net::SharedFrame frame;
  };
  const net::SharedFrame& whole();
  void deliver_pieces(net::Sink& sink);

  FlushQueue& queue_;
  std::vector<Member> members_;
  std::string batch_;
  std::vector<Piece> pieces_;  // of the batch; neighbours that are never replaced count as one
  net::SharedFrame whole_;     // the batch, shared by all who could not take all of it; made when the first needs it
  std::uint64_t frames_ = 0;
};

}  // namespace matinee::shard
