// Two connections of this process talk over real TCP on loopback, plain and with TLS.
#include "videoproto/connection.h"

#include <openssl/ssl.h>
#include <catch2/catch.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>

#include "tests/support/self_signed.h"
#include "tests/support/temp_folder.h"
#include "tests/videoproto/allocations.h"
#include "tests/videoproto/bytes.h"

namespace matinee::videoproto {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using test::operator+;

struct Peer final : ConnectionHandler {
  std::shared_ptr<Connection> connection;
  FramePool pool = std::move(*FramePool::create(std::make_shared<PoolBudget>(), {}));
  std::vector<Control> heard;
  std::vector<Header> dups, frames;
  Frame last_picture;
  JpegHead last_head;
  test::Bytes last_audio;
  std::optional<CloseReason> closed;
  std::uint32_t units_to_send = 0;
  Header unit_header = test::frame(7);
  Frame unit_picture;
  std::function<void(const Control&)> react = [](const Control&) {};

  void on_control(const Header&, const Control& message) override {
    heard.push_back(message);
    react(message);
  }
  FrameFill begin_frame(const Header&) override { return pool.begin(); }
  void on_frame(const Header& header, Frame picture, JpegHead head) override {
    if (frames.size() < frames.capacity()) frames.push_back(header);
    last_picture = std::move(picture);
    last_head = head;
  }
  void on_dup(const Header& header) override { dups.push_back(header); }
  void on_audio(const Header&, std::span<const std::byte> packet) override { last_audio.assign(packet.begin(), packet.end()); }
  void next_unit(Outgoing& out) override {
    if (units_to_send == 0) return;
    --units_to_send;
    ++unit_header.sequence;
    out.set_picture(unit_header, unit_picture);
  }
  void on_closed(const CloseReason& reason) override {
    CHECK_FALSE(closed.has_value());
    closed = reason;
    connection.reset();
  }
};

class World {
 public:
  asio::io_context io;
  std::shared_ptr<Peer> relay = std::make_shared<Peer>(), client = std::make_shared<Peer>();

