// The ring of a live stream and the seat of its publisher.
#include "streams/live_buffer.h"

#include <catch2/catch.hpp>
#include <random>
#include <string>
#include <vector>

#include "streams/publisher_seat.h"

namespace matinee::streams {
namespace {

using Buffer = LiveBuffer<std::string>;
constexpr std::int64_t second = 1'000'000;

void put(Buffer& buffer, const std::string& name, Begins begins = Begins::nothing, std::int64_t now_us = 0) {
  REQUIRE(buffer.append(name, name.size(), begins, now_us));
}

// Everything that a reader can take now: "init ", names, and "-3" where so many were left out.
std::string take_all(const Buffer& buffer, LiveReader& reader) {
  std::string text;
  while (const auto taken = buffer.take(reader)) {
    if (taken->init != nullptr) text += *taken->init + " ";
    if (taken->skipped > 0) text += "-" + std::to_string(taken->skipped) + " ";
    text += *taken->unit + " ";
  }
  return text;
}

Buffer started() {
  Buffer buffer;
  buffer.set_init("init");
  return buffer;
}

}  // namespace

TEST_CASE("a newcomer gets the init data, then everything from the last key frame on") {
  Buffer buffer = started();
  put(buffer, "a", Begins::key);
  put(buffer, "b");
  put(buffer, "c", Begins::key);
  put(buffer, "d");
  LiveReader reader = buffer.reader();
  CHECK(take_all(buffer, reader) == "init c d ");
  CHECK(take_all(buffer, reader) == "");
  put(buffer, "e");
  CHECK(take_all(buffer, reader) == "e ");
}

TEST_CASE("before the first key frame a newcomer waits, and without init data everybody does") {
  Buffer buffer;
  LiveReader reader = buffer.reader();
  put(buffer, "a", Begins::key);
  CHECK(take_all(buffer, reader) == "");
  buffer.set_init("init");
  put(buffer, "b", Begins::picture);
  CHECK(take_all(buffer, reader) == "");
  put(buffer, "c", Begins::key);
  CHECK(take_all(buffer, reader) == "init c ");
}

TEST_CASE("a picture that turns out to be a key frame is one from where it began") {
  Buffer buffer = started();
  put(buffer, "a", Begins::picture);
  put(buffer, "b");
  LiveReader reader = buffer.reader();
  CHECK(take_all(buffer, reader) == "");
  buffer.mark_key();
  CHECK(take_all(buffer, reader) == "init a b ");
}

TEST_CASE("each viewer reads at their own place") {
  Buffer buffer = started();
  put(buffer, "a", Begins::key);
  LiveReader one = buffer.reader(), other = buffer.reader();
  CHECK(take_all(buffer, one) == "init a ");
  put(buffer, "b");
  CHECK(take_all(buffer, one) == "b ");
  CHECK(take_all(buffer, other) == "init a b ");
}

TEST_CASE("who fell out of the ring goes on at the last key frame and is told how much was left out") {
  LiveBounds bounds;
  bounds.units_max = 4;
  Buffer buffer(bounds);
  buffer.set_init("init");
  put(buffer, "a", Begins::key);
  LiveReader reader = buffer.reader();
  CHECK(take_all(buffer, reader) == "init a ");
  for (const char* name : {"b", "c", "d"}) put(buffer, name);
  put(buffer, "e", Begins::key);
  put(buffer, "f");
  CHECK(take_all(buffer, reader) == "-3 e f ");
}

TEST_CASE("who fell out of a ring without a key frame waits for the next one") {
  LiveBounds bounds;
  bounds.units_max = 2;
  Buffer buffer(bounds);
  buffer.set_init("init");
  put(buffer, "a", Begins::key);
  LiveReader reader = buffer.reader(), newcomer = buffer.reader();
  CHECK(take_all(buffer, reader) == "init a ");
  for (const char* name : {"b", "c", "d"}) put(buffer, name);
  CHECK(take_all(buffer, reader) == "");
  CHECK_FALSE(buffer.has_key());
  put(buffer, "e", Begins::key);
  CHECK(take_all(buffer, reader) == "-3 e ");
  CHECK(take_all(buffer, newcomer) == "init e ");
}

TEST_CASE("a viewer that lags five seconds is left alone, one that lags further goes on at a newer key frame") {
  for (const std::int64_t more : {0, 1}) {
    Buffer buffer = started();
    put(buffer, "a", Begins::key, 0);
    LiveReader reader = buffer.reader();
    CHECK(take_all(buffer, reader) == "init a ");
    put(buffer, "b", Begins::nothing, 0);
    put(buffer, "c", Begins::key, second);
    put(buffer, "d", Begins::nothing, limits::live_lag_us_max + more);
    CHECK(take_all(buffer, reader) == (more == 0 ? "b c d " : "-1 c d "));
  }
}

TEST_CASE("a viewer that lags, with no newer key frame to go to, goes on where they are") {
  Buffer buffer = started();
  put(buffer, "a", Begins::key, 0);
  LiveReader reader = buffer.reader();
  CHECK(take_all(buffer, reader) == "init a ");
  put(buffer, "b", Begins::nothing, 0);
  put(buffer, "c", Begins::nothing, 60 * second);
  CHECK(take_all(buffer, reader) == "b c ");
}

TEST_CASE("after another publisher everybody goes on at its first key frame, with its init data") {
  Buffer buffer = started();
  put(buffer, "a", Begins::key);
  LiveReader reader = buffer.reader();
  CHECK(take_all(buffer, reader) == "init a ");
  put(buffer, "b");  // nobody has taken it yet
  buffer.set_init("other");
  put(buffer, "c", Begins::picture);
  CHECK(take_all(buffer, reader) == "b ");
  put(buffer, "d", Begins::key);
  CHECK(take_all(buffer, reader) == "other -1 d ");
}

TEST_CASE("a key frame from before another publisher began is none to begin with") {
  Buffer buffer = started();
  put(buffer, "a", Begins::key);
  buffer.begin_anew();
  buffer.mark_key();
  LiveReader reader = buffer.reader();
  CHECK(take_all(buffer, reader) == "");
  put(buffer, "b", Begins::key);
  CHECK(take_all(buffer, reader) == "init b ");
}

TEST_CASE("the ring holds as many units and bytes as its bounds say, and not one more") {
  Buffer units;
  for (std::size_t i = 0; i < limits::live_units_max; ++i) put(units, "x");
  CHECK(units.size() == limits::live_units_max);
  put(units, "x");
  CHECK(units.size() == limits::live_units_max);
  Buffer bytes;
  for (int i = 0; i < 8; ++i) REQUIRE(bytes.append("", limits::live_bytes_max / 8, Begins::nothing, 0));
  CHECK(bytes.bytes() == limits::live_bytes_max);
  CHECK(bytes.size() == 8);
  REQUIRE(bytes.append("", 1, Begins::nothing, 0));
  CHECK(bytes.bytes() == limits::live_bytes_max / 8 * 7 + 1);
}

TEST_CASE("a unit as large as the whole ring is kept, a larger one is left out and everybody goes on at the next key frame") {
  Buffer buffer = started();
  CHECK(buffer.append("whole", limits::live_bytes_max, Begins::key, 0));
  LiveReader reader = buffer.reader();
  CHECK(take_all(buffer, reader) == "init whole ");
  CHECK_FALSE(buffer.append("larger", limits::live_bytes_max + 1, Begins::key, 0));
  put(buffer, "a");
  CHECK(take_all(buffer, reader) == "");
  put(buffer, "b", Begins::key);
  CHECK(take_all(buffer, reader) == "init -1 b ");
}

TEST_CASE("whatever a viewer's pace, they begin at key frames, never go back, and memory keeps its bound") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    LiveBounds bounds{200, 30, 40};
    LiveBuffer<int> buffer(bounds);
    buffer.set_init(-1);
    std::vector<bool> key;
    struct Viewer {
      LiveReader reader;
      int last = -1;
    };
    std::vector<Viewer> viewers(4);
    for (int step = 0; step < 1'000; ++step) {
      const bool is_key = random() % 12 == 0;
      key.push_back(is_key);
      REQUIRE(buffer.append(step, 1 + random() % 20, is_key ? Begins::key : Begins::nothing, step));
      REQUIRE(buffer.bytes() <= bounds.bytes_max);
      REQUIRE(buffer.size() <= bounds.units_max);
      for (std::size_t i = 0; i < viewers.size(); ++i) {
        if (random() % (1U + 8U * static_cast<unsigned>(i)) != 0) continue;
        Viewer& viewer = viewers[i];
        while (const auto taken = buffer.take(viewer.reader)) {
          const int number = *taken->unit;
          REQUIRE(number > viewer.last);
          const bool follows = viewer.last >= 0 && number == viewer.last + 1;
          if (!follows) REQUIRE(key[static_cast<std::size_t>(number)]);
          if (viewer.last >= 0) REQUIRE(taken->skipped == static_cast<std::uint64_t>(number - viewer.last - 1));
          viewer.last = number;
        }
      }
    }
  }
}

