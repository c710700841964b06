#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, mod{2}, other_mod{3}, ben{4}, gus{5};

// The owner, two moderators, a member and a guest.
TestRoom staffed() {
  TestRoom room = RoomBuilder().role(mod, Role::moderator).role(other_mod, Role::moderator).build();
  for (const PersonId person : {ann, mod, other_mod, ben}) room.join(person);
  room.join(gus, PersonKind::guest);
  room.now_ms += 1'000;
  return room;
}

Role role_in(TestRoom& room, PersonId person) {
  const Welcome welcome = pushes<Welcome>(room.join(ann)).at(0);
  for (const ParticipantInfo& info : welcome.participants) {
    if (info.id == person) return info.role;
  }
  return Role::guest;
}
}  // namespace

TEST_CASE("who may remove, block and stop whom", "[rooms]") {
  struct Row {
    PersonId actor, target;
    std::optional<ErrorCode> code;
  };
  const Row rows[] = {
      {ann, mod, {}},
      {ann, ben, {}},
      {ann, gus, {}},
      {mod, ben, {}},
      {mod, gus, {}},
      {mod, ann, ErrorCode::cannot_target},
      {mod, other_mod, ErrorCode::cannot_target},
      {ann, ann, ErrorCode::cannot_target},
      {mod, mod, ErrorCode::cannot_target},
      {ben, gus, ErrorCode::forbidden},
      {gus, ben, ErrorCode::forbidden},
      {gus, ann, ErrorCode::forbidden},
      {ann, PersonId{99}, ErrorCode::unknown_person},
  };
  for (const Row& row : rows) {
    CAPTURE(row.actor.value, row.target.value);
    TestRoom for_removal = staffed();
    CHECK(refusal(for_removal.act(row.actor, RemovePerson{row.target})) == row.code);
    CHECK(for_removal.room.participant_count() == (row.code ? 5u : 4u));
    TestRoom for_block = staffed();
    CHECK(refusal(for_block.act(row.actor, Block{row.target})) == row.code);
    CHECK(for_block.room.participant_count() == (row.code ? 5u : 4u));
    TestRoom for_silence = staffed();
    CHECK(refusal(for_silence.act(row.actor, Silence{row.target, 0, true})) == row.code);
  }
}

TEST_CASE("a member with the right to remove still cannot remove an equal", "[rooms]") {
  TestRoom room = staffed();
  room.join(PersonId{6});
  GrantTable grants = grants_of(Preset::friends);
  grants[static_cast<std::size_t>(Role::member)].set(static_cast<std::size_t>(Grant::remove));
  room.act(ann, ChangeSettings{{}, {}, grants, {}});
  CHECK(refusal(room.act(ben, RemovePerson{PersonId{6}})) == ErrorCode::cannot_target);
  CHECK(refusal(room.act(ben, RemovePerson{gus})) == std::nullopt);
}

TEST_CASE("a refusal names the missing right", "[rooms]") {
  TestRoom room = staffed();
  CHECK(refusal_detail(room.act(ben, RemovePerson{gus})) == "remove");
  CHECK(refusal_detail(room.act(ben, Block{gus})) == "block");
  CHECK(refusal_detail(room.act(ben, Unblock{gus})) == "block");
  CHECK(refusal_detail(room.act(ben, Silence{gus, 0, true})) == "stop_chat");
  CHECK(refusal_detail(room.act(ben, ChangeSettings{"New name", {}, {}, {}})) == "edit_room");
}

TEST_CASE("who is removed is told so and disconnected, and may come back", "[rooms]") {
  TestRoom room = staffed();
  const EffectList effects = room.act(mod, RemovePerson{ben});
  REQUIRE(all<PushPerson>(effects).size() == 1);
  const YouWere told = std::get<YouWere>(all<PushPerson>(effects)[0].message);
  CHECK(told.what == "removed");
  CHECK(told.by == mod);
  CHECK(all<Disconnect>(effects).at(0).person == ben);
  CHECK(all<Disconnect>(effects)[0].close_code == 4003);
  CHECK(refusal(room.post(ben, "message-1")) == ErrorCode::not_joined);
  CHECK(refusal(room.join(ben)) == std::nullopt);
}

TEST_CASE("who is blocked is told so, disconnected, and stays out until it is lifted", "[rooms]") {
  TestRoom room = staffed();
  const EffectList effects = room.act(mod, Block{ben});
  CHECK(std::get<YouWere>(all<PushPerson>(effects).at(0).message).what == "blocked");
  CHECK(all<Disconnect>(effects).size() == 1);
  CHECK(all<SaveRoom>(effects).size() == 1);
  room.now_ms += 400LL * 24 * 3'600'000;
  CHECK(refusal(room.join(ben)) == ErrorCode::no_such_room);
  CHECK(refusal(room.act(mod, Unblock{ben})) == std::nullopt);
  CHECK(refusal(room.join(ben)) == std::nullopt);
  CHECK(refusal(room.act(mod, Unblock{ben})) == ErrorCode::unknown_person);
}

