// Link: the way to the relay and back to it. Connects, with TLS compares the certificate with the pin before a single secret is said,
// greets, shows its credential, and when the connection is lost comes back by itself with the resume token it was given.
// What a lost or refused connection means for the person is decided in one place here (ending_of).
// Thread rule: the io_context's thread; close() too.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "videoproto/connection.h"
#include "videoproto/desktop/address.h"
#include "videoproto/desktop/clocks.h"
#include "videoproto/desktop/exit_codes.h"
#include "videoproto/desktop/pairing.h"

namespace matinee::desktop {

struct LinkOptions {
  Address server;
  Pin pin;  // of the certificate; with TLS never empty
  bool plain = false;
  std::string room;
  std::optional<std::string> pair, token;  // one of them
  std::optional<std::string> resume;       // tried before it: of the program before this one
  bool may_be_asked = false;
  std::int64_t retry_us = 0;  // after a loss; the first attempt is not repeated
};

class LinkListener {
 public:
  virtual ~LinkListener() = default;
  virtual void on_open(const videoproto::AuthOk& who, std::uint32_t frame_bytes_max) = 0;  // each time
  virtual void on_message(const videoproto::Header& header, const videoproto::Control& message) = 0;
  [[nodiscard]] virtual videoproto::FrameFill begin_frame(const videoproto::Header& header) = 0;
  virtual void on_frame(const videoproto::Header& header, videoproto::Frame picture) = 0;
  virtual void on_dup(const videoproto::Header& header) = 0;
  virtual void on_audio(const videoproto::Header& header, std::span<const std::byte> packet) = 0;
  virtual void next_unit(videoproto::Outgoing& out) = 0;
  virtual void on_lost(const std::string& sentence, std::int64_t retry_ms) = 0;
  virtual void on_end(Ending ending) = 0;  // last
};

class Link final : public videoproto::ConnectionHandler, public std::enable_shared_from_this<Link> {
 public:
  // The listener lives until on_end or close().
  Link(boost::asio::io_context& io, LinkOptions options, LinkListener& listener);
  ~Link() override;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void start();
  // BYE, and nothing is heard any more.
  void close();
  // Null while there is no open connection.
  [[nodiscard]] videoproto::Connection* connection() const { return open_ ? connection_.get() : nullptr; }

 private:
  void connect();
  void on_connected(boost::asio::ip::tcp::socket socket);
  void failed_to_connect(const std::string& why);
  void lost(const std::string& sentence);
  void end(Ending ending);
  void say_who();
  [[nodiscard]] std::optional<Ending> ending_of(const videoproto::CloseReason& reason);

  void on_ready() override;
  void on_control(const videoproto::Header& header, const videoproto::Control& message) override;
  videoproto::FrameFill begin_frame(const videoproto::Header& header) override;
  void on_frame(const videoproto::Header& header, videoproto::Frame picture, videoproto::JpegHead head) override;
  void on_dup(const videoproto::Header& header) override;
  void on_audio(const videoproto::Header& header, std::span<const std::byte> packet) override;
  void next_unit(videoproto::Outgoing& out) override;
  void on_closed(const videoproto::CloseReason& reason) override;

  boost::asio::io_context& io_;
  LinkOptions options_;
  LinkListener* listener_;  // null after the end
  videoproto::TlsClientContext tls_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::steady_timer timer_;
  std::shared_ptr<videoproto::Connection> connection_;
  Backoff backoff_;
  std::mt19937 random_{std::random_device{}()};
  std::optional<std::string> resume_;
  std::optional<std::int64_t> lost_us_;  // since when we try to come back
  std::uint32_t frame_bytes_max_ = videoproto::limits::frame_bytes_default;
  unsigned attempt_ = 0;
  bool open_ = false, was_open_ = false, said_resume_ = false;
};

}  // namespace matinee::desktop
