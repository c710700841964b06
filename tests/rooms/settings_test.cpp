#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2};
}

TEST_CASE("a change of settings is told to everybody and saved at once", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  const EffectList effects = room.act(ann, ChangeSettings{"Sunday club", Preset::stage, {}, WaitPolicy::strict});
  REQUIRE(broadcasts<RoomChanged>(effects).size() == 1);
  const RoomChanged told = broadcasts<RoomChanged>(effects)[0];
  CHECK(told.by == ann);
  CHECK(told.room.name == "Sunday club");
  CHECK(told.room.preset == Preset::stage);
  CHECK(told.room.grants == grants_of(Preset::stage));
  CHECK(told.room.policy == WaitPolicy::strict);
  CHECK(all<SaveRoom>(effects).size() == 1);
  CHECK(all<ReplyOk>(effects).size() == 1);
}

TEST_CASE("a table of grants makes a preset of one's own", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  GrantTable grants{};
  room.act(ann, ChangeSettings{{}, {}, grants, {}});
  CHECK(room.room.info().preset == Preset::custom);
  CHECK(room.room.info().grants.front().all());  // an owner keeps every right
  CHECK(room.room.info().grants.back().none());
}

TEST_CASE("the preset custom keeps the grants there are", "[rooms]") {
  TestRoom room = RoomBuilder().preset(Preset::stage).with_people(1);
  room.act(ann, ChangeSettings{{}, Preset::custom, {}, {}});
  CHECK(room.room.info().preset == Preset::custom);
  CHECK(room.room.info().grants == grants_of(Preset::stage));
}

TEST_CASE("a room's name holds no mark that turns or hides text", "[rooms]") {
  for (const char* mark : {"\u202e", "\u200b", "\u2066", "\ufeff", "\u2028", "\U000e0041", "\u00ad"}) {
    TestRoom room = RoomBuilder().with_people(1);
    CHECK(refusal(room.act(owner_id, ChangeSettings{std::string("Film") + mark + "night", {}, {}, {}})) == ErrorCode::bad_request);
  }
  for (const char* name : {"Kino \u05e2\u05d1\u05e8\u05d9\u05ea", "Caf\u00e9 \U0001F3AC", "\u6620\u753b"}) {
    TestRoom room = RoomBuilder().with_people(1);
    CHECK(refusal(room.act(owner_id, ChangeSettings{std::string(name), {}, {}, {}})) == std::nullopt);
  }
}

TEST_CASE("a room's name is taken at its longest and refused beyond", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  std::string name;
  for (std::size_t i = 0; i < limits::room_name_code_points_max; ++i) name += "\xC3\xB6";
  CHECK(refusal(room.act(ann, ChangeSettings{name, {}, {}, {}})) == std::nullopt);
  CHECK(room.room.info().name == name);
  for (const std::string& bad :
       {name + "x", std::string(), std::string("  "), std::string("a\nb"), std::string("a\x07"), std::string("\xFF")}) {
    const EffectList effects = room.act(ann, ChangeSettings{bad, {}, {}, {}});
    CHECK(refusal(effects) == ErrorCode::bad_request);
    CHECK(refusal_detail(effects) == "name");
    CHECK(room.room.info().name == name);
  }
}

TEST_CASE("a refused change changes nothing at all", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.act(ann, ChangeSettings{"", Preset::stage, {}, WaitPolicy::strict});
  CHECK(room.room.info().preset == Preset::friends);
  CHECK(room.room.info().policy == WaitPolicy::free);
}

TEST_CASE("the owner closes the room: everybody hears it and is sent off", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.post(ben, "message-1");
  const EffectList effects = room.act(ann, CloseRoom{});
  CHECK(broadcasts<RoomClosed>(effects).size() == 1);
  CHECK(all<DisconnectAll>(effects).size() == 1);
  CHECK(std::holds_alternative<DisconnectAll>(effects.back()));
  CHECK(room.room.closed());
  CHECK(room.room.participant_count() == 0);
  CHECK(refusal(room.join(ben)) == ErrorCode::room_closed);
  CHECK(refusal(room.post(ann, "message-2")) == ErrorCode::room_closed);
  CHECK(room.room.has_pending());
  room.tell(Stored{Seq{1}});  // what was under way is still counted
  CHECK_FALSE(room.room.has_pending());
  CHECK(room.tell(TimerFired{presence_timer}).empty());
  CHECK(room.tell(Leave{ben}).empty());
}

TEST_CASE("nobody else closes the room", "[rooms]") {
  TestRoom room = RoomBuilder().role(ben, Role::moderator).with_people(2);
  CHECK(refusal(room.act(ben, CloseRoom{})) == ErrorCode::forbidden);
  CHECK_FALSE(room.room.closed());
}

TEST_CASE("a timer nobody set does nothing", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.tell(TimerFired{presence_timer});
  for (const std::int64_t id : {-1, 0, 2, 3, 4, 6, 1'000'000}) CHECK(room.tell(TimerFired{id}).empty());
}