TEST_CASE("a guest is blocked for a day", "[rooms]") {
  TestRoom room = staffed();
  room.act(ann, Block{gus});
  room.now_ms += limits::guest_block_ms - 1;
  CHECK(refusal(room.join(gus, PersonKind::guest)) == ErrorCode::no_such_room);
  CHECK(room.room.snapshot(room.now_ms).blocks.size() == 1);
  room.now_ms += 1;
  CHECK(room.room.snapshot(room.now_ms).blocks.empty());
  CHECK(refusal(room.join(gus, PersonKind::guest)) == std::nullopt);
}

TEST_CASE("who left lately can still be blocked, as the kind of person they were", "[rooms]") {
  TestRoom room = staffed();
  room.tell(Leave{gus});
  CHECK(refusal(room.act(ann, Block{gus})) == std::nullopt);
  const auto blocks = room.room.snapshot(room.now_ms).blocks;
  REQUIRE(blocks.size() == 1);
  CHECK(blocks[0].name == "person 5");
  CHECK(blocks[0].until_ms == room.now_ms + limits::guest_block_ms);
}

TEST_CASE("the room recalls as many people who left as its bound says", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  const auto people = static_cast<std::int64_t>(limits::departed_max);
  for (std::int64_t id = 100; id <= 100 + people; ++id) {
    room.join(PersonId{id});
    room.tell(Leave{PersonId{id}});
  }
  CHECK(refusal(room.act(ann, Block{PersonId{100}})) == ErrorCode::unknown_person);
  CHECK(refusal(room.act(ann, Block{PersonId{101}})) == std::nullopt);
}

TEST_CASE("who wrote a message can be blocked although they left long ago", "[rooms]") {
  RoomOptions options;
  options.last_seq = Seq{1};
  ChatMessage message;
  message.seq = Seq{1};
  message.author = PersonId{77};
  message.author_name = "Troll";
  options.recent = {message};
  TestRoom room = RoomBuilder().options(options).with_people(1);
  CHECK(refusal(room.act(ann, Block{PersonId{77}})) == std::nullopt);
  CHECK(room.room.snapshot(room.now_ms).blocks.at(0).name == "Troll");
}

