// Sockets and the people behind them.
#include <catch2/catch.hpp>
#include "tests/shard/shard_world.h"

namespace matinee::test {
namespace {

TEST_CASE("two tabs are one participant, and who closes one of them has not left") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  auto first = std::make_unique<Tab>(world, 43, "tab-0001");
  Tab second(world, 43, "tab-0002");
  first->join();
  second.join();
  CHECK(world.counters().participants == 2);
  CHECK(field(ann.await("presence.diff"), "changed").find("Person 43") != std::string::npos);
  first->raw().reset();
  REQUIRE(world.becomes_true([&] { return world.counters_now().connections == 2; }));
  ann.post("ann-000001", "still there?");
  second.await("chat.message");
  CHECK(world.counters().participants == 2);
}

TEST_CASE("whoever is gone for long enough has left, and not before") {
  shard::ShardOptions options = ShardWorld::quick();
  options.absence = std::chrono::milliseconds(150);
  ShardWorld world(options);
  Tab ann(world, owner.value);
  ann.join();
  auto bob = std::make_unique<Tab>(world, 43);
  bob->join();
  ann.await("presence.diff");
  bob->raw().reset();
  REQUIRE(world.becomes_true([&] { return world.counters_now().connections == 1; }));
  Tab back(world, 43);
  back.join();
  for (const auto& message : ann.until_now()) CHECK(field(message, "left").find("43") == std::string::npos);
  back.raw().reset();
  while (field(ann.await("presence.diff"), "left") != R"(["43"])") {}
}

TEST_CASE("the same tab's new socket replaces the old one, silently for everybody else") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  Tab old(world, 43, "tab-same1");
  old.join();
  ann.await("presence.diff");
  Tab young(world, 43, "tab-same1");
  young.join();
  CHECK(old.await_close() == 4010);
  ann.post("ann-000001", "hello");
  young.await("chat.message");
  for (const auto& message : ann.until_now()) CHECK(field(message, "left").find("43") == std::string::npos);
}

TEST_CASE("a person has at most eight sockets: the ninth closes the oldest") {
  ShardWorld world;
  std::vector<std::unique_ptr<Tab>> tabs;
  for (int i = 0; i < 9; ++i) {
    tabs.push_back(std::make_unique<Tab>(world, 43, "tab-000" + std::to_string(i)));
    tabs.back()->join();
    if (i == 7) tabs.front()->until_now();  // eight are fine: the first one is still answered
  }
  CHECK(tabs.front()->await_close() == 1008);
  CHECK(world.becomes_true([&] { return world.counters_now().connections == 8; }));
}

TEST_CASE("a session that ends closes its own sockets and no others") {
  ShardWorld world;
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  Tab at_the_door(world, 43);
  ann.join();
  bob.join();
  at_the_door.until_now();
  world.shard().close_session({43 + 10'000});
  CHECK(bob.await_close() == 4001);
  CHECK(at_the_door.await_close() == 4001);
  ann.post("ann-000001", "still here");
  ann.await("chat.message");
}

TEST_CASE("a new name is shown to everybody, and on what is written from then on") {
  ShardWorld world;
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  ann.await("presence.diff");
  world.shard().rename({{43}, "Robert", rooms::PersonKind::account});
  while (field(ann.await("presence.diff"), "changed").find("Robert") == std::string::npos) {}
  bob.post("bob-000001", "me");
  CHECK(field(ann.await("chat.message"), "name") == "Robert");
}

TEST_CASE("who is removed is told by whom, then closed with 4003; the others see the leave") {
  ShardWorld world;
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  ann.await("presence.diff");
  ann.send(R"({"type":"participant.remove","person":"43","ref":"x"})");
  const std::string told = bob.await("you.were");
  CHECK(field(told, "what") == "removed");
  CHECK(field(told, "by") == "1000");
  CHECK(bob.await_close() == 4003);
  while (field(ann.await("presence.diff"), "left") != R"(["43"])") {}
}

TEST_CASE("a closed room tells everybody, lets nobody in and stays closed") {
  ShardWorld world;
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  bob.send(R"({"type":"room.close","ref":"no"})");
  CHECK(field(bob.await("error"), "code") == "forbidden");
  ann.send(R"({"type":"room.close"})");
  bob.await("room.closed");
  bob.await_close();
  ann.await_close();
  CHECK(world.becomes_true([&] { return world.store().record(room_code).ended_at_ms != 0; }));
}

TEST_CASE("a socket that floods is closed with 4008, one that stays at the bound is not") {
  ShardWorld world;
  Tab calm(world, 43);
  calm.join();
  for (int i = 0; i < 190; ++i) calm.send(R"({"type":"clock.probe","t1":1})");
  calm.until_now();
  Tab wild(world, 44);
  wild.join();
  std::string burst;
  for (int i = 0; i < 600; ++i) burst += RawFrame::text(R"({"type":"clock.probe","t1":1})").bytes();
  wild.raw().send(burst);
  CHECK(wild.await_close() == 4008);
}

TEST_CASE("a reader that takes nothing is closed with 1013 and misses nothing when it is back; the others notice nothing") {
  shard::ShardOptions options = ShardWorld::quick();
  options.unlimited_rates = true;
  options.websocket.tail_bytes_max = 64 * 1024;
  ShardWorld world(options);
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  Tab slow(world, 44, "tab-slow1", room_code, 4 * 1024);
  const std::string welcome = slow.join();
  const std::string text(3'000, 'x');
  constexpr int sent = 200;  // more than its socket and its tail can hold
  for (int i = 1; i <= sent; ++i) {
    ann.post("ann-" + std::to_string(10'000 + i), text);
    CHECK(field(bob.await("chat.message"), "seq") == std::to_string(i));
    ann.await("chat.message");
  }
  CHECK(world.becomes_true([&] { return world.counters_now().dropped_slow == 1; }));
  CHECK(slow.await_close() == 1013);
  const std::string epoch = field(welcome, "epoch");
  Tab back(world, 44, "tab-slow1");
  const std::string resumed = back.join(R"({"epoch":)" + epoch + R"(,"seq":)" + std::to_string(sent - 3) + R"(,"rev":0})");
  CHECK(field(resumed, "resumed") == "true");
  CHECK(field(resumed, "messages").find(R"("seq":)" + std::to_string(sent - 2)) != std::string::npos);
  CHECK(field(resumed, "messages").find(R"("seq":)" + std::to_string(sent)) != std::string::npos);
  CHECK(field(resumed, "messages").find(R"("seq":)" + std::to_string(sent - 3)) == std::string::npos);
}

}  // namespace
}  // namespace matinee::test
