#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee;
using namespace matinee::test;
using Catch::Matchers::Contains;

namespace {

// The csrf differs from visit to visit, and the switch of languages leads back to the address that was asked for.
std::string without_tokens(std::string body) {
  for (const std::string_view field : {"name=\"csrf\"", "name=\"next\""}) {
    for (std::size_t at = body.find(field); at != std::string::npos; at = body.find(field, at + 1)) body.erase(at, body.find('>', at) - at);
  }
  return body;
}

}  // namespace

TEST_CASE("somebody with only a name starts a room, and somebody else joins it by its code") {
  World world;
  Browser host = world.browser();
  CHECK(host.get("/").has("Start a room"));
  const Answer started = host.post("/rooms", {{"name", "Ann"}});
  REQUIRE(started.status == 303);
  const Answer room = host.follow(started);
  CHECK(room.status == 200);
  CHECK(room.has("name=\"matinee-room\""));
  CHECK(room.has("&quot;name&quot;:&quot;Ann&quot;,&quot;kind&quot;:&quot;guest&quot;"));
  const std::string code = started.header("location").substr(7);
  CHECK(world.room(code).kind == seams::RoomKind::guest);
  CHECK(world.room(code).name == "Ann's room");

  Browser joiner = world.browser();
  joiner.get("/");
  std::string spoken = code;
  spoken.insert(4, "-");
  for (char& c : spoken) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const Answer found = joiner.post("/join", {{"code", spoken}});
  CHECK(found.header("location") == "/rooms/" + code);
  const Answer door = joiner.follow(found);
  CHECK(door.status == 200);
  CHECK(door.has("action=\"/rooms/" + code + "/join\""));
  CHECK_FALSE(door.has("matinee-room"));
  const Answer joined = joiner.post("/rooms/" + code + "/join", {{"name", "Bob"}});
  CHECK(joined.header("location") == "/rooms/" + code);
  CHECK(joiner.follow(joined).has("&quot;name&quot;:&quot;Bob&quot;"));
}

TEST_CASE("a code and a name together lead straight in") {
  World world;
  Browser host = world.guest("Ann");
  const std::string code = world.open_room(host);
  Browser joiner = world.browser();
  joiner.get("/");
  const Answer answer = joiner.post("/join", {{"code", code}, {"name", "Bob"}});
  CHECK(answer.status == 303);
  CHECK(joiner.follow(answer).has("name=\"matinee-room\""));
}

TEST_CASE("the room page hands over exactly what the protocol says") {
  World world;
  Browser host = world.account("Ann");
  const std::string code = world.open_room(host);
  const Answer room = host.get("/rooms/" + code);
  const std::size_t at = room.body.find("content=\"{");
  REQUIRE(at != std::string::npos);
  const std::string json = room.body.substr(at, room.body.find("}\"", at) - at);
  for (const char* field : {"code", "name", "you", "id", "kind", "share_url", "csrf", "socket_path", "version"})
    CHECK_THAT(json, Contains("&quot;" + std::string(field) + "&quot;:"));
  CHECK_THAT(json, Contains("/rooms/" + code + "/socket") && Contains("/r/" + code) && Contains("&quot;kind&quot;:&quot;account&quot;") &&
                       Contains(host.token));
  CHECK(world.room(code).kind == seams::RoomKind::normal);
}

TEST_CASE("the short link leads to the room, and other spellings of a code to the one address") {
  World world;
  Browser host = world.guest("Ann");
  const std::string code = world.open_room(host);
  const Answer link = host.get("/r/" + code);
  CHECK(link.status == 302);
  CHECK(link.header("location") == "/rooms/" + code);
  CHECK(host.get("/rooms/" + code.substr(0, 4) + "-" + code.substr(4)).header("location") == "/rooms/" + code);
  CHECK(host.get("/r/short").status == 404);
}

TEST_CASE("an unknown room, a blocked person and a code that is none get the same page") {
  World world;
  Browser host = world.account("Ann");
  const std::string code = world.open_room(host);
  Browser mallory = world.account("Mallory");
  const Answer room = mallory.get("/rooms/" + code);
  const std::string field = "&quot;id&quot;:&quot;";
  const std::size_t at = room.body.find(field);
  REQUIRE(at != std::string::npos);
  world.block(code, seams::UserId{std::stoll(room.body.substr(at + field.size()))}, "");
  const Answer blocked = mallory.get("/rooms/" + code);
  const Answer unknown = mallory.get("/rooms/22222222");
  CHECK(blocked.status == 404);
  CHECK(blocked.has("No room with this code, or you cannot enter it."));
  CHECK(blocked.status == unknown.status);
  CHECK(without_tokens(blocked.body) == without_tokens(unknown.body));
  CHECK(without_tokens(mallory.get("/rooms/short").body) == without_tokens(unknown.body));
  CHECK(mallory.post("/rooms/" + code + "/join", {{"name", "M"}}).status == 404);
  const Answer by_code = mallory.post("/join", {{"code", code}});
  CHECK(by_code.status == 404);
  CHECK_FALSE(by_code.has("room closed"));
  CHECK(host.get("/rooms/" + code).status == 200);
}

