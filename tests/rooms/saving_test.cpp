#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2};
}

TEST_CASE("playback is saved at once when nothing was saved lately, and then at most once per second", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  room.now_ms += 5'000;
  CHECK(all<SaveRoom>(room.set_media(ann)).size() == 1);
  int saves = 0;
  std::int64_t timer_at_ms = 0;
  const auto count = [&](const EffectList& effects) {
    saves += static_cast<int>(all<SaveRoom>(effects).size());
    for (const SetTimer& timer : all<SetTimer>(effects)) {
      if (timer.id == save_timer) timer_at_ms = timer.at_ms;
    }
  };
  const std::int64_t begin_ms = room.now_ms;
  for (; room.now_ms < begin_ms + 10'000; room.now_ms += 50) {
    count(room.command(ann, Command::seek, room.now_ms - begin_ms));
    if (timer_at_ms == 0 || room.now_ms < timer_at_ms) continue;
    timer_at_ms = 0;
    count(room.tell(TimerFired{save_timer}));
  }
  CHECK(saves >= 9);
  CHECK(saves <= 10);
}

TEST_CASE("the last change of a flurry is saved by the timer", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.now_ms += 5'000;
  room.set_media(ann);
  const EffectList effects = room.command(ann, Command::seek, 5'000);
  CHECK(all<SaveRoom>(effects).empty());
  const std::int64_t changed_ms = room.now_ms;
  CHECK(all<SaveRoom>(room.fire(effects, save_timer)).size() == 1);
  CHECK(room.now_ms == changed_ms + limits::save_interval_ms);
}

TEST_CASE("while a film plays for somebody the room is saved every fifteen seconds", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.now_ms += 5'000;
  EffectList effects = room.set_media(ann);
  for (int i = 0; i < 5; ++i) {
    const std::int64_t before_ms = room.now_ms;
    effects = room.fire(effects, save_timer);
    CHECK(all<SaveRoom>(effects).size() == 1);
    CHECK(room.now_ms - before_ms == limits::save_heartbeat_ms);
  }
  room.now_ms += 5'000;
  effects = room.command(ann, Command::pause, 60'000);
  CHECK(all<SaveRoom>(effects).size() == 1);
  bool cancelled = false;
  for (const SetTimer& timer : all<SetTimer>(effects)) cancelled = cancelled || (timer.id == save_timer && timer.at_ms == 0);
  CHECK(cancelled);
}

TEST_CASE("a film that was saved while it played is found playing by who comes after a short absence", "[rooms]") {
  TestRoom before = RoomBuilder().with_people(1);
  before.set_media(ann);
  before.now_ms += 3'600'000;
  const RoomSnapshot snapshot = before.room.snapshot(before.now_ms);
  Room soon(snapshot, RoomOptions{}, before.now_ms + 60'000);
  CHECK(soon.playback().phase == Phase::playing);
  CHECK(soon.playback().position_at(before.now_ms + 60'000) == 3'660'000 - limits::start_delay_ms_min);
  Room late(snapshot, RoomOptions{}, before.now_ms + 60'001);
  CHECK(late.playback().phase == Phase::paused);
  CHECK(late.playback().position_ms == 3'600'000 - limits::start_delay_ms_min);
}

TEST_CASE("a snapshot brings everything back that must outlive the process", "[rooms]") {
  TestRoom before = RoomBuilder().preset(Preset::classroom).policy(WaitPolicy::strict).role(ben, Role::moderator).build();
  before.join(ann);
  before.join(ben);
  before.join(PersonId{3}, PersonKind::guest);
  before.join(PersonId{4});
  before.act(ann, Block{PersonId{3}});
  before.act(ann, Silence{PersonId{4}, 0, true});
  const RoomSnapshot snapshot = before.room.snapshot(before.now_ms);
  TestRoom room = RoomBuilder().snapshot(snapshot).build();
  CHECK(room.room.info().owner == ann);
  CHECK(room.room.info().preset == Preset::classroom);
  CHECK(room.room.info().policy == WaitPolicy::strict);
  CHECK(refusal(room.join(PersonId{3}, PersonKind::guest)) == ErrorCode::no_such_room);
  room.join(PersonId{4});
  CHECK(refusal(room.post(PersonId{4}, "message-1")) == ErrorCode::silenced);
  CHECK(pushes<Welcome>(room.join(ben)).at(0).participants[0].role == Role::moderator);
}

TEST_CASE("an owner who is named in the roles only is the owner", "[rooms]") {
  RoomSnapshot snapshot;
  snapshot.roles = {{ben, Role::owner}};
  Room room(snapshot, RoomOptions{}, day_one_ms);
  CHECK(room.info().owner == ben);
}
