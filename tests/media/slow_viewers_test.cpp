// Viewers that do not keep up: nobody else notices, and memory stays bounded.
#include <catch2/catch.hpp>

#include "tests/media/media_world.h"

namespace matinee::media::test {
namespace {

constexpr int tiny_buffer = 4'096;
constexpr std::size_t large = 300'000;  // far more than the kernel takes for a reader that stopped

}  // namespace

TEST_CASE("a stalled viewer gets the newest picture when it goes on, and the others got every one meanwhile") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2, {.receive_buffer = tiny_buffer});
  const auto eve = world.join(3);
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  world.watch(*eve, stream);
  bob->connection->pause_reading();
  for (int i = 0; i < 60; ++i) {
    ada->send_picture(stream, jpeg(large, i));
    world.until([&] { return eve->pictures.size() == std::size_t(i) + 1; });
  }
  CHECK(bob->pictures.empty());
  bob->connection->resume_reading();
  ada->send_dup(stream);  // should the pending picture have waited for over a second, this brings it
  world.until([&] { return !bob->pictures.empty() && bob->pictures.back().bytes == jpeg(large, 59); });
  CHECK(bob->pictures.size() <= 3);
  CHECK(bob->pictures[0].header.sequence < 10);
  CHECK(eve->pictures.size() == 60);
  CHECK(world.counters().streams == 1);
}

TEST_CASE("when the pool runs low the viewer that held a picture longest is closed, and the publisher goes on") {
  World world;
  const auto ada = world.join(1);
  const auto eve = world.join(2);
  const auto stream = world.publish(*ada);
  world.watch(*eve, stream);
  eve->keep_bytes = false;
  // Each one sticks in another picture.
  std::vector<std::shared_ptr<Desktop>> stalled;
  for (std::size_t i = 0; i < 70; ++i) {
    ada->send_picture(stream, jpeg(large, int(i)));
    world.until([&] { return eve->picture_count == i + 1; });
    const auto viewer = world.join(std::int64_t(i) + 10, {.receive_buffer = tiny_buffer});
    world.watch(*viewer, stream);
    viewer->connection->pause_reading();
    stalled.push_back(viewer);
  }
  const auto counters = world.counters();
  // 64 slots: the last picture, the coming one, one kept free for each of eight, and the rest held.
  CHECK(counters.slow_viewers_closed >= 70 - vp::limits::pool_slots);
  CHECK(counters.slow_viewers_closed < 20);
  CHECK(counters.pictures_skipped == 0);
  CHECK(eve->picture_count == 70);
  const auto is_there = [&](std::int64_t person) {
    return std::any_of(world.gate.present.begin(), world.gate.present.end(),
                       [&](const auto& each) { return each.visit.person.id.value == person; });
  };
  CHECK_FALSE(is_there(10));  // the first
  CHECK(is_there(79));        // the last
  stalled[0]->connection->resume_reading();
  world.until([&] { return stalled[0]->closed.has_value(); });
}

TEST_CASE("a room that cannot take what a publisher sends asks it for less") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2, {.receive_buffer = tiny_buffer});
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  bob->connection->pause_reading();
  net::Timer timer;
  const std::function<void()> send = [&] {
    if (ada->connection) ada->send_picture(stream, jpeg(large));
    timer = world.loop.start_timer(std::chrono::milliseconds(30), send);
  };
  send();
  world.until([&] { return ada->last<vp::Adapt>() != nullptr; });
  timer.cancel();
  CHECK(ada->last<vp::Adapt>()->stream == stream);
  CHECK(ada->last<vp::Adapt>()->quality < vp::limits::quality_max);
  CHECK(ada->last<vp::Adapt>()->fps == camera().fps);
  CHECK(ada->last<vp::Adapt>()->width == camera().width);
  CHECK_FALSE(ada->closed);
}

TEST_CASE("when the memory for pictures is used up they are skipped, and come again when there is some") {
  World world({.pool_bytes = 1024 * 1024});
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  ada->send_picture(stream, jpeg(1'000, 1));
  world.until([&] { return bob->pictures.size() == 1; });
  ada->send_picture(stream, jpeg(1'500'000));  // within a picture's bound, not within the budget
  ada->send_picture(stream, jpeg(1'000, 2));
  world.until([&] { return bob->pictures.size() == 2; });
  CHECK(bob->pictures[1].bytes == jpeg(1'000, 2));
  CHECK(bob->pictures[1].header.sequence == bob->pictures[0].header.sequence + 2);
  CHECK(world.counters().pictures_skipped == 1);
  CHECK_FALSE(ada->closed);
}

}  // namespace matinee::media::test
