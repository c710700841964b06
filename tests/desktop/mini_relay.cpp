#include "tests/desktop/mini_relay.h"

#include <openssl/ssl.h>
#include <signal.h>

namespace matinee::desktop::test {
namespace asio = boost::asio;
using namespace videoproto;

struct MiniRelay::Peer final : ConnectionHandler, std::enable_shared_from_this<MiniRelay::Peer> {
  Peer(MiniRelay& owner, int number) : relay(owner), id(number) {}
  MiniRelay& relay;
  int id;
  bool in = false;
  std::shared_ptr<Connection> connection;
  FramePool pool = std::move(*FramePool::create(std::make_shared<PoolBudget>(), {}));
  std::map<std::uint32_t, Mailbox> watched;

  void on_control(const Header& header, const Control& message) override { relay.on_control(*this, header, message); }
  FrameFill begin_frame(const Header&) override { return pool.begin(); }
  void on_frame(const Header& header, Frame picture, JpegHead) override { relay.on_unit(*this, header, std::move(picture)); }
  void on_dup(const Header& header) override { relay.on_unit(*this, header, {}); }
  void on_audio(const Header&, std::span<const std::byte>) override {}
  void next_unit(Outgoing& out) override {
    for (auto& [stream, mailbox] : watched) {
      if (auto unit = mailbox.take(monotonic_us())) return out.set_picture(unit->header, std::move(unit->picture));
    }
  }
  void on_closed(const CloseReason&) override {
    const auto self = shared_from_this();
    connection.reset();
    in = false;
    for (auto& [stream, about] : relay.streams_) {
      if (about.publisher != self) continue;
      about.publisher = nullptr;
      for (const auto& other : relay.peers_) {
        if (other->connection && other->watched.contains(stream)) other->connection->send(Eos{EosReason::lost}, 0, stream);
      }
    }
  }
};

MiniRelay::MiniRelay(Options options) : options_(std::move(options)) {
  ::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes with write(2)
  const asio::ip::tcp::endpoint where(asio::ip::address_v4::loopback(), options_.port);
  acceptor_.open(where.protocol());
  acceptor_.set_option(asio::socket_base::reuse_address(true));
  acceptor_.bind(where);
  acceptor_.listen();
  port_ = acceptor_.local_endpoint().port();
  if (options_.tls) {
    tls_.reset(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
    ::SSL_CTX_use_certificate_chain_file(tls_.get(), options_.certificate.c_str());
    ::SSL_CTX_use_PrivateKey_file(tls_.get(), options_.key.c_str(), SSL_FILETYPE_PEM);
    ::SSL_CTX_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  accept();
  thread_ = std::thread([this] { io_.run(); });
}

MiniRelay::~MiniRelay() {
  ask([this] {
    acceptor_.close();
    cut();
    peers_.clear();
  });
  io_.stop();
  thread_.join();
}

void MiniRelay::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, asio::ip::tcp::socket socket) {
    if (error) return;
    adopt(socket.release());
    accept();
  });
}

void MiniRelay::adopt(int descriptor) {
  OpenConnection fresh{ConnectionSocket(descriptor), Session(Role::relay, monotonic_us()), {}};
  if (tls_) {
    ssl_st* ssl = ::SSL_new(tls_.get());
    ::SSL_set_fd(ssl, descriptor);
    ::SSL_set_accept_state(ssl);
    fresh.socket.use_tls(ssl);
  }
  auto peer = std::make_shared<Peer>(*this, next_peer_++);
  peer->connection = Connection::adopt(io_, std::move(fresh));
  peers_.push_back(peer);
  peer->connection->start(peer);
}

void MiniRelay::announce(Peer& to) {
  for (const auto& [stream, about] : streams_) {
    if (about.publisher && about.publisher.get() != &to) to.connection->send(Meta{stream, true, about.source, "1", "Ada", 0, {}});
  }
}

void MiniRelay::on_control(Peer& peer, const Header& header, const Control& message) {
  heard_.push_back({peer.id, message});
  Connection& connection = *peer.connection;
  if (std::holds_alternative<Hello>(message)) connection.send(Welcome{}, header.aux);
  if (const auto* auth = std::get_if<Auth>(&message)) {
    if (auth->resume ? !options_.resumes : !options_.let_in(*auth)) return connection.fail(ErrorCode::auth_failed, header.aux);
    connection.send(AuthOk{std::to_string(peer.id), "Ada", "r" + std::to_string(peer.id), options_.may_publish}, header.aux);
    peer.in = true;
    announce(peer);
  }
  if (const auto* publish = std::get_if<Publish>(&message)) {
    if (publish->resume && !options_.resumes) return connection.fail(ErrorCode::no_such_stream, header.aux);
    const std::uint32_t stream = publish->resume ? static_cast<std::uint32_t>(std::stoul(*publish->resume)) : next_stream_++;
    streams_[stream] = {publish->source, peer.shared_from_this(), 0};
    static_cast<void>(connection.session().open_stream(stream));
    connection.send(PublishOk{stream, std::to_string(stream)}, header.aux);
    for (const auto& other : peers_) {
      if (other->connection && other->in && other.get() != &peer) announce(*other);
    }
  }
  if (const auto* subscribe = std::get_if<Subscribe>(&message)) {
    const auto stream = static_cast<std::uint32_t>(subscribe->stream);
    if (!streams_.contains(stream)) return connection.fail(ErrorCode::no_such_stream, header.aux, stream);
    static_cast<void>(connection.session().open_outgoing_stream(stream));
    peer.watched.try_emplace(stream);
    connection.send(SubscribeOk{stream, streams_[stream].source}, header.aux);
  }
  if (const auto* leave = std::get_if<Unsubscribe>(&message)) peer.watched.erase(static_cast<std::uint32_t>(leave->stream));
  if (const auto* eos = std::get_if<Eos>(&message)) {
    connection.send(EosAck{}, header.aux, header.stream);
    streams_.erase(header.stream);
    for (const auto& other : peers_) {
      if (other->connection && other->watched.erase(header.stream) > 0) other->connection->send(*eos, 0, header.stream);
    }
  }
}

void MiniRelay::on_unit(Peer&, const Header& header, Frame picture) {
  units_.push_back(header);
  Stream& stream = streams_[header.stream];
  if (picture) {
    last_ = picture;
    ++stream.pictures;
  }
  for (const auto& other : peers_) {
    const auto found = other->watched.find(header.stream);
    if (!other->connection || found == other->watched.end()) continue;
    found->second.put({header, picture ? picture : last_, stream.pictures, monotonic_us()});
    other->connection->wake();
  }
}

void MiniRelay::tell(const Control& message, std::uint32_t stream) {
  ask([&] {
    for (const auto& peer : peers_) {
      if (peer->connection && peer->in) peer->connection->send(message, 0, stream);
    }
  });
}

void MiniRelay::cut() {
  const auto act = [this] {
    for (const auto& peer : std::vector(peers_)) {
      // A connection that nobody holds any more closes its socket.
      if (const auto connection = peer->connection) connection->fail(ErrorCode::internal);
    }
    peers_.clear();
  };
  if (std::this_thread::get_id() == thread_.get_id()) act();
  else ask(act);
}

std::vector<MiniRelay::Heard> MiniRelay::heard() {
  return ask([this] { return heard_; });
}
std::vector<Header> MiniRelay::units() {
  return ask([this] { return units_; });
}
std::vector<std::byte> MiniRelay::last_picture() {
  return ask([this] {
    const auto bytes = last_.bytes();
    return std::vector<std::byte>(bytes.begin(), bytes.end());
  });
}

}  // namespace matinee::desktop::test
