// What outlives a room in memory, a shard, a process.
#include <catch2/catch.hpp>
#include "tests/shard/shard_world.h"

namespace matinee::test {
namespace {

const std::string video = "https://www.youtube.com/watch?v=dQw4w9WgXcQ";

struct Kept {
  MemoryStore store;
  Kept() { store.add_room(room_code, owner, "Film night"); }
};

TEST_CASE("after a restart numbers go on, the epoch is new and a reader finds what it has missed") {
  Kept kept;
  std::string epoch;
  {
    ShardWorld before(ShardWorld::quick(), &kept.store);
    Tab ann(before, owner.value);
    epoch = field(ann.join(), "epoch");
    for (int i = 1; i <= 4; ++i) {
      ann.post("ann-00000" + std::to_string(i), "m" + std::to_string(i));
      ann.await("chat.message");
    }
  }
  ShardWorld after(ShardWorld::quick(), &kept.store);
  Tab ann(after, owner.value);
  const std::string welcome = ann.join(R"({"epoch":)" + epoch + R"(,"seq":2,"rev":0})");
  CHECK(std::stoi(field(welcome, "epoch")) == std::stoi(epoch) + 1);
  CHECK(field(welcome, "seq") == "4");
  for (const std::string text : {"m1", "m2", "m3", "m4"})
    CHECK(field(welcome, "messages").find("\"text\":\"" + text + '"') != std::string::npos);
  ann.post("ann-000009", "m5");
  CHECK(field(ann.await("chat.message"), "seq") == "5");
}

TEST_CASE("stopping tells everybody 1012, saves the room and lets nobody in; then it plays on") {
  Kept kept;
  {
    ShardWorld before(ShardWorld::quick(), &kept.store);
    Tab ann(before, owner.value);
    ann.join();
    ann.send(R"({"type":"playback.set","url":")" + video + R"(","base_rev":0,"op":"o1"})");
    while (field(ann.await("playback.state"), "op") != "o1") {}
    ann.send(R"({"type":"room.settings","name":"Renamed","preset":"stage","ref":"s"})");
    ann.await("ok");
    before.shard().stop([] {});
    CHECK(ann.await_close() == 1012);
    before.stop_shard();
    CHECK(kept.store.record(room_code).name == "Renamed");
    CHECK_FALSE(kept.store.record(room_code).snapshot.empty());
    CHECK_THROWS(Tab(before, 43));
  }
  ShardWorld after(ShardWorld::quick(), &kept.store);
  Tab ann(after, owner.value);
  const std::string welcome = ann.join();
  CHECK(field(field(welcome, "room"), "name") == "Renamed");
  CHECK(field(field(welcome, "room"), "preset") == "stage");
  CHECK(field(field(field(welcome, "playback"), "media"), "url") == video);
}

TEST_CASE("stopping waits for messages that are on their way to the disk") {
  Kept kept;
  ShardWorld world(ShardWorld::quick(), &kept.store);
  Tab ann(world, owner.value);
  ann.join();
  kept.store.hold_appends();
  ann.post("ann-000001", "in time");
  REQUIRE(world.becomes_true([&] { return kept.store.held() == 1; }));
  std::promise<void> done;
  auto stopped = done.get_future();
  world.shard().stop([&] { done.set_value(); });
  CHECK(ann.await_close() == 1012);
  CHECK(stopped.wait_for(std::chrono::milliseconds(30)) == std::future_status::timeout);
  kept.store.release_appends();
  CHECK(stopped.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(kept.store.all(room_code).size() == 1);
}

TEST_CASE("an empty room leaves memory, is saved, and opens again without a new epoch") {
  Kept kept;
  ShardWorld world(ShardWorld::quick(), &kept.store);
  {
    Tab ann(world, owner.value);
    ann.join();
    ann.post("ann-000001", "remember");
    ann.await("chat.message");
    ann.raw().reset();
  }
  REQUIRE(world.becomes_true([&] { return !world.shard().has_room(room_code); }));
  CHECK(world.counters().rooms == 0);
  Tab back(world, owner.value);
  const std::string welcome = back.join();
  CHECK(field(welcome, "seq") == "1");
  CHECK(field(welcome, "messages").find("remember") != std::string::npos);
  CHECK(kept.store.record(room_code).epoch == 1);
}

TEST_CASE("roles and blocks are kept, changed and lifted") {
  Kept kept;
  ShardWorld world(ShardWorld::quick(), &kept.store);
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  ann.await("presence.diff");
  ann.send(R"({"type":"participant.role","person":"43","role":"moderator","ref":"r"})");
  ann.await("ok");
  REQUIRE(world.becomes_true([&] {
    const auto roles = kept.store.record(room_code).roles;
    return std::any_of(roles.begin(), roles.end(),
                       [](const auto& entry) { return entry.user.value == 43 && entry.role == rooms::Role::moderator; });
  }));
  ann.send(R"({"type":"participant.block","person":"43","ref":"b"})");
  ann.await("ok");
  REQUIRE(world.becomes_true([&] { return kept.store.record(room_code).blocks.size() == 1; }));
  CHECK(kept.store.record(room_code).blocks[0].name == "Person 43");
  ann.send(R"({"type":"participant.unblock","person":"43","ref":"u"})");
  ann.await("ok");
  CHECK(world.becomes_true([&] { return kept.store.record(room_code).blocks.empty(); }));
}

TEST_CASE("what could not be saved is saved when storage is back") {
  Kept kept;
  ShardWorld world(ShardWorld::quick(), &kept.store);
  Tab ann(world, owner.value);
  ann.join();
  kept.store.fail_saves(true);
  ann.send(R"({"type":"room.settings","name":"Later","ref":"s"})");
  ann.await("ok");
  CHECK(kept.store.record(room_code).name == "Film night");
  kept.store.fail_saves(false);
  CHECK(world.becomes_true([&] { return kept.store.record(room_code).name == "Later"; }));
}

}  // namespace
}  // namespace matinee::test
