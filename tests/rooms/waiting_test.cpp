#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2}, cem{3};

TestRoom fair(std::int64_t people) { return RoomBuilder().policy(WaitPolicy::fair).with_people(people); }
TestRoom strict(std::int64_t people) { return RoomBuilder().policy(WaitPolicy::strict).with_people(people); }

EffectList ready(TestRoom& room, PersonId person) { return room.act(person, Ready{room.room.playback().rev}); }
Phase phase(const TestRoom& room) { return room.room.playback().phase; }
Status status(const char* state) { return {0, 0, state, 0}; }
}  // namespace

TEST_CASE("a fair room waits for a new video and names whom it waits for", "[rooms]") {
  TestRoom room = fair(2);
  const auto told = broadcasts<PlaybackChanged>(room.set_media(ann));
  REQUIRE(told.size() == 1);
  CHECK(told[0].state.phase == Phase::waiting);
  CHECK(told[0].state.wait_until_ms == room.now_ms + 3'000);
  CHECK(told[0].waiting_for == std::vector<PersonId>{ann, ben});
}

TEST_CASE("a room starts as soon as everybody is ready", "[rooms]") {
  for (const WaitPolicy policy : {WaitPolicy::fair, WaitPolicy::strict}) {
    TestRoom room = RoomBuilder().policy(policy).with_people(2);
    room.set_media(ann);
    CHECK(broadcasts<PlaybackChanged>(ready(room, ann)).empty());
    const auto told = broadcasts<PlaybackChanged>(ready(room, ben));
    REQUIRE(told.size() == 1);
    CHECK(told[0].state.phase == Phase::playing);
    CHECK(told[0].state.rev == Revision{2});
    CHECK(told[0].state.by == PersonId{});  // the room itself
    CHECK(told[0].waiting_for.empty());
  }
}

TEST_CASE("who is still waited for is told again while the room waits, under the same revision", "[rooms]") {
  TestRoom room = fair(3);
  room.tell(TimerFired{presence_timer});
  room.now_ms += 1'000;
  room.set_media(ann);
  const EffectList effects = ready(room, ann);
  const auto told = broadcasts<PlaybackChanged>(room.fire(effects, presence_timer));
  REQUIRE(told.size() == 1);
  CHECK(told[0].state.rev == Revision{1});
  CHECK(told[0].waiting_for == std::vector<PersonId>{ben, cem});
}

TEST_CASE("a fair room starts at its time without the slow one; a strict one waits on", "[rooms]") {
  TestRoom room = fair(2);
  const EffectList set = room.set_media(ann);
  ready(room, ann);
  room.fire(set, wait_timer);
  CHECK(phase(room) == Phase::playing);

  TestRoom patient = strict(2);
  const EffectList waits = patient.set_media(ann);
  CHECK(patient.room.playback().wait_until_ms == 0);
  CHECK(patient.fire(waits, wait_timer).empty());
  patient.now_ms += 3'600'000;
  patient.tell(TimerFired{wait_timer});
  CHECK(phase(patient) == Phase::waiting);
}

TEST_CASE("ready for an older revision is not counted", "[rooms]") {
  TestRoom room = strict(1);
  room.set_media(ann);
  room.command(ann, Command::seek, 5'000);
  room.act(ann, Ready{Revision{1}});
  CHECK(phase(room) == Phase::waiting);
  room.act(ann, Ready{Revision{2}});
  CHECK(phase(room) == Phase::playing);
}

TEST_CASE("whoever has control starts now", "[rooms]") {
  TestRoom room = strict(3);
  room.set_media(ann, 2'000);
  const EffectList effects = room.command(ben, Command::timeout);
  CHECK(phase(room) == Phase::playing);
  CHECK(room.room.playback().position_ms == 2'000);
  CHECK(broadcasts<PlaybackChanged>(effects).at(0).state.by == ben);
}

TEST_CASE("the room waits for somebody who comes in meanwhile and no longer for who leaves", "[rooms]") {
  TestRoom room = strict(2);
  room.set_media(ann);
  ready(room, ann);
  room.join(cem);
  ready(room, ben);
  CHECK(phase(room) == Phase::waiting);
  room.tell(Leave{cem});
  CHECK(phase(room) == Phase::playing);
}

TEST_CASE("an empty room starts nothing", "[rooms]") {
  TestRoom room = strict(1);
  room.set_media(ann);
  room.tell(Leave{ann});
  CHECK(phase(room) == Phase::waiting);
  room.join(ann);
  CHECK(phase(room) == Phase::waiting);
  ready(room, ann);
  CHECK(phase(room) == Phase::playing);
}

TEST_CASE("nobody waits for players that cannot get ready or watch alone", "[rooms]") {
  for (const char* state : {"blocked", "failed", "hidden", "alone"}) {
    CAPTURE(state);
    TestRoom room = strict(2);
    room.set_media(ann);
    ready(room, ann);
    room.act(ben, status(state));
    CHECK(phase(room) == Phase::playing);
  }
  TestRoom room = strict(2);
  room.set_media(ann);
  ready(room, ann);
  room.act(ben, status("ad"));
  CHECK(phase(room) == Phase::waiting);
}

TEST_CASE("when everybody watches alone a new video starts at once", "[rooms]") {
  TestRoom room = strict(2);
  room.act(ann, status("alone"));
  room.act(ben, status("hidden"));
  const auto told = broadcasts<PlaybackChanged>(room.set_media(ann));
  REQUIRE(told.size() == 1);
  CHECK(told[0].state.phase == Phase::playing);
}

TEST_CASE("who failed on the last video is waited for with the next", "[rooms]") {
  TestRoom room = strict(2);
  room.act(ben, status("failed"));
  room.set_media(ann);
  ready(room, ann);
  CHECK(phase(room) == Phase::waiting);
}

TEST_CASE("a seek waits a second in a fair room", "[rooms]") {
  TestRoom room = fair(2);
  room.set_media(ann);
  room.command(ann, Command::timeout);
  room.now_ms += 10'000;
  const EffectList effects = room.command(ben, Command::seek, 60'000);
  CHECK(phase(room) == Phase::waiting);
  CHECK(room.room.playback().wait_until_ms == room.now_ms + 1'000);
  room.fire(effects, wait_timer);
  CHECK(phase(room) == Phase::playing);
}

TEST_CASE("the timer of a wait that ended is taken back", "[rooms]") {
  TestRoom room = fair(1);
  room.set_media(ann);
  const EffectList started = ready(room, ann);
  bool cancelled = false;
  for (const SetTimer& timer : all<SetTimer>(started)) cancelled = cancelled || (timer.id == wait_timer && timer.at_ms == 0);
  CHECK(cancelled);
  const Revision rev = room.room.playback().rev;
  room.now_ms += 5'000;
  room.tell(TimerFired{wait_timer});
  CHECK(room.room.playback().rev == rev);
}

TEST_CASE("a stall of two seconds holds a small fair room for up to eight", "[rooms]") {
  TestRoom room = fair(2);
  room.set_media(ann);
  room.command(ann, Command::timeout);
  room.now_ms += 10'000;
  const EffectList stalls = room.act(ben, status("buffering"));
  CHECK(phase(room) == Phase::playing);
  const EffectList held = room.fire(stalls, stall_timer);
  CHECK(phase(room) == Phase::waiting);
  CHECK(room.room.playback().wait_until_ms == room.now_ms + 8'000);
  CHECK(broadcasts<PlaybackChanged>(held).at(0).waiting_for == std::vector<PersonId>{ann, ben});
  room.fire(held, wait_timer);
  CHECK(phase(room) == Phase::playing);
}

TEST_CASE("one stall holds the room once", "[rooms]") {
  TestRoom room = fair(2);
  room.set_media(ann);
  room.command(ann, Command::timeout);
  const EffectList held = room.fire(room.act(ben, status("buffering")), stall_timer);
  room.fire(held, wait_timer);
  room.now_ms += 10'000;
  room.tell(TimerFired{stall_timer});
  CHECK(phase(room) == Phase::playing);
  room.act(ben, status("playing"));
  room.fire(room.act(ben, status("buffering")), stall_timer);
  CHECK(phase(room) == Phase::waiting);
}

TEST_CASE("a short stall holds nobody", "[rooms]") {
  TestRoom room = fair(2);
  room.set_media(ann);
  room.command(ann, Command::timeout);
  const EffectList stalls = room.act(ben, status("buffering"));
  room.now_ms += 1'999;
  room.act(ben, status("playing"));
  room.fire(stalls, stall_timer);
  CHECK(phase(room) == Phase::playing);
}

TEST_CASE("a stall holds eight people and not nine, unless nobody is to be left behind", "[rooms]") {
  for (const std::int64_t people : {8, 9}) {
    TestRoom room = fair(people);
    room.set_media(ann);
    room.command(ann, Command::timeout);
    room.fire(room.act(ben, status("buffering")), stall_timer);
    CHECK((phase(room) == Phase::waiting) == (people == 8));
  }
  TestRoom room = strict(9);
  room.set_media(ann);
  room.command(ann, Command::timeout);
  room.fire(room.act(ben, status("buffering")), stall_timer);
  CHECK(phase(room) == Phase::waiting);
  CHECK(room.room.playback().wait_until_ms == 0);
}

TEST_CASE("a free room never waits", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.set_media(ann);
  CHECK(phase(room) == Phase::playing);
  room.now_ms += 5'000;
  for (const SetTimer& timer : all<SetTimer>(room.act(ben, status("buffering")))) CHECK(timer.id != stall_timer);
  room.now_ms += 5'000;
  room.tell(TimerFired{stall_timer});
  CHECK(phase(room) == Phase::playing);
}

TEST_CASE("at most eight people are named of those who are waited for", "[rooms]") {
  TestRoom room = strict(8);
  CHECK(broadcasts<PlaybackChanged>(room.set_media(ann)).at(0).waiting_for.size() == 8);
  TestRoom larger = strict(9);
  CHECK(broadcasts<PlaybackChanged>(larger.set_media(ann)).at(0).waiting_for.size() == 8);
}

TEST_CASE("a policy that does not know the wait ends it", "[rooms]") {
  TestRoom room = strict(2);
  room.set_media(ann);
  room.act(ann, ChangeSettings{{}, {}, {}, WaitPolicy::fair});
  CHECK(phase(room) == Phase::playing);

  TestRoom patient = fair(2);
  const EffectList set = patient.set_media(ann);
  patient.act(ann, ChangeSettings{{}, {}, {}, WaitPolicy::strict});
  patient.fire(set, wait_timer);
  CHECK(phase(patient) == Phase::waiting);
  patient.act(ann, ChangeSettings{{}, {}, {}, WaitPolicy::free});
  CHECK(phase(patient) == Phase::playing);
}

TEST_CASE("a wait that outlived the process ends in the new one", "[rooms]") {
  TestRoom before = fair(2);
  before.set_media(ann);
  RoomSnapshot snapshot = before.room.snapshot(before.now_ms);
  TestRoom room = RoomBuilder().snapshot(snapshot).build();
  room.now_ms = before.now_ms + 5'000;
  const EffectList joined = room.join(ann);
  room.fire(joined, wait_timer);
  CHECK(phase(room) == Phase::playing);
}
