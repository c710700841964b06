// How a desktop program is refused or sent away: always told once, last, and why.
#include <algorithm>
#include <catch2/catch.hpp>
#include "tests/shard/desktop.h"

namespace matinee::test {
namespace {

using Lines = std::vector<std::string>;
const std::string admitted = "admitted Person 43 may publish, 0 nothing";

TEST_CASE("remove and block send every connection of a person away, and say which it was") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  for (const auto& [what, why] : {std::pair{"remove", "sent_away removed"}, {"block", "sent_away blocked_or_closed"}}) {
    INFO(what);
    Tab bob(world, 43);
    bob.join();
    Desktop one(world, 43);
    Desktop two(world, 43);
    one.await("admitted");
    two.await("admitted");
    ann.send(R"({"type":"participant.)" + std::string(what) + R"(","person":"43","ref":"x"})");
    CHECK(bob.await_close() == 4003);
    CHECK(one.await("sent_away") == why);
    CHECK(two.await("sent_away") == why);
    CHECK(one.heard() == Lines{admitted, why});
    CHECK(one.holders() == 1);
    bool present = true;
    world.run([&] { present = world.shard().gate().is_present(room_code, {43}); });
    CHECK_FALSE(present);
  }
}

TEST_CASE("whoever is blocked may watch no more; others may while the room is open") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  Desktop desktop(world, 43);
  desktop.await("admitted");
  const auto may_watch = [&](const std::string& code, std::int64_t person) {
    bool answer = false;
    world.run([&] { answer = world.shard().gate().may_watch(code, {{person}, "", rooms::PersonKind::account, false}); });
    return answer;
  };
  CHECK(may_watch(room_code, 43));
  CHECK(may_watch(room_code, 44));
  CHECK_FALSE(may_watch("ABCDEFGH", 43));
  ann.ask(R"({"type":"participant.block","person":"43")");
  CHECK_FALSE(may_watch(room_code, 43));
  CHECK(may_watch(room_code, 44));
  ann.send(R"({"type":"room.close"})");
  ann.await_close();
  CHECK_FALSE(may_watch(room_code, 44));
}

TEST_CASE("a desktop is refused alike and equally late in a room that blocked it, an unknown one, an ended one, and one that is no code") {
  shard::ShardOptions options = ShardWorld::quick();
  options.refusal_after = std::chrono::milliseconds(120);
  ShardWorld world(options);
  world.store().add_room("ENDEDR00", owner);
  Tab ann(world, owner.value);
  ann.join();
  {
    Desktop blocked(world, 43);
    blocked.await("admitted");
    ann.send(R"({"type":"participant.block","person":"43","ref":"b"})");
    REQUIRE(blocked.await("sent_away") == "sent_away blocked_or_closed");
    Desktop closed(world, 43, "ENDEDR00");
    closed.await("admitted");
    Tab closer(world, owner.value, "tab-0001", "ENDEDR00");
    closer.join();
    closer.send(R"({"type":"room.close"})");
    closer.await_close();
    CHECK(closed.await("sent_away") == "sent_away blocked_or_closed");
    CHECK(closed.heard() == Lines{admitted, "sent_away blocked_or_closed"});
    REQUIRE(world.becomes_true([&] { return world.store().record("ENDEDR00").ended_at_ms != 0 && !world.shard().has_room("ENDEDR00"); }));
  }
  for (const std::string code : {"K7QM3XFD", "ABCDEFGH", "ENDEDR00", "no-code"}) {
    INFO(code);
    const auto asked = std::chrono::steady_clock::now();
    Desktop desktop(world, 43, code);
    CHECK(desktop.await("refused") == "refused no_such_room");
    CHECK(std::chrono::steady_clock::now() - asked >= std::chrono::milliseconds(100));
    CHECK(desktop.heard().size() == 1);
    CHECK(desktop.holders() == 1);
  }
}

TEST_CASE("a full room and one that cannot be read refuse a desktop at once, and later let it in") {
  shard::ShardOptions options = ShardWorld::quick();
  options.participants_max = 1;
  ShardWorld world(options);
  world.store().fail_reads(true);
  Desktop early(world, 43);
  CHECK(early.await("refused") == "refused storage_unavailable");
  world.store().fail_reads(false);
  Tab ann(world, owner.value);
  ann.join();
  Desktop late(world, 43);
  CHECK(late.await("refused") == "refused room_full");
  ann.raw().reset();
  REQUIRE(world.becomes_true([&] { return !world.shard().gate().is_present(room_code, owner); }));
  late.attend();
  CHECK(late.await("admitted") == admitted);
}

