#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/resource.h>

#include <condition_variable>
#include <mutex>
#include <set>
#include <vector>

#include "tests/net/http_fixture.h"

using namespace matinee;
using namespace matinee::test;
using namespace std::chrono_literals;

namespace {

void echo_target(const std::shared_ptr<net::Exchange>& exchange) { answer_text(*exchange, 200, exchange->head().remote_address); }

// Leaves the process without a free descriptor until destroyed.
class NoDescriptors {
 public:
  NoDescriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit low = before_;
    low.rlim_cur = 256;
    ::setrlimit(RLIMIT_NOFILE, &low);
    int fd;
    while ((fd = ::open("/dev/null", O_RDONLY)) >= 0) held_.push_back(fd);
  }
  ~NoDescriptors() {
    for (const int fd : held_) ::close(fd);
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;
  void free_one() {
    ::close(held_.back());
    held_.pop_back();
  }

 private:
  rlimit before_{};
  std::vector<int> held_;
};

}  // namespace

TEST_CASE("the remote address is told without its port") {
  HttpFixture fixture(echo_target);
  CHECK(RawClient(fixture.port()).get("/").body == "127.0.0.1");
}

TEST_CASE("a port in use, a foreign address and an unreadable one are told in one sentence") {
  HttpFixture fixture(echo_target);
  LoopThread thread;
  const auto error_of = [&](const std::string& address, std::uint16_t port) {
    std::string error;
    thread.run([&] {
      net::ListenOptions options;
      options.address = address;
      options.port = port;
      CHECK(net::Listener::open(
                thread.loop(), {&thread.loop()}, options, [](const auto&) {}, error) == nullptr);
    });
    return error;
  };
  CHECK(error_of("127.0.0.1", fixture.port()).find("Port " + std::to_string(fixture.port()) + " on 127.0.0.1 is already in use") == 0);
  CHECK(error_of("192.0.2.1", 0) == "This machine has no address 192.0.2.1.");
  CHECK(error_of("nonsense", 0) == "This machine has no address nonsense.");
}

TEST_CASE("the cap per address refuses one more and takes one again when another has left") {
  net::ConnectionLimits limits;
  limits.connections_per_address_max = 2;
  HttpFixture fixture(echo_target, {}, nullptr, limits);
  RawClient first(fixture.port());
  CHECK(first.get("/").status == 200);
  {
    RawClient second(fixture.port());
    CHECK(second.get("/").status == 200);
    RawClient third(fixture.port());
    CHECK(third.ends());
    second.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    second.read_response();
    CHECK(second.ends());
  }
  // The server's side of the second one ends with the peer's FIN, some turns of the loop later.
  bool served = false;
  for (int i = 0; i < 1000 && !served; ++i) {
    fixture.thread().run([] {});
    RawClient again(fixture.port());
    again.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    served = !again.ends();
  }
  CHECK(served);
}

TEST_CASE("caps count by address, IPv6 by /64, and in total") {
  net::ConnectionCaps caps(3, 2);
  auto a = caps.acquire("192.0.2.1");
  auto b = caps.acquire("192.0.2.1");
  CHECK((a && b));
  CHECK_FALSE(caps.acquire("192.0.2.1"));
  auto c = caps.acquire("192.0.2.2");
  CHECK(c);
  CHECK_FALSE(caps.acquire("192.0.2.3"));
  CHECK(caps.open() == 3);
  a.reset();
  b.reset();
  c.reset();
  CHECK(caps.open() == 0);
  const auto d = caps.acquire("2001:db8::1");
  const auto e = caps.acquire("2001:db8::ffff:1");
  CHECK((d && e));
  CHECK_FALSE(caps.acquire("2001:db8:0:0:1::"));
  CHECK(caps.acquire("2001:db8:0:1::1"));
}

TEST_CASE("a lease may be moved and gives its place back once") {
  net::ConnectionCaps caps(10, 10);
  auto lease = caps.acquire("a");
  {
    net::ConnectionLease moved = std::move(*lease);
    CHECK(caps.open() == 1);
  }
  lease.reset();
  CHECK(caps.open() == 0);
}

TEST_CASE("without free descriptors the listener refuses, and serves again when there are some") {
  HttpFixture fixture(echo_target);
  RawClient before(fixture.port());
  CHECK(before.get("/").status == 200);
  {
    // The client's own socket is made first; the server then cannot accept it.
    NoDescriptors none;
    none.free_one();
    RawClient refused(fixture.port());
    CHECK(refused.ends());
    CHECK(before.get("/").status == 200);
  }
  bool served = false;
  for (int i = 0; i < 1000 && !served; ++i) {
    RawClient after(fixture.port());
    after.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    served = !after.ends();
  }
  CHECK(served);
}

TEST_CASE("connections are dealt to all loops in turn") {
  std::mutex mutex;
  std::vector<std::thread::id> seen;
  std::condition_variable changed;
  LoopThread accepting;
  LoopThread one;
  LoopThread two;
  std::unique_ptr<net::Listener> listener;
  accepting.run([&] {
    std::string error;
    listener = net::Listener::open(
        accepting.loop(), {&one.loop(), &two.loop()}, {},
        [&](const std::shared_ptr<net::Connection>& connection) {
          {
            const std::lock_guard lock(mutex);
            seen.push_back(std::this_thread::get_id());
          }
          changed.notify_one();
          connection->close_now();
        },
        error);
  });
  for (int i = 0; i < 4; ++i) CHECK(RawClient(listener->port()).ends());
  std::unique_lock lock(mutex);
  CHECK(changed.wait_for(lock, 10s, [&] { return seen.size() == 4; }));
  CHECK(std::set(seen.begin(), seen.end()).size() == 2);
  lock.unlock();
  accepting.run([&] { listener.reset(); });
}

TEST_CASE("a dual-stack listener takes IPv4 and names it as such") {
  LoopThread thread;
  std::promise<std::string> address;
  std::unique_ptr<net::Listener> listener;
  std::string error;
  thread.run([&] {
    net::ListenOptions options;
    options.address = "::";
    listener = net::Listener::open(
        thread.loop(), {&thread.loop()}, options,
        [&](const std::shared_ptr<net::Connection>& connection) {
          address.set_value(connection->remote_address());
          connection->close_now();
        },
        error);
  });
  if (!listener) {
    WARN("this machine has no IPv6: " << error);
    return;
  }
  CHECK(RawClient(listener->port()).ends());
  CHECK(address.get_future().get() == "127.0.0.1");
  thread.run([&] { listener.reset(); });
}

TEST_CASE("a stopped listener takes nobody while open connections go on") {
  HttpFixture fixture(echo_target);
  RawClient open(fixture.port());
  CHECK(open.get("/").status == 200);
  const std::uint16_t port = fixture.port();
  fixture.thread().run([&] { fixture.listener().stop(); });
  CHECK_THROWS(RawClient(port));
  CHECK(open.get("/").status == 200);
}
