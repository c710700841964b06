#include "server/net/listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <optional>
#include <utility>

#include "server/net/tls_context.h"

namespace matinee::net {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

std::optional<Address> parse_address(const std::string& text, std::uint16_t port) {
  Address address;
  auto* four = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &four->sin_addr) == 1) {
    four->sin_family = AF_INET;
    four->sin_port = htons(port);
    address.size = sizeof *four;
    return address;
  }
  auto* six = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET6, text.c_str(), &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(port);
    address.size = sizeof *six;
    return address;
  }
  return std::nullopt;
}

// IPv4 that came in through a dual-stack socket reads as IPv4.
std::string text_of(const Address& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET) {
    ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_addr, text, sizeof text);
    return text;
  }
  const in6_addr& six = reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_addr;
  if (IN6_IS_ADDR_V4MAPPED(&six)) ::inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof text);
  else ::inet_ntop(AF_INET6, &six, text, sizeof text);
  return text;
}

std::uint16_t port_of(const Address& address) {
  return ntohs(address.storage.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in*>(&address.storage)->sin_port
                                                    : reinterpret_cast<const sockaddr_in6*>(&address.storage)->sin6_port);
}

std::string listen_error(const ListenOptions& options, int error) {
  const std::string where = options.address + ", port " + std::to_string(options.port);
  if (error == EADDRINUSE)
    return "Port " + std::to_string(options.port) + " on " + options.address +
           " is already in use; choose another one or stop the program that has it.";
  if (error == EACCES) return "No permission to listen on " + where + "; ports below 1024 need the CAP_NET_BIND_SERVICE capability.";
  if (error == EADDRNOTAVAIL) return "This machine has no address " + options.address + ".";
  return "Cannot listen on " + where + ": " + std::strerror(error) + ".";
}

// What comes first tells TLS from plain text: a handshake's record begins with 22 (RFC 8446, 5.1), and no method of HTTP does. Holds the
// stream until then.
class FirstByte final : public IoTarget, public std::enable_shared_from_this<FirstByte> {
 public:
  using Done = std::function<void(OpenStream stream, bool tls)>;
  static void wait(Loop& loop, OpenStream stream, std::chrono::milliseconds within, Done done) {
    const auto self = std::make_shared<FirstByte>(loop, std::move(stream), std::move(done));
    self->watch_ = loop.watch(self->stream_.fd(), self, true, false);
    self->timer_ = loop.start_timer(within, [raw = self.get()] { raw->end(); });
  }
  FirstByte(Loop& loop, OpenStream stream, Done done) : loop_(loop), stream_(std::move(stream)), done_(std::move(done)) {}

 private:
  void on_ready(bool, bool, bool) override {
    unsigned char first = 0;
    const ssize_t n = ::recv(stream_.fd(), &first, 1, MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    const auto self = shared_from_this();
    timer_.cancel();
    loop_.unwatch(std::exchange(watch_, nullptr));
    if (n > 0) return done_(std::move(stream_), first == handshake_record);
    stream_ = {};
  }
  void on_loop_end() override { end(); }
  void end() {
    const auto self = shared_from_this();
    timer_.cancel();
    if (watch_ != nullptr) loop_.unwatch(std::exchange(watch_, nullptr));
    stream_ = {};
  }

  static constexpr unsigned char handshake_record = 22;
  Loop& loop_;
  OpenStream stream_;
  Done done_;
  Watch* watch_ = nullptr;
  Timer timer_;
};

// What goes with an accepted stream to its Loop.
struct Arrival {
  Loop& loop;
  std::shared_ptr<const TlsContext> tls;
  std::chrono::steady_clock::time_point until;  // then the handshake is over
  std::shared_ptr<const Listener::OnConnection> on_connection;

  [[nodiscard]] std::chrono::milliseconds left() const {
    const auto all = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return std::max(all, std::chrono::milliseconds(1));
  }
};

void shake_hands(const Arrival& arrival, OpenStream stream) {
  if (!stream.start_tls(*arrival.tls)) return;
  const auto connection = Connection::adopt(arrival.loop, std::move(stream));
  connection->handshake(arrival.left(), [weak = std::weak_ptr(connection), on_connection = arrival.on_connection](bool ok) {
    const auto open = weak.lock();
    if (!open) return;
    if (ok) (*on_connection)(open);
    else open->close_now();
  });
}

bool out_of_resources(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

}  // namespace

class Listener::Acceptor final : public IoTarget, public std::enable_shared_from_this<Acceptor> {
 public:
  Acceptor(Loop& loop, std::vector<Loop*> targets, ListenOptions options, OnConnection on_connection)
      : loop_(loop),
        targets_(std::move(targets)),
        options_(std::move(options)),
        on_connection_(std::make_shared<const OnConnection>(std::move(on_connection))) {
    if (!options_.caps)
      options_.caps = std::make_shared<ConnectionCaps>(options_.limits.connections_max, options_.limits.connections_per_address_max);
  }
  ~Acceptor() override { stop(); }