TEST_CASE("a session that ends sends its own desktop away and nobody else") {
  ShardWorld world;
  Tab bob(world, 43);
  bob.join();
  Desktop desktop(world, 43);
  Desktop other(world, 44);
  desktop.await("admitted");
  other.await("admitted");
  world.shard().close_session({43 + 20'000});
  CHECK(desktop.await("sent_away") == "sent_away logged_out");
  bob.until_now();  // the tab has a session of its own
  CHECK(other.heard().size() == 1);
}

TEST_CASE("a session that ends while the room is being opened, or before the refusal is said, is told instead of it") {
  shard::ShardOptions options = ShardWorld::quick();
  options.refusal_after = std::chrono::seconds(30);
  ShardWorld world(options);
  world.store().hold_appends();  // taking a room over waits for what was queued before
  Desktop waiting(world, 43);
  Desktop unknown(world, 43, "no-code");
  Desktop left(world, 45);
  left.leave();
  world.shard().close_session({43 + 20'000});
  CHECK(waiting.await("sent_away") == "sent_away logged_out");
  CHECK(unknown.await("sent_away") == "sent_away logged_out");
  world.store().release_appends();
  Desktop next(world, 44);
  next.await("admitted");
  CHECK(waiting.heard().size() == 1);
  CHECK(unknown.heard().size() == 1);
  CHECK(left.heard().empty());
  CHECK(world.counters().participants == 1);
}

TEST_CASE("a person has at most eight connections: a ninth desktop sends the oldest one away, a tab goes for no desktop") {
  ShardWorld world;
  std::vector<std::unique_ptr<Tab>> tabs;
  const auto open_tab = [&](int number) {
    tabs.push_back(std::make_unique<Tab>(world, 43, "tab-000" + std::to_string(number)));
    tabs.back()->join();
  };
  for (int i = 0; i < 6; ++i) open_tab(i);
  Desktop first(world, 43), second(world, 43);
  first.await("admitted");
  second.await("admitted");
  CHECK(first.heard().size() == 1);  // eight are fine
  Desktop third(world, 43);
  CHECK(third.await("admitted") == admitted);
  CHECK(first.await("sent_away") == "sent_away too_many");
  for (auto& tab : tabs) tab->until_now();
  open_tab(6);  // a tab beyond them goes for the oldest tab
  CHECK(tabs.front()->await_close() == 1008);
  CHECK(second.heard().size() == 1);
  second.leave();
  third.leave();
  open_tab(7);
  open_tab(8);
  Desktop fourth(world, 43);
  CHECK(fourth.await("sent_away") == "sent_away too_many");
  CHECK(fourth.heard().size() == 1);
  CHECK(fourth.holders() == 1);
  for (std::size_t i = 1; i < tabs.size(); ++i) tabs[i]->until_now();
}

TEST_CASE("the first tab of a person with eight desktops gets in, for the oldest of them") {
  ShardWorld world;
  std::vector<std::unique_ptr<Desktop>> desktops;
  for (int i = 0; i < 8; ++i) {
    desktops.push_back(std::make_unique<Desktop>(world, 43));
    REQUIRE(desktops.back()->await("admitted") == admitted);
  }
  Tab tab(world, 43);
  tab.join();
  CHECK(desktops.front()->await("sent_away") == "sent_away too_many");
  for (std::size_t i = 1; i < desktops.size(); ++i) CHECK(desktops[i]->heard().size() == 1);
}

TEST_CASE("stopping sends desktops away, waits until they were told, and lets none in") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  Desktop desktop(world, 43);
  desktop.await("admitted");
  std::promise<void> done;
  auto stopped = done.get_future();
  bool told_before_done = false;
  world.shard().stop([&] {
    told_before_done = desktop.attendee().heard.size() == 2;
    done.set_value();
  });
  CHECK(ann.await_close() == 1012);
  ann.raw().reset();
  REQUIRE(stopped.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
  CHECK(told_before_done);
  CHECK(desktop.heard() == Lines{admitted, "sent_away restart"});
  Desktop late(world, 44);
  CHECK(late.await("sent_away") == "sent_away restart");
}

TEST_CASE("when another server takes the room over, its desktops are asked to come again") {
  ShardWorld world;
  Tab ann(world, owner.value);
  ann.join();
  Desktop desktop(world, 43);
  desktop.await("admitted");
  world.store().take_over(room_code);
  ann.post("ann-000001", "too late");
  CHECK(ann.await_close() == 1012);
  CHECK(desktop.await("sent_away") == "sent_away restart");
  desktop.attend();
  CHECK(world.becomes_true([&] { return desktop.attendee().heard.size() == 3; }));
  CHECK(desktop.heard().back() == admitted);
}

TEST_CASE("a shard that ends while desktops are there lets go of them and tells nothing more") {
  std::weak_ptr<NotingAttendee> weak;
  auto world = std::make_unique<ShardWorld>();
  auto desktop = std::make_unique<Desktop>(*world, 43);
  desktop->await("admitted");
  weak = desktop->shared();
  desktop.reset();
  CHECK_FALSE(weak.expired());  // the gate holds it
  world.reset();
  CHECK(weak.expired());
}

}  // namespace
}  // namespace matinee::test