TEST_CASE("as many people can be blocked as the bound says, and not one more", "[rooms]") {
  RoomSnapshot snapshot = RoomBuilder().build().room.snapshot(day_one_ms);
  for (std::size_t i = 1; i < limits::blocks_max; ++i) snapshot.blocks.push_back({PersonId{static_cast<std::int64_t>(i) + 10'000}, "x", 0});
  TestRoom room = RoomBuilder().snapshot(snapshot).with_people(3);
  CHECK(refusal(room.act(ann, Block{PersonId{2}})) == std::nullopt);
  const EffectList beyond = room.act(ann, Block{PersonId{3}});
  CHECK(refusal(beyond) == ErrorCode::conflict);
  CHECK(refusal_detail(beyond) == "blocks");
  room.act(ann, Unblock{PersonId{10'001}});
  CHECK(refusal(room.act(ann, Block{PersonId{3}})) == std::nullopt);
}

TEST_CASE("whose chat is stopped cannot post until it is lifted or over", "[rooms]") {
  TestRoom room = staffed();
  const EffectList effects = room.act(mod, Silence{ben, 60'000, true});
  CHECK(all<SaveRoom>(effects).size() == 1);
  const std::int64_t until_ms = room.now_ms + 60'000;
  const EffectList refused = room.post(ben, "message-1");
  CHECK(refusal(refused) == ErrorCode::silenced);
  CHECK(refusal_detail(refused) == std::to_string(until_ms));
  room.now_ms = until_ms - 1;
  CHECK(refusal(room.post(ben, "message-1")) == ErrorCode::silenced);
  room.now_ms = until_ms;
  CHECK(refusal(room.post(ben, "message-1")) == std::nullopt);

  room.act(mod, Silence{ben, 0, true});
  room.now_ms += 1'000'000'000;
  CHECK(refusal_detail(room.post(ben, "message-2")) == "0");
  room.act(mod, Silence{ben, 0, false});
  CHECK(refusal(room.post(ben, "message-2")) == std::nullopt);
}

TEST_CASE("everybody sees whose chat is stopped", "[rooms]") {
  TestRoom room = staffed();
  room.tell(TimerFired{presence_timer});
  room.now_ms += 1'000;
  const auto diff = broadcasts<PresenceDiff>(room.fire(room.act(mod, Silence{ben, 0, true}), presence_timer)).at(0);
  REQUIRE(diff.changed.size() == 1);
  CHECK(diff.changed[0].id == ben);
  CHECK(diff.changed[0].silenced_until_ms == 0);
}

TEST_CASE("chat is stopped for a year at most", "[rooms]") {
  TestRoom room = staffed();
  CHECK(refusal(room.act(ann, Silence{ben, limits::silence_ms_max, true})) == std::nullopt);
  CHECK(refusal_detail(room.act(ann, Silence{ben, limits::silence_ms_max + 1, true})) == "for_ms");
  CHECK(refusal_detail(room.act(ann, Silence{ben, -1, true})) == "for_ms");
}

TEST_CASE("chat can be stopped for as many people as the bound says, and not one more", "[rooms]") {
  RoomSnapshot snapshot = RoomBuilder().build().room.snapshot(day_one_ms);
  for (std::size_t i = 1; i < limits::silenced_max; ++i) snapshot.silenced.emplace_back(PersonId{static_cast<std::int64_t>(i) + 10'000}, 0);
  TestRoom room = RoomBuilder().snapshot(snapshot).with_people(3);
  CHECK(refusal(room.act(ann, Silence{PersonId{2}, 0, true})) == std::nullopt);
  CHECK(refusal_detail(room.act(ann, Silence{PersonId{3}, 0, true})) == "silenced");
  CHECK(refusal(room.act(ann, Silence{PersonId{2}, 0, true})) == std::nullopt);  // again is no further one
}

TEST_CASE("who may give which role to whom", "[rooms]") {
  struct Row {
    PersonId actor, target;
    Role role;
    std::optional<ErrorCode> code;
  };
  const Row rows[] = {
      {ann, ben, Role::moderator, {}},
      {ann, mod, Role::member, {}},
      {ann, mod, Role::guest, {}},
      {ann, gus, Role::moderator, {}},
      {mod, gus, Role::member, {}},
      {mod, ben, Role::guest, {}},
      {mod, ben, Role::moderator, ErrorCode::forbidden},
      {mod, ben, Role::owner, ErrorCode::forbidden},
      {mod, other_mod, Role::member, ErrorCode::cannot_target},
      {mod, ann, Role::member, ErrorCode::cannot_target},
      {mod, mod, Role::guest, ErrorCode::cannot_target},
      {ben, gus, Role::member, ErrorCode::forbidden},
      {gus, gus, Role::owner, ErrorCode::forbidden},
      {ann, ann, Role::member, ErrorCode::cannot_target},
      {ann, PersonId{99}, Role::member, ErrorCode::unknown_person},
  };
  for (const Row& row : rows) {
    CAPTURE(row.actor.value, row.target.value, to_string(row.role));
    TestRoom room = staffed();
    const EffectList effects = room.act(row.actor, SetRole{row.target, row.role});
    CHECK(refusal(effects) == row.code);
    CHECK(all<SaveRoom>(effects).size() == (row.code ? 0u : 1u));
    if (!row.code) CHECK(role_in(room, row.target) == row.role);
  }
}

TEST_CASE("a role that was given is there after the room was closed and opened again", "[rooms]") {
  TestRoom before = staffed();
  before.act(ann, SetRole{ben, Role::guest});
  before.act(ann, SetRole{gus, Role::moderator});
  TestRoom room = RoomBuilder().snapshot(before.room.snapshot(before.now_ms)).build();
  room.join(ben);
  room.join(gus, PersonKind::guest);
  CHECK(role_in(room, ben) == Role::guest);
  CHECK(role_in(room, gus) == Role::moderator);
}

TEST_CASE("a room is handed over: one owner before, one after", "[rooms]") {
  TestRoom room = staffed();
  const EffectList effects = room.act(ann, SetRole{ben, Role::owner});
  CHECK(room.room.info().owner == ben);
  CHECK(broadcasts<RoomChanged>(effects).at(0).room.owner == ben);
  CHECK(role_in(room, ann) == Role::moderator);
  CHECK(role_in(room, ben) == Role::owner);
  CHECK(refusal(room.act(ann, RemovePerson{ben})) == ErrorCode::cannot_target);
  CHECK(refusal(room.act(ben, RemovePerson{ann})) == std::nullopt);
}

TEST_CASE("a block on a guest holds at the address for guests without a role, for a day", "[rooms]") {
  const auto person = [](std::int64_t id, PersonKind kind, std::string address) {
    return Person{.id = PersonId{id}, .name = "Person " + std::to_string(id), .kind = kind, .fresh = true, .address = std::move(address)};
  };
  TestRoom room = staffed();
  const auto enter = [&](const Person& who) { return room.act(who.id, Join{who, std::nullopt}); };
  enter(person(501, PersonKind::guest, "192.0.2.7"));
  enter(person(502, PersonKind::guest, "192.0.2.7"));
  room.act(ann, SetRole{PersonId{502}, Role::moderator});
  room.act(ann, Block{PersonId{501}});
  CHECK(refusal(enter(person(503, PersonKind::guest, "192.0.2.7"))) == ErrorCode::no_such_room);
  CHECK(refusal(enter(person(504, PersonKind::guest, "192.0.2.8"))) == std::nullopt);
  CHECK(refusal(enter(person(505, PersonKind::guest, ""))) == std::nullopt);
  CHECK(refusal(enter(person(506, PersonKind::account, "192.0.2.7"))) == std::nullopt);
  CHECK(refusal(enter(person(502, PersonKind::guest, "192.0.2.7"))) == std::nullopt);
  room.now_ms += limits::guest_block_ms - 1;
  CHECK(refusal(enter(person(507, PersonKind::guest, "192.0.2.7"))) == ErrorCode::no_such_room);
  room.now_ms += 1;
  CHECK(refusal(enter(person(507, PersonKind::guest, "192.0.2.7"))) == std::nullopt);
}

TEST_CASE("who may block is told who is blocked, up to the bound", "[rooms]") {
  const auto told = [](const EffectList& effects) {
    std::vector<std::pair<PersonId, BlockedPeople>> found;
    for (const PushPerson& push : all<PushPerson>(effects)) {
      if (const auto* blocked = std::get_if<BlockedPeople>(&push.message)) found.emplace_back(push.person, *blocked);
    }
    return found;
  };
  TestRoom room = staffed();
  const auto after_block = told(room.act(ann, Block{ben}));
  REQUIRE(!after_block.empty());
  for (const auto& [person, list] : after_block) CHECK((person == ann || role_in(room, person) == Role::moderator));
  CHECK(after_block[0].second.people == std::vector<std::pair<PersonId, std::string>>{{ben, "person " + std::to_string(ben.value)}});
  CHECK(pushes<BlockedPeople>(room.join(ann)).size() == 1);
  CHECK(pushes<BlockedPeople>(room.join(mod)).size() == 1);
  CHECK(pushes<BlockedPeople>(room.join(PersonId{777})).empty());
  const auto after_lift = told(room.act(ann, Unblock{ben}));
  REQUIRE(after_lift.size() == after_block.size());
  CHECK(after_lift[0].second.people.empty());

  RoomSnapshot snapshot = RoomBuilder().build().room.snapshot(day_one_ms);
  for (std::size_t i = 0; i < limits::blocks_shown_max; ++i)
    snapshot.blocks.push_back({PersonId{static_cast<std::int64_t>(i) + 10'000}, "x", 0, {}});
  const auto at_bound = [&] { return pushes<BlockedPeople>(RoomBuilder().snapshot(snapshot).build().join(owner_id)).at(0).people.size(); };
  CHECK(at_bound() == limits::blocks_shown_max);
  snapshot.blocks.push_back({PersonId{99'999}, "x", 0, {}});
  CHECK(at_bound() == limits::blocks_shown_max);
}

TEST_CASE("a block takes the role away", "[rooms]") {
  TestRoom room = staffed();
  room.act(ann, Block{mod});
  room.act(ann, Unblock{mod});
  room.join(mod);
  CHECK(role_in(room, mod) == Role::member);
}

TEST_CASE("moderation has a pace of its own too", "[rooms]") {
  TestRoom room = staffed();
  for (std::int64_t i = 0; i < limits::command_burst; ++i) room.act(ann, Silence{ben, 0, i % 2 == 0});
  CHECK(refusal(room.act(ann, Silence{ben, 0, true})) == ErrorCode::slow_down);
  CHECK(refusal(room.act(ann, CloseRoom{})) == ErrorCode::slow_down);
}

TEST_CASE("as many roles are given as the bound says, and not one more", "[rooms]") {
  RoomSnapshot snapshot = RoomBuilder().build().room.snapshot(day_one_ms);
  for (std::size_t i = 1; i < limits::roles_max; ++i)
    snapshot.roles.emplace_back(PersonId{static_cast<std::int64_t>(i) + 10'000}, Role::moderator);
  TestRoom room = RoomBuilder().snapshot(snapshot).with_people(3);
  CHECK(refusal(room.act(ann, SetRole{PersonId{2}, Role::moderator})) == std::nullopt);
  const EffectList beyond = room.act(ann, SetRole{PersonId{3}, Role::moderator});
  CHECK(refusal(beyond) == ErrorCode::conflict);
  CHECK(refusal_detail(beyond) == "roles");
  CHECK(refusal(room.act(ann, SetRole{PersonId{2}, Role::member})) == std::nullopt);  // who has one may get another
  CHECK(refusal(room.act(ann, SetRole{PersonId{3}, Role::moderator})) == std::nullopt);
}
