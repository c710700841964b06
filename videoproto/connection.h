// One video connection, for relay and desktop alike: the socket under the parser, the session and the outgoing messages, with their
// clocks. It answers PING, sends its own PINGs, refuses what the session refuses, checks pictures, and closes in a way that
// the last ERROR arrives. What messages mean is the handler's business.
// Reading goes straight into pool slots; writing gathers header and slot; nothing is allocated per frame.
// Thread rule: only on the io_context's thread. An OpenConnection may travel between threads.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "videoproto/connection_socket.h"
#include "videoproto/control.h"
#include "videoproto/frame_pool.h"
#include "videoproto/jpeg_head.h"
#include "videoproto/outgoing.h"
#include "videoproto/session.h"

namespace boost::asio {
class io_context;
}

namespace matinee::videoproto {

// Everything of a connection that is not tied to an io_context.
struct OpenConnection {
  ConnectionSocket socket;
  Session session;
  std::vector<std::byte> unread;  // bytes that were read behind the last message
};

struct CloseReason {
  std::optional<ErrorCode> code;  // absent: BYE, the end of the stream, or a failed socket
  bool by_peer = false;
  std::string text;  // of the peer's ERROR, or what failed
};

class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  virtual void on_ready() {}  // TLS is up (at once without); the peer's fingerprint may be asked for
  virtual void on_control(const Header& header, const Control& message) = 0;
  // A slot for the picture that is announced; an empty one skips it.
  [[nodiscard]] virtual FrameFill begin_frame(const Header& header) = 0;
  virtual void on_frame(const Header& header, Frame picture, JpegHead head) = 0;
  virtual void on_bad_picture(const Header&) {}      // it was told and dropped
  virtual void on_skipped_picture(const Header&) {}  // its slot got no memory
  virtual void on_dup(const Header& header) = 0;
  virtual void on_audio(const Header& header, std::span<const std::byte> packet) = 0;
  // The socket is ready for one more unit: set_picture, set_audio, or nothing.
  virtual void next_unit(Outgoing& out) = 0;
  // Once, and last.
  virtual void on_closed(const CloseReason& reason) = 0;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  [[nodiscard]] static std::shared_ptr<Connection> adopt(boost::asio::io_context& io, OpenConnection open, HeaderLimits limits = {});
  ~Connection();

  // Shared with whoever made it, until on_closed or release().
  void start(std::shared_ptr<ConnectionHandler> handler);
  [[nodiscard]] Session& session();
  [[nodiscard]] std::array<std::byte, 32> peer_fingerprint() const;

  // False when the session does not allow it now. `stream` for EOS and EOS_ACK.
  bool send(const Control& message, std::uint32_t request = 0, std::uint32_t stream = 0);
  // ERROR; a fatal one closes. slow_consumer while a message is half written closes at once, and gives the picture back.
  void fail(ErrorCode code, std::uint32_t request = 0, std::optional<std::int64_t> stream = std::nullopt);
  void wake();           // next_unit may have something now
  void bye();            // BYE, then closes
  void pause_reading();  // also from inside on_control: the next message stays unread
  void resume_reading();
  // Leaves the io_context with everything that another one needs; nullopt while a message is half read or something is unsent.
  [[nodiscard]] std::optional<OpenConnection> release();

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Monotonic µs, the clock of Session, PING and the relay.
[[nodiscard]] std::int64_t monotonic_us();

}  // namespace matinee::videoproto
