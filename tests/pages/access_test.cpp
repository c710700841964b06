// The door of a room as pages show it: quiet about what is behind it.
#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee;
using namespace matinee::test;

namespace {

constexpr const char* secret = "Surprise party";

struct Door : World {
  Browser owner = account("Olga");
  std::string code = open_room(owner);
  Door() {
    rename(code, secret);
    on_summary([](const std::string&) { return pages::RoomSummary{3, "The gift", "https://video.example/gift.mp4"}; });
  }
};

bool tells(const Answer& page) { return page.has(secret) || page.has("The gift") || page.has("gift.mp4") || page.has("people here"); }

}  // namespace

TEST_CASE("the door of a room that is not open tells nothing of what is behind it") {
  Door world;
  Browser visitor = world.browser();
  CHECK(tells(visitor.get("/rooms/" + world.code)));
  for (const auto access : {rooms::Access::accounts, rooms::Access::password, rooms::Access::ask}) {
    CAPTURE(rooms::to_string(access));
    world.set_access(world.code, {access, access == rooms::Access::password ? "$argon2id$" : ""});
    const Answer door = visitor.get("/rooms/" + world.code);
    CHECK(door.status == 200);
    CHECK_FALSE(tells(door));
    CHECK(door.has("Room " + world.code.substr(0, 4) + "-"));
    CHECK(tells(world.owner.get("/rooms/" + world.code)));
  }
}

TEST_CASE("with a session one comes to the room's own door, which is called by its code until one is let in") {
  Door world;
  Browser ben = world.account("Ben");
  for (const auto access : {rooms::Access::password, rooms::Access::ask}) {
    world.set_access(world.code, {access, access == rooms::Access::password ? "$argon2id$" : ""});
    const Answer page = ben.get("/rooms/" + world.code);
    CHECK(page.has("name=\"matinee-room\""));
    CHECK_FALSE(tells(page));
  }
  world.admit(world.code, "Ben");
  CHECK(tells(ben.get("/rooms/" + world.code)));
  CHECK(ben.get("/rooms/" + world.code).has("&quot;file&quot;:&quot;https://video.example/gift.mp4&quot;"));
}

TEST_CASE("a room for accounts shows guests the way to one, and accounts the room") {
  Door world;
  world.set_access(world.code, {rooms::Access::accounts, ""});
  Browser guest = world.guest("Gus");
  const Answer door = guest.get("/rooms/" + world.code);
  CHECK_FALSE(door.has("name=\"matinee-room\""));
  CHECK(door.has("for people with an account"));
  CHECK(guest.post("/rooms/" + world.code + "/join", {{"name", "Gus"}}).status == 403);
  Browser ben = world.account("Ben");
  CHECK(tells(ben.get("/rooms/" + world.code)));
}

TEST_CASE("a room is taken off one's list, and comes back with the next visit; one's own stays") {
  Door world;
  Browser ben = world.account("Ben");
  world.visit(world.code, "Ben");
  CHECK(ben.get("/rooms").has(secret));
  CHECK(ben.post("/rooms/" + world.code + "/forget", {}).header("location") == "/rooms");
  CHECK_FALSE(ben.get("/rooms").has(secret));
  CHECK(ben.post("/rooms/" + world.code + "/forget", {}).status == 303);
  world.visit(world.code, "Ben");
  CHECK(ben.get("/rooms").has(secret));
  world.owner.get("/rooms");
  CHECK(world.owner.post("/rooms/" + world.code + "/forget", {}).status == 303);
  CHECK(world.owner.get("/rooms").has(secret));
}

TEST_CASE("my rooms say when somebody last was there, or who is and what plays") {
  Door world;
  const Answer busy = world.owner.get("/rooms");
  CHECK(busy.has("3 people here, watching The gift"));
  world.on_summary([](const std::string&) { return std::optional<pages::RoomSummary>(); });
  world.pass_ms(5 * 60'000);
  CHECK(world.owner.get("/rooms").has("5 minutes ago"));
}
