// The fan-out by itself, over real sockets: with and without io_uring the same bytes reach the same people.
#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <vector>
#include "server/net/connection.h"
#include "server/net/frame.h"
#include "server/net/limits.h"
#include "server/net/tls_context.h"
#include "server/shard/fanout.h"
#include "server/shard/send_ring.h"
#include "tests/support/loop_thread.h"
#include "tests/support/self_signed.h"
#include "tests/support/temp_folder.h"

namespace matinee::test {
namespace {

std::string framed(const std::string& text) { return net::make_text_frame(text)->bytes; }

struct Peer {
  std::shared_ptr<net::Connection> connection;
  shard::Seat seat;
  int fd = -1;  // the other end
  SSL* ssl = nullptr;

  Peer() = default;
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    if (ssl != nullptr) ::SSL_free(ssl);
    ::close(fd);
  }

  // Exactly this many bytes, then nothing more.
  [[nodiscard]] std::string read(std::size_t size) const {
    std::string bytes(size, 0);
    std::size_t got = 0;
    while (got < size) {
      const ssize_t n = ssl != nullptr ? ::SSL_read(ssl, bytes.data() + got, static_cast<int>(size - got))
                                       : ::recv(fd, bytes.data() + got, size - got, 0);
      if (n <= 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
  }
  [[nodiscard]] bool nothing_more() const {
    char byte = 0;
    return ::recv(fd, &byte, 1, MSG_DONTWAIT) < 0;
  }
};

// Destroyed before the loop's thread; everything of it is used by run().
struct FanoutWorld {
  shard::ShardCounters counters;
  std::optional<shard::FlushQueue> queue;
  std::optional<shard::Fanout> room;
  std::vector<std::unique_ptr<Peer>> peers;
  LoopThread thread;

  explicit FanoutWorld(bool ring) {
    thread.run([&] {
      queue.emplace(thread.loop(), counters, ring);
      room.emplace(*queue);
    });
  }
  ~FanoutWorld() {
    thread.run([&] {
      room.reset();
      queue.reset();
      for (auto& peer : peers) peer->connection->close_now();
    });
  }
  FanoutWorld(const FanoutWorld&) = delete;
  FanoutWorld& operator=(const FanoutWorld&) = delete;

  Peer& add(int buffer_bytes = 0, const net::TlsContext* tls = nullptr) {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    REQUIRE(::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    if (buffer_bytes > 0) ::setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    const timeval patience{10, 0};
    ::setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    peers.push_back(std::make_unique<Peer>());
    Peer& peer = *peers.back();
    peer.fd = ends[1];
    thread.run([&] {
      peer.connection =
          net::Connection::adopt(thread.loop(), net::OpenStream(ends[0], tls == nullptr ? nullptr : tls->new_session(ends[0])));
      peer.connection->sink().set_tail_limit(net::tail_bytes_max);
    });
    if (tls != nullptr) shake_hands(peer);
    return peer;
  }
  void shake_hands(Peer& peer) {
    std::promise<bool> shaken;
    thread.loop().post([&] { peer.connection->handshake(std::chrono::seconds(10), [&](bool ok) { shaken.set_value(ok); }); });
    SSL_CTX* context = ::SSL_CTX_new(::TLS_client_method());
    peer.ssl = ::SSL_new(context);
    ::SSL_CTX_free(context);
    ::SSL_set_fd(peer.ssl, peer.fd);
    REQUIRE(::SSL_connect(peer.ssl) == 1);
    REQUIRE(shaken.get_future().get());
  }
  void join(Peer& peer) {
    thread.run([&] { room->join(peer.seat, peer.connection->sink()); });
  }
};

TEST_CASE("what is said in one tick reaches everybody once, in order, in one flush") {
  for (const bool ring : {false, true}) {
    FanoutWorld world(ring);
    for (int i = 0; i < 10; ++i) world.join(world.add());
    world.thread.run([&] {
      world.room->append("one", 0);
      world.room->append("two", 1);
      world.room->append("three", 0);
    });
    const std::string expected = framed("one") + framed("two") + framed("three");
    for (auto& peer : world.peers) {
      CHECK(peer->read(expected.size()) == expected);
      CHECK(peer->nothing_more());
    }
    world.thread.run([&] {
      CHECK(world.counters.flushes == 1);
      CHECK(world.counters.deliveries == 30);
    });
  }
}

TEST_CASE("a newcomer does not get what was said before, a leaver does") {
  FanoutWorld world(false);
  Peer& early = world.add();
  Peer& late = world.add();
  world.join(early);
  world.thread.run([&] {
    world.room->append("before", 0);
    world.room->join(late.seat, late.connection->sink());
    world.room->append("between", 0);
    world.room->leave(early.seat);
    world.room->append("after", 0);
  });
  CHECK(early.read(framed("before").size() + framed("between").size()) == framed("before") + framed("between"));
  CHECK(late.read(framed("between").size() + framed("after").size()) == framed("between") + framed("after"));
  CHECK(early.nothing_more());
}

TEST_CASE("whoever leaves from the middle keeps the others' places") {
  for (const bool ring : {false, true}) {
    FanoutWorld world(ring);
    for (int i = 0; i < 6; ++i) world.join(world.add());
    world.thread.run([&] {
      world.room->leave(world.peers[2]->seat);
      world.room->leave(world.peers[5]->seat);
      world.room->append("x", 0);
    });
    for (std::size_t i : {0U, 1U, 3U, 4U}) CHECK(world.peers[i]->read(framed("x").size()) == framed("x"));
    CHECK(world.peers[2]->nothing_more());
    CHECK(world.peers[5]->nothing_more());
  }
}

TEST_CASE("a full socket keeps whole frames, and of playback states only the newest; the others are not held up") {
  for (const bool ring : {false, true}) {
    FanoutWorld world(ring);
    Peer& slow = world.add(4'096);
    std::vector<Peer*> quick;
    world.join(slow);
    for (int i = 0; i < 4; ++i) {
      quick.push_back(&world.add());
      world.join(*quick.back());
    }
    const std::string filler(200'000, 'f');
    const auto say = [&](const std::string& text, net::LatestKind kind) {
      world.thread.run([&] { world.room->append(text, kind); });
      for (Peer* peer : quick) CHECK(peer->read(framed(text).size()) == framed(text));
    };
    say(filler, 0);  // the slow one takes a part of it
    say("state 1", 1);
    say("chat 1", 0);
    say("state 2", 1);
    say("state 3", 1);
    say("chat 2", 0);
    const std::string expected = framed(filler) + framed("chat 1") + framed("state 3") + framed("chat 2");
    CHECK(slow.read(expected.size()) == expected);
    CHECK(slow.nothing_more());
    say("again", 0);
    CHECK(slow.read(framed("again").size()) == framed("again"));
  }
}

TEST_CASE("encrypted and plain members get the same, also when the encrypted one is slow") {
  const TempFolder folder;
  write_self_signed(folder.path(), "server");
  std::string error;
  const auto tls = net::TlsContext::load(folder.path() + "/server.crt", folder.path() + "/server.key", error);
  REQUIRE(tls);
  for (const bool ring : {false, true}) {
    FanoutWorld world(ring);
    Peer& secure = world.add(4'096, tls.get());
    world.join(secure);
    for (int i = 0; i < 4; ++i) world.join(world.add());
    const auto say = [&](const std::string& text, net::LatestKind kind) {
      world.thread.run([&] { world.room->append(text, kind); });
      for (std::size_t i = 1; i < world.peers.size(); ++i) CHECK(world.peers[i]->read(framed(text).size()) == framed(text));
    };
    say("hello", 0);
    CHECK(secure.read(framed("hello").size()) == framed("hello"));
    const std::string filler(200'000, 'f');
    say(filler, 0);
    say("state 1", 1);
    say("chat 1", 0);
    say("state 2", 1);
    const std::string expected = framed(filler) + framed("chat 1") + framed("state 2");
    CHECK(secure.read(expected.size()) == expected);
    say("again", 0);
    CHECK(secure.read(framed("again").size()) == framed("again"));
  }
}

TEST_CASE("a member whose socket is gone does not disturb the others") {
  for (const bool ring : {false, true}) {
    FanoutWorld world(ring);
    for (int i = 0; i < 6; ++i) world.join(world.add());
    ::shutdown(world.peers[1]->fd, SHUT_RDWR);
    world.thread.run([&] { world.room->append("x", 0); });
    for (std::size_t i : {0U, 2U, 3U, 4U, 5U}) CHECK(world.peers[i]->read(framed("x").size()) == framed("x"));
    world.thread.run([&] { CHECK(world.peers[1]->connection->sink().failed()); });
  }
}

TEST_CASE("more members than the ring has entries are all served") {
  FanoutWorld world(true);
  constexpr int members = 300;
  for (int i = 0; i < members; ++i) world.join(world.add());
  std::vector<std::unique_ptr<shard::Fanout>> rooms;  // the same people in eight rooms: one tick, 2,400 sends
  std::vector<std::unique_ptr<shard::Seat>> seats;
  world.thread.run([&] {
    for (int r = 0; r < 8; ++r) {
      rooms.push_back(std::make_unique<shard::Fanout>(*world.queue));
      for (auto& peer : world.peers) {
        seats.push_back(std::make_unique<shard::Seat>());
        rooms.back()->join(*seats.back(), peer->connection->sink());
      }
      rooms.back()->append("room " + std::to_string(r), 0);
    }
  });
  const std::size_t size = 8 * framed("room 0").size();
  for (auto& peer : world.peers) {
    const std::string got = peer->read(size);
    for (int r = 0; r < 8; ++r) CHECK(got.find(framed("room " + std::to_string(r))) != std::string::npos);
  }
  world.thread.run([&] { rooms.clear(); });
}

TEST_CASE("the ring is used where the kernel has one") {
  FanoutWorld world(true);
  for (int i = 0; i < 4; ++i) world.join(world.add());
  world.thread.run([&] { world.room->append("x", 0); });
  for (auto& peer : world.peers) CHECK(peer->read(framed("x").size()) == framed("x"));
  bool available = false;
  bool used = false;
  world.thread.run([&] {
    available = shard::SendRing::create() != nullptr;
    used = world.queue->has_ring();
  });
  CHECK(used == available);
}

}  // namespace
}  // namespace matinee::test