TEST_CASE("a second publisher is refused, or takes over when it asks to, and the first holds the seat no more") {
  PublisherSeat seat;
  const auto first = seat.enter(false);
  REQUIRE(first.has_value());
  CHECK_FALSE(seat.enter(false).has_value());
  const auto second_one = seat.enter(true);
  REQUIRE(second_one.has_value());
  CHECK_FALSE(seat.holds(*first));
  CHECK(seat.holds(*second_one));
  seat.leave(*first, 0);  // its connection ends now
  CHECK(seat.phase() == PublisherSeat::Phase::taken);
}

TEST_CASE("a publisher may vanish for thirty seconds, to the microsecond, and its stream ends once") {
  PublisherSeat seat;
  const auto ticket = seat.enter(false);
  seat.leave(*ticket, 5);
  CHECK(seat.phase() == PublisherSeat::Phase::lost);
  CHECK_FALSE(seat.look(5 + limits::publisher_lost_us - 1));
  CHECK(seat.look(5 + limits::publisher_lost_us));
  CHECK_FALSE(seat.look(5 + limits::publisher_lost_us + 1));
  CHECK(seat.phase() == PublisherSeat::Phase::ended);
}

TEST_CASE("who comes back in time goes on, without taking over from anybody") {
  PublisherSeat seat;
  const auto ticket = seat.enter(false);
  seat.leave(*ticket, 0);
  const auto again = seat.enter(false);
  REQUIRE(again.has_value());
  CHECK_FALSE(seat.look(limits::publisher_lost_us * 2));
  CHECK(seat.holds(*again));
  seat.end();
  CHECK_FALSE(seat.holds(*again));
  CHECK(seat.enter(false).has_value());  // the stream begins anew
}

TEST_CASE("a reader is told which unit is the newest key frame") {
  Buffer buffer = started();
  LiveReader reader = buffer.reader();
  const auto key = [&] { return buffer.take(reader)->key; };
  put(buffer, "a", Begins::key);
  CHECK(key());
  put(buffer, "b");
  CHECK_FALSE(key());
  put(buffer, "c", Begins::key);
  put(buffer, "d");
  CHECK(key());
  CHECK_FALSE(key());
}

}  // namespace matinee::streams
