#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <vector>

#include "server/net/loop.h"
#include "server/net/utf8.h"
#include "tests/support/loop_thread.h"

using namespace matinee::net;
using namespace matinee::test;
using namespace std::chrono_literals;

TEST_CASE("posted tasks run in order on the loop's thread") {
  LoopThread thread;
  std::vector<int> order;
  bool in_thread = false;
  for (int i = 0; i < 3; ++i) thread.loop().post([&order, i] { order.push_back(i); });
  thread.run([&] { in_thread = thread.loop().in_loop_thread(); });
  CHECK(order == std::vector<int>{0, 1, 2});
  CHECK(in_thread);
  CHECK_FALSE(thread.loop().in_loop_thread());
}

TEST_CASE("timers fire after their time, in order of it, and a cancelled one never") {
  LoopThread thread;
  std::vector<int> order;
  std::promise<void> last;
  std::vector<Timer> timers;
  const auto start = std::chrono::steady_clock::now();
  thread.run([&] {
    timers.push_back(thread.loop().start_timer(90ms, [&] {
      order.push_back(90);
      last.set_value();
    }));
    timers.push_back(thread.loop().start_timer(30ms, [&] { order.push_back(30); }));
    timers.push_back(thread.loop().start_timer(60ms, [&] { order.push_back(60); }));
    timers.push_back(thread.loop().start_precise_timer(10ms, [&] { order.push_back(10); }));
    timers.push_back(thread.loop().start_timer(20ms, [&] { order.push_back(-1); }));
    timers.push_back(thread.loop().start_precise_timer(20ms, [&] { order.push_back(-2); }));
    timers.back().cancel();
    CHECK_FALSE(timers.back().running());
    timers[4].cancel();
    CHECK(timers[0].running());
  });
  last.get_future().wait();
  CHECK(std::chrono::steady_clock::now() - start >= 90ms);
  thread.run([&] {
    CHECK(order == std::vector<int>{10, 30, 60, 90});
    CHECK_FALSE(timers[0].running());
    timers.clear();
  });
}

TEST_CASE("a timer may restart itself and cancel others while it fires") {
  LoopThread thread;
  std::promise<int> done;
  Timer again;
  Timer other;
  int rounds = 0;
  std::function<void()> step = [&] {
    other.cancel();
    if (++rounds == 3) return done.set_value(rounds);
    again = thread.loop().start_timer(5ms, step);
  };
  thread.run([&] {
    again = thread.loop().start_timer(1ms, step);
    other = thread.loop().start_timer(1ms, [&] { rounds = 100; });
  });
  CHECK(done.get_future().get() == 3);
  thread.run([&] {
    again.cancel();
    other.cancel();
  });
}

TEST_CASE("a watched descriptor is reported, an unwatched one is not, even within the same round") {
  struct Target final : IoTarget {
    std::function<void()> fn;
    void on_ready(bool, bool, bool) override { fn(); }
  };
  LoopThread thread;
  int pairs[2][2];
  for (auto& pair : pairs) REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
  std::promise<void> reported;
  int calls = 0;
  std::weak_ptr<Target> gone;
  thread.run([&] {
    std::array<Watch*, 2> watches{};
    const auto targets = std::array{std::make_shared<Target>(), std::make_shared<Target>()};
    gone = targets[0];
    watches[0] = thread.loop().watch(pairs[0][0], targets[0], true, false);
    watches[1] = thread.loop().watch(pairs[1][0], targets[1], true, false);
    const auto both = watches;
    // Whichever comes first takes both away.
    for (const auto& target : targets) {
      target->fn = [&thread, &calls, &reported, both] {
        ++calls;
        for (Watch* watch : both) thread.loop().unwatch(watch);
        reported.set_value();
      };
    }
    REQUIRE(::write(pairs[0][1], "x", 1) == 1);
    REQUIRE(::write(pairs[1][1], "x", 1) == 1);
  });
  reported.get_future().wait();
  thread.run([&] {});
  thread.run([&] { CHECK(calls == 1); });
  CHECK(gone.expired());
  for (const auto& pair : pairs) {
    ::close(pair[0]);
    ::close(pair[1]);
  }
}

TEST_CASE("what is posted to a loop that never runs is dropped with it") {
  const auto held = std::make_shared<int>(1);
  {
    Loop loop;
    loop.post([held] {});
    Timer timer = loop.start_timer(1h, [held] {});
    CHECK(held.use_count() == 3);
  }
  CHECK(held.use_count() == 1);
}

TEST_CASE("UTF-8 is judged by the table") {
  for (const char* good :
       {"", "a", "caf\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf4\x8f\xbf\xbf", "12345678\xc3\xa9"})
    CHECK(is_valid_utf8(good));
  for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                          "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "12345678\xc3"})
    CHECK_FALSE(is_valid_utf8(bad));
  CHECK(utf8_prefix("caf\xc3\xa9", 4) == "caf");
  CHECK(utf8_prefix("caf\xc3\xa9", 5) == "caf\xc3\xa9");
}
