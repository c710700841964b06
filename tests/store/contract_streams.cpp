// Streams: what is set up in a room, its key's hash, and what ends it.
#include "tests/store/contract.h"

namespace matinee::test {

using seams::Result;
using seams::StoreError;
using seams::StreamRecord;

namespace {

constexpr auto refused = [](StoreError error) { return tl::unexpected(error); };

seams::KeyHash key_hash(std::uint8_t number) {
  seams::KeyHash hash{};
  hash.fill(number);
  return hash;
}

struct StreamWorld : World {
  seams::RoomRecord place = two_people();
  seams::StreamBounds bounds{4, 2};

  seams::RoomRecord two_people() {
    account(anna, "Anna");
    account(ben, "Ben");
    return served_room("K7QM3XFD", anna);
  }
  Result<StreamRecord> create(seams::UserId owner = anna, const std::string& name = "Garden", std::uint8_t key = 1) {
    return ask<Result<StreamRecord>>([&](auto executor, auto done) {
      stores->streams().create({place.id, owner, name, seams::StreamKind::feed, key_hash(key), now}, bounds, executor, done);
    });
  }
  Result<StreamRecord> find(seams::StreamId id, std::int64_t now_ms = now) {
    return ask<Result<StreamRecord>>([&](auto executor, auto done) { stores->streams().find(id, now_ms, executor, done); });
  }
  std::vector<StreamRecord> all() {
    return ask<Result<std::vector<StreamRecord>>>(
               [&](auto executor, auto done) { stores->streams().of_room(place.id, now, executor, done); })
        .value();
  }
  Result<void> act(std::function<void(seams::Streams&, seams::Executor, seams::Done<void>)> call) {
    return ask<Result<void>>([&](auto executor, auto done) { call(stores->streams(), executor, done); });
  }
};

}  // namespace

TEST_CASE("a stream is found with its room, owner, name and key, also after a restart, and its number is beyond 32 bits") {
  StreamWorld world;
  const auto made = world.create(ben, "Birds", 7);
  REQUIRE(made.has_value());
  CHECK(made->id.value >= seams::first_stored_stream);
  CHECK(made->id.value < (std::int64_t{1} << 53));
  world.stores->restart();
  const auto found = world.find(made->id);
  REQUIRE(found.has_value());
  CHECK(found->room == world.place.id);
  CHECK(found->room_code == "K7QM3XFD");
  CHECK(found->owner == ben);
  CHECK(found->owner_name == "Ben");
  CHECK_FALSE(found->owner_blocked);
  CHECK(found->name == "Birds");
  CHECK(found->kind == seams::StreamKind::feed);
  CHECK(found->key_hash == key_hash(7));
  CHECK(found->created_at_ms == now);
  CHECK(found->ended_at_ms == 0);
  CHECK_FALSE(found->room_closed);
  CHECK(world.find(seams::StreamId{made->id.value + 1}) == refused(StoreError::not_found));
}

TEST_CASE("a room has as many streams as its bound says, and so has a person in it, and not one more") {
  StreamWorld world;
  REQUIRE(world.create(anna).has_value());
  REQUIRE(world.create(anna).has_value());
  CHECK(world.create(anna) == refused(StoreError::too_many));
  REQUIRE(world.create(ben).has_value());
  world.bounds.of_owner = 10;
  REQUIRE(world.create(ben).has_value());
  CHECK(world.create(ben) == refused(StoreError::too_many));
  REQUIRE(world.all().size() == 4);
  REQUIRE(world.act([&](auto& streams, auto executor, auto done) { streams.remove(world.all()[0].id, executor, done); }).has_value());
  CHECK(world.create(ben).has_value());
}

TEST_CASE("a number is never used twice") {
  StreamWorld world;
  const auto first = world.create();
  REQUIRE(world.act([&](auto& streams, auto executor, auto done) { streams.remove(first->id, executor, done); }).has_value());
  world.stores->restart();
  CHECK(world.create()->id > first->id);
  CHECK(world.act([&](auto& streams, auto executor, auto done) { streams.remove(first->id, executor, done); }) ==
        refused(StoreError::not_found));
}

TEST_CASE("a stream is renamed, gets another key, and ends; another key lets it begin anew") {
  StreamWorld world;
  const auto id = world.create()->id;
  REQUIRE(world.act([&](auto& streams, auto executor, auto done) { streams.rename(id, "Door", executor, done); }).has_value());
  REQUIRE(world.act([&](auto& streams, auto executor, auto done) { streams.set_key(id, key_hash(9), executor, done); }).has_value());
  CHECK(world.find(id)->name == "Door");
  CHECK(world.find(id)->key_hash == key_hash(9));
  REQUIRE(world.act([&](auto& streams, auto executor, auto done) { streams.end(id, now + 5, executor, done); }).has_value());
  CHECK(world.find(id)->ended_at_ms == now + 5);
  CHECK(world.find(id)->key_hash == seams::KeyHash{});
  REQUIRE(world.act([&](auto& streams, auto executor, auto done) { streams.set_key(id, key_hash(3), executor, done); }).has_value());
  CHECK(world.find(id)->ended_at_ms == 0);
  const seams::StreamId nobody{id.value + 1};
  CHECK(world.act([&](auto& streams, auto executor, auto done) { streams.rename(nobody, "x", executor, done); }) ==
        refused(StoreError::not_found));
  CHECK(world.act([&](auto& streams, auto executor, auto done) { streams.set_key(nobody, key_hash(1), executor, done); }) ==
        refused(StoreError::not_found));
  CHECK(world.act([&](auto& streams, auto executor, auto done) { streams.end(nobody, now, executor, done); }) ==
        refused(StoreError::not_found));
}

TEST_CASE("a stream tells that its owner is blocked, as long as that holds, and that its room is closed") {
  StreamWorld world;
  const auto id = world.create(ben)->id;
  const seams::RoomWriter writer{world.place.id, world.place.epoch};
  REQUIRE(world
              .ask<Result<void>>([&](auto executor, auto done) {
                world.stores->rooms().set_block(writer, {ben, "Ben", "", now + 10}, executor, done);
              })
              .has_value());
  CHECK(world.find(id, now + 9)->owner_blocked);
  CHECK_FALSE(world.find(id, now + 10)->owner_blocked);
  REQUIRE(world.ask<Result<void>>([&](auto executor, auto done) { world.stores->rooms().end(writer, now, executor, done); }).has_value());
  CHECK(world.find(id)->room_closed);
}

TEST_CASE("a stream of a room or a person that is not there cannot be made, and an account takes its streams along") {
  StreamWorld world;
  const seams::RoomRecord real = world.place;
  CHECK(world.create(seams::UserId{4711}) == refused(StoreError::not_found));
  world.place.id = seams::RoomId{real.id.value + 1};
  CHECK(world.create() == refused(StoreError::not_found));
  world.place = real;
  const auto of_ben = world.create(ben)->id;
  const auto of_anna = world.create(anna)->id;
  seams::Farewell farewell;
  farewell.user = ben;
  farewell.nameless_extra = [](std::string_view extra) { return std::string(extra); };
  farewell.nameless_snapshot = [](std::string_view snapshot) { return std::string(snapshot); };
  farewell.at_ms = now;
  REQUIRE(world
              .ask<Result<std::vector<std::string>>>(
                  [&](auto executor, auto done) { world.stores->account_records().end(farewell, executor, done); })
              .has_value());
  CHECK(world.find(of_ben) == refused(StoreError::not_found));
  CHECK(world.find(of_anna).has_value());
}

}  // namespace matinee::test
