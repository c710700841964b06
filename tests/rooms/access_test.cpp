// Who gets in, by every kind of access; asking at the door; the new code.
#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {

const PersonId ann = owner_id, ben{2}, cara{3}, dan{4};
const std::string hash = "$argon2id$one";

std::optional<ErrorCode> join_with(TestRoom& room, PersonId id, std::optional<std::string> proven, PersonKind kind = PersonKind::account) {
  return refusal(room.act(id, Join{Person{id, "person", kind, false}, {}, true, std::move(proven)}));
}

ChangeSettings access_to(Access access, std::optional<std::string> password_hash = {}) {
  ChangeSettings change;
  change.access = access;
  change.password_hash = std::move(password_hash);
  return change;
}

std::vector<std::string> answers_to(PersonId person, const EffectList& effects) {
  std::vector<std::string> found;
  for (const Answer& answer : all<Answer>(effects))
    if (answer.person == person) found.push_back(answer.message.on ? "on" : answer.message.why);
  return found;
}

// The last list of askers that this person was told.
std::optional<std::vector<PersonId>> askers_told(PersonId to, const EffectList& effects) {
  std::optional<std::vector<PersonId>> told;
  const auto read = [&](const Outgoing& message) {
    const auto* knocked = std::get_if<KnockedPeople>(&message);
    if (knocked == nullptr) return;
    told.emplace();
    for (const Person& person : knocked->people) told->push_back(person.id);
  };
  for (const PushPerson& push : all<PushPerson>(effects))
    if (push.person == to) read(push.message);
  for (const Push& push : all<Push>(effects))
    if (push.connection == ConnectionId{to.value * 100}) read(push.message);
  return told;
}

}  // namespace

TEST_CASE("who is stopped at the door, and why: every access against every visitor", "[rooms][access]") {
  struct Row {
    Access access;
    PersonId visitor;
    PersonKind kind;
    std::optional<std::string> proven;
    std::optional<ErrorCode> refused;
  };
  const PersonId moderator{20}, stranger{30};
  const auto account = PersonKind::account, guest = PersonKind::guest;
  const std::vector<Row> table{
      {Access::open, stranger, guest, {}, {}},
      {Access::open, stranger, account, "", {}},
      {Access::accounts, stranger, guest, {}, ErrorCode::account_needed},
      {Access::accounts, stranger, account, {}, {}},
      {Access::accounts, moderator, guest, {}, {}},
      {Access::accounts, ann, guest, {}, {}},
      {Access::password, stranger, account, {}, ErrorCode::password_needed},
      {Access::password, stranger, guest, {}, ErrorCode::password_needed},
      {Access::password, stranger, guest, "", ErrorCode::wrong_password},
      {Access::password, stranger, guest, "$argon2id$older", ErrorCode::wrong_password},
      {Access::password, stranger, guest, hash, {}},
      {Access::password, moderator, account, {}, {}},
      {Access::password, ann, account, {}, {}},
      {Access::password, ann, account, "", {}},
      {Access::ask, stranger, account, {}, ErrorCode::ask_first},
      {Access::ask, stranger, guest, hash, ErrorCode::ask_first},
      {Access::ask, moderator, account, {}, {}},
      {Access::ask, ann, guest, {}, {}},
  };
  for (const Row& row : table) {
    CAPTURE(to_string(row.access), row.visitor.value, static_cast<int>(row.kind), row.proven.value_or("none"));
    TestRoom room = RoomBuilder().access(row.access, row.access == Access::password ? hash : "").role(moderator, Role::moderator).build();
    if (!row.proven) CHECK(room.room.sees_inside(Person{row.visitor, "person", row.kind}, room.now_ms) == !row.refused.has_value());
    CHECK(join_with(room, row.visitor, row.proven, row.kind) == row.refused);
    CHECK((room.room.participant(row.visitor) != nullptr) == !row.refused.has_value());
  }
}

TEST_CASE("a room without a password lets nobody in who proves nothing", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::password, "").build();
  CHECK(join_with(room, ben, "") == ErrorCode::wrong_password);
}

