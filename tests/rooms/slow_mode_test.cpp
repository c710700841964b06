#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2}, cem{3};  // ann owns the room

EffectList set_slow(TestRoom& room, PersonId actor, std::int64_t slow_ms) {
  ChangeSettings change;
  change.slow_ms = slow_ms;
  return room.act(actor, change);
}
}  // namespace

TEST_CASE("in slow mode each person writes once in a while, and is told when again", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(3);
  const EffectList set = set_slow(room, ann, 10'000);
  CHECK(broadcasts<RoomChanged>(set).at(0).room.slow_ms == 10'000);
  CHECK(all<SaveRoom>(set).size() == 1);
  CHECK(refusal(room.post(ben, "message-1")) == std::nullopt);
  room.now_ms += 4'000;
  const EffectList early = room.post(ben, "message-2");
  REQUIRE(all<ReplyError>(early).size() == 1);
  CHECK(all<ReplyError>(early)[0].error == Error{ErrorCode::slow_down, "slow_mode", 6'000});
  CHECK(all<ReplyError>(early)[0].message_id == "message-2");
  CHECK(refusal(room.post(cem, "message-1")) == std::nullopt);  // each for themselves
  room.now_ms += 6'000;
  CHECK(refusal(room.post(ben, "message-2")) == std::nullopt);
}

TEST_CASE("whoever can stop chat is free of slow mode", "[rooms]") {
  TestRoom room = RoomBuilder().role(ben, Role::moderator).with_people(3);
  set_slow(room, ann, 60'000);
  for (const PersonId person : {ann, ben}) {
    CHECK(refusal(room.post(person, "message-1")) == std::nullopt);
    CHECK(refusal(room.post(person, "message-2")) == std::nullopt);
  }
  CHECK(refusal(room.post(cem, "message-1")) == std::nullopt);
  CHECK(refusal(room.post(cem, "message-2")) == ErrorCode::slow_down);
}

TEST_CASE("leaving and coming back does not shorten slow mode, a repeat does not lengthen it", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  set_slow(room, ann, 10'000);
  room.say(ben, "message-1");
  room.tell(Leave{ben});
  room.join(ben);
  CHECK(refusal(room.post(ben, "message-2")) == ErrorCode::slow_down);
  CHECK(pushes<ChatMessage>(room.post(ben, "message-1")).size() == 1);  // the repeat is answered
  room.now_ms += 10'000;
  CHECK(refusal(room.post(ben, "message-2")) == std::nullopt);
}

TEST_CASE("a repeat is looked for in the log before slow mode refuses it", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  set_slow(room, ann, 10'000);
  room.say(ben, "message-1");
  const PostChat again{"message-2", "hello", {}, true};
  CHECK(all<AskLog>(room.act(ben, again)).size() == 1);
  CHECK(refusal(room.act(ben, FoundRepeat{again, {}})) == ErrorCode::slow_down);
}

TEST_CASE("a message that could not be stored does not count in slow mode", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  set_slow(room, ann, 10'000);
  room.post(ben, "message-1");
  room.tell(StoreFailed{Seq{1}});
  CHECK(refusal(room.post(ben, "message-1")) == std::nullopt);
}

TEST_CASE("slow mode outlives the process, with who wrote last", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  set_slow(room, ann, 10'000);
  const RoomSnapshot saved = room.room.snapshot(room.now_ms);
  CHECK(saved.info.slow_ms == 10'000);
  RoomOptions options;
  options.last_seq = Seq{1};
  ChatMessage last;
  last.seq = Seq{1};
  last.id = "message-1";
  last.author = ben;
  last.at_ms = day_one_ms - 1'000;
  options.recent = {last};
  TestRoom again(saved, options);
  again.join(ben);
  CHECK(all<ReplyError>(again.post(ben, "message-2")).at(0).error.retry_ms == 9'000);
}

TEST_CASE("slow mode is an hour at most, and nothing switches it off", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  CHECK(refusal(set_slow(room, ann, limits::slow_ms_max)) == std::nullopt);
  CHECK(refusal_detail(set_slow(room, ann, limits::slow_ms_max + 1)) == "slow_ms");
  CHECK(refusal_detail(set_slow(room, ann, -1)) == "slow_ms");
  CHECK(refusal_detail(set_slow(room, ben, 0)) == "edit_room");
  room.say(ben, "message-1");
  CHECK(refusal(room.post(ben, "message-2")) == ErrorCode::slow_down);
  CHECK(refusal(set_slow(room, ann, 0)) == std::nullopt);
  CHECK(refusal(room.post(ben, "message-2")) == std::nullopt);
}

TEST_CASE("slow mode remembers as many people as its bound says, the longest silent one is forgotten", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().build();
  room.join(ann);
  set_slow(room, ann, limits::slow_ms_max);
  const auto people = static_cast<std::int64_t>(limits::slow_people_max);
  for (std::int64_t id = 2; id <= people + 1; ++id) {
    room.join(PersonId{id});
    room.now_ms += 1;
    room.post(PersonId{id}, "message-1");
    room.tell(Stored{Seq{id}});
    if (id != 2) room.tell(Leave{PersonId{id}});
  }
  CHECK(refusal(room.post(ben, "message-2")) == ErrorCode::slow_down);
  room.join(PersonId{people + 2});
  room.post(PersonId{people + 2}, "message-1");
  CHECK(refusal(room.post(ben, "message-2")) == std::nullopt);
}
