#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2}, cem{3};
}

TEST_CASE("who joins is admitted first and then welcomed", "[rooms]") {
  TestRoom room = RoomBuilder().build();
  const EffectList effects = room.join(ann);
  std::size_t admitted_at = effects.size();
  std::size_t welcomed_at = 0;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (std::holds_alternative<Admit>(effects[i])) admitted_at = i;
    if (std::holds_alternative<Push>(effects[i])) welcomed_at = i;
  }
  CHECK(admitted_at < welcomed_at);
  const Welcome welcome = pushes<Welcome>(effects).at(0);
  CHECK(welcome.you == ann);
  CHECK(welcome.room.name == "Film night");
  CHECK(welcome.participants.size() == 1);
  CHECK(welcome.participants[0].role == Role::owner);
  CHECK(welcome.epoch == 3);
  CHECK(welcome.server_time_ms == room.now_ms);
  CHECK_FALSE(welcome.resumed);
  CHECK(broadcasts<PresenceDiff>(effects).empty());
}

TEST_CASE("the others hear of a newcomer in the next diff only", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  EffectList effects = room.join(cem);
  CHECK(all<Broadcast>(effects).empty());
  // The diff of the first two is still due: its timer was set when they came.
  const auto diffs = broadcasts<PresenceDiff>(room.tell(TimerFired{presence_timer}));
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].changed.size() == 3);
}

TEST_CASE("roles come from the room's book, else from the kind of person", "[rooms]") {
  TestRoom room = RoomBuilder().role(ben, Role::moderator).build();
  room.join(ann);
  room.join(ben);
  room.join(cem, PersonKind::account);
  const auto people = pushes<Welcome>(room.join(PersonId{4}, PersonKind::guest)).at(0).participants;
  REQUIRE(people.size() == 4);
  CHECK(people[0].id == PersonId{4});  // oneself comes first
  CHECK(people[0].role == Role::guest);
  CHECK(people[1].role == Role::owner);
  CHECK(people[2].role == Role::moderator);
  CHECK(people[3].role == Role::member);
}

TEST_CASE("several connections of one person are one participant", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.tell(TimerFired{presence_timer});
  const EffectList effects = room.act_on(ConnectionId{777}, ben, Join{Person{ben, "person 2", PersonKind::account, false}, {}});
  CHECK(room.room.participant_count() == 2);
  CHECK(all<Admit>(effects).at(0).connection == ConnectionId{777});
  CHECK(pushes<Welcome>(effects).size() == 1);
  CHECK(all<SetTimer>(effects).empty());  // nobody needs to hear of it
}

TEST_CASE("a room takes as many people as it may and not one more", "[rooms]") {
  TestRoom room = RoomBuilder().participants_max(3).with_people(3);
  CHECK(room.room.participant_count() == 3);
  const EffectList effects = room.join(PersonId{4});
  CHECK(refusal(effects) == ErrorCode::room_full);
  CHECK(all<Admit>(effects).empty());
  CHECK(refusal(room.join(PersonId{3})) == std::nullopt);  // who is in may come with another tab
  room.tell(Leave{PersonId{2}});
  CHECK(refusal(room.join(PersonId{4})) == std::nullopt);
}

TEST_CASE("who is blocked is told that there is no such room and sent off", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.act(ann, Block{ben});
  const EffectList effects = room.join(ben);
  CHECK(refusal(effects) == ErrorCode::no_such_room);
  CHECK(all<Disconnect>(effects).at(0).close_code == 4004);
  CHECK(all<Admit>(effects).empty());
  CHECK(all<Push>(effects).empty());
  CHECK(room.room.participant_count() == 1);
}

TEST_CASE("who comes back with what they have seen gets exactly what they missed", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  for (int i = 1; i <= 60; ++i) room.say(ann, "message-" + std::to_string(i));
  room.tell(Leave{ben});
  const auto missed = [&room](std::int64_t epoch, std::int64_t seq) {
    return pushes<Welcome>(room.join(ben, PersonKind::account, Since{epoch, Seq{seq}, {}})).at(0);
  };
  CHECK(missed(3, 58).resumed);
  CHECK(missed(3, 58).messages.size() == 2);
  CHECK(missed(3, 58).messages[0].seq == Seq{59});
  CHECK(missed(3, 60).resumed);
  CHECK(missed(3, 60).messages.empty());
  CHECK(missed(3, 0).messages.size() == 60);  // all of it is at hand
  CHECK_FALSE(missed(2, 58).resumed);         // another epoch
  CHECK(missed(2, 58).messages.size() == 50);
  CHECK_FALSE(missed(3, 61).resumed);  // more than there is
}

TEST_CASE("a resume reaches as far back as the recent messages and not one further", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(2);
  for (std::size_t i = 1; i <= limits::recent_messages_max + 1; ++i) room.say(ann, "message-" + std::to_string(i));
  const auto resumed = [&room](std::int64_t seq) {
    return pushes<Welcome>(room.join(ben, PersonKind::account, Since{3, Seq{seq}, {}})).at(0).resumed;
  };
  CHECK(resumed(1));
  CHECK_FALSE(resumed(0));
}

TEST_CASE("a welcome holds the last fifty messages and says whether there are more", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  for (int i = 1; i <= 50; ++i) room.say(ann, "message-" + std::to_string(i));
  Welcome welcome = pushes<Welcome>(room.join(ben)).at(0);
  CHECK(welcome.messages.size() == 50);
  CHECK_FALSE(welcome.more_before);
  room.say(ann, "message-51");
  welcome = pushes<Welcome>(room.join(cem)).at(0);
  CHECK(welcome.messages.size() == 50);
  CHECK(welcome.messages.back().seq == Seq{51});
  CHECK(welcome.seq == Seq{51});
  CHECK(welcome.more_before);
}