TEST_CASE("only who has to prove the password is asked for it", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::password, hash).with_people(1);
  CHECK(room.room.password_asked_of(Person{ben, "Ben"}) == hash);
  CHECK(room.room.password_asked_of(Person{ann, "Ann"}).empty());
  join_with(room, ben, hash);
  CHECK(room.room.password_asked_of(Person{ben, "Ben"}).empty());
  CHECK(TestRoom(RoomBuilder().build()).room.password_asked_of(Person{ben, "Ben"}).empty());
}

TEST_CASE("who got in by the password needs it no more, until it is another one or they are removed", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::password, hash).with_people(1);
  const EffectList entered = room.act(ben, Join{Person{ben, "Ben"}, {}, true, hash});
  CHECK(all<SaveRoom>(entered).size() == 1);
  CHECK(room.room.snapshot(room.now_ms).admitted == std::vector<PersonId>{ben});
  room.tell(Leave{ben});
  CHECK(join_with(room, ben, {}) == std::nullopt);
  SECTION("another password") {
    room.tell(Leave{ben});
    room.act(ann, access_to(Access::password, "$argon2id$two"));
    CHECK(join_with(room, ben, {}) == ErrorCode::password_needed);
    CHECK(join_with(room, ben, hash) == ErrorCode::wrong_password);
  }
  SECTION("removed") {
    room.act(ann, RemovePerson{ben});
    CHECK(join_with(room, ben, {}) == ErrorCode::password_needed);
  }
  SECTION("kept over a restart") {
    TestRoom again = RoomBuilder().snapshot(room.room.snapshot(room.now_ms)).build();
    CHECK(join_with(again, ben, {}) == std::nullopt);
    CHECK(join_with(again, cara, {}) == ErrorCode::password_needed);
  }
}

