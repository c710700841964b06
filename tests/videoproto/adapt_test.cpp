#include "videoproto/adapt.h"

#include <catch2/catch.hpp>

namespace matinee::videoproto {
namespace {

constexpr std::int64_t second = 1'000'000;
const AdaptBounds hd{{90, 30, 1280}, {40, 5, 320}};

// Bytes a second of a publisher who follows the advice: a picture's size grows about so with quality and area.
double bytes_per_second(const Advice& advice) {
  const double area = advice.width * (advice.width * 9.0 / 16.0);
  return advice.fps * area * (0.02 + 0.13 * (advice.quality - 40) / 50.0 + 0.05);
}

// A room whose lines all take `capacity`: with more sent than that, everybody loses frames.
struct Room {
  AdaptController controller{hd};
  std::int64_t now_us = 0;
  int behind_seconds = 0, seconds = 0;
  double used = 0;
  void run(int length, double capacity) {
    behind_seconds = seconds = 0;
    used = 0;
    for (; seconds < length; ++seconds) {
      const double offered = bytes_per_second(controller.advice());
      const bool behind = offered > capacity * 1.05;
      used += std::min(offered, capacity) / capacity / length;
      behind_seconds += behind ? 1 : 0;
      static_cast<void>(controller.on_sample({10, behind ? 10U : 0U}, now_us += second));
    }
  }
};

AdaptController floored() {
  AdaptController controller(hd);
  for (std::int64_t t = 1; t < 200; ++t) {
    if (controller.advice() == hd.least) break;
    static_cast<void>(controller.on_sample({1, 1}, t * second));
  }
  REQUIRE(controller.advice() == hd.least);
  return controller;
}

}  // namespace

TEST_CASE("less is asked in the order quality, frames, width, each down to its floor and never below") {
  AdaptController controller(hd);
  Advice before = controller.advice();
  CHECK(before == hd.most);
  for (std::int64_t t = 1; t < 200; ++t) {
    const auto advice = controller.on_sample({4, 4}, t * second);
    if (!advice) continue;
    const int changed = (advice->quality != before.quality) + (advice->fps != before.fps) + (advice->width != before.width);
    CHECK(changed == 1);
    if (advice->fps != before.fps) CHECK(before.quality == 40);
    if (advice->width != before.width) CHECK((before.quality == 40 && before.fps == 5));
    before = *advice;
  }
  CHECK(before == hd.least);
}

TEST_CASE("more is given back in the opposite order, in equal steps, up to what the publisher announced") {
  AdaptController controller = floored();
  Advice before = controller.advice();
  for (std::int64_t t = 1'000; t < 1'200; ++t) {
    const auto advice = controller.on_sample({4, 0}, t * second);
    if (!advice) continue;
    if (advice->width != before.width) CHECK(advice->width - before.width <= 64);
    if (advice->fps != before.fps) CHECK((before.width == 1280 && advice->fps - before.fps <= 2));
    if (advice->quality != before.quality) CHECK((before.fps == 30 && advice->quality - before.quality <= 3));
    before = *advice;
  }
  CHECK(before == hd.most);
}

TEST_CASE("one slow viewer of many changes nothing, a quarter of them does") {
  AdaptController controller(hd);
  CHECK_FALSE(controller.on_sample({100, 24}, second).has_value());
  CHECK(controller.on_sample({100, 25}, second).has_value());
  CHECK_FALSE(AdaptController(hd).on_sample({0, 0}, second).has_value());
}

TEST_CASE("a decrease is given two seconds to arrive before the next one") {
  AdaptController controller(hd);
  CHECK(controller.on_sample({1, 1}, 10 * second).has_value());
  CHECK_FALSE(controller.on_sample({1, 1}, 12 * second - 1).has_value());
  CHECK(controller.on_sample({1, 1}, 12 * second).has_value());
}

TEST_CASE("it takes three calm seconds in a row before more is asked for") {
  AdaptController controller(hd);
  static_cast<void>(controller.on_sample({1, 1}, second));
  const AdaptSample quiet{100, 5}, neither{100, 6};
  CHECK_FALSE(controller.on_sample(quiet, 2 * second).has_value());
  CHECK_FALSE(controller.on_sample(quiet, 3 * second).has_value());
  CHECK_FALSE(controller.on_sample(neither, 4 * second).has_value());
  CHECK_FALSE(controller.on_sample(quiet, 5 * second).has_value());
  CHECK_FALSE(controller.on_sample(quiet, 6 * second).has_value());
  CHECK(controller.on_sample(quiet, 7 * second).has_value());
}

TEST_CASE("reading pauses when the floor does not help for three seconds, and goes on at the first better one") {
  AdaptController controller = floored();
  CHECK_FALSE(controller.pause_reading());
  for (std::int64_t t = 500; t < 503; ++t) {
    CHECK_FALSE(controller.pause_reading());
    static_cast<void>(controller.on_sample({1, 1}, t * second));
  }
  CHECK(controller.pause_reading());
  static_cast<void>(controller.on_sample({1, 0}, 504 * second));
  CHECK_FALSE(controller.pause_reading());
}

TEST_CASE("a publisher below the floors is never asked for more than it announced") {
  AdaptController controller(AdaptBounds{{30, 3, 160}, {40, 5, 320}});
  for (std::int64_t t = 1; t < 50; ++t) { CHECK_FALSE(controller.on_sample({1, t % 2 == 0 ? 1U : 0U}, t * second).has_value()); }
  CHECK(controller.advice() == Advice{30, 3, 160});
}

TEST_CASE("it converges on lines of any speed: they are used well, and seldom too much") {
  for (const double capacity : {60'000.0, 300'000.0, 900'000.0, 2'000'000.0, 4'000'000.0}) {
    Room room;
    room.run(120, capacity);
    room.run(600, capacity);
    CAPTURE(capacity, room.used, room.behind_seconds);
    CHECK(room.used > 0.7);
    CHECK(room.behind_seconds < 60);
  }
}

TEST_CASE("a line that becomes slower and faster again is followed both ways") {
  Room room;
  room.run(60, 1e9);
  CHECK(room.controller.advice() == hd.most);
  CHECK(room.behind_seconds == 0);
  room.run(60, 500'000);
  CHECK(bytes_per_second(room.controller.advice()) < 700'000);
  room.run(120, 1e9);
  CHECK(room.controller.advice() == hd.most);
}

}  // namespace matinee::videoproto
