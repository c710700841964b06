// MiniRelay: a small relay of one room for the client's tests, over real loopback sockets, plain or TLS: greets, lets in by a pair code,
// a token or its resume tokens, passes pictures and sound on (newest wins), and does what a test tells it to. Everything it heard is kept.
// Thread rule: its own thread; the methods may be called from any and wait until it is done.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "videoproto/connection.h"
#include "videoproto/desktop/pairing.h"
#include "videoproto/mailbox.h"

struct ssl_ctx_st;

namespace matinee::desktop::test {

class MiniRelay {
 public:
  struct Options {
    bool tls = false;
    std::string certificate, key;  // PEM files
    std::uint16_t port = 0;
    bool may_publish = true;
    bool resumes = true;  // false: every resume token is unknown
    std::function<bool(const videoproto::Auth&)> let_in = [](const videoproto::Auth&) { return true; };
  };
  struct Heard {
    int peer = 0;
    videoproto::Control message;
  };

  explicit MiniRelay(Options options);
  ~MiniRelay();
  MiniRelay(const MiniRelay&) = delete;
  MiniRelay& operator=(const MiniRelay&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  // To everybody who is in.
  void tell(const videoproto::Control& message, std::uint32_t stream = 0);
  // Cuts every connection without a word.
  void cut();
  [[nodiscard]] std::vector<Heard> heard();
  [[nodiscard]] std::vector<videoproto::Header> units();  // headers of FRAMEs that came, DUPs included
  [[nodiscard]] std::vector<std::byte> last_picture();

  // Runs on its thread, waits.
  template <class Act>
  auto ask(Act act) {
    std::packaged_task<decltype(act())()> task(std::move(act));
    auto answer = task.get_future();
    boost::asio::post(io_, [&task] { task(); });
    return answer.get();
  }
  void let_nobody_in() {
    ask([this] { options_.let_in = [](const videoproto::Auth&) { return false; }; });
  }

 private:
  struct Peer;
  void accept();
  void adopt(int descriptor);
  void on_control(Peer& peer, const videoproto::Header& header, const videoproto::Control& message);
  void on_unit(Peer& peer, const videoproto::Header& header, videoproto::Frame picture);
  void announce(Peer& to);

  Options options_;
  std::shared_ptr<ssl_ctx_st> tls_;
  boost::asio::io_context io_{1};
  boost::asio::ip::tcp::acceptor acceptor_{io_};
  std::uint16_t port_ = 0;
  std::vector<std::shared_ptr<Peer>> peers_;
  std::vector<Heard> heard_;
  std::vector<videoproto::Header> units_;
  videoproto::Frame last_;
  struct Stream {
    videoproto::Source source;
    std::shared_ptr<Peer> publisher;
    std::uint64_t pictures = 0;
  };
  std::map<std::uint32_t, Stream> streams_;
  std::uint32_t next_stream_ = 7;
  int next_peer_ = 1;
  std::thread thread_;
};

}  // namespace matinee::desktop::test
