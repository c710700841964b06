#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <vector>

#include "server/net/loop.h"
#include "server/net/sink.h"
#include "tests/support/loop_thread.h"

using namespace matinee::net;

namespace {

// A sink on one end of a socket pair, driven by hand: no Loop runs.
struct Bench final : SinkOwner, BlockedObserver {
  explicit Bench(Loop& on_loop, std::size_t limit = 1'000'000) : loop(on_loop) {
    ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
    sink = std::make_unique<Sink>(loop, *this, pair[0], nullptr);
    sink->set_blocked_observer(this);
    sink->set_tail_limit(limit);
  }
  ~Bench() override {
    sink.reset();
    ::close(pair[0]);
    if (pair[1] >= 0) ::close(pair[1]);
  }
  void on_sink_wants_write(bool wanted) override { wants_write = wanted; }
  void on_sink_failed(SinkFailure why) override { failures.push_back(why); }
  void on_sink_drained() override { ++drained; }
  void on_blocked(Sink&, bool now) override { blocked_changes.push_back(now); }

  // Until the socket takes nothing more; returns what it took.
  std::size_t fill() {
    std::size_t taken = 0;
    const std::string block(4096, '.');
    ssize_t n;
    while ((n = ::send(pair[0], block.data(), block.size(), MSG_DONTWAIT)) > 0) taken += static_cast<std::size_t>(n);
    while ((n = ::send(pair[0], ".", 1, MSG_DONTWAIT)) > 0) ++taken;
    return taken;
  }
  std::string take(std::size_t most = 10'000'000) {
    std::string out;
    char buffer[65536];
    ssize_t n;
    while (out.size() < most && (n = ::recv(pair[1], buffer, std::min(sizeof buffer, most - out.size()), MSG_DONTWAIT)) > 0)
      out.append(buffer, static_cast<std::size_t>(n));
    return out;
  }
  // Reads all, letting the sink write whenever it wants.
  std::string drain_all() {
    std::string out = take();
    while (wants_write) {
      sink->on_writable();
      out += take();
    }
    return out;
  }

  Loop& loop;
  int pair[2] = {-1, -1};
  std::unique_ptr<Sink> sink;
  bool wants_write = false;
  int drained = 0;
  std::vector<SinkFailure> failures;
  std::vector<bool> blocked_changes;
};

// Runs what was posted.
void turn(Loop& loop) {
  loop.post([&] { loop.stop(); });
  loop.run();
}

}  // namespace

TEST_CASE("a free socket takes a frame at once") {
  Loop loop;
  Bench bench(loop);
  bench.sink->write(make_frame("hello"));
  bench.sink->write("world");
  CHECK(bench.take() == "helloworld");
  CHECK_FALSE(bench.sink->blocked());
  CHECK(bench.sink->tail_bytes() == 0);
  CHECK_FALSE(bench.wants_write);
}

TEST_CASE("what a full socket does not take goes out later, in order, and the observer hears of both changes") {
  Loop loop;
  Bench bench(loop);
  const std::size_t filled = bench.fill();
  for (int i = 0; i < 50; ++i) bench.sink->write(make_frame("<" + std::to_string(i) + ">"));
  CHECK(bench.sink->blocked());
  CHECK(bench.wants_write);
  std::string expected;
  for (int i = 0; i < 50; ++i) expected += "<" + std::to_string(i) + ">";
  CHECK(bench.sink->tail_bytes() == expected.size());
  CHECK(loop.tails().used_bytes() == expected.size());
  CHECK(bench.drain_all().substr(filled) == expected);
  CHECK(bench.drained == 1);
  CHECK(bench.blocked_changes == std::vector<bool>{true, false});
  CHECK(loop.tails().used_bytes() == 0);
}

TEST_CASE("a frame is cut where the socket was full and nothing slips in between") {
  Loop loop;
  Bench bench(loop, 50'000'000);
  const std::string big(3'000'000, 'b');
  bench.sink->write(make_frame(big));
  CHECK(bench.sink->blocked());
  CHECK(bench.sink->tail_bytes() < big.size());
  bench.sink->write("after");
  CHECK(bench.drain_all() == big + "after");
}