  explicit World(bool tls) { connect(tls); }
  // Handler and connection hold each other until the connection ends.
  ~World() {
    for (const auto& peer : {relay, client}) peer->connection.reset();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void until(const std::function<bool()>& done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!done()) {
      REQUIRE(std::chrono::steady_clock::now() < give_up);
      io.restart();
      io.run_one_for(std::chrono::seconds(1));
    }
  }
  // hello → open, stream 7 from the client to the relay.
  void open() {
    relay->react = [this](const Control& message) {
      if (std::holds_alternative<Hello>(message)) REQUIRE(relay->connection->send(Welcome{}, 1));
      if (std::holds_alternative<Auth>(message)) REQUIRE(relay->connection->send(AuthOk{"1", "Ada", "r", true}, 2));
    };
    client->react = [this](const Control& message) {
      if (std::holds_alternative<Welcome>(message)) REQUIRE(client->connection->send(Auth{"K7QM3XFD", "code", {}, {}, false}, 2));
    };
    REQUIRE(client->connection->send(Hello{1, 1, "test"}, 1));
    until([&] { return client->connection->session().state() == State::open; });
    REQUIRE_FALSE(relay->connection->session().open_stream(7));
    REQUIRE_FALSE(client->connection->session().open_outgoing_stream(7));
  }
  // Bytes past the client's own session, as a broken or hostile program would send them.
  void say_raw(const test::Bytes& bytes) {
    REQUIRE(::send(client_fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
  }
  int client_fd = -1;

 private:
  void connect(bool tls) {
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket there(io), here(io);
    there.connect(acceptor.local_endpoint());
    acceptor.accept(here);
    client_fd = there.native_handle();
    OpenConnection at_relay{ConnectionSocket(here.release()), Session(Role::relay, monotonic_us()), {}};
    OpenConnection at_client{ConnectionSocket(there.release()), Session(Role::client, monotonic_us()), {}};
    if (tls) {
      matinee::test::write_self_signed(folder_.path(), "video");
      server_context_.reset(::SSL_CTX_new(::TLS_server_method()));
      ::SSL_CTX_use_certificate_chain_file(server_context_.get(), (folder_.path() + "/video.crt").c_str());
      ::SSL_CTX_use_PrivateKey_file(server_context_.get(), (folder_.path() + "/video.key").c_str(), SSL_FILETYPE_PEM);
      ::SSL_CTX_set_mode(server_context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
      ssl_st* ssl = ::SSL_new(server_context_.get());
      ::SSL_set_fd(ssl, at_relay.socket.fd());
      ::SSL_set_accept_state(ssl);
      at_relay.socket.use_tls(ssl);
      REQUIRE(at_client.socket.start_tls_client(client_context_.get(), "localhost"));
    }
    relay->connection = Connection::adopt(io, std::move(at_relay));
    client->connection = Connection::adopt(io, std::move(at_client));
    relay->connection->start(relay);
    client->connection->start(client);
  }

  matinee::test::TempFolder folder_;
  TlsClientContext server_context_, client_context_ = make_tls_client_context();
};

Frame fill(FramePool& pool, const test::Bytes& bytes) {
  FrameFill slot = pool.begin();
  for (std::size_t have = 0; have < bytes.size();) {
    const auto space = slot.space(have, bytes.size() - have);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(have), space.size(), space.begin());
    have += space.size();
  }
  return std::move(slot).finish(bytes.size());
}

test::Bytes large_picture(std::size_t size) {
  test::Bytes coded(size, std::byte{0x55});
  return test::soi() + test::sof(1280, 720) + test::scan(coded) + test::eoi();
}

}  // namespace

TEST_CASE("client and relay greet, authenticate and exchange pictures, repeats and pings, plain and over TLS") {
  for (const bool tls : {false, true}) {
    World world(tls);
    world.relay->frames.reserve(100);
    world.open();
    const test::Bytes picture = large_picture(300'000);
    world.client->unit_picture = fill(world.client->pool, picture);
    world.client->units_to_send = 20;
    world.client->connection->wake();
    world.until([&] { return world.relay->frames.size() == 20; });
    CHECK(test::Bytes(world.relay->last_picture.bytes().begin(), world.relay->last_picture.bytes().end()) == picture);
    CHECK(world.relay->last_head.width == 1280);
    for (std::uint32_t i = 0; i < 20; ++i) CHECK(world.relay->frames[i].sequence == i + 1);
    world.client->unit_header.flags = flags::dup;
    world.client->units_to_send = 1;
    world.client->connection->wake();
    world.until([&] { return world.relay->dups.size() == 1; });
    REQUIRE(world.client->connection->send(Ping{123}));
    world.until([&] { return std::holds_alternative<Pong>(world.client->heard.back()); });
    const Pong pong = std::get<Pong>(world.client->heard.back());
    CHECK(pong.t1_us == 123);
    CHECK(pong.t3_us >= pong.t2_us);
    const auto print = world.client->connection->peer_fingerprint();
    CHECK((print != std::array<std::byte, 32>{}) == tls);
    world.client->connection->bye();
    world.until([&] { return world.relay->closed.has_value(); });
    CHECK_FALSE(world.relay->closed->code.has_value());
    CHECK(world.relay->closed->by_peer);
  }
}

TEST_CASE("frames between two open connections allocate nothing") {
  World world(false);
  world.open();
  world.client->unit_picture = fill(world.client->pool, large_picture(40'000));
  const auto send = [&](std::uint32_t count, std::uint32_t until_sequence) {
    world.relay->frames.clear();
    world.client->units_to_send = count;
    world.client->connection->wake();
    while (world.relay->frames.empty() || world.relay->frames.back().sequence != until_sequence) {
      world.io.restart();
      world.io.run_one_for(std::chrono::seconds(5));
      if (world.relay->closed) return;
    }
  };
  world.relay->frames.reserve(64);
  send(50, 50);
  const std::size_t before = test::allocations();
  send(50, 100);
  const std::size_t after = test::allocations();
  CHECK_FALSE(world.relay->closed.has_value());
  CHECK(after == before);
}

TEST_CASE("a stranger's bytes are answered by the right error and the connection ends") {
  struct Row {
    test::Bytes bytes;
    ErrorCode code;
    bool open;
  };
  const HeaderBytes huge = encode_header(Header{Type::frame, 0, 0xFFFFFFFF, 7, 0, 0, 0});
  const std::vector<Row> rows{{test::bytes("GET / HTTP/1.1\r\n\r\n"), ErrorCode::magic, false},
                              {test::message(test::control(Type::subscribe), test::bytes("{}")), ErrorCode::auth_required, false},
                              {test::message(test::control(Type::auth_ok)), ErrorCode::wrong_state, false},
                              {test::message(test::control(Type::hello), test::bytes("{\"min")), ErrorCode::malformed, false},
                              {test::message(test::control(Type::hello)), ErrorCode::wrong_state, true},
                              {test::Bytes(huge.begin(), huge.end()), ErrorCode::too_large, true}};
  for (const Row& row : rows) {
    World world(false);
    if (row.open) world.open();
    world.client->heard.clear();
    world.say_raw(row.bytes);
    world.until([&] { return world.client->closed.has_value() && world.relay->closed.has_value(); });
    CHECK(world.relay->closed->code == row.code);
    CHECK_FALSE(world.relay->closed->by_peer);
    CHECK(world.client->closed->code == row.code);
    CHECK(world.client->closed->by_peer);
    CHECK(world.client->closed->text == info(row.code).sentence);
  }
}

TEST_CASE("a bad picture and one of an unknown stream are told and skipped; the next good one is heard") {
  World world(false);
  world.relay->frames.reserve(10);
  world.open();
  world.say_raw(test::message(test::frame(7, 1), test::picture(60'000, 60'000)) + test::message(test::frame(8, 1), test::picture()) +
                test::message(test::frame(7, 2), test::picture()));
  world.until([&] { return world.relay->frames.size() == 1 && world.client->heard.size() >= 4; });
  CHECK(world.relay->frames[0].sequence == 2);
  const auto code_at = [&](std::size_t i) { return std::get<ErrorMessage>(world.client->heard.at(i)); };
  CHECK(code_at(2) == error_message(ErrorCode::bad_jpeg, 7));
  CHECK(code_at(3) == error_message(ErrorCode::no_such_stream, 8));
  CHECK_FALSE(world.relay->closed.has_value());
}

TEST_CASE("a connection moves to another io_context behind AUTH and nothing that came after it is lost") {
  for (const bool tls : {false, true}) {
    World world(tls);
    world.relay->react = [&](const Control& message) {
      if (std::holds_alternative<Hello>(message)) world.relay->connection->send(Welcome{});
      if (std::holds_alternative<Auth>(message)) world.relay->connection->pause_reading();
    };
    world.client->react = [&](const Control& message) {
      if (std::holds_alternative<Welcome>(message)) world.client->connection->send(Auth{"R", {}, "t", {}, false});
      if (std::holds_alternative<AuthOk>(message)) world.client->connection->send(Ping{77});
    };
    world.client->connection->send(Hello{});
    world.until([&] { return world.relay->connection->session().state() == State::checking; });
    auto open = world.relay->connection->release();
    REQUIRE(open.has_value());
    CHECK_FALSE(world.relay->closed.has_value());
    world.relay->connection = Connection::adopt(world.io, std::move(*open));
    world.relay->connection->start(world.relay);
    REQUIRE_FALSE(world.relay->closed.has_value());
    REQUIRE(world.relay->connection->send(AuthOk{"1", "Ada", "r", true}));
    world.until([&] { return std::holds_alternative<Pong>(world.client->heard.back()); });
    CHECK(std::get<Pong>(world.client->heard.back()).t1_us == 77);
  }
}

TEST_CASE("a message that came behind AUTH in the same packet travels with the connection") {
  World world(false);
  world.relay->react = [&](const Control& message) {
    if (std::holds_alternative<Hello>(message)) world.relay->connection->send(Welcome{});
    if (std::holds_alternative<Auth>(message)) world.relay->connection->pause_reading();
  };
  world.say_raw(test::message(test::control(Type::hello), test::bytes(R"({"min_version":1,"max_version":1,"software":""})")) +
                test::message(test::control(Type::auth), test::bytes(R"({"room":"R","token":"t"})")) +
                test::message(test::control(Type::bye)));
  world.until([&] { return world.relay->connection->session().state() == State::checking; });
  auto open = world.relay->connection->release();
  REQUIRE(open.has_value());
  CHECK(open->unread.size() == limits::header_bytes);
  world.relay->connection = Connection::adopt(world.io, std::move(*open));
  world.relay->connection->start(world.relay);
  world.until([&] { return world.relay->closed.has_value(); });
  CHECK(world.relay->closed->by_peer);
}

TEST_CASE("control messages that the peer does not take are bounded; over the bound the connection ends as slow") {
  World world(false);
  world.open();
  world.client->connection->pause_reading();
  const Meta meta{{}, {}, {}, {}, std::string(128, 'n'), {}, {}};
  int sent = 0;
  while (!world.relay->closed && sent < 1'000'000) {
    if (!world.relay->connection->send(meta)) break;
    ++sent;
  }
  REQUIRE(world.relay->closed.has_value());
  CHECK(world.relay->closed->code == ErrorCode::slow_consumer);
  CHECK(sent > 300);
}

TEST_CASE("a peer that disappears is noticed") {
  World world(false);
  world.open();
  const int descriptor = world.client_fd;
  ::shutdown(descriptor, SHUT_RDWR);
  world.until([&] { return world.relay->closed.has_value(); });
  CHECK_FALSE(world.relay->closed->code.has_value());
  CHECK(world.relay->closed->by_peer);
}

}  // namespace matinee::videoproto
