// AccountRecords: what an account wrote and owned, and its end.
#include <algorithm>

#include "tests/store/contract.h"

namespace matinee::test {

using seams::Farewell;
using seams::MessageKind;
using seams::MessagePlace;
using seams::Result;
using seams::StoreError;

namespace {

constexpr seams::UserId cem{1003};
constexpr seams::UserId dan{1004};
constexpr auto refused = [](StoreError error) { return tl::unexpected(error); };

struct Records : World {
  seams::RoomRecord anna_s_room() {
    account(anna, "Anna", "anna@example.org");
    account(ben, "Ben");
    return served_room("K7QM3XFD", anna);
  }

  seams::AppendOutcome say(const seams::RoomRecord& room, std::int64_t seq, seams::UserId who, const std::string& text,
                           std::int64_t at_ms = now) {
    auto request = message(room, seq, "id-of-" + std::to_string(seq), text);
    request.author = who;
    request.extra = "extra of " + text;
    request.at_ms = at_ms;
    return append(request);
  }

  std::vector<MessagePlace> places(seams::UserId who, MessagePlace after = {}, std::size_t limit = 100) {
    return ask<Result<std::vector<MessagePlace>>>(
               [&](auto executor, auto done) { stores->account_records().messages(who, after, limit, executor, done); })
        .value();
  }

  Result<void> done(std::function<void(seams::Executor, seams::Done<void>)> call) { return ask<Result<void>>(call); }

  [[nodiscard]] static Farewell farewell(bool delete_messages) {
    Farewell how;
    how.user = anna;
    how.delete_messages = delete_messages;
    how.nameless_extra = [](std::string_view extra) { return "nameless " + std::string(extra); };
    how.nameless_snapshot = [](std::string_view snapshot) { return "nameless " + std::string(snapshot); };
    how.at_ms = now + 5;
    return how;
  }

  Result<std::vector<std::string>> end(const Farewell& how) {
    return ask<Result<std::vector<std::string>>>([&](auto executor, auto done) { stores->account_records().end(how, executor, done); });
  }
  Result<void> strip(const Farewell& how, const std::vector<MessagePlace>& where) {
    return done([&](auto executor, auto handler) { stores->account_records().strip(how, where, executor, handler); });
  }

  void visit(const seams::RoomRecord& room, seams::UserId who) {
    REQUIRE(done([&](auto executor, auto handler) { stores->rooms().record_visit(room.id, who, now, executor, handler); }).has_value());
  }
  void role(const seams::RoomRecord& room, seams::UserId who, rooms::Role as) {
    REQUIRE(done([&](auto executor, auto handler) {
              stores->rooms().set_role({room.id, room.epoch}, {who, as}, executor, handler);
            }).has_value());
  }
};

}  // namespace

TEST_CASE("a person's messages are found in all rooms, in order, in pages, and nobody else's") {
  Records world;
  const auto first = world.anna_s_room();
  const auto second = world.served_room("AAAABBBB", ben);
  (void)world.say(first, 1, anna, "one");
  (void)world.say(first, 2, ben, "not hers");
  (void)world.say(first, 3, anna, "two");
  (void)world.say(second, 1, anna, "three");
  const std::vector<MessagePlace> all{{first.id, {1}}, {first.id, {3}}, {second.id, {1}}};
  CHECK(world.places(anna) == all);
  CHECK(world.places(anna, {}, 2) == std::vector<MessagePlace>{all[0], all[1]});
  CHECK(world.places(anna, all[1], 2) == std::vector<MessagePlace>{all[2]});
  CHECK(world.places(anna, all[2]).empty());
  const auto read = world.ask<Result<std::vector<seams::OwnMessage>>>(
      [&](auto executor, auto done) { world.stores->account_records().read(all, executor, done); });
  REQUIRE(read->size() == 3);
  CHECK(read->at(1).room_code == first.code);
  CHECK(read->at(1).message.body == "two");
  CHECK(read->at(2).room_code == second.code);
}

TEST_CASE("messages that stay keep their text and lose the name; those of others are as they were") {
  Records world;
  const auto room = world.anna_s_room();
  (void)world.say(room, 1, anna, "one");
  (void)world.say(room, 2, ben, "two");
  CHECK(world.strip(Records::farewell(false), {{room.id, {1}}, {room.id, {2}}}).has_value());
  const auto page = world.read({room.id, {}, {}, 10});
  CHECK(page.at(0).body == "one");
  CHECK(page.at(0).extra == "nameless extra of one");
  CHECK(page.at(1).extra == "extra of two");
}

TEST_CASE("messages that go leave an empty row, so that numbers stay and a repeat is still known") {
  Records world;
  const auto room = world.anna_s_room();
  (void)world.say(room, 1, anna, "one");
  (void)world.say(room, 2, ben, "two");
  CHECK(world.strip(Records::farewell(true), {{room.id, {1}}, {room.id, {2}}}).has_value());
  const auto page = world.read({room.id, {}, {}, 10});
  CHECK(page.at(0).kind == MessageKind::removal);
  CHECK(page.at(0).body.empty());
  CHECK(page.at(0).extra.empty());
  CHECK(page.at(1).body == "two");
  CHECK(world.places(anna).empty());
  CHECK(world.say(room, 1, anna, "one").what == seams::AppendOutcome::What::duplicate);
}

TEST_CASE("an account that ends takes its sessions, its name, its picture and its roles with it") {
  Records world;
  const auto room = world.anna_s_room();
  const auto session = world.session(anna, 1);
  std::vector<seams::SessionEvent> heard;
  const auto subscription =
      world.stores->sessions().subscribe(world.loop.executor(), [&](seams::SessionEvent event) { heard.push_back(event); });
  CHECK(world.end(Records::farewell(false)).has_value());
  CHECK(world.end(Records::farewell(false)) == refused(StoreError::not_found));
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].session == session.id);
  CHECK(world.find_session(1, now).error() == StoreError::not_found);
  CHECK(world.look_up(room.code)->roles.empty());
  CHECK(world.try_account(dan, "Anna", "anna@example.org").has_value());
}