  int open();  // 0 or errno
  void stop();
  void show(std::shared_ptr<const TlsContext> certificate);
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] bool secure() const { return options_.tls != nullptr; }
  [[nodiscard]] const ListenOptions& options() const { return options_; }

 private:
  void on_ready(bool readable, bool writable, bool gone) override;
  void shed();
  void hand_over(int fd, const Address& peer);
  void back_off();

  Loop& loop_;
  std::vector<Loop*> targets_;
  ListenOptions options_;
  std::shared_ptr<const OnConnection> on_connection_;  // shared with the connections under way to their Loops
  Watch* watch_ = nullptr;
  Timer backoff_;
  int fd_ = -1;
  int spare_ = -1;  // given up for a moment to refuse connections when descriptors run out
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
};

int Listener::Acceptor::open() {
  auto address = parse_address(options_.address, options_.port);
  if (!address) return EADDRNOTAVAIL;
  fd_ = ::socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return errno;
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->storage.ss_family == AF_INET6) ::setsockopt(fd_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(fd_, address->get(), address->size) != 0 || ::listen(fd_, 4096) != 0) return errno;
  address->size = sizeof address->storage;
  if (::getsockname(fd_, address->get(), &address->size) != 0) return errno;
  port_ = port_of(*address);
  spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  watch_ = loop_.watch(fd_, shared_from_this(), true, false);
  return 0;
}

void Listener::Acceptor::stop() {
  backoff_.cancel();
  if (watch_) loop_.unwatch(std::exchange(watch_, nullptr));
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  if (spare_ >= 0) ::close(std::exchange(spare_, -1));
}

void Listener::Acceptor::show(std::shared_ptr<const TlsContext> certificate) {
  loop_.post([weak = weak_from_this(), certificate = std::move(certificate)]() mutable {
    const auto self = weak.lock();
    if (self && self->secure()) self->options_.tls = std::move(certificate);
  });
}

void Listener::Acceptor::on_ready(bool, bool, bool) {
  constexpr int accepts_per_round = 64;  // then the others on this Loop have their turn
  for (int i = 0; i < accepts_per_round && fd_ >= 0; ++i) {
    Address peer;
    peer.size = sizeof peer.storage;
    const int fd = ::accept4(fd_, peer.get(), &peer.size, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      hand_over(fd, peer);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
    if (out_of_resources(errno)) {
      shed();
      return back_off();
    }
    // Anything else (ECONNABORTED, network errors of that one peer): the next one may be fine.
  }
}

// Waiting peers would hang until a descriptor is free: better they are refused now.
void Listener::Acceptor::shed() {
  if (spare_ < 0) return;
  ::close(spare_);
  const int fd = ::accept4(fd_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) ::close(fd);
  spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void Listener::Acceptor::back_off() {
  loop_.rewatch(watch_, false, false);
  backoff_ = loop_.start_timer(options_.limits.accept_backoff, [this] {
    if (spare_ < 0) spare_ = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (watch_) loop_.rewatch(watch_, true, false);
  });
}

void Listener::Acceptor::hand_over(int fd, const Address& peer) {
  OpenStream guard(fd);
  guard.remote_address = text_of(peer);
  auto lease = options_.caps->acquire(guard.remote_address);
  if (!lease) return;  // the guard closes it
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  guard.lease = std::move(*lease);
  Loop* target = targets_[next_++ % targets_.size()];
  const Arrival arrival{*target, options_.tls, std::chrono::steady_clock::now() + options_.limits.tls_handshake_max, on_connection_};
  target->post([arrival, stream = std::move(guard), plain_too = options_.plain_too]() mutable {
    if (!arrival.tls) return (*arrival.on_connection)(Connection::adopt(arrival.loop, std::move(stream)));
    if (!plain_too) return shake_hands(arrival, std::move(stream));
    FirstByte::wait(arrival.loop, std::move(stream), arrival.left(), [arrival](OpenStream opened, bool tls) {
      if (tls) shake_hands(arrival, std::move(opened));
      else (*arrival.on_connection)(Connection::adopt(arrival.loop, std::move(opened)));
    });
  });
}

std::unique_ptr<Listener> Listener::open(Loop& accepting, std::vector<Loop*> targets, ListenOptions options, OnConnection on_connection,
                                         std::string& error) {
  auto acceptor = std::make_shared<Acceptor>(accepting, std::move(targets), std::move(options), std::move(on_connection));
  if (const int failure = acceptor->open(); failure != 0) {
    error = listen_error(acceptor->options(), failure);
    return nullptr;
  }
  return std::unique_ptr<Listener>(new Listener(std::move(acceptor)));  // the constructor is private
}

Listener::Listener(std::shared_ptr<Acceptor> acceptor) : acceptor_(std::move(acceptor)) {}
Listener::~Listener() { acceptor_->stop(); }
std::uint16_t Listener::port() const { return acceptor_->port(); }
bool Listener::secure() const { return acceptor_->secure(); }
void Listener::show(std::shared_ptr<const TlsContext> certificate) { acceptor_->show(std::move(certificate)); }
void Listener::stop() { acceptor_->stop(); }

}  // namespace matinee::net
