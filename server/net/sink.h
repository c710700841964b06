// The write side of one open descriptor, plain or TLS. All bytes of a connection pass it, control frames included, and only
// in whole frames, so nothing interleaves. It sends at once; what the socket does not take becomes the tail, a bounded list of
// {shared frame, offset} that goes out when the socket is writable again.
// Over its bound a sink fails: it drops the tail (never a half-sent first frame) and its owner is told, by post – never
// from inside a write, so that a fan-out may run over many sinks without any of them disappearing under it.
// Thread rule: only on its Loop's thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "server/net/frame.h"

struct iovec;
struct ssl_st;

namespace matinee::net {

class Loop;
class Sink;

// Frames of one kind (> 0) replace an older unsent one of the same kind: playback, presence, typing, queue.
using LatestKind = std::uint8_t;

// The shard's dense member array {fd, blocked, Sink*} is kept right by this. Called inline: only note the flag.
class BlockedObserver {
 public:
  virtual ~BlockedObserver() = default;
  virtual void on_blocked(Sink& sink, bool blocked) = 0;
};

enum class SinkFailure : std::uint8_t { peer_gone, overflow };

// The connection that a sink belongs to.
class SinkOwner {
 public:
  virtual ~SinkOwner() = default;
  virtual void on_sink_wants_write(bool wanted) = 0;  // watch for writability or stop to
  virtual void on_sink_failed(SinkFailure why) = 0;   // posted, once
  virtual void on_sink_drained() = 0;                 // the tail has become empty
};

// What the sinks of one Loop may leave unsent together. Over it the longest tail is closed first.
class TailBudget {
 public:
  [[nodiscard]] std::size_t used_bytes() const { return used_bytes_; }
  [[nodiscard]] std::size_t limit_bytes() const { return limit_bytes_; }
  void set_limit_bytes(std::size_t bytes) { limit_bytes_ = bytes; }

 private:
  friend class Sink;
  std::vector<Sink*> tailed_;  // sinks with an accounted tail
  std::vector<Sink*> failed_;  // to be reported by the posted task
  std::size_t used_bytes_ = 0;
  std::size_t limit_bytes_ = 128 * 1024 * 1024;
  bool report_posted_ = false;
};

class Sink {
 public:
  Sink(Loop& loop, SinkOwner& owner, int fd, ssl_st* ssl);
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  // Whole frames only. A view is copied when (and only as far as) it has to wait.
  void write(SharedFrame frame);
  void write(std::string_view frames);
  // `before`, the bytes of `shared` from `from` on, `after`: one system call where the socket takes them.
  void write(std::string_view before, SharedFrame shared, std::size_t from, std::string_view after);
  // Latest wins: takes the place of an unsent frame of this kind.
  void write_latest(SharedFrame frame, LatestKind kind);
  // For a fan-out that called ::send(fd(), batch) itself and got `sent` bytes away (0 after EAGAIN): keeps the rest.
  void keep(std::string_view batch, std::size_t sent);
  void keep(SharedFrame batch, std::size_t sent);
  // For a fan-out whose ::send failed with anything but EAGAIN.
  void mark_gone();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] bool is_tls() const { return ssl_ != nullptr; }
  // True: a raw ::send to fd() would be out of order or in vain; use write() or keep(). TLS sinks are never for raw sends.
  [[nodiscard]] bool blocked() const { return blocked_; }
  [[nodiscard]] std::size_t tail_bytes() const { return tail_bytes_; }
  void set_blocked_observer(BlockedObserver* observer) { observer_ = observer; }

  // 0 = unbounded and outside the budget (HTTP answers, which bound themselves).
  void set_tail_limit(std::size_t bytes);
  // Nothing is accepted any more; the tail still goes out. Every write after a close frame ends here.
  void seal();
  [[nodiscard]] bool sealed() const { return sealed_; }
  [[nodiscard]] bool failed() const { return failed_; }
  // After an overflow: forgets the unsent frames and takes bytes again, so that the close frame can follow.
  void reopen_after_overflow();

  // For the owner: the socket is writable; one TLS read may have made it so.
  void on_writable();
  [[nodiscard]] bool retry_on_readable() const { return tls_wants_read_; }

 private:
  struct Piece {
    SharedFrame frame;
    std::size_t offset;
    LatestKind kind;
    bool started;  // some of its first frame is on the wire: it must be finished
  };
  enum class Step : std::uint8_t { progress, wait, gone };
  Step send_some(std::string_view bytes, std::size_t& taken);
  Step send_together(std::span<iovec> pieces, std::size_t& taken);
  [[nodiscard]] bool accepts() const { return !sealed_ && !failed_; }
  void push(Piece piece);
  void drop_unsent(bool even_started);
  void change_tail_bytes(std::size_t bytes);
  [[nodiscard]] bool pinned(std::size_t index) const;
  Step send_tail();
  void tail_gone_out();
  void enforce_bounds();
  void set_blocked(bool blocked);
  void fail(SinkFailure why);
  static void report_failures(Loop& loop);

  Loop& loop_;
  SinkOwner& owner_;
  BlockedObserver* observer_ = nullptr;
  ssl_st* ssl_;
  int fd_;
  bool blocked_ = false;
  bool sealed_ = false;
  bool failed_ = false;
  bool tls_wants_read_ = false;
  bool tls_retry_ = false;  // OpenSSL holds a half-written record of the first piece: it must be offered again
  bool in_failed_list_ = false;
  bool accounted_ = false;
  SinkFailure failure_ = SinkFailure::peer_gone;
  std::size_t tail_bytes_ = 0;
  std::size_t tail_limit_ = 0;
  std::unique_ptr<std::deque<Piece>> tail_;  // absent while empty: most sockets never have one
};

}  // namespace matinee::net
