#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2}, cem{3};
}

TEST_CASE("a new video is told to everybody at once, with its author and op", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  const EffectList effects = room.act(ben, SetMedia{film(9'000), Revision{0}, "op-77"});
  REQUIRE(broadcasts<PlaybackChanged>(effects).size() == 1);
  const PlaybackChanged told = broadcasts<PlaybackChanged>(effects)[0];
  CHECK(told.state.rev == Revision{1});
  CHECK(told.state.phase == Phase::playing);
  CHECK(told.state.position_ms == 9'000);
  CHECK(told.state.by == ben);
  CHECK(told.state.op == "op-77");
  CHECK(told.epoch == 3);
  CHECK(all<ReplyOk>(effects).at(0).rev == Revision{1});
  CHECK(all<Store>(effects).empty());
}

TEST_CASE("an old base is answered with an error and the current state, to that connection only", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.set_media(ann);
  const EffectList effects = room.act(ben, PlaybackCommand{Command::pause, 100, 1.0, Revision{0}, "op"}, "");
  CHECK(refusal(effects) == ErrorCode::stale);  // a refusal is told without a ref too
  CHECK(all<Broadcast>(effects).empty());
  REQUIRE(pushes<PlaybackChanged>(effects).size() == 1);
  CHECK(pushes<PlaybackChanged>(effects)[0].state.rev == Revision{1});
  CHECK(room.room.playback().phase == Phase::playing);
}

TEST_CASE("a person's command names the revision it was made against", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  CHECK(refusal_detail(room.act(ann, SetMedia{film(), {}, "op"})) == "base_rev");
  room.set_media(ann);
  CHECK(refusal_detail(room.act(ann, PlaybackCommand{Command::pause, 0, 1.0, {}, "op"})) == "base_rev");
}

TEST_CASE("commands that are the room's own are not taken from people", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.set_media(ann);
  for (const Command command : {Command::set_media, Command::clear, Command::ready, Command::stall}) {
    CHECK(refusal(room.command(ann, command)) == ErrorCode::bad_request);
  }
  CHECK(room.room.playback().rev == Revision{1});
}

TEST_CASE("a command while nothing is set is refused, and clearing an empty stage is fine", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  CHECK(refusal(room.command(ann, Command::play)) == ErrorCode::no_media);
  const EffectList cleared = room.act(ann, SetMedia{{}, Revision{0}, "op"});
  CHECK(refusal(cleared) == std::nullopt);
  CHECK(all<Broadcast>(cleared).empty());
  CHECK(all<ReplyOk>(cleared).at(0).rev == Revision{0});
}

TEST_CASE("pressing play twice answers both and changes once", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.set_media(ann);
  room.now_ms += 2'000;
  room.command(ann, Command::pause, 1'900);
  CHECK(broadcasts<PlaybackChanged>(room.command(ann, Command::play, 1'900)).size() == 1);
  const EffectList again = room.command(ben, Command::play, 1'900);
  CHECK(broadcasts<PlaybackChanged>(again).empty());
  CHECK(all<ReplyOk>(again).at(0).rev == Revision{3});
}

TEST_CASE("setting a video needs play_now and moving it needs control", "[rooms]") {
  TestRoom room = RoomBuilder().preset(Preset::classroom).role(ben, Role::moderator).with_people(3);
  CHECK(refusal_detail(room.set_media(cem)) == "play_now");
  CHECK(refusal(room.set_media(ben)) == std::nullopt);
  const EffectList effects = room.command(cem, Command::pause, 10);
  CHECK(refusal(effects) == ErrorCode::forbidden);
  CHECK(refusal_detail(effects) == "control");
  CHECK(room.room.playback().rev == Revision{1});
}

TEST_CASE("twenty commands at once are taken and the next one is asked to wait", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.set_media(ann);
  for (std::int64_t i = 1; i < limits::command_burst; ++i) CHECK(refusal(room.command(ann, Command::seek, i)) == std::nullopt);
  CHECK(all<ReplyError>(room.command(ann, Command::seek, 1)).at(0).error == Error{ErrorCode::slow_down, {}, 100});
  CHECK(refusal(room.command(ben, Command::seek, 1)) == std::nullopt);
}

TEST_CASE("the start lies as far ahead as the slowest counted person needs", "[rooms]") {
  struct Row {
    std::int64_t ann_ms, ben_ms, heard_ago_ms, delay_ms;
  };
  const Row rows[] = {
      {0, 0, 0, 12},                                                            // never under 12
      {2, 0, 0, 12},         {3, 0, 0, 12}, {20, 0, 0, 25}, {40, 200, 0, 160},  // 0.75 × 200 + 10
      {40, 500, 0, 385},                                                        // the slowest that is counted
      {40, 501, 0, 40},                                                         // slower people catch up alone
      {0, 200, 15'000, 160},                                                    // heard just long enough ago
      {0, 200, 15'001, 12},
  };
  for (const Row& row : rows) {
    CAPTURE(row.ann_ms, row.ben_ms, row.heard_ago_ms);
    TestRoom room = RoomBuilder().with_people(2);
    room.act(ben, RoundTrip{row.ben_ms});
    room.now_ms += row.heard_ago_ms;
    room.act(ann, RoundTrip{row.ann_ms});
    room.set_media(ann);
    CHECK(room.room.playback().at_ms == room.now_ms + row.delay_ms);
  }
}

TEST_CASE("a round trip that nobody can have is not counted", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.act(ann, RoundTrip{-5});
  room.act(ann, RoundTrip{INT64_MAX});
  room.set_media(ann);
  CHECK(room.room.playback().at_ms == room.now_ms + limits::start_delay_ms_min);
}

TEST_CASE("revisions grow by one with each change", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  room.set_media(ann);
  std::int64_t rev = 1;
  for (const Command command : {Command::pause, Command::play, Command::seek, Command::pause, Command::seek, Command::play}) {
    room.now_ms += 1'000;
    const auto told = broadcasts<PlaybackChanged>(room.command(ann, command, 500));
    REQUIRE(told.size() == 1);
    CHECK(told[0].state.rev == Revision{++rev});
  }
}
