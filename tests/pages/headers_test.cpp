// What every answer carries and what no answer tells: security.md, "Requests from elsewhere" and "Output", as far as pages go.
#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee::test;
using Catch::Matchers::Contains;

TEST_CASE("every page carries the policy, is not stored, and has no inline code") {
  World world;
  Browser person = world.account("Ann");
  const std::string code = world.open_room(person);
  for (const std::string& path : {std::string("/"), std::string("/rooms"), "/rooms/" + code, std::string("/account"),
                                  std::string("/nowhere"), std::string("/rooms/AAAAAAAA")}) {
    INFO(path);
    const Answer answer = person.get(path);
    CHECK_THAT(answer.header("content-security-policy"), Contains("default-src 'none'") && Contains("script-src 'self'") &&
                                                             Contains("form-action 'self'") && Contains("base-uri 'none'") &&
                                                             Contains("frame-ancestors 'self'") && !Contains("unsafe"));
    CHECK(answer.header("x-content-type-options") == "nosniff");
    CHECK(answer.header("referrer-policy") == "strict-origin-when-cross-origin");
    CHECK(answer.header("cache-control") == "no-store");
    CHECK(answer.header("access-control-allow-origin").empty());
    CHECK(answer.header("server").empty());
    CHECK(answer.header("strict-transport-security").empty());
    CHECK_FALSE(answer.has(" style=\""));
    CHECK_FALSE(answer.has("<style"));
    CHECK_FALSE(answer.has("<script>"));
    CHECK_FALSE(answer.has(" onclick="));
  }
}

TEST_CASE("cookies are HttpOnly, Lax and of this host; over https also Secure with the __Host- prefix") {
  SECTION("http") {
    World world;
    Browser person = world.browser();
    const Answer first = person.get("/");
    REQUIRE(first.all("set-cookie").size() == 1);
    CHECK_THAT(first.header("set-cookie"), Contains("matinee-visitor=") && Contains("HttpOnly") && Contains("SameSite=Lax") &&
                                               Contains("Path=/") && !Contains("Secure"));
    const Answer entered = person.post("/rooms", {{"name", "Ann"}});
    CHECK_THAT(entered.header("set-cookie"),
               Contains("matinee=") && Contains("HttpOnly") && Contains("SameSite=Lax") && Contains("Max-Age="));
  }
  SECTION("https, ended by a proxy") {
    World world({.public_url = "https://watch.example.org"});
    Browser person = world.browser();
    person.host = "watch.example.org";
    person.origin = "https://watch.example.org";
    const Answer first = person.get("/");
    CHECK_THAT(first.header("set-cookie"), Contains("__Host-matinee-visitor=") && Contains("Secure"));
    CHECK(!first.header("strict-transport-security").empty());
    const Answer entered = person.post("/rooms", {{"name", "Ann"}});
    REQUIRE(entered.status == 303);
    CHECK_THAT(entered.header("set-cookie"), Contains("__Host-matinee=") && Contains("Secure") && Contains("HttpOnly"));
    CHECK(person.follow(entered).has("https://watch.example.org/r/"));
  }
}

TEST_CASE("a cookie of the other scheme's name is not looked at") {
  World world({.public_url = "https://watch.example.org"});
  Browser person = world.browser();
  person.host = "watch.example.org";
  person.origin = "https://watch.example.org";
  person.get("/");
  REQUIRE(person.post("/rooms", {{"name", "Ann"}}).status == 303);
  person.cookies["matinee"] = person.cookies.at("__Host-matinee");
  person.cookies.erase("__Host-matinee");
  CHECK_FALSE(person.get("/").has("value=\"Ann\""));
}

TEST_CASE("a Host that is not ours gets one sentence that says what to do") {
  World world;
  Browser person = world.browser();
  person.host = "rebound.example";
  const Answer answer = person.get("/");
  CHECK(answer.status == 421);
  CHECK(answer.has("Start with --public-url https://NAME"));
  CHECK_FALSE(answer.has("rebound.example"));
}

TEST_CASE("an allowed host is served and told as the address to share") {
  World world;
  Browser person = world.browser();
  person.host = "matinee.test:" + std::to_string(world.port());
  person.origin = "http://" + person.host;
  person.get("/");
  const Answer room = person.follow(person.post("/rooms", {{"name", "Ann"}}));
  CHECK(room.status == 200);
  CHECK(room.has("http://matinee.test:"));
}

TEST_CASE("the link to share is never localhost when there is another address") {
  World world;
  Browser person = world.guest("Ann");
  const Answer room = person.follow(person.post("/rooms", {{"name", "Ann"}}));
  const std::size_t at = room.body.find("share_url");
  REQUIRE(at != std::string::npos);
  const std::string url = room.body.substr(at, 80);
  INFO(url);
  CHECK_THAT(url, Contains("http://") && Contains("/r/"));
  CHECK(url.find("127.0.0.1") == std::string::npos);
}

TEST_CASE("refusals tell no path, SQL or stack") {
  World world;
  Browser person = world.guest("Ann");
  world.stop_store();
  for (const char* path : {"/rooms/K7QM3XFD", "/account"}) {
    const Answer answer = person.get(path);
    INFO(answer.body);
    for (const char* word : {"sqlite", "SQL", "/tmp/", "terminate", "what():", ".cpp"}) CHECK_FALSE(answer.has(word));
  }
  const Answer refused = person.get("/rooms/K7QM3XFD");
  CHECK(refused.status == 503);
  CHECK(refused.header("retry-after") == "5");
  CHECK(refused.has("The server is busy"));
}

TEST_CASE("programs get errors as plain text") {
  World world;
  const Answer answer = world.browser().send("GET", "/nowhere", "", {});
  CHECK(answer.status == 404);
  CHECK(answer.body == "Nothing here. There is no page at this address. Check the address for a typing error.\n");
  const Answer room = world.browser().send("GET", "/rooms/AAAAAAAA", "", {});
  CHECK(room.body == "No room with this code, or you cannot enter it. Check the code, or start a room of your own.\n");
}

TEST_CASE("the health page says ok, static files are found, other methods are refused") {
  World world;
  Browser person = world.browser();
  CHECK(person.get("/healthz").body == "ok\n");
  CHECK(person.get("/favicon.ico").body == "<svg/>");
  CHECK(person.get("/static/img/mark.svg").status == 200);
  CHECK(person.get("/static/../data/matinee.db").status == 404);
  CHECK(person.send("DELETE", "/rooms", "", {}).status == 405);
  CHECK(person.get("/join").status == 405);
  CHECK(person.send("HEAD", "/login", "", {}).body.empty());
}
