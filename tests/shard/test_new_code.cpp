// A new code: nobody inside notices more than the code, the old one leads nowhere.
#include <catch2/catch.hpp>
#include "rooms/room_code.h"
#include "server/shard/locator.h"
#include "tests/shard/shard_world.h"

namespace matinee::test {
namespace {

void ask_in(Tab& tab) { tab.send(R"({"type":"room.join","tab":")" + tab.name() + "\"}"); }

std::string new_code(Tab& host) {
  host.send(R"({"type":"room.new_code","ref":"c"})");
  std::string code;
  for (bool answered = false; !answered || code.empty();) {  // in whatever order
    const std::string message = host.next();
    if (type_of(message) == "ok") answered = true;
    if (type_of(message) == "room.changed") code = message.substr(message.find(R"("code":")") + 8, rooms::room_code_length);
  }
  return code;
}

TEST_CASE("with a new code everybody stays, and the room goes on as it was") {
  ShardWorld world;
  Tab host(world, owner.value), guest(world, 42);
  host.join();
  const std::string epoch = field(guest.join(), "epoch");
  host.post("message1", "before");
  guest.await("chat.message");
  const std::string code = new_code(host);
  CHECK(code != room_code);
  CHECK(guest.await("room.changed").find(code) != std::string::npos);
  guest.post("message2", "after");
  CHECK(field(host.await("chat.message"), "text") == "after");
  CHECK(world.store().record(code).name == "Room");
  Tab later(world, 43, "tab-0001", code);
  const std::string welcome = later.join();
  CHECK(field(welcome, "epoch") == epoch);
  CHECK(welcome.find("before") != std::string::npos);
  CHECK(welcome.find("after") != std::string::npos);
}

TEST_CASE("the old code is nobody's room, but for who was inside") {
  ShardWorld world;
  Tab host(world, owner.value), guest(world, 42);
  host.join();
  guest.join();
  const std::string code = new_code(host);
  Tab stranger(world, 43);
  ask_in(stranger);
  CHECK(stranger.await_close() == 4004);
  Tab back(world, 42, "tab-0002");
  ask_in(back);
  CHECK(field(back.await("room.moved"), "code") == code);
  CHECK(back.await_close() == 4005);
  host.ask(R"({"type":"participant.remove","person":"42")");
  Tab removed(world, 42, "tab-0003");
  ask_in(removed);
  CHECK(removed.await_close() == 4004);
}

TEST_CASE("only the owner makes a new code, and what cannot be stored changes nothing") {
  ShardWorld world;
  Tab host(world, owner.value), guest(world, 42);
  host.join();
  guest.join();
  guest.send(R"({"type":"room.new_code","ref":"c"})");
  CHECK(field(guest.await("error"), "detail") == "owner");
  world.store().fail_saves(true);
  host.send(R"({"type":"room.new_code","ref":"c"})");
  CHECK(field(host.await("error"), "code") == "storage_unavailable");
  world.store().fail_saves(false);
  Tab(world, 43).join();  // by the code there was
}

TEST_CASE("a room that left memory opens under its new code alone, in the same epoch") {
  ShardWorld world;
  std::string code, epoch;
  {
    Tab host(world, owner.value);
    epoch = field(host.join(), "epoch");
    code = new_code(host);
  }
  REQUIRE(world.becomes_true([&] { return world.counters_now().rooms == 0; }));
  Tab old(world, owner.value);
  ask_in(old);
  CHECK(old.await_close() == 4004);
  Tab host(world, owner.value, "tab-0001", code);
  CHECK(field(host.join(), "epoch") == epoch);
}

TEST_CASE("of many new codes the last eight still lead whoever was inside") {
  shard::ShardOptions options = ShardWorld::quick();
  options.unlimited_rates = true;
  ShardWorld world(options);
  Tab host(world, owner.value);
  host.join();
  std::vector<std::string> codes{room_code};
  for (std::size_t i = 0; i < shard::limits::later_codes_max + 1; ++i) codes.push_back(new_code(host));
  const auto close_of = [&](const std::string& code) {
    Tab tab(world, owner.value, "tab-0009", code);
    ask_in(tab);
    return tab.await_close();
  };
  CHECK(close_of(codes[1]) == 4004);  // forgotten
  CHECK(close_of(codes[2]) == 4005);
  CHECK(close_of(codes[codes.size() - 2]) == 4005);
  Tab(world, 43, "tab-0001", codes.back()).join();
}

TEST_CASE("a code's home is kept while its room is in memory, and its hash's again afterwards") {
  shard::Homes homes(7);
  const std::string code = "K7QM3XFD";
  const std::size_t other = (shard::home_index(code, 7) + 1) % 7;
  homes.keep(code, other);
  CHECK(homes.of("k7qm-3xfd") == other);
  homes.release(code);
  CHECK(homes.of(code) == shard::home_index(code, 7));
  CHECK(homes.of("no code") == shard::home_index("no code", 7));
}

}  // namespace
}  // namespace matinee::test