TEST_CASE("a shared middle with a front and an end of its own goes out whole, wherever the socket was full") {
  Loop loop;
  Bench bench(loop, 50'000'000);
  const SharedFrame shared = make_frame("##" + std::string(1'000'000, 'm'));
  SECTION("all at once: nothing waits") {
    bench.sink->write("<", make_frame("##middle"), 2, ">");
    CHECK(bench.sink->tail_bytes() == 0);
    CHECK_FALSE(bench.wants_write);
    CHECK(bench.take() == "<middle>");
  }
  SECTION("cut in the middle") {
    bench.sink->write("<", shared, 2, ">");
    CHECK(bench.sink->tail_bytes() > 0);
    CHECK(bench.sink->tail_bytes() < 1'000'002);
    CHECK(bench.drain_all() == "<" + std::string(1'000'000, 'm') + ">");
  }
  SECTION("nothing is taken, and the next waits behind it") {
    const std::size_t filled = bench.fill();
    bench.sink->write("<", shared, 2, ">");
    bench.sink->write("[", shared, 1'000'000, "]");
    CHECK(bench.sink->tail_bytes() == 1'000'002 + 4);
    CHECK(bench.drain_all().substr(filled) == "<" + std::string(1'000'000, 'm') + ">[mm]");
  }
  SECTION("front and end may be empty") {
    bench.sink->write("", make_frame("##middle"), 2, "");
    CHECK(bench.take() == "middle");
  }
  SECTION("cut in the front and in the end") {
    const std::string front(1'000'000, 'f'), end(1'000'000, 'e');
    bench.sink->write(front, make_frame("##m"), 2, end);
    CHECK(bench.drain_all() == front + "m" + end);
  }
}

TEST_CASE("latest-wins frames replace their unsent forerunner of the same kind only") {
  Loop loop;
  Bench bench(loop);
  const std::size_t filled = bench.fill();
  bench.sink->write_latest(make_frame("p1"), 1);
  bench.sink->write(make_frame("c1"));
  bench.sink->write_latest(make_frame("t1"), 2);
  bench.sink->write_latest(make_frame("p2"), 1);
  bench.sink->write(make_frame("c2"));
  bench.sink->write_latest(make_frame("p3"), 1);
  CHECK(bench.drain_all().substr(filled) == "c1t1c2p3");
}

TEST_CASE("a half-sent latest-wins frame is finished before the next one") {
  Loop loop;
  Bench bench(loop, 50'000'000);
  const std::string big(3'000'000, 'b');
  bench.sink->write_latest(make_frame(big), 1);
  bench.sink->write_latest(make_frame("newer"), 1);
  CHECK(bench.drain_all() == big + "newer");
}

TEST_CASE("a fan-out's leftovers are kept from where its own send stopped") {
  Loop loop;
  Bench bench(loop, 50'000'000);
  const std::string batch(3'000'000, 'x');
  const ssize_t sent = ::send(bench.sink->fd(), batch.data(), batch.size(), MSG_DONTWAIT);
  REQUIRE(sent > 0);
  REQUIRE(static_cast<std::size_t>(sent) < batch.size());
  SECTION("copied") { bench.sink->keep(batch, static_cast<std::size_t>(sent)); }
  SECTION("shared") { bench.sink->keep(make_frame(batch), static_cast<std::size_t>(sent)); }
  CHECK(bench.sink->blocked());
  bench.sink->write("next");
  CHECK(bench.drain_all() == batch + "next");
}

TEST_CASE("a tail at its bound stays, one byte more overflows: told once, later, and the memory is free at once") {
  Loop loop;
  Bench bench(loop, 1000);
  bench.fill();
  bench.sink->write(make_frame(std::string(1000, 'x')));
  turn(loop);
  CHECK(bench.failures.empty());
  bench.sink->write("y");
  CHECK(bench.failures.empty());
  CHECK(bench.sink->failed());
  CHECK(bench.sink->tail_bytes() == 0);
  bench.sink->write("ignored");
  turn(loop);
  turn(loop);
  CHECK(bench.failures == std::vector<SinkFailure>{SinkFailure::overflow});
}