TEST_CASE("what is not committed is in no welcome", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.post(ann, "message-1");
  const Welcome welcome = pushes<Welcome>(room.join(ben)).at(0);
  CHECK(welcome.messages.empty());
  CHECK(welcome.seq == Seq{0});
}

TEST_CASE("a welcome of long messages stays within its bytes", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  std::string text;
  for (std::size_t i = 0; i < limits::chat_text_code_points_max; ++i) text += "\xF0\x9F\x8E\xAC";
  for (int i = 1; i <= 50; ++i) room.say(ann, "message-" + std::to_string(i), text);
  const Welcome welcome = pushes<Welcome>(room.join(ben)).at(0);
  std::size_t bytes = 0;
  for (const ChatMessage& message : welcome.messages) bytes += message.text.size();
  CHECK(bytes < limits::welcome_bytes_max);
  CHECK(welcome.messages.size() >= 10);
  CHECK(welcome.messages.back().seq == Seq{50});
  CHECK(welcome.more_before);
}

TEST_CASE("a crowd comes in a welcome of its size and diffs after it", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(static_cast<std::int64_t>(limits::welcome_participants_max));
  const PersonId last{1};
  EffectList effects = room.join(last);
  CHECK(pushes<Welcome>(effects).at(0).participants.size() == limits::welcome_participants_max);
  CHECK(pushes<PresenceDiff>(effects).empty());
  room.join(PersonId{90'001});
  effects = room.join(last);
  CHECK(pushes<Welcome>(effects).at(0).participants.size() == limits::welcome_participants_max);
  REQUIRE(pushes<PresenceDiff>(effects).size() == 1);
  CHECK(pushes<PresenceDiff>(effects)[0].changed.size() == 1);
}

TEST_CASE("who has not joined is heard in nothing", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  const Event events[] = {PostChat{"message-1", "hi", {}, false},
                          Typing{true},
                          SetMedia{film(), Revision{0}, "op"},
                          PlaybackCommand{},
                          Ready{},
                          Status{},
                          RoundTrip{5},
                          Signal{"1"},
                          SetRole{ann, Role::guest},
                          RemovePerson{ann},
                          Block{ann},
                          Unblock{ann},
                          Silence{ann, 0, true},
                          ChangeSettings{},
                          CloseRoom{}};
  for (const Event& event : events) {
    const EffectList effects = room.act(ben, event);
    CAPTURE(event.index());
    REQUIRE(effects.size() == 1);
    CHECK(refusal(effects) == ErrorCode::not_joined);
  }
}

TEST_CASE("leaving removes a person and tells the others", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.tell(TimerFired{presence_timer});
  room.now_ms += 1'000;
  const EffectList effects = room.tell(Leave{ben});
  CHECK(room.room.participant_count() == 1);
  const auto diffs = broadcasts<PresenceDiff>(room.fire(effects, presence_timer));
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].left == std::vector<PersonId>{ben});
  CHECK(diffs[0].changed.empty());
  CHECK(room.tell(Leave{ben}).empty());
}

TEST_CASE("when the last person leaves the film plays on", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.set_media(ann);
  room.now_ms += 10'000;
  const EffectList effects = room.tell(Leave{ann});
  CHECK(room.room.playback().phase == Phase::playing);
  CHECK(all<SaveRoom>(effects).size() == 1);
  room.now_ms += 5'000;
  const Welcome welcome = pushes<Welcome>(room.join(ann)).at(0);
  CHECK(welcome.playback.position_at(room.now_ms) == 15'000 - limits::start_delay_ms_min);
}

TEST_CASE("a new name or kind is told to everybody", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.tell(TimerFired{presence_timer});
  room.now_ms += 1'000;
  const auto diffs = broadcasts<PresenceDiff>(room.fire(room.tell(Renamed{ben, "Benjamin", PersonKind::account}), presence_timer));
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].changed.at(0).name == "Benjamin");
}

TEST_CASE("a new picture is told to everybody, by whatever way it comes", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.tell(TimerFired{presence_timer});
  room.now_ms += 1'000;
  auto diffs = broadcasts<PresenceDiff>(room.fire(room.tell(Renamed{ben, "Ben", PersonKind::account, "first"}), presence_timer));
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].changed.at(0).avatar == "first");
  CHECK(pushes<Welcome>(room.join(ann)).at(0).participants.at(1).avatar == "first");
  room.now_ms += 1'000;
  // Another tab, opened after the picture was changed elsewhere.
  Person person{ben, "Ben", PersonKind::account, false};
  person.avatar = "second";
  diffs = broadcasts<PresenceDiff>(room.fire(room.act(ben, Join{person, {}}), presence_timer));
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].changed.at(0).avatar == "second");
}

TEST_CASE("a guest room stays once its owner has an account", "[rooms]") {
  TestRoom room = RoomBuilder().guest_room().build();
  room.join(ann, PersonKind::guest);
  room.join(ben, PersonKind::guest);
  CHECK(all<SaveRoom>(room.tell(Renamed{ben, "Ben", PersonKind::account})).empty());
  CHECK(room.room.info().guest_room);
  const EffectList effects = room.tell(Renamed{ann, "Ann", PersonKind::account});
  CHECK_FALSE(room.room.info().guest_room);
  CHECK(broadcasts<RoomChanged>(effects).size() == 1);
  CHECK(all<SaveRoom>(effects).size() == 1);
}
