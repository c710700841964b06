#include "server/auth/room_passwords.h"
#include "tests/auth/auth_world.h"

namespace matinee::test {

using What = seams::PasswordAnswer::What;

namespace {

struct RoomDoor : AuthWorld {
  auth::PooledRoomPasswords doors{passwords, throttle, clock};
  std::string hash = make("tea time");

  std::string make(const std::string& password) {
    return loop.await<std::optional<std::string>>([&](auto done) { doors.hash(password, loop.executor(), done); }).value();
  }
  seams::PasswordAnswer say(const std::string& password, std::string address = "192.0.2.1", std::int64_t room = 1) {
    return loop.await<seams::PasswordAnswer>([&](auto done) {
      doors.check({seams::RoomId{room}, std::move(address), password, hash}, loop.executor(), done);
    });
  }
};

}  // namespace

TEST_CASE("a room's password is right or wrong, and its hash shows neither it nor the same hash twice") {
  RoomDoor door;
  CHECK(door.hash.find("tea time") == std::string::npos);
  CHECK(door.make("tea time") != door.hash);
  CHECK(door.say("tea time").what == What::right);
  CHECK(door.say("tea time ").what == What::wrong);
}

TEST_CASE("wrong passwords of one room from one address are bounded, right ones and other rooms are free") {
  RoomDoor door;
  const auth::LimitRule& rule = auth::rule_of(auth::Limit::room_password);
  for (int i = 0; i < 3 * rule.burst; ++i) REQUIRE(door.say("tea time").what == What::right);
  for (int i = 0; i < rule.burst; ++i) REQUIRE(door.say("guess").what == What::wrong);
  const seams::PasswordAnswer stopped = door.say("tea time");
  CHECK(stopped.what == What::slow_down);
  CHECK(stopped.retry_ms > 0);
  CHECK(stopped.retry_ms <= rule.refill_ms);
  CHECK(door.say("guess", "192.0.2.2").what == What::wrong);
  CHECK(door.say("guess", "192.0.2.1", 2).what == What::wrong);
  door.clock_ms += rule.refill_ms;
  CHECK(door.say("tea time").what == What::right);
}

TEST_CASE("where nothing can be hashed now, the door says so and the try is not counted") {
  RoomDoor door;
  auth::PasswordPool full({quick, 1, 0, 0});
  auth::PooledRoomPasswords doors(full, door.throttle, door.clock);
  for (int i = 0; i < 30; ++i) {
    const auto answer = door.loop.await<seams::PasswordAnswer>([&](auto done) {
      doors.check({seams::RoomId{1}, "192.0.2.1", "tea time", door.hash}, door.loop.executor(), done);
    });
    REQUIRE(answer.what == What::busy);
  }
  CHECK(door.say("tea time").what == What::right);
  CHECK_FALSE(door.loop.await<std::optional<std::string>>([&](auto done) { doors.hash("tea time", door.loop.executor(), done); }));
}

}  // namespace matinee::test
