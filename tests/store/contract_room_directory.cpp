#include "tests/store/contract.h"

namespace matinee::test {

using seams::Result;
using seams::RoomRecord;
using seams::StoreError;

namespace {

struct Directory : World {
  seams::User owner = account(anna, "Anna");
  seams::User other = account(ben, "Ben");
  RoomRecord room_record = served_room("K7QM3XFD", anna);
  seams::RoomWriter writer{room_record.id, room_record.epoch};

  Result<void> done(std::function<void(seams::Executor, seams::Done<void>)> call) { return ask<Result<void>>(call); }
  RoomRecord found() { return look_up("K7QM3XFD").value(); }
  std::vector<seams::RoomOfUser> rooms_of(seams::UserId user, std::size_t limit = 100) {
    return ask<Result<std::vector<seams::RoomOfUser>>>(
               [&](auto executor, auto done) { stores->rooms().rooms_of(user, limit, executor, done); })
        .value();
  }
  Result<void> visit(seams::RoomId room, seams::UserId user, std::int64_t at_ms) {
    return done([&](auto executor, auto answer) { stores->rooms().record_visit(room, user, at_ms, executor, answer); });
  }
  RoomRecord raise() {
    return ask<Result<RoomRecord>>([&](auto executor, auto answer) { stores->rooms().raise_epoch("K7QM3XFD", executor, answer); }).value();
  }
};

}  // namespace

TEST_CASE("a room is found by its code as it was made, with its owner") {
  Directory world;
  const auto room = world.room("AAAABBBB", ben, seams::RoomKind::guest);
  world.stores->restart();
  const auto found = world.look_up("AAAABBBB");
  REQUIRE(found.has_value());
  CHECK(found->id == room.id);
  CHECK(found->name == "Film night");
  CHECK(found->owner == ben);
  CHECK(found->kind == seams::RoomKind::guest);
  CHECK(found->settings == R"({"preset":"friends"})");
  CHECK(found->epoch == 0);
  CHECK(found->last_seq == rooms::Seq{0});
  CHECK(found->snapshot.empty());
  CHECK(found->created_at_ms == now);
  CHECK(found->ended_at_ms == 0);
  REQUIRE(found->roles.size() == 1);
  CHECK(found->roles[0].user == ben);
  CHECK(found->roles[0].role == rooms::Role::owner);
  CHECK(world.look_up("AAAABBBC").error() == StoreError::not_found);
}

TEST_CASE("a code is given once") {
  Directory world;
  const auto create = [&](std::string code, seams::UserId owner) {
    return world.ask<Result<RoomRecord>>([&](auto executor, auto done) {
      world.stores->rooms().create({code, "Other", owner, {}, "", now}, executor, done);
    });
  };
  CHECK(create("K7QM3XFD", ben).error() == StoreError::code_taken);
  CHECK(create("CCCCDDDD", seams::UserId{999}).error() == StoreError::not_found);
  CHECK(create("CCCCDDDD", ben).has_value());
}

TEST_CASE("each owner of a room raises its epoch and sees every append that came before") {
  Directory world;
  CHECK(world.room_record.epoch == 1);
  RoomRecord taken;
  for (int seq = 1; seq <= 50; ++seq) {
    world.stores->messages().append(world.message(world.room_record, seq, "id-" + std::to_string(seq)), world.loop.executor(),
                                    [](seams::AppendOutcome) {});
  }
  taken = world.raise();
  CHECK(taken.epoch == 2);
  CHECK(taken.last_seq == rooms::Seq{50});
  world.stores->restart();
  CHECK(world.raise().epoch == 3);
  CHECK(world.ask<Result<RoomRecord>>([&](auto executor, auto done) { world.stores->rooms().raise_epoch("NOSUCHRM", executor, done); })
            .error() == StoreError::not_found);
}

TEST_CASE("snapshot, settings, roles, blocks and the rest are saved by the room's writer") {
  Directory world;
  auto& rooms = world.stores->rooms();
  const std::string snapshot("\0state", 6);
  CHECK(world.done([&](auto executor, auto done) { rooms.save_snapshot(world.writer, snapshot, now + 1, executor, done); }).has_value());
  CHECK(world.done([&](auto executor, auto done) { rooms.save_settings(world.writer, "Cinema", "{}", executor, done); }).has_value());
  CHECK(world.done([&](auto executor, auto done) {
               rooms.set_role(world.writer, {ben, rooms::Role::moderator}, executor, done);
             })
            .has_value());
  CHECK(world
            .done([&](auto executor, auto done) {
              rooms.set_block(world.writer, {seams::UserId{7}, "Troll", "192.0.2.7", now + day}, executor, done);
            })
            .has_value());
  CHECK(world
            .done([&](auto executor, auto done) {
              rooms.set_block(world.writer, {seams::UserId{7}, "Troll", "192.0.2.7", 0}, executor, done);
            })
            .has_value());
  CHECK(world.done([&](auto executor, auto done) {
               rooms.set_block(world.writer, {seams::UserId{8}, "Other", "", now}, executor, done);
             })
            .has_value());
  CHECK(world.done([&](auto executor, auto done) { rooms.lift_block(world.writer, seams::UserId{8}, executor, done); }).has_value());
  CHECK(world.done([&](auto executor, auto done) { rooms.lift_block(world.writer, seams::UserId{8}, executor, done); }) ==
        tl::unexpected(StoreError::not_found));
  world.stores->restart();
  const auto found = world.found();
  CHECK(found.snapshot == snapshot);
  CHECK(found.snapshot_at_ms == now + 1);
  CHECK(found.name == "Cinema");
  CHECK(found.settings == "{}");
  REQUIRE(found.roles.size() == 2);
  CHECK(found.roles[1].user == ben);
  CHECK(found.roles[1].role == rooms::Role::moderator);
  REQUIRE(found.blocks.size() == 1);
  CHECK(found.blocks[0].name == "Troll");
  CHECK(found.blocks[0].address == "192.0.2.7");
  CHECK(found.blocks[0].until_ms == 0);
}

TEST_CASE("who gets in, and who was let in, is kept in its order") {
  Directory world;
  CHECK(world.found().access == seams::AccessRecord{});
  CHECK(world.found().admitted.empty());
  const seams::AccessRecord password{rooms::Access::password, "$argon2id$v=19$"};
  CHECK(
      world.done([&](auto executor, auto done) { world.stores->rooms().set_access(world.writer, password, executor, done); }).has_value());
  const auto admit = [&](seams::UserId user, bool on) {
    return world.done([&](auto executor, auto done) { world.stores->rooms().set_admitted(world.writer, user, on, executor, done); });
  };
  for (const auto user : {ben, anna, ben}) CHECK(admit(user, true).has_value());
  CHECK(admit(seams::UserId{999}, true) == tl::unexpected(StoreError::not_found));
  world.stores->restart();
  CHECK(world.found().access == password);
  CHECK(world.found().admitted == std::vector<seams::UserId>{ben, anna});
  CHECK(admit(ben, false).has_value());
  CHECK(admit(ben, false) == tl::unexpected(StoreError::not_found));
  CHECK(world.found().admitted == std::vector<seams::UserId>{anna});
  const seams::RoomWriter before{world.writer.room, world.writer.epoch - 1};
  CHECK(world.done([&](auto executor, auto done) { world.stores->rooms().set_access(before, {}, executor, done); }) ==
        tl::unexpected(StoreError::fenced));
  CHECK(world.found().access == password);
}

TEST_CASE("a forgotten room comes back to the list with the next visit, and the owner's stays in it") {
  Directory world;
  const seams::RoomId room = world.room_record.id;
  const auto forget = [&](seams::UserId user) {
    return world.done([&](auto executor, auto done) { world.stores->rooms().forget_visit(room, user, executor, done); });
  };
  CHECK(forget(ben) == tl::unexpected(StoreError::not_found));
  CHECK(world.visit(room, ben, now + 1).has_value());
  CHECK(world
            .done([&](auto executor, auto done) {
              world.stores->rooms().set_role(world.writer, {ben, rooms::Role::moderator}, executor, done);
            })
            .has_value());
  CHECK(world.rooms_of(ben).size() == 1);
  CHECK(forget(ben).has_value());
  CHECK(world.rooms_of(ben).empty());
  CHECK(world.visit(room, ben, now + 2).has_value());
  REQUIRE(world.rooms_of(ben).size() == 1);
  CHECK(world.rooms_of(ben)[0].role == rooms::Role::moderator);
  CHECK(forget(anna) == tl::unexpected(StoreError::wrong_kind));
  CHECK(world.rooms_of(anna).size() == 1);
}

TEST_CASE("a role taken back is in the record no more") {
  Directory world;
  for (const auto role : {rooms::Role::member, rooms::Role::guest}) {
    CHECK(world.done([&](auto executor, auto done) {
                 world.stores->rooms().set_role(world.writer, {ben, role}, executor, done);
               })
              .has_value());
  }
  CHECK(world.found().roles.size() == 1);
  CHECK(world.done([&](auto executor, auto done) {
    world.stores->rooms().set_role(world.writer, {seams::UserId{999}, rooms::Role::member}, executor, done);
  }) == tl::unexpected(StoreError::not_found));
}

TEST_CASE("a room handed over has one owner, and the one before is a moderator") {
  Directory world;
  CHECK(world.done([&](auto executor, auto done) { world.stores->rooms().set_owner(world.writer, ben, executor, done); }).has_value());
  const auto found = world.found();
  CHECK(found.owner == ben);
  REQUIRE(found.roles.size() == 2);
  CHECK(found.roles[0].user == ben);
  CHECK(found.roles[0].role == rooms::Role::owner);
  CHECK(found.roles[1].user == anna);
  CHECK(found.roles[1].role == rooms::Role::moderator);
  // Refused as a whole when the new owner does not exist.
  CHECK_FALSE(
      world.done([&](auto executor, auto done) { world.stores->rooms().set_owner(world.writer, seams::UserId{999}, executor, done); })
          .has_value());
  CHECK(world.found().owner == ben);
  CHECK(world.found().roles[0].role == rooms::Role::owner);
}

TEST_CASE("whoever lost the room can save nothing in it") {
  Directory world;
  (void)world.raise();
  auto& rooms = world.stores->rooms();
  const auto fenced = tl::unexpected(StoreError::fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.save_snapshot(world.writer, "old", now, executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.save_settings(world.writer, "old", "", executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.set_role(world.writer, {ben, rooms::Role::owner}, executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.set_owner(world.writer, ben, executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.set_block(world.writer, {ben, "", "", 0}, executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.lift_block(world.writer, ben, executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.set_code(world.writer, "EEEEFFFF", executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.keep(world.writer, executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) { rooms.end(world.writer, now, executor, done); }) == fenced);
  CHECK(world.done([&](auto executor, auto done) {
    rooms.end({seams::RoomId{999}, 1}, now, executor, done);
  }) == tl::unexpected(StoreError::not_found));
  CHECK(world.found().name == "Film night");
  CHECK(world.found().roles.size() == 1);
}

TEST_CASE("a room with a new code is found by it alone, and nobody gets the old one") {
  Directory world;
  (void)world.room("AAAABBBB", ben);
  const auto set_code = [&](std::string code) {
    return world.done([&](auto executor, auto done) { world.stores->rooms().set_code(world.writer, code, executor, done); });
  };
  CHECK(set_code("AAAABBBB") == tl::unexpected(StoreError::code_taken));
  CHECK(set_code("EEEEFFFF").has_value());
  CHECK_FALSE(world.look_up("K7QM3XFD").has_value());
  CHECK(world.look_up("EEEEFFFF")->id == world.room_record.id);
  const auto again = world.ask<Result<RoomRecord>>([&](auto executor, auto done) {
    world.stores->rooms().create({"K7QM3XFD", "Other", ben, {}, "", now}, executor, done);
  });
  CHECK(again.error() == StoreError::code_taken);
}

TEST_CASE("a guest room can be kept, a normal one is kept already") {
  Directory world;
  CHECK(world.done([&](auto executor, auto done) { world.stores->rooms().keep(world.writer, executor, done); }) ==
        tl::unexpected(StoreError::wrong_kind));
  const auto guest_room = world.room("AAAABBBB", ben, seams::RoomKind::guest);
  CHECK(world.done([&](auto executor, auto done) { world.stores->rooms().keep({guest_room.id, 0}, executor, done); }).has_value());
  CHECK(world.look_up("AAAABBBB")->kind == seams::RoomKind::normal);
}

TEST_CASE("a closed room is in nobody's list, keeps its code and the moment of its first end") {
  Directory world;
  for (const std::int64_t at_ms : {now + 5, now + 9}) {
    CHECK(world.done([&](auto executor, auto done) { world.stores->rooms().end(world.writer, at_ms, executor, done); }).has_value());
  }
  CHECK(world.found().ended_at_ms == now + 5);
  CHECK(world.rooms_of(anna).empty());
}

TEST_CASE("the list of my rooms has those I own, have a role in or visited, the liveliest first") {
  Directory world;
  const auto quiet = world.room("AAAABBBB", ben);
  const auto visited = world.served_room("CCCCDDDD", ben);
  (void)world.room("EEEEFFFF", ben);
  CHECK(world.visit(quiet.id, anna, now + 1).has_value());
  CHECK(world.visit(visited.id, anna, now + 2).has_value());
  auto message = world.message(visited, 1, "id-1");
  message.at_ms = now + 100;
  (void)world.append(message);
  CHECK(world.done([&](auto executor, auto done) { world.stores->rooms().save_snapshot(world.writer, "state", now + 50, executor, done); })
            .has_value());
  const auto rooms = world.rooms_of(anna);
  REQUIRE(rooms.size() == 3);
  CHECK(rooms[0].code == "CCCCDDDD");
  CHECK(rooms[0].role == rooms::Role::guest);
  CHECK(rooms[0].last_activity_ms == now + 100);
  CHECK(rooms[1].code == "K7QM3XFD");
  CHECK(rooms[1].role == rooms::Role::owner);
  CHECK(rooms[1].last_activity_ms == now + 50);
  CHECK(rooms[2].code == "AAAABBBB");
  CHECK(rooms[2].last_activity_ms == now + 1);
  CHECK(world.rooms_of(anna, 2).size() == 2);
  CHECK(world.rooms_of(seams::UserId{999}).empty());
}

TEST_CASE("a visit does not take a role away, and needs a room and a person") {
  Directory world;
  CHECK(world.visit(world.room_record.id, anna, now + 1).has_value());
  CHECK(world.found().roles[0].role == rooms::Role::owner);
  CHECK(world.visit(seams::RoomId{999}, anna, now) == tl::unexpected(StoreError::not_found));
  CHECK(world.visit(world.room_record.id, seams::UserId{999}, now) == tl::unexpected(StoreError::not_found));
}

TEST_CASE("guest rooms in which nothing happened for long are listed for their end") {
  Directory world;
  const auto idle = world.room("AAAABBBB", ben, seams::RoomKind::guest);
  const auto visited = world.room("CCCCDDDD", ben, seams::RoomKind::guest);
  CHECK(world.visit(visited.id, anna, now + 2 * day).has_value());
  const auto idle_before = [&](std::int64_t before_ms) {
    std::vector<std::string> codes;
    const auto rooms = world.ask<Result<std::vector<seams::RoomOfUser>>>(
        [&](auto executor, auto done) { world.stores->rooms().idle_guest_rooms(before_ms, 10, executor, done); });
    for (const auto& room : rooms.value()) codes.push_back(room.code);
    return codes;
  };
  using Codes = std::vector<std::string>;
  CHECK(idle_before(now).empty());
  CHECK(idle_before(now + 1) == Codes{"AAAABBBB"});
  CHECK(idle_before(now + 3 * day) == Codes{"AAAABBBB", "CCCCDDDD"});
  CHECK(world.done([&](auto executor, auto done) { world.stores->rooms().end({idle.id, 0}, now, executor, done); }).has_value());
  CHECK(idle_before(now + 1).empty());
}

}  // namespace matinee::test