TEST_CASE("a room goes to the moderator who came first, then to a member, then to any account, never to a guest or somebody blocked") {
  Records world;
  const auto room = world.anna_s_room();
  (void)world.account(cem, "Cem");
  (void)world.guest(dan);
  seams::UserId heir{};
  SECTION("the first moderator") {
    world.visit(room, ben);
    world.role(room, cem, rooms::Role::moderator);
    world.role(room, ben, rooms::Role::moderator);
    heir = ben;
  }
  SECTION("a moderator before a member who came earlier") {
    world.role(room, ben, rooms::Role::member);
    world.role(room, cem, rooms::Role::moderator);
    heir = cem;
  }
  SECTION("an account that was there, before a guest who was there earlier") {
    world.visit(room, dan);
    world.visit(room, ben);
    heir = ben;
  }
  SECTION("nobody who is blocked") {
    world.visit(room, ben);
    world.visit(room, cem);
    REQUIRE(world
                .done([&](auto executor, auto done) {
                  world.stores->rooms().set_block({room.id, room.epoch}, {ben, "Ben", "", 0}, executor, done);
                })
                .has_value());
    heir = cem;
  }
  CHECK(world.end(Records::farewell(false)) == std::vector<std::string>{room.code});
  const auto found = world.look_up(room.code);
  CHECK(found->owner == heir);
  CHECK(found->ended_at_ms == 0);
  CHECK(std::count_if(found->roles.begin(), found->roles.end(),
                      [&](const auto& entry) { return entry.user == heir && entry.role == rooms::Role::owner; }) == 1);
}

TEST_CASE("a room that nobody can have is closed, and rooms of others only lose the person") {
  Records world;
  const auto own = world.anna_s_room();
  (void)world.guest(dan);
  world.visit(own, dan);
  const auto other = world.served_room("AAAABBBB", ben);
  world.role(other, anna, rooms::Role::moderator);
  const auto untouched = world.served_room("CCCCDDDD", ben);
  CHECK(world.end(Records::farewell(false)).has_value());
  CHECK(world.look_up(own.code)->ended_at_ms == now + 5);
  CHECK(world.look_up(other.code)->owner == ben);
  CHECK(world.look_up(other.code)->ended_at_ms == 0);
  CHECK(world.look_up(other.code)->epoch == other.epoch + 1);
  CHECK(world.look_up(untouched.code)->epoch == untouched.epoch);
}

TEST_CASE("whoever serves a room of an ended account is fenced, and its snapshot has lost the name") {
  Records world;
  const auto room = world.anna_s_room();
  world.visit(room, ben);
  REQUIRE(world
              .done([&](auto executor, auto done) {
                world.stores->rooms().save_snapshot({room.id, room.epoch}, "snapshot", now, executor, done);
              })
              .has_value());
  CHECK(world.end(Records::farewell(false)).has_value());
  CHECK(world.look_up(room.code)->snapshot == "nameless snapshot");
  CHECK(world.say(room, 1, ben, "late").what == seams::AppendOutcome::What::fenced);
}

TEST_CASE("what was said since the end began is stripped with it") {
  Records world;
  const auto room = world.anna_s_room();
  (void)world.say(room, 1, anna, "before", now + 4);
  (void)world.say(room, 2, anna, "meanwhile", now + 5);
  CHECK(world.end(Records::farewell(true)).has_value());
  const auto page = world.read({room.id, {}, {}, 10});
  CHECK(page.at(0).body == "before");
  CHECK(page.at(1).body.empty());
}

TEST_CASE("the only admin cannot go, one of two can, and a guest has no account to end") {
  Records world;
  (void)world.anna_s_room();
  (void)world.guest(dan);
  const auto admin = [&](seams::UserId who) {
    REQUIRE(world.done([&](auto executor, auto done) { world.stores->users().set_admin(who, true, executor, done); }).has_value());
  };
  const auto may_end = [&](seams::UserId who) {
    return world.done([&](auto executor, auto done) { world.stores->account_records().may_end(who, executor, done); });
  };
  admin(anna);
  CHECK(may_end(anna) == refused(StoreError::only_admin));
  CHECK(world.end(Records::farewell(true)) == refused(StoreError::only_admin));
  CHECK(may_end(ben).has_value());
  CHECK(may_end(dan) == refused(StoreError::wrong_kind));
  CHECK(may_end(seams::UserId{77}) == refused(StoreError::not_found));
  admin(ben);
  CHECK(may_end(anna).has_value());
  CHECK(world.end(Records::farewell(true)).has_value());
  CHECK(may_end(ben) == refused(StoreError::only_admin));
}

}  // namespace matinee::test
