// Chat between the room and the log: nobody sees what the log does not hold, and nothing is lost or doubled when storage fails.
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
  }
};

bool any_chat(const std::vector<std::string>& messages) {
  for (const auto& message : messages)
    if (type_of(message) == "chat.message") return true;
  return false;
}

TEST_CASE("nobody sees a message before the log holds it") {
  Two t;
  t.world.store().hold_appends();
  t.ann.post("ann-000001", "one");
  t.ann.post("ann-000002", "two");
  CHECK_FALSE(any_chat(t.ann.until_now()));
  REQUIRE(t.world.becomes_true([&] { return t.world.store().held() == 2; }));
  CHECK_FALSE(any_chat(t.bob.until_now()));
  Tab carl(t.world, 44);
  CHECK(field(carl.join(), "messages") == "[]");
  t.world.store().release_appends();
  for (Tab* tab : {&t.ann, &t.bob, &carl}) {
    CHECK(field(tab->await("chat.message"), "text") == "one");
    CHECK(field(tab->await("chat.message"), "text") == "two");
  }
}

TEST_CASE("a message that cannot be stored is refused by its id, and its number goes to the next one") {
  Two t;
  t.world.store().fail_appends(true);
  t.ann.post("ann-000001", "lost");
  const std::string error = t.ann.await("error");
  CHECK(field(error, "code") == "storage_unavailable");
  CHECK(field(error, "id") == "ann-000001");
  t.world.store().fail_appends(false);
  t.ann.post("ann-000002", "kept");
  CHECK(field(t.bob.await("chat.message"), "seq") == "1");
  t.ann.post("ann-000001", "lost");  // sent again by its author
  const std::string again = t.bob.await("chat.message");
  CHECK(field(again, "seq") == "2");
  CHECK(field(again, "id") == "ann-000001");
}

TEST_CASE("when one of many under way cannot be stored, it and all later ones are refused") {
  Two t;
  t.world.store().hold_appends();
  t.world.store().fail_appends(true);
  for (int i = 1; i <= 4; ++i) t.ann.post("ann-00000" + std::to_string(i), "x");
  REQUIRE(t.world.becomes_true([&] { return t.world.store().held() == 4; }));
  t.world.store().release_appends();
  for (int i = 1; i <= 4; ++i) CHECK(field(t.ann.await("error"), "id") == "ann-00000" + std::to_string(i));
  t.world.store().fail_appends(false);
  t.ann.post("ann-000009", "fine");
  CHECK(field(t.bob.await("chat.message"), "seq") == "1");
}

TEST_CASE("a refusal that overtakes earlier messages leaves those alone") {
  Two t;
  t.world.store().hold_appends();
  t.ann.post("ann-000001", "one");
  REQUIRE(t.world.becomes_true([&] { return t.world.store().held() == 1; }));
  t.world.store().refuse_appends(1);
  t.ann.post("ann-000002", "two");
  CHECK(field(t.ann.await("error"), "id") == "ann-000002");
  t.ann.post("ann-000003", "three");
  REQUIRE(t.world.becomes_true([&] { return t.world.store().held() == 2; }));
  t.world.store().release_appends();
  CHECK(field(t.bob.await("chat.message"), "text") == "one");
  const std::string next = t.bob.await("chat.message");
  CHECK(field(next, "text") == "three");
  CHECK(field(next, "seq") == "2");
  CHECK(t.world.store().all(room_code).size() == 2);
}

TEST_CASE("the same message sent twice is one message, and its author is answered twice") {
  Two t;
  t.ann.post("ann-000001", "once");
  t.ann.await("chat.message");
  t.ann.post("ann-000001", "once");
  CHECK(field(t.ann.await("chat.message"), "seq") == "1");
  t.bob.await("chat.message");
  CHECK_FALSE(any_chat(t.bob.until_now()));
  CHECK(t.world.store().all(room_code).size() == 1);
}