TEST_CASE("only so many are remembered: the first one is asked again", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::password, hash).with_people(1);
  for (std::size_t i = 0; i < limits::admitted_max; ++i) {
    const PersonId person{static_cast<std::int64_t>(1'000 + i)};
    REQUIRE(join_with(room, person, hash) == std::nullopt);
    room.tell(Leave{person});
  }
  CHECK(room.room.password_asked_of(Person{PersonId{1'000}, "first"}).empty());
  join_with(room, PersonId{9'000}, hash);
  CHECK(room.room.password_asked_of(Person{PersonId{1'000}, "first"}) == hash);
  CHECK(room.room.snapshot(room.now_ms).admitted.size() == limits::admitted_max);
}

TEST_CASE("those inside stay when the door closes, and find their way back", "[rooms][access]") {
  for (const Access access : {Access::accounts, Access::password, Access::ask}) {
    CAPTURE(to_string(access));
    TestRoom room = RoomBuilder().with_people(1);
    room.join(ben, PersonKind::guest);
    const EffectList effects = room.act(ann, access_to(access, access == Access::password ? std::optional(hash) : std::nullopt));
    CHECK(all<Disconnect>(effects).empty());
    REQUIRE(broadcasts<RoomChanged>(effects).size() == 1);
    CHECK(broadcasts<RoomChanged>(effects)[0].room.access == access);
    room.tell(Leave{ben});
    CHECK(refusal(room.join(ben, PersonKind::guest)) == std::nullopt);
    CHECK(refusal(room.join(cara, PersonKind::guest)).has_value());
  }
}

TEST_CASE("the access is changed by who may edit the room, and a password belongs to it", "[rooms][access]") {
  TestRoom room = RoomBuilder().with_people(2);
  CHECK(refusal(room.act(ben, access_to(Access::ask))) == ErrorCode::forbidden);
  const EffectList lacks = room.act(ann, access_to(Access::password));
  CHECK(refusal(lacks) == ErrorCode::bad_request);
  CHECK(refusal_detail(lacks) == "password");
  CHECK(refusal(room.act(ann, access_to(Access::ask, hash))) == ErrorCode::bad_request);
  ChangeSettings alone;
  alone.password_hash = hash;
  CHECK(refusal(room.act(ann, alone)) == ErrorCode::bad_request);
  CHECK(room.room.info().access == Access::open);
  CHECK(refusal(room.act(ann, access_to(Access::password, hash))) == std::nullopt);
  alone.password_hash = "$argon2id$two";  // a new password for the room that has one
  CHECK(refusal(room.act(ann, alone)) == std::nullopt);
  CHECK(room.room.snapshot(room.now_ms).password_hash == "$argon2id$two");
  CHECK(refusal(room.act(ann, access_to(Access::password))) == std::nullopt);  // the same again keeps it
  CHECK(room.room.snapshot(room.now_ms).password_hash == "$argon2id$two");
  room.act(ann, access_to(Access::open));
  CHECK(room.room.snapshot(room.now_ms).password_hash.empty());
}

TEST_CASE("who asks is shown to those who may let in, in the order they came", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).role(ben, Role::moderator).build();
  room.join(ann);
  room.join(ben);
  const EffectList first = room.knock(cara, PersonKind::guest);
  CHECK(all<ReplyOk>(first).size() == 1);
  REQUIRE(all<Await>(first).size() == 1);
  CHECK(all<Await>(first)[0].person == cara);
  CHECK(askers_told(ann, first) == std::vector{cara});
  CHECK(askers_told(ben, first) == std::vector{cara});
  const EffectList second = room.knock(dan);
  CHECK(askers_told(ann, second) == std::vector{cara, dan});
  CHECK(room.room.participant(cara) == nullptr);

  const EffectList in = room.act(ben, LetIn{dan, true});
  CHECK(answers_to(dan, in) == std::vector<std::string>{"on"});
  CHECK(askers_told(ann, in) == std::vector{cara});
  CHECK(all<SaveRoom>(in).size() == 1);
  CHECK(refusal(room.join(dan)) == std::nullopt);
  CHECK_FALSE(askers_told(dan, room.knock(PersonId{9})));  // he may not let anybody in

  const EffectList out = room.act(ann, LetIn{cara, false});
  CHECK(answers_to(cara, out) == std::vector<std::string>{"refused"});
  CHECK(refusal(room.join(cara, PersonKind::guest)) == ErrorCode::ask_first);
}

TEST_CASE("a moderator who comes later is shown who waits", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).build();
  room.knock(cara);
  CHECK(askers_told(ann, room.join(ann)) == std::vector{cara});
}

TEST_CASE("letting in needs the right to remove, and somebody who asks", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).build();
  room.join(ann);
  room.knock(ben);
  room.act(ann, LetIn{ben, true});
  room.join(ben);
  room.knock(cara);
  CHECK(refusal(room.act(ben, LetIn{cara, true})) == ErrorCode::forbidden);
  CHECK(refusal(room.act(ann, LetIn{dan, true})) == ErrorCode::unknown_person);
  CHECK(refusal(room.act(ann, LetIn{cara, true})) == std::nullopt);
  CHECK(refusal(room.act(ann, LetIn{cara, true})) == ErrorCode::unknown_person);
}

TEST_CASE("another tab and a reconnect keep the place in the queue", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.knock(cara);
  room.knock(dan);
  const EffectList again = room.act_on(ConnectionId{777}, cara, Knock{Person{cara, "Cara"}});
  REQUIRE(all<Await>(again).size() == 1);
  CHECK(all<Await>(again)[0].connection == ConnectionId{777});
  CHECK_FALSE(askers_told(ann, again));  // nothing is new
  CHECK(askers_told(ann, room.knock(PersonId{9})) == std::vector{cara, dan, PersonId{9}});
}

TEST_CASE("who leaves the door is asked about no more, and waits a moment before the next time", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.knock(cara);
  const EffectList left = room.tell(StopAsking{cara});
  CHECK(askers_told(ann, left) == std::vector<PersonId>{});
  CHECK(refusal(room.knock(cara)) == ErrorCode::slow_down);
  room.now_ms += limits::knock_again_cancelled_ms - 1;
  CHECK(refusal(room.knock(cara)) == ErrorCode::slow_down);
  room.now_ms += 1;
  CHECK(refusal(room.knock(cara)) == std::nullopt);
  CHECK(all<Answer>(room.tell(StopAsking{dan})).empty());
}

TEST_CASE("a page that fell asleep at the door asks again as soon as it wakes up", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.knock(cara);
  room.tell(StopAsking{cara, true});
  const EffectList again = room.knock(cara);
  CHECK(refusal(again) == std::nullopt);
  CHECK(askers_told(ann, again) == std::vector{cara});
}

TEST_CASE("what was answered to a page that slept is told when it asks again", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.knock(cara);
  room.act(ann, LetIn{cara, false});
  CHECK(refusal_detail(room.knock(cara)) == "refused");
  room.now_ms += limits::knock_again_ms;
  const EffectList second = room.knock(cara);
  room.fire(second, knocks_timer);
  CHECK(refusal_detail(room.knock(cara)) == "nobody");
}

TEST_CASE("a refusal holds for a minute", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.knock(cara);
  room.act(ann, LetIn{cara, false});
  room.now_ms += limits::knock_again_ms - 1;
  const EffectList early = room.knock(cara);
  CHECK(refusal(early) == ErrorCode::slow_down);
  CHECK(all<ReplyError>(early)[0].error.retry_ms == 1);
  room.now_ms += 1;
  CHECK(refusal(room.knock(cara)) == std::nullopt);
}

TEST_CASE("nobody answers for ten minutes: who asks is told so", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  const EffectList first = room.knock(cara);
  room.now_ms += 1'000;
  room.knock(dan);
  const EffectList fired = room.fire(first, knocks_timer);
  CHECK(room.now_ms == day_one_ms + 1'000 + limits::knock_ms_max);
  CHECK(answers_to(cara, fired) == std::vector<std::string>{"nobody"});
  CHECK(answers_to(dan, fired).empty());
  CHECK(answers_to(dan, room.fire(fired, knocks_timer)) == std::vector<std::string>{"nobody"});
}

TEST_CASE("the queue at the door holds its most and no one more", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).unlimited_rates().with_people(1);
  for (std::size_t i = 0; i < limits::askers_max; ++i) REQUIRE_FALSE(refusal(room.knock(PersonId{static_cast<std::int64_t>(100 + i)})));
  const EffectList beyond = room.knock(dan);
  CHECK(refusal(beyond) == ErrorCode::slow_down);
  CHECK(refusal_detail(beyond) == "askers");
  CHECK_FALSE(refusal(room.knock(PersonId{100})));  // who has a place keeps it
}

TEST_CASE("one address asks for so many people at once and no more", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).unlimited_rates().with_people(1);
  for (std::size_t i = 0; i < limits::askers_of_an_address_max; ++i)
    REQUIRE_FALSE(refusal(room.knock(PersonId{static_cast<std::int64_t>(100 + i)}, PersonKind::guest, "192.0.2.7")));
  CHECK(refusal(room.knock(dan, PersonKind::guest, "192.0.2.7")) == ErrorCode::slow_down);
  CHECK_FALSE(refusal(room.knock(dan, PersonKind::guest, "192.0.2.8")));
  CHECK_FALSE(refusal(room.knock(cara)));  // an unknown address is nobody's
}

TEST_CASE("so many refusals are remembered, and one more forgets the one that ends first", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).unlimited_rates().with_people(1);
  const auto refuse_one = [&](std::int64_t id) {
    room.knock(PersonId{id});
    room.act(ann, LetIn{PersonId{id}, false});
    room.now_ms += 1;
  };
  for (std::size_t i = 0; i < limits::askers_refused_max; ++i) refuse_one(static_cast<std::int64_t>(1'000 + i));
  CHECK(refusal(room.knock(PersonId{1'000})) == ErrorCode::slow_down);
  refuse_one(9'000);
  CHECK(refusal(room.knock(PersonId{1'001})) == ErrorCode::slow_down);
  CHECK_FALSE(refusal(room.knock(PersonId{1'000})));
}

TEST_CASE("knocks of a crowd come at the room's pace", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  for (std::int64_t i = 0; i < limits::knock_burst; ++i) REQUIRE_FALSE(refusal(room.knock(PersonId{100 + i})));
  CHECK(refusal(room.knock(dan)) == ErrorCode::slow_down);
  room.now_ms += 1'000 / limits::knock_per_second;
  CHECK_FALSE(refusal(room.knock(dan)));
}

TEST_CASE("a blocked person knocks as at a room that does not exist", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.knock(cara, PersonKind::guest, "192.0.2.7");
  const EffectList blocked = room.act(ann, Block{cara});  // from the list of who asks
  CHECK(refusal(blocked) == std::nullopt);
  CHECK(answers_to(cara, blocked) == std::vector<std::string>{"refused"});
  CHECK(refusal(room.knock(cara, PersonKind::guest)) == ErrorCode::no_such_room);
  CHECK(refusal(room.knock(dan, PersonKind::guest, "192.0.2.7")) == ErrorCode::no_such_room);
}

TEST_CASE("who was let in sees inside from elsewhere too, until they are blocked", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::password, hash).with_people(1);
  const Person reader{ben, "Ben"};
  CHECK_FALSE(room.room.sees_inside(reader, room.now_ms));
  join_with(room, ben, hash);
  CHECK(room.room.sees_inside(reader, room.now_ms));
  room.act(ann, Block{ben});
  CHECK_FALSE(room.room.sees_inside(reader, room.now_ms));
}

TEST_CASE("a knock where none is needed says come in, and where another thing is needed says which", "[rooms][access]") {
  TestRoom open = RoomBuilder().with_people(1);
  CHECK(answers_to(cara, open.knock(cara)) == std::vector<std::string>{"on"});
  TestRoom password = RoomBuilder().access(Access::password, hash).with_people(1);
  CHECK(refusal(password.knock(cara)) == ErrorCode::password_needed);
  TestRoom accounts = RoomBuilder().access(Access::accounts).with_people(1);
  CHECK(refusal(accounts.knock(cara, PersonKind::guest)) == ErrorCode::account_needed);
}

TEST_CASE("when the access changes or the room closes, nobody goes on waiting", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.knock(cara);
  SECTION("opened") {
    const EffectList effects = room.act(ann, access_to(Access::open));
    CHECK(answers_to(cara, effects) == std::vector<std::string>{"changed"});
    CHECK(askers_told(ann, effects) == std::vector<PersonId>{});
    CHECK(refusal(room.join(cara)) == std::nullopt);
  }
  SECTION("closed") {
    CHECK(answers_to(cara, room.act(ann, CloseRoom{})) == std::vector<std::string>{"closed"});
    CHECK(refusal(room.knock(cara)) == ErrorCode::room_closed);
  }
}

TEST_CASE("who may let in after a change of rights is shown who waits", "[rooms][access]") {
  TestRoom room = RoomBuilder().access(Access::ask).build();
  room.join(ann);
  room.knock(ben);
  room.act(ann, LetIn{ben, true});
  room.join(ben);
  room.knock(cara);
  CHECK(askers_told(ben, room.act(ann, SetRole{ben, Role::moderator})) == std::vector{cara});
}

TEST_CASE("the owner asks for a new code, nobody else, and not too often", "[rooms][access]") {
  TestRoom room = RoomBuilder().role(ben, Role::moderator).with_people(2);
  const EffectList refused = room.act(ben, NewCode{});
  CHECK(refusal(refused) == ErrorCode::forbidden);
  CHECK(refusal_detail(refused) == "owner");
  const EffectList asked = room.act(ann, NewCode{});
  REQUIRE(all<DrawCode>(asked).size() == 1);
  CHECK(all<DrawCode>(asked)[0].by == ann);
  CHECK(all<ReplyOk>(asked).empty());  // not before it is stored
  CHECK(room.room.info().code == "K7QM3XFD");
  room.now_ms += limits::new_code_interval_ms - 1;
  CHECK(refusal(room.act(ann, NewCode{})) == ErrorCode::slow_down);
  room.now_ms += 1;
  CHECK(all<DrawCode>(room.act(ann, NewCode{})).size() == 1);
}

TEST_CASE("with the new code nobody leaves, everybody is told it, and who was inside came along", "[rooms][access]") {
  TestRoom room = RoomBuilder().with_people(3);
  room.tell(Leave{cara});
  room.say(ben, "message-1");
  const Seq before = Seq{1};
  const EffectList changed = room.act(ann, CodeChanged{"ABCD2345"});
  CHECK(all<Disconnect>(changed).empty());
  CHECK(all<DisconnectAll>(changed).empty());
  CHECK(all<ReplyOk>(changed).size() == 1);
  REQUIRE(broadcasts<RoomChanged>(changed).size() == 1);
  CHECK(broadcasts<RoomChanged>(changed)[0].room.code == "ABCD2345");
  CHECK(room.room.snapshot(room.now_ms).info.code == "ABCD2345");
  CHECK(room.room.came_along(ben));
  CHECK_FALSE(room.room.came_along(cara));
  CHECK(pushes<Welcome>(room.join(ben, PersonKind::account, Since{3, before, {}}))[0].resumed);
  room.act(ann, RemovePerson{ben});
  CHECK_FALSE(room.room.came_along(ben));
}