TEST_CASE("a guest who was blocked does not come back as another guest from the same address") {
  World world;
  Browser host = world.account("Ann");
  const std::string code = world.open_room(host);
  world.block(code, seams::UserId{424242}, "127.0.0.1", world.now_ms() + 1'000);
  Browser guest = world.browser();
  CHECK(guest.get("/rooms/" + code).status == 404);
  CHECK(host.get("/rooms/" + code).status == 200);
  world.pass_ms(1'000);
  CHECK(guest.get("/rooms/" + code).status == 200);
}

TEST_CASE("guessing codes is throttled by address, and a room that exists costs nothing") {
  World world({.limits = true});
  Browser host = world.guest("Ann");
  const std::string code = world.open_room(host);
  for (int i = 0; i < 40; ++i) REQUIRE(host.get("/rooms/" + code).status == 200);
  Browser mallory = world.browser();
  mallory.get("/");
  Answer answer;
  for (int i = 0; i < 20; ++i) REQUIRE(mallory.get("/rooms/22222222").status == 404);
  answer = mallory.get("/rooms/22222222");
  CHECK(answer.status == 429);
  CHECK(answer.has("That was too often"));
  CHECK(std::stoi(answer.header("retry-after")) >= 1);
  CHECK(mallory.get("/rooms/" + code).status == 429);  // a hit must not be told from a miss
  answer = mallory.post("/join", {{"code", "22222222"}});
  CHECK(answer.status == 429);
  world.pass_ms(std::stoi(answer.header("retry-after")) * 1000);
  CHECK(mallory.get("/rooms/22222222").status == 404);
}

TEST_CASE("opening rooms is throttled by address") {
  World world({.limits = true});
  Browser host = world.guest("Ann");
  Answer answer;
  for (int i = 0; i < 20; ++i) answer = host.post("/rooms", {});
  CHECK(answer.status == 429);
  CHECK(std::stoi(answer.header("retry-after")) >= 1);
}

TEST_CASE("every wrong code is told at its field, with what was typed") {
  World world;
  Browser person = world.browser();
  person.get("/");
  for (const std::string& typed : {std::string(), std::string("K7QM"), std::string("K7QM-3XFD-2"), std::string("????????"),
                                   std::string(5'000, 'K'), std::string("<script>")}) {
    const Answer answer = person.post("/join", {{"code", typed}});
    CHECK(answer.status == 422);
    CHECK(answer.has("id=\"code-error\""));
    CHECK_FALSE(answer.has("<script>"));
  }
  const Answer unknown = person.post("/join", {{"code", "2222-2222"}});
  CHECK(unknown.status == 404);
  CHECK(unknown.has("No room with this code, or you cannot enter it."));
  CHECK(unknown.has("value=\"2222-2222\""));
}

TEST_CASE("every wrong name of a guest is told at its field, and makes no session") {
  World world;
  Browser host = world.guest("Ann");
  const std::string code = world.open_room(host);
  for (const std::string& name : {std::string(), std::string("  "), std::string(33, 'a'), std::string("a\u200bb"), std::string("a@b")}) {
    INFO(name);
    Browser person = world.browser();
    person.get("/rooms/" + code);
    for (const std::string& path : {std::string("/rooms"), "/rooms/" + code + "/join"}) {
      const Answer answer = person.post(path, {{"name", name}});
      CHECK(answer.status == 422);
      CHECK(answer.has("id=\"name-error\""));
      CHECK(person.cookies.count("matinee") == 0);
    }
  }
}

TEST_CASE("the name of a room is at most 60 characters of plain text") {
  World world;
  Browser host = world.account("Ann");
  const Answer longest = host.post("/rooms", {{"room_name", std::string(60, 'x')}});
  CHECK(longest.status == 303);
  const Answer blank = host.post("/rooms", {{"room_name", " \t "}});
  REQUIRE(blank.status == 303);
  CHECK(world.room(blank.header("location").substr(7)).name == "Ann's room");
  for (const std::string& name : {std::string(61, 'x'), std::string("a\nb"), std::string("a\x01")}) {
    const Answer answer = host.post("/rooms", {{"room_name", name}});
    CHECK(answer.status == 422);
    CHECK(answer.has("id=\"room_name-error\""));
  }
}

TEST_CASE("markup typed as the name of a room is shown as text everywhere") {
  World world;
  Browser host = world.account("Ann");
  const Answer started = host.post("/rooms", {{"room_name", "\"><script>alert(1)</script>"}});
  REQUIRE(started.status == 303);
  const std::string path = started.header("location");
  Browser visitor = world.browser();
  for (const Answer& page : {host.get(path), host.get("/rooms"), host.get("/"), visitor.get(path)}) {
    CHECK_FALSE(page.has("<script>alert"));
    CHECK(page.has("&lt;script&gt;alert(1)"));
  }
}

TEST_CASE("my rooms are listed for accounts, with how many people are inside") {
  World world;
  Browser host = world.account("Ann");
  CHECK(host.get("/rooms").has("No rooms yet."));
  const std::string code = world.open_room(host);
  world.on_summary([code](const std::string& asked) -> std::optional<pages::RoomSummary> {
    if (asked != code) return std::nullopt;
    return pages::RoomSummary{3, "Big Buck Bunny"};
  });
  for (const char* path : {"/rooms", "/"}) {
    const Answer page = host.get(path);
    CHECK(page.has("Ann&apos;s room"));
    CHECK(page.has("3 people here"));
    CHECK(page.has(code.substr(0, 4) + "-" + code.substr(4)));
    CHECK(page.has("Owner"));
  }
  CHECK(world.browser().get("/rooms").header("location") == "/login?next=/rooms");
}

TEST_CASE("the join page tells who is inside and what plays") {
  World world;
  Browser host = world.guest("Ann");
  const std::string code = world.open_room(host);
  Browser visitor = world.browser();
  CHECK_FALSE(visitor.get("/rooms/" + code).has("watching"));
  world.on_summary([](const std::string&) { return pages::RoomSummary{1, "<b>Film</b>"}; });
  const Answer page = visitor.get("/rooms/" + code);
  CHECK(page.has("1 person here"));
  CHECK(page.has("watching <strong>&lt;b&gt;Film&lt;/b&gt;</strong>"));
}

TEST_CASE("a closed room says that it is closed") {
  World world;
  Browser host = world.guest("Ann");
  const std::string code = world.open_room(host);
  world.end_room(code);
  const Answer page = host.get("/rooms/" + code);
  CHECK(page.status == 410);
  CHECK(page.has("This room is closed"));
  CHECK(host.post("/join", {{"code", code}}).status == 410);
}

TEST_CASE("a guest who signs up keeps the room, under a new session") {
  World world;
  Browser guest = world.browser();
  guest.get("/");
  const std::string path = guest.post("/rooms", {{"name", "Ann"}}).header("location");
  const std::string before = guest.cookies.at("matinee");
  CHECK(guest.get("/signup?next=" + path).has("the room stays yours"));
  CHECK(guest.post("/signup", {{"name", "Ann"}, {"password", World::password}, {"next", path}}).header("location") == path);
  CHECK(guest.cookies.at("matinee") != before);
  CHECK(guest.get("/rooms").has("Ann&apos;s room"));
  CHECK(world.room(path.substr(7)).kind == seams::RoomKind::normal);
  CHECK(guest.get(path).has("&quot;kind&quot;:&quot;account&quot;"));
  guest.cookies["matinee"] = before;
  CHECK_FALSE(guest.get(path).has("matinee-room"));
}

TEST_CASE("a guest who types another name is renamed") {
  World world;
  Browser guest = world.guest("Ann");
  CHECK(guest.get("/").has("value=\"Ann\""));
  const Answer room = guest.follow(guest.post("/rooms", {{"name", "Anna"}}));
  CHECK(room.has("&quot;name&quot;:&quot;Anna&quot;,&quot;kind&quot;:&quot;guest&quot;"));
}

TEST_CASE("a guest has no account page and no list of rooms") {
  World world;
  Browser guest = world.guest("Ann");
  CHECK(guest.get("/account").header("location") == "/login?next=/account");
  CHECK(guest.get("/rooms").header("location") == "/login?next=/rooms");
}

TEST_CASE("without guests a room asks to log in") {
  World world({.guests = false});
  Browser host = world.account("Ann");
  const std::string code = world.open_room(host);
  Browser visitor = world.browser();
  const Answer landing = visitor.get("/");
  CHECK(landing.has("Log in to start a room"));
  const Answer door = visitor.get("/rooms/" + code);
  CHECK(door.has("This room is for people with an account."));
  CHECK(door.has("/login?next=/rooms/" + code));
  CHECK(visitor.post("/rooms", {{"name", "Bob"}}).header("location") == "/login");
  CHECK(visitor.post("/rooms/" + code + "/join", {{"name", "Bob"}}).status == 403);
  CHECK(visitor.post("/join", {{"code", code}, {"name", "Bob"}}).header("location") == "/rooms/" + code);
  CHECK(visitor.cookies.count("matinee") == 0);
}

TEST_CASE("the landing page shows six of my rooms, the list fifty, the newest first") {
  World world;
  Browser host = world.account("Ann");
  const auto rows = [&host](const char* path) {
    const std::string page = host.get(path).body;
    std::size_t count = 0;
    for (std::size_t at = page.find("href=\"/rooms/"); at != std::string::npos; at = page.find("href=\"/rooms/", at + 1)) ++count;
    return count;
  };
  std::string newest;
  for (int made = 1; made <= 51; ++made) {
    world.pass_ms(120'000);  // the throttle gives a try back
    newest = world.open_room(host);
    if (made == 6 || made == 7) CHECK(rows("/") == 6);
    if (made >= 50) CHECK(rows("/rooms") == 50);
  }
  CHECK(host.get("/").has("/rooms/" + newest));
}