TEST_CASE("a repeat that only the log remembers is answered to its author alone, marked or not") {
  MemoryStore store;
  store.add_room(room_code, owner);
  shard::ShardOptions options = ShardWorld::quick();
  options.unlimited_rates = true;
  {
    ShardWorld before(options, &store);
    Tab ann(before, owner.value);
    ann.join();
    ann.post("ann-000001", "the first");
    for (int i = 0; i < 210; ++i) ann.post("filler-" + std::to_string(1000 + i), "x");
    while (field(ann.await("chat.message"), "seq") != "211") {}
  }
  ShardWorld world(options, &store);
  Tab ann(world, owner.value);
  Tab bob(world, 43);
  ann.join();
  bob.join();
  ann.send(R"({"type":"chat.post","id":"ann-000001","text":"the first","again":true})");
  CHECK(field(ann.await("chat.message"), "seq") == "1");
  CHECK(store.all(room_code).size() == 211);
  // Unmarked it takes a number, which stays empty.
  ann.post("filler-1000", "x");
  CHECK(field(ann.await("chat.message"), "seq") == "2");
  CHECK_FALSE(any_chat(bob.until_now()));
  REQUIRE(store.all(room_code).size() == 212);
  CHECK(store.all(room_code).back().kind == seams::MessageKind::voided);
  ann.post("ann-000002", "goes on");
  CHECK(field(bob.await("chat.message"), "seq") == "213");
}

TEST_CASE("a repeat that cannot be looked up is refused and can be sent again") {
  Two t;
  t.world.store().fail_reads(true);
  t.ann.send(R"({"type":"chat.post","id":"ann-000001","text":"x","again":true})");
  const std::string error = t.ann.await("error");
  CHECK(field(error, "code") == "storage_unavailable");
  CHECK(field(error, "id") == "ann-000001");
  t.world.store().fail_reads(false);
  t.ann.send(R"({"type":"chat.post","id":"ann-000001","text":"x","again":true})");
  CHECK(field(t.bob.await("chat.message"), "seq") == "1");
}

TEST_CASE("older messages are read page by page") {
  Two t;
  for (int i = 1; i <= 7; ++i) {
    t.ann.post("ann-00000" + std::to_string(i), "m" + std::to_string(i));
    t.ann.await("chat.message");
  }
  t.bob.send(R"({"type":"chat.history","before":6,"limit":3,"ref":"h1"})");
  const std::string page = t.bob.await("chat.page");
  CHECK(field(page, "ref") == "h1");
  CHECK(field(page, "more_before") == "true");
  CHECK(page.find(R"("seq":3,)") < page.find(R"("seq":4,)"));
  CHECK(page.find(R"("seq":4,)") < page.find(R"("seq":5,)"));
  CHECK(page.find(R"("seq":2,)") == std::string::npos);
  CHECK(page.find(R"("seq":6,)") == std::string::npos);
  t.bob.send(R"({"type":"chat.history","before":3,"limit":3,"ref":"h2"})");
  CHECK(field(t.bob.await("chat.page"), "more_before") == "false");
  t.world.store().fail_reads(true);
  t.bob.send(R"({"type":"chat.history","before":3,"limit":3,"ref":"h3"})");
  const std::string error = t.bob.await("error");
  CHECK(field(error, "ref") == "h3");
  CHECK(field(error, "code") == "storage_unavailable");
}

TEST_CASE("when another server takes the room over, everybody is sent back and finds the truth") {
  Two t;
  t.ann.post("ann-000001", "here");
  t.ann.await("chat.message");
  t.world.store().take_over(room_code);
  t.ann.post("ann-000002", "not any more");
  CHECK(field(t.ann.await("error"), "id") == "ann-000002");
  CHECK(t.ann.await_close() == 1012);
  CHECK(t.bob.await_close() == 1012);
  Tab back(t.world, owner.value);
  CHECK(field(back.join(), "seq") == "1");
  CHECK(t.world.store().record(room_code).epoch == 3);
}

}  // namespace

TEST_CASE("a socket reads four pages of history at once, and the fifth must wait") {
  Two t;
  t.ann.post("ann-000001", "m1");
  t.ann.await("chat.message");
  std::string burst;
  for (int i = 1; i <= 5; ++i)
    burst += RawFrame::text(R"({"type":"chat.history","before":6,"limit":1,"ref":"h)" + std::to_string(i) + R"("})").bytes();
  t.ann.raw().send(burst);  // heard in one go, before the first page can be answered
  const std::string refused = t.ann.await("error");
  CHECK(field(refused, "ref") == "h5");
  CHECK(field(refused, "code") == "slow_down");
  CHECK(field(refused, "retry_ms") == "1000");
  for (int i = 1; i <= 4; ++i) CHECK(field(t.ann.await("chat.page"), "ref") == "h" + std::to_string(i));
  t.ann.send(R"({"type":"chat.history","before":6,"limit":1,"ref":"h6"})");
  CHECK(field(t.ann.await("chat.page"), "ref") == "h6");
}

}  // namespace matinee::test
