// A desktop comes into a room, is told what is there, and is sent away.
#include <catch2/catch.hpp>

#include "tests/media/media_world.h"

namespace matinee::media::test {

TEST_CASE("a desktop joins with a token and is told the room's playback on the relay's clock") {
  World world;
  world.gate.playback.phase = rooms::Phase::playing;
  world.gate.playback.media = rooms::MediaRef{rooms::MediaKind::file, "https://v.example/a.mp4", {}, 0, false};
  world.gate.playback.rev = rooms::Revision{7};
  world.gate.playback.position_ms = 90'000;
  // Two seconds ago in server time, which here is far from the monotonic clock.
  world.gate.playback.at_ms = (vp::monotonic_us() + 1'000'000'000'000'000) / 1'000 - 2'000;
  const std::int64_t before_us = vp::monotonic_us();
  const auto ada = world.join(1);
  const auto* ok = ada->last<vp::AuthOk>();
  CHECK(ok->person == "1");
  CHECK(ok->name == "Person 1");
  CHECK(ok->may_publish);
  CHECK(ok->resume.size() > 20);
  world.until([&] { return ada->last<vp::Meta>() != nullptr; });
  const auto playback = ada->last<vp::Meta>()->playback;
  REQUIRE(playback.has_value());
  CHECK(playback->phase == vp::Phase::playing);
  CHECK(playback->position_ms == 90'000);
  CHECK(playback->revision == 7);
  CHECK(std::abs(playback->at_us - (before_us - 2'000'000)) < 1'000'000);

  world.gate.play("https://v.example/b.mp4", 2, rooms::Phase::paused);
  world.until([&] { return ada->last<vp::Meta>()->playback->revision == 8; });
  CHECK(ada->last<vp::Meta>()->playback->phase == vp::Phase::paused);
}

TEST_CASE("the room is told how many desktops are connected") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  world.clock_ahead_ms += 1'000;
  world.until([&] { return world.gate.live().desktops == 2; });
  world.kill(*bob);
  world.clock_ahead_ms += 1'000;
  world.until([&] { return world.gate.live().desktops == 1; });
  CHECK(world.gate.present.size() == 1);
}

TEST_CASE("what is live is told to a room at most twice a second") {
  World world;
  world.clock_stands = true;
  world.join(1);
  world.until([&] { return world.gate.live().desktops == 1; });
  for (int i = 2; i <= 10; ++i) world.join(i);
  world.settle();
  world.clock_ahead_ms += limits::tell_live_every_ms - 1;
  world.settle();
  CHECK(world.gate.told[room_code].size() == 1);
  world.clock_ahead_ms += 1;
  world.until([&] { return world.gate.live().desktops == 10; });
  CHECK(world.gate.told[room_code].size() == 2);
}

TEST_CASE("a token that is unknown or revoked is refused as auth_failed") {
  World world;
  world.known_tokens_revoked.insert("token-1");
  for (const std::string& token : {std::string("token-1"), std::string("nonsense")}) {
    const auto stranger = world.knock(1, {.token = token});
    world.until([&] { return stranger->closed.has_value(); });
    CHECK(stranger->closed->code == vp::ErrorCode::auth_failed);
    CHECK(stranger->closed->by_peer);
  }
  CHECK(world.counters().auth_failures == 2);
  CHECK(world.gate.present.empty());
}

TEST_CASE("what the room refuses becomes an error that ends the connection") {
  const std::vector<std::pair<rooms::ErrorCode, vp::ErrorCode>> rows{
      {rooms::ErrorCode::no_such_room, vp::ErrorCode::auth_failed},
      {rooms::ErrorCode::room_full, vp::ErrorCode::quota},
      {rooms::ErrorCode::storage_unavailable, vp::ErrorCode::shutting_down},
  };
  for (const auto& [why, code] : rows) {
    World world;
    world.gate.refuse = why;
    const auto ada = world.knock(1);
    world.until([&] { return ada->closed.has_value(); });
    CHECK(ada->closed->code == code);
    CHECK(ada->last<vp::AuthOk>() == nullptr);
  }
}

TEST_CASE("who is removed, blocked or whose session ended is sent away, and its streams end") {
  const std::vector<std::pair<seams::SentAway, vp::ErrorCode>> rows{
      {seams::SentAway::removed, vp::ErrorCode::forbidden},      {seams::SentAway::blocked_or_closed, vp::ErrorCode::forbidden},
      {seams::SentAway::logged_out, vp::ErrorCode::auth_failed}, {seams::SentAway::restart, vp::ErrorCode::shutting_down},
      {seams::SentAway::replaced, vp::ErrorCode::quota},         {seams::SentAway::too_many, vp::ErrorCode::quota},
  };
  for (const auto& [why, code] : rows) {
    World world;
    const auto ada = world.join(1);
    const auto bob = world.join(2);
    const auto stream = world.publish(*ada);
    world.watch(*bob, stream);
    const std::string resume = ada->last<vp::AuthOk>()->resume;
    world.gate.send_away(1, why);
    world.until([&] { return ada->closed.has_value() && bob->last<vp::Eos>() != nullptr; });
    CHECK(ada->closed->code == code);
    CHECK(ada->closed->by_peer);
    CHECK(bob->last<vp::Eos>()->reason == vp::EosReason::stopped);
    CHECK(world.relay->find(stream) == nullptr);
    // What would have brought it back is worth nothing now.
    const auto again = world.knock(1, {.resume = resume});
    world.until([&] { return again->closed.has_value(); });
    CHECK(again->closed->code == vp::ErrorCode::auth_failed);
  }
}

TEST_CASE("as many desktops are in a room as the bound says, and not one more") {
  World world({.bounds = {.desktops_per_room = 3}});
  for (int i = 1; i <= 3; ++i) world.join(i);
  const auto fourth = world.knock(4);
  world.until([&] { return fourth->closed.has_value(); });
  CHECK(fourth->closed->code == vp::ErrorCode::quota);
  CHECK(world.gate.present.size() == 3);
  world.join(5, {.room = "AAAA2222"});  // another room has its own count
  world.kill(*world.desktops[0]);
  world.until([&] { return world.gate.present.size() == 3; });
  world.join(6);
}

TEST_CASE("a relay that stops says shutting_down to everybody, and nobody gets in any more") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  bool done = false;
  world.relay->stop([&] { done = true; });
  world.until([&] { return done && ada->closed && bob->closed; });
  CHECK(ada->closed->code == vp::ErrorCode::shutting_down);
  CHECK(bob->closed->code == vp::ErrorCode::shutting_down);
  CHECK(world.gate.present.empty());
  const auto late = world.knock(3);
  world.until([&] { return late->closed.has_value(); });
  CHECK(late->last<vp::AuthOk>() == nullptr);
}

}  // namespace matinee::media::test
