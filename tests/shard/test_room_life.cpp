#include <catch2/catch.hpp>
#include "tests/shard/shard_world.h"

namespace matinee::test {
namespace {

TEST_CASE("two people in a room read each other, each message once and in order") {
  ShardWorld world;
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  CHECK(field(ann.join(), "you") == "1000");
  bob.join();
  ann.await("presence.diff");
  for (int i = 1; i <= 5; ++i) {
    ann.post("ann-00000" + std::to_string(i), "hello " + std::to_string(i));
    CHECK(field(bob.await("chat.message"), "text") == "hello " + std::to_string(i));
    const std::string own = ann.await("chat.message");
    CHECK(field(own, "seq") == std::to_string(i));
    CHECK(field(own, "name") == "Person 1000");
  }
  for (const std::string& message : bob.until_now()) CHECK(type_of(message) != "chat.message");
  CHECK(world.store().all(room_code).size() == 5);
}

TEST_CASE("what one person sends in a burst arrives at everybody in that order, exactly once") {
  shard::ShardOptions options = ShardWorld::quick();
  options.unlimited_rates = true;
  ShardWorld world(options);
  std::vector<std::unique_ptr<Tab>> tabs;
  for (int i = 0; i < 6; ++i) tabs.push_back(std::make_unique<Tab>(world, 100 + i));
  for (auto& tab : tabs) tab->join();
  constexpr int count = 300;
  std::string burst;
  for (int i = 0; i < count; ++i) burst += RawFrame::text(R"({"type":"room.signal","data":)" + std::to_string(i) + "}").bytes();
  tabs[0]->raw().send(burst);
  for (auto& tab : tabs)
    for (int i = 0; i < count; ++i) {
      const std::string signal = tab->await("room.signal");
      REQUIRE(field(signal, "data") == std::to_string(i));
      REQUIRE(field(signal, "from") == "100");
    }
  for (auto& tab : tabs)
    for (const std::string& message : tab->until_now()) CHECK(type_of(message) != "room.signal");
  const auto counters = world.counters();
  CHECK(counters.flushes < counters.broadcasts);  // a tick's messages went out together
}

}  // namespace
}  // namespace matinee::test
