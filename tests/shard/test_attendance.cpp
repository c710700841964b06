// Desktop programs in a room: how they get in, what they are told, and how they count.
#include <algorithm>
#include <catch2/catch.hpp>
#include "tests/shard/desktop.h"

namespace matinee::test {
namespace {

using Lines = std::vector<std::string>;
const std::string video = "https://www.youtube.com/watch?v=dQw4w9WgXcQ";

void await_left(Tab& tab, const std::string& person) {
  while (field(tab.await("presence.diff"), "left") != "[\"" + person + "\"]") {}
}

bool names(Tab& tab, const std::string& what) { return field(tab.await("presence.diff"), "changed").find(what) != std::string::npos; }

TEST_CASE("a desktop opens a room by itself, is its only participant, and the room goes when it has left") {
  ShardWorld world;
  {
    Desktop desktop(world, owner.value, "k7qm-3xfd");
    CHECK(desktop.await("admitted") == "admitted Person 1000 may publish, 0 nothing");
    CHECK(world.counters().participants == 1);
    CHECK(world.store().visits().size() == 1);
    bool present = false;
    world.run([&] { present = world.shard().gate().is_present(room_code, owner); });
    CHECK(present);
    desktop.leave();
    CHECK(world.counters().participants == 0);
  }
  CHECK(world.becomes_true([&] { return !world.shard().has_room(room_code); }));
}

TEST_CASE("a room with a desktop in it stays in memory") {
  ShardWorld world;
  auto tab = std::make_unique<Tab>(world, owner.value);
  tab->join();
  Desktop desktop(world, 43);
  desktop.await("admitted");
  tab->raw().reset();
  // Longer than the person is missed and the room would be kept: both have passed when another room has come and gone.
  REQUIRE(world.becomes_true([&] { return !world.shard().gate().is_present(room_code, owner); }));
  world.store().add_room("ABCDEFGH", owner);
  {
    Desktop other(world, 44, "ABCDEFGH");
    other.await("admitted");
    other.leave();
  }
  REQUIRE(world.becomes_true([&] { return !world.shard().has_room("ABCDEFGH"); }));
  world.run([&] { CHECK(world.shard().has_room(room_code)); });
  CHECK(desktop.heard().size() == 1);
}

TEST_CASE("people see somebody with a desktop come and, after the absence, leave") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  Desktop desktop(world, 43);
  while (!names(ann, "Person 43")) {}
  desktop.leave();
  await_left(ann, "43");
}

TEST_CASE("tab and desktop of one person are one participant, and either of them keeps it here") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  auto bob = std::make_unique<Tab>(world, 43);
  bob->join();
  Desktop desktop(world, 43);
  desktop.await("admitted");
  CHECK(world.counters().participants == 2);
  bob->raw().reset();
  REQUIRE(world.becomes_true([&] { return world.counters_now().connections == 1; }));
  Desktop marker(world, 44);  // its absence is over later than that of the tab
  marker.await("admitted");
  marker.leave();
  while (true) {
    const std::string left = field(ann.await("presence.diff"), "left");
    CHECK(left.find("43") == std::string::npos);
    if (left.find("44") != std::string::npos) break;
  }
  CHECK(world.counters().participants == 2);
  desktop.leave();
  await_left(ann, "43");
}

TEST_CASE("nobody waits for the player of somebody whose tab has gone while the desktop stays") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  ann.ask(R"({"type":"room.settings","wait_policy":"strict")");
  auto bob = std::make_unique<Tab>(world, 43);
  bob->join();
  Desktop desktop(world, 43);
  desktop.await("admitted");
  ann.send(R"({"type":"playback.set","url":")" + video + R"(","base_rev":0,"op":"o1"})");
  while (field(ann.await("playback.state"), "rev") != "1") {}
  ann.send(R"({"type":"playback.ready","rev":1,"ref":"r"})");
  bob->raw().reset();
  while (field(ann.await("playback.state"), "phase") != "playing") {}
  CHECK(desktop.await("playback 2") == "playback 2 video");
}

TEST_CASE("every revision of the stage is told to a desktop once") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  ann.ask(R"({"type":"room.settings","wait_policy":"strict")");
  Tab bob(world, 44);
  bob.join();
  Desktop desktop(world, 43);
  REQUIRE(desktop.await("admitted") == "admitted Person 43 may publish, 0 nothing");
  ann.send(R"({"type":"playback.set","url":")" + video + R"(","base_rev":0,"op":"o1"})");
  ann.await("playback.state");
  ann.send(R"({"type":"playback.ready","rev":1,"ref":"r"})");
  while (field(ann.await("playback.state"), "waiting_for") != R"(["44"])") {}  // revision 1 is told to browsers again
  bob.send(R"({"type":"playback.ready","rev":1,"ref":"r"})");
  while (field(ann.await("playback.state"), "rev") != "2") {}
  ann.ask(R"({"type":"playback.set","url":"","base_rev":2,"op":"o2")");
  REQUIRE(desktop.await("playback 3") == "playback 3 nothing");
  CHECK(desktop.heard() ==
        Lines{"admitted Person 43 may publish, 0 nothing", "playback 1 video", "playback 2 video", "playback 3 nothing"});
}

