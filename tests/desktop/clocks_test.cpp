// Clocks, playheads, pacing, backoff and the inbox: everything that decides about time, with time as a number.
#include "videoproto/desktop/clocks.h"

#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "videoproto/connection.h"
#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/limits.h"
#include "videoproto/desktop/pacing.h"

namespace matinee::desktop {

TEST_CASE("of several measurements the one with the shortest way counts, an hour apart as well") {
  RelayClock clock;
  CHECK_FALSE(clock.offset_us());
  const std::int64_t hour = 3'600'000'000;
  // Asked at 1000, 30 ms there, 2 ms of work, 10 ms back: 10 ms of error. Then 1 ms each way.
  clock.on_pong({1'000, hour + 31'000, hour + 33'000}, 43'000);
  CHECK(*clock.offset_us() == hour + 10'000);
  clock.on_pong({100'000, hour + 101'000, hour + 101'000}, 102'000);
  CHECK(*clock.offset_us() == hour);
  CHECK(*clock.round_trip_us() == 2'000);
  clock.on_pong({200'000, hour + 290'000, hour + 290'000}, 300'000);
  CHECK(*clock.offset_us() == hour);
  clock.on_pong({400'000, 0, 1}, 399'000);  // an answer before the question is none
  CHECK(*clock.offset_us() == hour);
  for (int i = 0; i < 8; ++i) clock.on_pong({500'000, hour + 505'000, hour + 505'000}, 508'000);
  CHECK(*clock.offset_us() == hour + 1'000);  // what is old is forgotten
}

TEST_CASE("a playhead tells where the film is and when a position is due") {
  const Playhead head = playhead_of({videoproto::Phase::playing, 10'000, 5'000'000, 1, 2.0}, 1'000'000);
  CHECK(head.position_at(4'000'000) == 10'000'000);
  CHECK(head.position_at(5'000'000) == 12'000'000);
  CHECK(head.when(12'000'000) == 5'000'000);
  const Playhead paused = playhead_of({videoproto::Phase::paused, 10'000, 5'000'000, 2, 1.0}, 1'000'000);
  CHECK(paused.position_at(99'000'000) == 10'000'000);
  for (const auto phase : {videoproto::Phase::idle, videoproto::Phase::waiting}) CHECK_FALSE(playhead_of({phase, 0, 0, 0, 1}, 0).playing);
}

TEST_CASE("pictures go out at their time, late ones are left out, far ones are jumped to") {
  const Playhead head{true, 0, 1'000'000, 1};
  const std::int64_t interval = 33'333, far = limits::seek_behind_ms * 1'000;
  FilmPacer pacer;
  CHECK(pacer.advise(head, 500'000, interval, 1'400'000, true).due_us == 1'500'000);
  CHECK(pacer.advise(head, 500'000, interval, 1'400'000, true).pace == Pace::show);
  CHECK(pacer.advise(head, 500'000, interval, 1'500'000 + interval, true).pace == Pace::show);
  CHECK(pacer.advise(head, 500'000, interval, 1'500'001 + interval, true).pace == Pace::drop);
  CHECK(pacer.advise(head, 500'000, interval, 1'500'001 + far, true).pace == Pace::seek);
  CHECK(pacer.advise(head, 500'000, interval, 1'500'001 + far, false).pace == Pace::drop);
  CHECK(pacer.advise(head, 500'001 + far, interval, 1'500'000, true).pace == Pace::seek);
  CHECK(pacer.advise(head, 500'001 + far, interval, 1'500'000, false).pace == Pace::show);
}

TEST_CASE("a machine that is always too late still shows a picture now and then") {
  const Playhead head{true, 0, 0, 1};
  FilmPacer pacer;
  int shown = 0;
  for (int i = 0; i < 110; ++i) shown += pacer.advise(head, 0, 33'333, 500'000, true).pace == Pace::show ? 1 : 0;
  CHECK(shown == 10);
}

TEST_CASE("a lower rate is kept evenly") {
  for (const int fps : {10, 15, 20, 29}) {
    PictureRate rate;
    std::mt19937 random(1);
    std::uniform_int_distribution<std::int64_t> jitter(-3'000, 3'000);
    int taken = 0;
    for (int i = 0; i < 300; ++i) taken += rate.take(i * 33'333 + jitter(random), fps) ? 1 : 0;
    INFO(fps);
    CHECK(taken >= fps * 10 - 4);
    CHECK(taken <= fps * 10 + 4);
  }
  PictureRate all;
  for (int i = 0; i < 100; ++i) CHECK(all.take(i, 0));
  PictureRate jump;
  CHECK(jump.take(90'000'000, 10));
  CHECK(jump.take(1'000, 10));  // the clock of another film
}

TEST_CASE("attempts to come back wait longer and longer, up to eight seconds, and not all at once") {
  Backoff backoff;
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 8; ++i) waits.push_back(backoff.next_ms(0));
  CHECK(waits == std::vector<std::int64_t>{500, 1'000, 2'000, 4'000, 8'000, 8'000, 8'000, 8'000});
  CHECK(backoff.next_ms(0.5) == 6'000);
  backoff.reset();
  CHECK(backoff.next_ms(0.999) >= 250);
}

TEST_CASE("an inbox keeps order, replaces what it is told to, and over its bound loses the oldest") {
  Inbox<int> inbox(3);
  CHECK(inbox.put(1));
  CHECK(inbox.put(2));
  CHECK_FALSE(inbox.put(12, [](int other) { return other == 2; }));
  CHECK(inbox.take(0) == std::deque<int>{1, 12});
  for (int i = 1; i <= 3; ++i) CHECK(inbox.put(i));
  CHECK_FALSE(inbox.put(4));
  CHECK(inbox.take(0) == std::deque<int>{2, 3, 4});
  CHECK(inbox.take(videoproto::monotonic_us() + 1'000).empty());
  std::thread other([&] { inbox.put(5); });
  CHECK(inbox.take(videoproto::monotonic_us() + 30'000'000) == std::deque<int>{5});
  other.join();
}

}  // namespace matinee::desktop
