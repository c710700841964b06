// Changes of messages between the room and the log: told when they are stored, refused when they are not, and there after a restart.
#include <catch2/catch.hpp>
#include "tests/shard/shard_world.h"

namespace matinee::test {
namespace {

struct Two {
  ShardWorld world;
  Tab ann{world, owner.value};
  Tab bob{world, 43};
  Two() {
    ann.join();
    bob.join();
    ann.await("presence.diff");
    bob.await("presence.diff");
    for (int i = 1; i <= 2; ++i) {
      ann.post("ann-00000" + std::to_string(i), "line " + std::to_string(i));
      ann.await("chat.message");
      bob.await("chat.message");
    }
  }
};

bool any(const std::vector<std::string>& messages, std::string_view type) {
  for (const auto& message : messages)
    if (type_of(message) == type) return true;
  return false;
}

}  // namespace

TEST_CASE("nobody sees a change before the log holds it") {
  Two t;
  t.world.store().hold_appends();
  t.ann.send(R"({"type":"chat.edit","seq":1,"text":"edited","ref":"e"})");
  t.bob.send(R"({"type":"chat.react","seq":2,"emoji":"👍","on":true,"ref":"r"})");
  REQUIRE(t.world.becomes_true([&] { return t.world.store().held() == 2; }));
  CHECK_FALSE(any(t.bob.until_now(), "chat.edited"));
  Tab carl(t.world, 44);
  CHECK(carl.join().find("edited") == std::string::npos);
  t.world.store().release_appends();
  for (Tab* tab : {&t.ann, &t.bob, &carl}) {
    const std::string edited = tab->await("chat.edited");
    CHECK(field(edited, "text") == "edited");
    CHECK(field(edited, "change") == "1");
    CHECK(field(tab->await("chat.reactions"), "reactions") == R"([{"emoji":"👍","count":1,"people":["43"]}])");
  }
}

TEST_CASE("a change that cannot be stored is refused, and what follows it is stored under its number") {
  Two t;
  t.world.store().fail_appends(true);
  t.ann.send(R"({"type":"chat.delete","seq":1,"ref":"d"})");
  const std::string error = t.ann.await("error");
  CHECK(field(error, "code") == "storage_unavailable");
  CHECK(field(error, "ref") == "d");
  t.world.store().fail_appends(false);
  CHECK_FALSE(any(t.bob.until_now(), "chat.deleted"));
  t.ann.ask(R"({"type":"chat.delete","seq":2)");
  CHECK(field(t.bob.await("chat.deleted"), "change") == "1");
  CHECK(t.world.store().all(room_code)[0].body == "line 1");
  CHECK(t.world.store().all(room_code)[1].body.empty());
}

TEST_CASE("a change made after one that overtook everything with its refusal is refused too, and the log does not hold it") {
  Two t;
  t.world.store().refuse_appends(1);
  // Heard in one go: the second change is on its way before the room hears that the first one was refused.
  t.ann.raw().send(RawFrame::text(R"({"type":"chat.react","seq":1,"emoji":"👍","on":true,"ref":"a"})").bytes() +
                   RawFrame::text(R"({"type":"chat.react","seq":1,"emoji":"❤️","on":true,"ref":"b"})").bytes());
  CHECK(field(t.ann.await("error"), "ref") == "a");
  CHECK(field(t.ann.await("error"), "ref") == "b");
  CHECK(t.world.store().all(room_code)[0].reactions.empty());
  t.ann.ask(R"({"type":"chat.react","seq":1,"emoji":"❤️","on":true)");
  CHECK(field(t.bob.await("chat.reactions"), "reactions") == R"([{"emoji":"❤️","count":1,"people":["1000"]}])");
}

TEST_CASE("an older message is changed by way of the log, by several people at once, and can be read as it stands") {
  MemoryStore store;
  store.add_room(room_code, owner);
  shard::ShardOptions options = ShardWorld::quick();
  options.unlimited_rates = true;
  ShardWorld world(options, &store);
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  for (int i = 1; i <= 210; ++i) ann.post("filler-" + std::to_string(1000 + i), "line " + std::to_string(i));
  while (field(ann.await("chat.message"), "seq") != "210") {}
  ann.send(R"({"type":"chat.react","seq":1,"emoji":"👍","on":true})");
  bob.send(R"({"type":"chat.react","seq":1,"emoji":"👍","on":true})");
  while (field(bob.await("chat.reactions"), "reactions").find("\"count\":2") == std::string::npos) {}
  ann.ask(R"({"type":"chat.edit","seq":1,"text":"the first line")");
  bob.send(R"({"type":"chat.history","before":2,"limit":10,"ref":"h"})");
  const std::string page = bob.await("chat.page");
  CHECK(page.find("the first line") != std::string::npos);
  CHECK(page.find(R"("count":2)") != std::string::npos);
  store.fail_reads(true);
  bob.send(R"({"type":"chat.react","seq":2,"emoji":"👍","on":true,"ref":"f"})");
  CHECK(field(bob.await("error"), "code") == "storage_unavailable");
  store.fail_reads(false);
  bob.send(R"({"type":"chat.react","seq":2,"emoji":"👍","on":true,"ref":"g"})");
  CHECK(field(bob.await("chat.reactions"), "seq") == "2");
}

TEST_CASE("edits, deletes and reactions are there after a restart, and a repeat is answered with the message as it stands") {
  MemoryStore store;
  store.add_room(room_code, owner);
  {
    ShardWorld before(ShardWorld::quick(), &store);
    Tab ann(before, owner.value);
    ann.join();
    for (int i = 1; i <= 3; ++i) ann.post("ann-00000" + std::to_string(i), "line " + std::to_string(i));
    for (int i = 1; i <= 3; ++i) ann.await("chat.message");
    ann.ask(R"({"type":"chat.edit","seq":1,"text":"edited")");
    ann.ask(R"({"type":"chat.delete","seq":2)");
    ann.ask(R"({"type":"chat.react","seq":3,"emoji":"👍","on":true)");
  }
  ShardWorld world(ShardWorld::quick(), &store);
  Tab ann(world, owner.value);
  const std::string welcome = ann.join();
  CHECK(field(welcome, "change") == "3");
  CHECK(welcome.find("line 1") == std::string::npos);
  CHECK(welcome.find("line 2") == std::string::npos);
  CHECK(welcome.find(R"("text":"edited")") != std::string::npos);
  CHECK(welcome.find(R"("deleted":true)") != std::string::npos);
  CHECK(welcome.find(R"("reactions":[{"emoji":"👍","count":1,"people":["1000"]}])") != std::string::npos);
  ann.post("ann-000002", "line 2");
  const std::string repeat = ann.await("chat.message");
  CHECK(field(repeat, "seq") == "2");
  CHECK(field(repeat, "text").empty());
  ann.ask(R"({"type":"chat.edit","seq":1,"text":"edited again")");
}

TEST_CASE("who comes back is told what has changed meanwhile") {
  Two t;
  const std::string before = Tab(t.world, 44).join();
  const std::string since = R"({"epoch":)" + field(before, "epoch") + R"(,"seq":2,"rev":0,"change":)" + field(before, "change") + "}";
  t.ann.ask(R"({"type":"chat.edit","seq":1,"text":"edited meanwhile")");
  const std::string after = Tab(t.world, 44, "tab-0002").join(since);
  CHECK(field(after, "resumed") == "true");
  CHECK(field(after, "messages") == "[]");
  CHECK(field(after, "changed").find("edited meanwhile") != std::string::npos);
}

TEST_CASE("lines are found by their words, as they stand") {
  Two t;
  t.bob.send(R"({"type":"chat.search","query":"line","limit":1,"ref":"s1"})");
  std::string found = t.bob.await("chat.found");
  CHECK(field(found, "ref") == "s1");
  CHECK(field(found, "more_before") == "true");
  CHECK(found.find(R"("text":"line 2")") != std::string::npos);
  t.bob.send(R"({"type":"chat.search","query":"line","before":2,"limit":50,"ref":"s2"})");
  found = t.bob.await("chat.found");
  CHECK(found.find(R"("text":"line 1")") != std::string::npos);
  CHECK(field(found, "more_before") == "false");
  t.ann.ask(R"({"type":"chat.delete","seq":1)");
  t.bob.send(R"({"type":"chat.search","query":"line","limit":50,"ref":"s3"})");
  CHECK(t.bob.await("chat.found").find("line 1") == std::string::npos);
  t.world.store().fail_reads(true);
  t.bob.send(R"({"type":"chat.search","query":"line","limit":50,"ref":"s4"})");
  CHECK(field(t.bob.await("error"), "code") == "storage_unavailable");
}

TEST_CASE("a socket searches twice at once, and the third must wait") {
  Two t;
  std::string burst;
  for (int i = 1; i <= 3; ++i)
    burst += RawFrame::text(R"({"type":"chat.search","query":"line","limit":1,"ref":"s)" + std::to_string(i) + R"("})").bytes();
  t.bob.raw().send(burst);  // heard in one go, before the first can be answered
  const std::string refused = t.bob.await("error");
  CHECK(field(refused, "ref") == "s3");
  CHECK(field(refused, "retry_ms") == "1000");
  for (int i = 1; i <= 2; ++i) CHECK(field(t.bob.await("chat.found"), "ref") == "s" + std::to_string(i));
}

TEST_CASE("a socket may search ten times in a row, then twice a second") {
  Two t;
  for (int i = 1; i <= 10; ++i) {
    t.bob.send(R"({"type":"chat.search","query":"line","limit":1,"ref":"s"})");
    t.bob.await("chat.found");
  }
  int refused = 0;
  for (int i = 1; i <= 5; ++i) {
    t.bob.send(R"({"type":"chat.search","query":"line","limit":1,"ref":"s"})");
    const std::string answer = t.bob.next();
    if (type_of(answer) == "error") {
      ++refused;
      CHECK(field(answer, "code") == "slow_down");
    }
  }
  CHECK(refused >= 1);  // a slow machine may have given a token back meanwhile
}

}  // namespace matinee::test
