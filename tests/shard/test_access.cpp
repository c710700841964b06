// The door with real sockets: passwords that are hashed elsewhere, and people who wait to be let in.
#include <catch2/catch.hpp>
#include "tests/shard/shard_world.h"

namespace matinee::test {
namespace {

void ask_in(Tab& tab, const std::string& password = {}) {
  const std::string more = password.empty() ? "" : R"(,"password":")" + password + '"';
  tab.send(R"({"type":"room.join","ref":"j","tab":")" + tab.name() + '"' + more + "}");
}

std::string refusal_of(Tab& tab) { return field(tab.await("error"), "code"); }

void set(Tab& host, const std::string& fields) { host.ask(R"({"type":"room.settings",)" + fields); }

struct OpenRoom : ShardWorld {
  Tab host{*this, owner.value};
  explicit OpenRoom(shard::ShardOptions options = quick()) : ShardWorld(options) { host.join(); }
};

TEST_CASE("a password opens the door, a wrong one says so, and the same socket may try again") {
  OpenRoom world;
  set(world.host, R"("access":"password","password":"tea time")");
  Tab guest(world, 42);
  ask_in(guest);
  CHECK(refusal_of(guest) == "password_needed");
  ask_in(guest, "coffee time");
  CHECK(refusal_of(guest) == "wrong_password");
  ask_in(guest, "tea time");
  const std::string welcome = guest.await("room.welcome");
  CHECK(welcome.find("tea time") == std::string::npos);
  CHECK(welcome.find("hash of") == std::string::npos);
  Tab again(world, 42, "tab-0002");
  again.join();  // is inside: nothing is asked
}

TEST_CASE("what the room asks of newcomers is kept over a restart, and who was let in") {
  OpenRoom world;
  set(world.host, R"("access":"password","password":"tea time")");
  {
    Tab guest(world, 42);
    ask_in(guest, "tea time");
    guest.await("room.welcome");
  }
  REQUIRE(world.becomes_true([&] { return world.store().record(room_code).admitted.size() == 2; }));
  world.stop_shard();
  CHECK(world.store().record(room_code).access.password_hash == "hash of tea time");
  ShardWorld later(ShardWorld::quick(), &world.store());
  Tab(later, 42).join();
  Tab stranger(later, 43);
  ask_in(stranger);
  CHECK(refusal_of(stranger) == "password_needed");
}

TEST_CASE("too many tries are told when to come back, and leave the socket at the door") {
  OpenRoom world;
  set(world.host, R"("access":"password","password":"tea time")");
  world.run([&] { world.passwords().instead = seams::PasswordAnswer::What::slow_down; });
  Tab guest(world, 42);
  ask_in(guest, "tea time");
  const std::string refused = guest.await("error");
  CHECK(field(refused, "code") == "slow_down");
  CHECK(field(refused, "retry_ms") == "1234");
  world.run([&] { world.passwords().instead = seams::PasswordAnswer::What::right; });
  ask_in(guest, "tea time");
  guest.await("room.welcome");
}

TEST_CASE("a password that cannot be hashed now changes nothing") {
  OpenRoom world;
  world.run([&] { world.passwords().busy = true; });
  world.host.send(R"({"type":"room.settings","access":"password","password":"tea time","ref":"p"})");
  CHECK(refusal_of(world.host) == "slow_down");
  Tab(world, 42).join();
}

TEST_CASE("who may not edit the room is refused before anything is hashed") {
  OpenRoom world;
  Tab guest(world, 42);
  guest.join();
  world.run([&] { world.passwords().busy = true; });
  guest.send(R"({"type":"room.settings","access":"password","password":"tea time","ref":"p"})");
  CHECK(refusal_of(guest) == "forbidden");
}

TEST_CASE("who knocks waits, is seen, and comes in when let in") {
  OpenRoom world;
  set(world.host, R"("access":"ask")");
  Tab guest(world, 42);
  ask_in(guest);
  CHECK(refusal_of(guest) == "ask_first");
  guest.ask(R"({"type":"room.knock")");
  CHECK(world.host.await("room.knocked").find(R"("people":[{"id":"42","name":"Person 42","kind":"account"}])") != std::string::npos);
  Tab second(world, 42, "tab-0002");
  ask_in(second);
  CHECK(refusal_of(second) == "ask_first");
  second.ask(R"({"type":"room.knock")");
  world.host.ask(R"({"type":"room.admit","person":"42","on":true)");
  CHECK(field(guest.await("room.admitted"), "on") == "true");
  CHECK(field(second.await("room.admitted"), "on") == "true");
  ask_in(guest);
  guest.await("room.welcome");
  second.join();
}

TEST_CASE("a knock said before the session is known is heard afterwards, and nothing else is kept beside it") {
  OpenRoom world;
  set(world.host, R"("access":"ask")");
  world.hold_visitors();
  Tab guest(world, 42);
  guest.send(R"({"type":"room.knock","ref":"k"})");
  guest.send(R"({"type":"room.knock","ref":"twice"})");
  CHECK(refusal_of(guest) == "already_joined");
  ask_in(guest);
  CHECK(refusal_of(guest) == "already_joined");
  guest.send(R"({"type":"room.knock","on":false,"ref":"off"})");
  CHECK(refusal_of(guest) == "not_joined");
  world.release_visitors();
  CHECK(field(guest.await("ok"), "ref") == "k");
  CHECK(world.host.await("room.knocked").find(R"("id":"42")") != std::string::npos);
}

TEST_CASE("a refusal is told, and the socket stays at the door") {
  OpenRoom world;
  set(world.host, R"("access":"ask")");
  Tab guest(world, 42);
  guest.ask(R"({"type":"room.knock")");
  world.host.ask(R"({"type":"room.admit","person":"42","on":false)");
  const std::string answer = guest.await("room.admitted");
  CHECK(field(answer, "on") == "false");
  CHECK(field(answer, "why") == "refused");
  guest.send(R"({"type":"room.knock","ref":"k"})");
  CHECK(refusal_of(guest) == "slow_down");
  ask_in(guest);
  CHECK(refusal_of(guest) == "ask_first");
}

TEST_CASE("who leaves the door is no longer asked about, but a moment's absence keeps the place") {
  shard::ShardOptions options = ShardWorld::quick();
  options.absence = std::chrono::milliseconds(300);
  OpenRoom world(options);
  set(world.host, R"("access":"ask")");
  auto guest = std::make_unique<Tab>(world, 42);
  guest->ask(R"({"type":"room.knock")");
  world.host.await("room.knocked");
  guest.reset();
  guest = std::make_unique<Tab>(world, 42);
  guest->ask(R"({"type":"room.knock")");
  for (const std::string& message : world.host.until_now()) CHECK(type_of(message) != "room.knocked");
  guest.reset();
  CHECK(world.host.await("room.knocked").find(R"("people":[])") != std::string::npos);
}

TEST_CASE("one's own word ends the asking in every tab") {
  OpenRoom world;
  set(world.host, R"("access":"ask")");
  Tab one(world, 42), two(world, 42, "tab-0002");
  one.ask(R"({"type":"room.knock")");
  two.ask(R"({"type":"room.knock")");
  one.send(R"({"type":"room.knock","on":false})");
  CHECK(field(one.await("room.admitted"), "why") == "cancelled");
  CHECK(field(two.await("room.admitted"), "why") == "cancelled");
  one.send(R"({"type":"room.knock","on":false,"ref":"n"})");
  CHECK(refusal_of(one) == "not_joined");
}

TEST_CASE("a blocked person and an unknown room are knocked at alike") {
  OpenRoom world;
  Tab guest(world, 666);
  guest.join();
  world.host.ask(R"({"type":"participant.block","person":"666")");
  guest.await_close();
  set(world.host, R"("access":"ask")");
  for (const std::string& code : {room_code, std::string("ABCDEFGH")}) {
    Tab tab(world, 666, "tab-0001", code);
    tab.send(R"({"type":"room.knock","ref":"k"})");
    CHECK(tab.await_close() == 4004);
  }
}

TEST_CASE("when the room closes, those at the door are sent away too") {
  OpenRoom world;
  set(world.host, R"("access":"ask")");
  Tab guest(world, 42);
  guest.ask(R"({"type":"room.knock")");
  world.host.send(R"({"type":"room.close"})");
  CHECK(field(guest.await("room.admitted"), "why") == "closed");
  ask_in(guest);
  CHECK(guest.await_close() == 4004);
}

}  // namespace
}  // namespace matinee::test