TEST_CASE("after an overflow the half-sent frame is finished and a close frame can follow") {
  Loop loop;
  Bench bench(loop, 4'000'000);
  const std::string big(3'000'000, 'b');
  bench.sink->write(make_frame(big));
  bench.sink->write(make_frame(big));
  bench.sink->write(make_frame(big));
  CHECK(bench.sink->failed());
  bench.sink->reopen_after_overflow();
  bench.sink->write("close");
  bench.sink->seal();
  bench.sink->write("ignored");
  CHECK(bench.drain_all() == big + "close");
  CHECK(bench.sink->blocked());
}

TEST_CASE("over the loop's budget the longest tail is the one that fails") {
  Loop loop;
  loop.tails().set_limit_bytes(1000);
  Bench a(loop);
  Bench b(loop);
  Bench c(loop);
  for (Bench* bench : {&a, &b, &c}) bench->fill();
  a.sink->write(make_frame(std::string(300, 'a')));
  b.sink->write(make_frame(std::string(500, 'b')));
  c.sink->write(make_frame(std::string(200, 'c')));
  CHECK_FALSE(b.sink->failed());
  c.sink->write("c");
  CHECK(b.sink->failed());
  CHECK_FALSE(a.sink->failed());
  CHECK_FALSE(c.sink->failed());
  CHECK(loop.tails().used_bytes() == 501);
  turn(loop);
  CHECK(b.failures == std::vector<SinkFailure>{SinkFailure::overflow});
}

TEST_CASE("a lost peer is told once, later, never from inside the write") {
  Loop loop;
  Bench bench(loop);
  ::close(bench.pair[1]);
  bench.pair[1] = -1;
  bench.sink->write("x");
  bench.sink->write("y");
  bench.sink->mark_gone();
  CHECK(bench.failures.empty());
  CHECK(bench.sink->blocked());
  turn(loop);
  CHECK(bench.failures == std::vector<SinkFailure>{SinkFailure::peer_gone});
}

TEST_CASE("a sink that ends before its failure is reported takes the report with it") {
  Loop loop;
  {
    Bench bench(loop);
    bench.sink->mark_gone();
  }
  turn(loop);
  CHECK(loop.tails().used_bytes() == 0);
}

TEST_CASE("an unbounded sink is outside the budget") {
  Loop loop;
  loop.tails().set_limit_bytes(10);
  Bench bench(loop, 0);
  const std::size_t filled = bench.fill();
  bench.sink->write(make_frame(std::string(5000, 'x')));
  CHECK(loop.tails().used_bytes() == 0);
  CHECK(bench.drain_all().size() == filled + 5000);
}

TEST_CASE("frames have the shortest header for their length") {
  CHECK(make_text_frame("hi")->bytes == std::string("\x81\x02hi", 4));
  CHECK(make_binary_frame("hi")->bytes.substr(0, 2) == std::string("\x82\x02", 2));
  CHECK(make_text_frame(std::string(125, 'x'))->bytes.substr(0, 2) == std::string("\x81\x7d", 2));
  CHECK(make_text_frame(std::string(126, 'x'))->bytes.substr(0, 4) == std::string("\x81\x7e\x00\x7e", 4));
  CHECK(make_text_frame(std::string(65'535, 'x'))->bytes.substr(0, 4) == std::string("\x81\x7e\xff\xff", 4));
  CHECK(make_text_frame(std::string(65'536, 'x'))->bytes.substr(0, 10) == std::string("\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 10));
  std::string batch;
  append_text_frame(batch, "a");
  append_text_frame(batch, "b");
  CHECK(batch == std::string("\x81\x01"
                             "a\x81\x01"
                             "b",
                             6));
}
