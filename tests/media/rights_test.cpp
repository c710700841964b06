// Who may publish and watch what, and how much of it.
#include <catch2/catch.hpp>

#include "tests/media/media_world.h"

namespace matinee::media::test {
namespace {

vp::ErrorCode refused(World& world, Desktop& desktop, const vp::Control& wish) {
  const std::size_t before = desktop.count<vp::ErrorMessage>();
  desktop.say(wish, 9);
  world.until([&] { return desktop.count<vp::ErrorMessage>() > before; });
  CHECK_FALSE(desktop.closed);
  CHECK(desktop.heard.back().first.aux == 9);
  return desktop.error()->code;
}

}  // namespace

TEST_CASE("without the grant to go live nothing is published; with it something is") {
  World world;
  world.gate.without_grant.insert(1);
  const auto ada = world.join(1);
  CHECK_FALSE(ada->last<vp::AuthOk>()->may_publish);
  CHECK(refused(world, *ada, vp::Publish{camera(), {}, {}}) == vp::ErrorCode::forbidden);
  world.gate.grant(1, true);
  world.publish(*ada);
}

TEST_CASE("when the grant is taken away the person's streams end, for viewers too") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  const auto other = world.publish(*bob);
  world.watch(*bob, stream);
  world.gate.grant(1, false);
  world.until([&] { return bob->last<vp::Eos>() != nullptr && ada->last<vp::Stop>() != nullptr; });
  CHECK(bob->last<vp::Eos>()->reason == vp::EosReason::stopped);
  CHECK(ada->last<vp::Stop>()->stream == stream);
  CHECK(ada->error()->code == vp::ErrorCode::forbidden);
  CHECK(ada->error()->stream == stream);
  CHECK_FALSE(ada->closed);
  CHECK(world.relay->find(stream) == nullptr);
  CHECK(world.relay->find(other) != nullptr);
}

TEST_CASE("a stream of another room does not exist here, nor one that never was") {
  World world;
  const auto ada = world.join(1);
  const auto stream = world.publish(*ada);
  const auto bob = world.join(2, {.room = "AAAA2222"});
  CHECK(refused(world, *bob, vp::Subscribe{stream, true}) == vp::ErrorCode::no_such_stream);
  CHECK(refused(world, *ada, vp::Subscribe{stream + 1, true}) == vp::ErrorCode::no_such_stream);
  CHECK(*world.relay->room_of(stream) == room_code);
  CHECK(world.relay->room_of(stream + 1) == nullptr);
}

TEST_CASE("a person has as many streams in a room as the bound says, over all connections, and not one more") {
  World world;
  const auto ada = world.join(1);
  const auto also_ada = world.join(1);
  for (std::size_t i = 0; i + 1 < limits::streams_per_person_max; ++i) world.publish(*ada);
  const auto last = world.publish(*also_ada);
  CHECK(refused(world, *ada, vp::Publish{camera(), {}, {}}) == vp::ErrorCode::busy);
  const auto bob = world.join(2);
  world.publish(*bob);
  also_ada->say(vp::Eos{vp::EosReason::ended}, 0, last);
  world.until([&] { return also_ada->last<vp::EosAck>() != nullptr; });
  world.publish(*ada);
}

TEST_CASE("a room has as many streams as the bound says, and not one more") {
  World world;
  std::vector<std::shared_ptr<Desktop>> people;
  for (std::size_t i = 0; i < limits::streams_per_room_max; ++i) {
    if (i % limits::streams_per_person_max == 0) people.push_back(world.join(static_cast<std::int64_t>(people.size()) + 1));
    world.publish(*people.back());
  }
  const auto one_more = world.join(99);
  CHECK(refused(world, *one_more, vp::Publish{camera(), {}, {}}) == vp::ErrorCode::quota);
}

TEST_CASE("a connection publishes and watches sixteen streams together, and the seventeenth is over its quota") {
  World world;
  std::vector<std::uint32_t> streams;
  for (std::int64_t person = 1; person <= 5; ++person) {
    const auto each = world.join(person);
    for (std::size_t i = 0; i < limits::streams_per_person_max && streams.size() < 17; ++i) streams.push_back(world.publish(*each));
  }
  const auto viewer = world.join(9);
  for (int i = 0; i < 15; ++i) world.watch(*viewer, streams.at(std::size_t(i)));
  world.publish(*viewer);
  CHECK(refused(world, *viewer, vp::Subscribe{streams.at(16), true}) == vp::ErrorCode::quota);
  CHECK(refused(world, *viewer, vp::Publish{camera(), {}, {}}) == vp::ErrorCode::quota);
  CHECK(world.counters().viewers == 15);
}

TEST_CASE("a person publishes twenty times at once, whatever the connection, and the next time a second later") {
  World world;
  world.clock_stands = true;
  const auto ada = world.join(1);
  for (std::int64_t i = 0; i < limits::announcements_burst; ++i) {
    const auto stream = world.publish(*ada);
    ada->say(vp::Eos{vp::EosReason::ended}, 0, stream);
    ada->connection->session().close_outgoing_stream(stream);
  }
  CHECK(refused(world, *ada, vp::Publish{camera(), {}, {}}) == vp::ErrorCode::quota);
  const auto again = world.join(1);
  CHECK(refused(world, *again, vp::Publish{camera(), {}, {}}) == vp::ErrorCode::quota);
  const auto bob = world.join(2);
  world.publish(*bob);
  world.clock_ahead_ms += 1'000;
  world.publish(*ada);
}

}  // namespace matinee::media::test
