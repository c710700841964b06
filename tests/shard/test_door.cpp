#include <catch2/catch.hpp>
#include "tests/shard/shard_world.h"

namespace matinee::test {
namespace {

using Clock = std::chrono::steady_clock;

void ask(Tab& tab) { tab.send(R"({"type":"room.join","tab":")" + tab.name() + "\"}"); }

TEST_CASE("without a session the socket is closed with 4001, whatever it says") {
  ShardWorld world;
  world.forget_sessions(false);
  Tab tab(world, 42);
  CHECK(tab.await_close() == 4001);
}

TEST_CASE("when sessions cannot be looked up the socket is asked to come back, not logged out") {
  ShardWorld world;
  world.forget_sessions(true);
  Tab tab(world, 42);
  CHECK(tab.await_close() == 1013);
}

TEST_CASE("a join said before the session is known is heard afterwards") {
  ShardWorld world;
  world.hold_visitors();
  Tab tab(world, 42);
  ask(tab);
  tab.until_now();
  world.release_visitors();
  CHECK(field(tab.await("room.welcome"), "you") == "42");
}

TEST_CASE("at the door only joining and the clock are heard") {
  ShardWorld world;
  Tab tab(world, 42);
  tab.send(R"({"type":"chat.post","id":"abcdefgh","text":"hello"})");
  const std::string refused = tab.next();
  CHECK(field(refused, "code") == "not_joined");
  CHECK(field(refused, "id") == "abcdefgh");
  tab.send(R"({"type":"chat.history","before":3,"limit":3,"ref":"h"})");
  CHECK(field(tab.next(), "code") == "not_joined");
  tab.send(R"({"type":"clock.probe","t1":12.50})");
  const std::string reply = tab.next();
  CHECK(type_of(reply) == "clock.reply");
  CHECK(field(reply, "t1") == "12.50");
  CHECK(std::stod(field(reply, "t2")) <= std::stod(field(reply, "t3")));
  tab.send("nonsense");
  CHECK(field(tab.next(), "code") == "bad_request");
  tab.send(R"({"type":"room.explode","ref":"r"})");
  CHECK(field(tab.next(), "code") == "unknown_type");
  tab.join();
  tab.send(R"({"type":"room.join","tab":"tab-0001","ref":"twice"})");
  const std::string twice = tab.await("error");
  CHECK(field(twice, "code") == "already_joined");
  CHECK(field(twice, "ref") == "twice");
}

TEST_CASE("a socket that never joins is closed after its time at the door") {
  shard::ShardOptions options = ShardWorld::quick();
  options.door_max = std::chrono::milliseconds(30);
  ShardWorld world(options);
  Tab idle(world, 42);
  CHECK(idle.await_close() == 1008);
  Tab joined(world, 43);
  joined.join();
  Tab later(world, 44);
  CHECK(later.await_close() == 1008);  // by then the other one's time would be over as well
  joined.until_now();
}

TEST_CASE("an unknown room, an ended one, one that blocked you and no code at all answer alike and equally late") {
  shard::ShardOptions options = ShardWorld::quick();
  options.refusal_after = std::chrono::milliseconds(120);
  ShardWorld world(options);
  world.store().add_room("ENDEDR00", owner);
  Tab host(world, owner.value);
  host.join();
  Tab guest(world, 666);
  guest.join();
  host.await("presence.diff");
  host.send(R"({"type":"participant.block","person":"666","ref":"b"})");
  host.await("ok");
  CHECK(type_of(guest.await("you.were")) == "you.were");
  guest.await_close();
  Tab closer(world, owner.value, "tab-0001", "ENDEDR00");
  closer.join();
  closer.send(R"({"type":"room.close"})");
  closer.await_close();
  REQUIRE(world.becomes_true([&] { return world.store().record("ENDEDR00").ended_at_ms != 0 && !world.shard().has_room("ENDEDR00"); }));

  for (const std::string code : {"ABCDEFGH", "ENDEDR00", "K7QM3XFD", "no-code"}) {
    INFO(code);
    Tab tab(world, 666, "tab-0001", code);
    const auto asked = Clock::now();
    ask(tab);
    CHECK(tab.await_close() == 4004);
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - asked).count();
    CHECK(waited >= 100);
  }
}

TEST_CASE("whoever was refused cannot try further codes through the same socket") {
  ShardWorld world;
  Tab tab(world, 42, "tab-0001", "ABCDEFGH");
  for (int i = 0; i < 5; ++i) ask(tab);
  CHECK(tab.await_close() == 4004);
  CHECK(world.becomes_true([&] { return world.counters_now().rooms == 0; }));
}

TEST_CASE("a code is read in any spelling") {
  ShardWorld world;
  Tab tab(world, 42, "tab-0001", "k7qm-3xfd");
  CHECK(tab.join().find(R"("code":"K7QM3XFD")") != std::string::npos);
}

TEST_CASE("people who come while the room is being opened all get in, and it is opened once") {
  ShardWorld world;
  world.store().hold_appends();  // taking a room over waits for what was queued before
  std::vector<std::unique_ptr<Tab>> tabs;
  for (int i = 0; i < 5; ++i) {
    tabs.push_back(std::make_unique<Tab>(world, 50 + i));
    ask(*tabs.back());
    CHECK(tabs.back()->until_now().empty());
  }
  tabs.erase(tabs.begin());  // one does not wait
  REQUIRE(world.becomes_true([&] { return world.counters_now().connections == 4; }));
  world.store().release_appends();
  for (auto& tab : tabs) tab->await("room.welcome");
  CHECK(world.store().record(room_code).epoch == 1);
  CHECK(world.counters().participants == 4);
}

TEST_CASE("when the room cannot be read, everybody who waits is told and asked to come back") {
  ShardWorld world;
  world.store().fail_reads(true);
  Tab tab(world, 42);
  tab.send(R"({"type":"room.join","tab":"tab-0001","ref":"j"})");
  const std::string error = tab.await("error");
  CHECK(field(error, "code") == "storage_unavailable");
  CHECK(field(error, "ref") == "j");
  CHECK(tab.await_close() == 1013);
  world.store().fail_reads(false);
  Tab again(world, 42);
  again.join();
}

TEST_CASE("a full room says so and leaves the socket at the door") {
  shard::ShardOptions options = ShardWorld::quick();
  options.participants_max = 2;
  ShardWorld world(options);
  Tab ann(world, 42);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  Tab carl(world, 44);
  ask(carl);
  CHECK(field(carl.await("error"), "code") == "room_full");
  bob.raw().reset();
  ann.await("presence.diff");
  while (field(ann.await("presence.diff"), "left").find("43") == std::string::npos) {}
  carl.join();
}

TEST_CASE("who joins a room has it in the list of rooms visited, once per visit") {
  ShardWorld world;
  Tab one(world, 42, "tab-0001");
  Tab two(world, 42, "tab-0002");
  one.join();
  two.join();
  CHECK(world.store().visits().size() == 1);
}

TEST_CASE("who comes back within the time of grace visits again") {
  shard::ShardOptions options = ShardWorld::quick();
  options.absence = std::chrono::seconds(30);
  ShardWorld world(options);
  Tab ann(world, 42, "tab-0001");
  ann.join();
  ann.raw().reset();
  REQUIRE(world.becomes_true([&] { return world.counters_now().participants == 0; }));
  Tab again(world, 42, "tab-0001");
  again.join();
  CHECK(world.store().visits().size() == 2);
}

}  // namespace
}  // namespace matinee::test
