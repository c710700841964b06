// An open byte stream, plain or TLS (OpenSSL directly on the non-blocking descriptor), on one Loop.
// Reading is pushed: the Loop's scratch buffer is filled and shown to the reader, so an idle connection owns no buffer.
// Writing goes through sink(). An open stream can leave its Loop and be adopted by another one (a WebSocket moves to the
// shard of its room); that is what release() and OpenStream are for.
// Thread rule: only on its Loop's thread; an OpenStream may travel between threads.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "server/net/connection_caps.h"
#include "server/net/loop.h"
#include "server/net/sink.h"

struct ssl_st;

namespace matinee::net {

class TlsContext;

// Everything of an open connection that is not tied to a Loop. Owns the descriptor and the TLS state. Move only.
class OpenStream {
 public:
  OpenStream() = default;
  explicit OpenStream(int fd, ssl_st* ssl = nullptr) : fd_(fd), ssl_(ssl) {}
  OpenStream(OpenStream&& other) noexcept;
  OpenStream& operator=(OpenStream&& other) noexcept;
  ~OpenStream();

  std::string remote_address;  // "192.0.2.1" or "2001:db8::1", without port
  std::string already_read;    // decrypted bytes that nobody has consumed
  ConnectionLease lease;       // counts against the connection caps as long as the stream is open

  // Makes a plain, just accepted stream a TLS one (see Connection::handshake). False when out of memory.
  [[nodiscard]] bool start_tls(const TlsContext& context);

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] ssl_st* ssl() const { return ssl_; }
  [[nodiscard]] bool secure() const { return ssl_ != nullptr; }
  [[nodiscard]] bool open() const { return fd_ >= 0; }

  // Gives descriptor and TLS state (null = plain) away, for who reads and writes them himself; address, bytes and lease stay here.
  struct Descriptor {
    int fd = -1;
    ssl_st* ssl = nullptr;
  };
  [[nodiscard]] Descriptor take() && { return {std::exchange(fd_, -1), std::exchange(ssl_, nullptr)}; }

 private:
  friend class Connection;
  int fd_ = -1;
  ssl_st* ssl_ = nullptr;
};

// Why a stream gives no more bytes.
enum class ReadEnd : std::uint8_t { eof, error };

class ByteReader {
 public:
  virtual ~ByteReader() = default;
  // `bytes` is valid during the call only. Called from the Loop, never from inside start_reading() or resume_reading().
  virtual void on_bytes(std::string_view bytes) = 0;
  // At most once each: an error may follow the peer's orderly end (it will not read our answer either).
  virtual void on_end(ReadEnd why) = 0;
  virtual void on_overflow() {}  // the sink's tail went over its bound
  virtual void on_drained() {}   // the sink's tail has become empty
};

class Connection final : public IoTarget, private SinkOwner, public std::enable_shared_from_this<Connection> {
 public:
  [[nodiscard]] static std::shared_ptr<Connection> adopt(Loop& loop, OpenStream stream);
  ~Connection() override;

  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Sink& sink() { return sink_; }
  [[nodiscard]] bool secure() const { return stream_.secure(); }
  [[nodiscard]] bool open() const { return stream_.open() && !closing_; }
  [[nodiscard]] const std::string& remote_address() const { return stream_.remote_address; }

  // TLS only, before anything else: runs the server's handshake. `done(false)` when it failed; the caller closes then.
  void handshake(std::chrono::milliseconds within, std::function<void(bool ok)> done);

  // The connection holds the reader until it is closed or released.
  void start_reading(std::shared_ptr<ByteReader> reader);
  void pause_reading();
  void resume_reading();
  // Calls back when the socket takes bytes and the tail is empty (for sendfile). One at a time.
  void when_writable(std::function<void()> fn);

  // Sends the tail (within `tail_max`), half-closes, discards what still comes, closes. The reader hears nothing more.
  struct CloseOptions {
    std::chrono::milliseconds tail_max{2'000};
    std::chrono::milliseconds linger_max{1'000};
    std::size_t linger_bytes_max = 64 * 1024;
  };
  void close_gracefully(CloseOptions options);
  void close_gracefully() { close_gracefully(CloseOptions{}); }
  // At once. The reader hears nothing more.
  void close_now();
  // Leaves the Loop with everything that another one needs. Not while a tail is unsent.
  [[nodiscard]] OpenStream release();

 private:
  Connection(Loop& loop, OpenStream stream);
  void on_ready(bool readable, bool writable, bool gone) override;
  void on_loop_end() override { close_now(); }
  void on_sink_wants_write(bool wanted) override;
  void on_sink_failed(SinkFailure why) override;
  void on_sink_drained() override;
  void read_available();
  void read_tls();
  void read_plain();
  void step_handshake();
  void finish_handshake(bool ok);
  void show(std::string_view bytes);
  void deliver_already_read();
  void post_already_read();
  void ended(ReadEnd why);
  void retire_reader();
  void half_close();
  void discard();
  void update_watch();

  Loop& loop_;
  OpenStream stream_;
  Sink sink_;
  Watch* watch_ = nullptr;
  std::shared_ptr<ByteReader> reader_;
  bool reading_ = false;
  bool delivering_ = false;  // already_read is on its way by post
  bool sink_wants_write_ = false;
  bool closing_ = false;
  bool lingering_ = false;
  bool end_told_ = false;
  bool error_told_ = false;
  bool tls_broken_ = false;  // after a fatal error OpenSSL must not be asked for a close_notify
  bool tls_read_wants_write_ = false;
  bool shown_read_ = false;  // what the epoll set was last told
  bool shown_write_ = false;
  // Only while it is opened or closed, or a file is sent: kept out of the idle object.
  struct Passing;
  std::unique_ptr<Passing> passing_;
};

}  // namespace matinee::net