TEST_CASE("a desktop hears when the right to go live comes or goes, by preset and by role, and only then") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  Desktop desktop(world, 43);
  REQUIRE(desktop.await("admitted") == "admitted Person 43 may publish, 0 nothing");
  const auto may = [&] {
    bool answer = false;
    world.run([&] { answer = world.shard().gate().may_publish(room_code, {43}); });
    return answer;
  };
  CHECK(may());
  ann.ask(R"({"type":"room.settings","preset":"stage")");
  CHECK_FALSE(may());
  ann.ask(R"({"type":"room.settings","name":"Another name")");
  ann.ask(R"({"type":"participant.role","person":"43","role":"owner")");
  CHECK(may());
  REQUIRE(desktop.await("rights given") == "rights given");
  CHECK(desktop.heard() == Lines{"admitted Person 43 may publish, 0 nothing", "rights taken", "rights given"});
}

TEST_CASE("who is in a room has a standing there, by tab or desktop, and the room another number each time it is opened") {
  ShardWorld world;
  const auto standing = [&](std::int64_t person, const std::string& code = room_code) {
    std::optional<seams::RoomGate::Standing> answer;
    world.run([&] { answer = world.shard().gate().standing(code, {person}); });
    return answer;
  };
  const auto opening = [&] {
    std::int64_t answer = 0;
    world.run([&] { answer = world.shard().gate().opening_of(room_code); });
    return answer;
  };
  CHECK_FALSE(standing(owner.value));
  CHECK(opening() == 0);
  Tab ann(world, owner.value);
  ann.join();
  Desktop desktop(world, 43);
  REQUIRE(desktop.await("admitted") == "admitted Person 43 may publish, 0 nothing");
  REQUIRE(standing(owner.value));
  CHECK(standing(owner.value)->room == world.store().record(room_code).id);
  CHECK(standing(owner.value)->may_edit);
  REQUIRE(standing(43));
  CHECK(standing(43)->may_publish);
  CHECK_FALSE(standing(43)->may_edit);
  CHECK_FALSE(standing(44));
  CHECK_FALSE(standing(43, "AAAAAAAA"));
  ann.ask(R"({"type":"room.settings","preset":"stage")");
  CHECK_FALSE(standing(43)->may_publish);
  CHECK(opening() == world.store().record(room_code).epoch);
  CHECK(opening() > 0);
}

TEST_CASE("a guest who becomes an account keeps the desktop, and its right follows the role") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  ann.ask(R"({"type":"room.settings","grants":{"moderator":["chat"],"member":["go_live"],"guest":["chat"]})");
  Desktop desktop(world, 43, room_code, rooms::PersonKind::guest);
  REQUIRE(desktop.await("admitted") == "admitted Person 43 may not publish, 0 nothing");
  world.shard().rename({{43}, "Robert", rooms::PersonKind::account});
  REQUIRE(desktop.await("rights given") == "rights given");
  CHECK(desktop.heard() == Lines{"admitted Person 43 may not publish, 0 nothing", "name Robert", "rights given"});
  while (!names(ann, "Robert")) {}
}

TEST_CASE("a desktop that comes with an old name is told the one the room knows") {
  ShardWorld world;
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  world.shard().rename({{43}, "Robert", rooms::PersonKind::account});
  while (!names(ann, "Robert")) {}
  Desktop desktop(world, 43);  // its pairing letters were made before
  CHECK(desktop.await("admitted") == "admitted Robert may publish, 0 nothing");
}

TEST_CASE("what the media tell is told to everybody in the room and to who comes later") {
  ShardWorld world;
  rooms::LiveState live;
  live.streams.push_back({7, rooms::LiveKind::screen, false, "desk", {43}, "Person 43", 640, 480, 30, false, true, 0});
  live.desktops = 1;
  const auto tell = [&](const std::string& code) { world.run([&] { world.shard().gate().tell_live(code, live); }); };
  tell(room_code);  // nobody is there: nothing happens
  Tab ann(world, owner.value);
  CHECK(field(field(ann.join(), "live"), "streams") == "[]");
  tell(room_code);
  CHECK(field(field(ann.await("live.changed"), "live"), "desktops") == "1");
  Tab bob(world, 44);
  CHECK(field(field(bob.join(), "live"), "streams").find(R"("title":"desk")") != std::string::npos);
  tell(room_code);  // the same again
  tell("ABCDEFGH");
  for (const auto& message : ann.until_now()) CHECK(type_of(message) != "live.changed");
}

TEST_CASE("what a desktop is told comes by itself, never inside its own calls, and nothing after it has left") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();  // the room is open: everything could be answered at once
  Desktop desktop(world, 43);
  CHECK(desktop.await("admitted") == "admitted Person 43 may publish, 0 nothing");
  CHECK(desktop.holders() > 1);
  desktop.leave();
  CHECK(desktop.holders() == 1);
  desktop.attend_and_leave();  // it is let in at once, but was not told yet
  desktop.leave();             // unknown: nothing happens
  CHECK(desktop.heard().size() == 1);
  CHECK(desktop.holders() == 1);
  desktop.attend();
  CHECK(world.becomes_true([&] { return desktop.attendee().heard.size() == 2; }));
}

TEST_CASE("a desktop may leave while it is being told something") {
  ShardWorld world;
  Desktop desktop(world, 43);
  desktop.await("admitted");
  world.run([&] { desktop.attendee().then = [&](const std::string&) { world.shard().gate().leave(desktop.attendee()); }; });
  world.shard().rename({{43}, "Robert", rooms::PersonKind::account});
  CHECK(desktop.await("name") == "name Robert");
  world.shard().rename({{43}, "Rob", rooms::PersonKind::account});
  CHECK(world.becomes_true([&] { return !world.shard().has_room(room_code); }));
  CHECK(desktop.heard().size() == 2);
  CHECK(desktop.holders() == 1);
}

}  // namespace
}  // namespace matinee::test
