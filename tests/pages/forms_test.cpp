// No form of a stranger changes anything: Origin and token, in every combination.
#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee::test;

namespace {

// Every form, with fields that would be accepted.
struct Row {
  const char* path;
  Fields fields;
};
const Row forms[] = {
    {"/rooms", {{"name", "Ann"}}},
    {"/join", {{"code", "K7QM-3XFD"}}},
    {"/rooms/K7QM3XFD/join", {{"name", "Ann"}}},
    {"/signup", {{"name", "Ann"}, {"password", World::password}}},
    {"/login", {{"name", "Ann"}, {"password", World::password}}},
    {"/account/name", {{"name", "Anna"}}},
    {"/account/password", {{"current", World::password}, {"password", "another long one"}}},
    {"/account/logout-everywhere", {}},
    {"/setup", {{"token", "x"}, {"name", "Ann"}, {"password", World::password}}},
};

Fields with_token(Fields fields, const std::string& token) {
  fields.emplace_back("csrf", token);
  return fields;
}

void is_refused(const Answer& answer) {
  CHECK(answer.status == 403);
  CHECK(answer.has("Go back, reload the page and try again."));
  for (const std::string& cookie : answer.all("set-cookie")) CHECK(cookie.find("matinee=") == std::string::npos);
}

}  // namespace

TEST_CASE("a form without its token, or with a wrong one, is refused") {
  World world;
  Browser person = world.browser();
  person.get("/");
  for (const Row& row : forms) {
    INFO(row.path);
    is_refused(person.post_raw(row.path, row.fields));
    is_refused(person.post_raw(row.path, with_token(row.fields, "")));
    is_refused(person.post_raw(row.path, with_token(row.fields, std::string(43, 'A'))));
  }
}

TEST_CASE("the token of another visitor is refused") {
  World world;
  Browser mallory = world.browser();
  mallory.get("/");
  Browser person = world.browser();
  person.get("/");
  REQUIRE(person.token != mallory.token);
  for (const Row& row : forms) {
    INFO(row.path);
    is_refused(person.post_raw(row.path, with_token(row.fields, mallory.token)));
  }
}

TEST_CASE("a token is refused without the visitor cookie it belongs to") {
  World world;
  Browser person = world.browser();
  person.get("/");
  person.cookies.clear();
  is_refused(person.post("/rooms", {{"name", "Ann"}}));
}

TEST_CASE("the token of another session is refused, and so is the visitor's own from before") {
  World world;
  Browser mallory = world.account("Mallory");
  Browser person = world.browser();
  person.get("/");
  const std::string before = person.token;
  person.post("/signup", {{"name", "Ann"}, {"password", World::password}});
  for (const std::string& token : {mallory.token, before}) {
    is_refused(person.post_raw("/rooms", with_token({}, token)));
    is_refused(person.post_raw("/account/name", with_token({{"name", "Eve"}}, token)));
    is_refused(person.post_raw("/account/logout-everywhere", with_token({}, token)));
    is_refused(person.post_raw("/logout", with_token({}, token)));
  }
  CHECK(person.get("/account").has("value=\"Ann\""));
}

TEST_CASE("a form from another origin is refused even with the right token") {
  World world;
  Browser person = world.account("Ann");
  const std::string own = person.origin;
  for (const std::string& origin : {std::string("https://evil.example"), std::string("null"), own + "0", own + ".evil.example",
                                    "https" + own.substr(4), std::string("http://localhost")}) {
    INFO(origin);
    person.origin = origin;
    is_refused(person.post("/rooms", {}));
    is_refused(person.post("/account/name", {{"name", "Eve"}}));
    is_refused(person.post("/logout", {}));
  }
  person.origin = own;
  CHECK(person.get("/account").status == 200);
}

TEST_CASE("without an Origin only a form that the browser calls same-origin counts") {
  World world;
  Browser person = world.account("Ann");
  person.origin.clear();
  is_refused(person.post("/rooms", {}));
  const std::string body = Browser::encode({{"csrf", person.token}});
  const auto send = [&](const std::string& site) {
    return person.send("POST", "/rooms", body,
                       {{"Accept", "text/html"}, {"Content-Type", "application/x-www-form-urlencoded"}, {"Sec-Fetch-Site", site}});
  };
  is_refused(send("cross-site"));
  is_refused(send("same-site"));
  CHECK(send("same-origin").status == 303);
}

TEST_CASE("reading a page changes nothing") {
  World world;
  Browser person = world.account("Ann");
  for (const char* path : {"/logout", "/account/logout-everywhere", "/account/password", "/account/name", "/join", "/setup"}) {
    INFO(path);
    CHECK(person.get(path).status == 405);
  }
  CHECK(person.get("/account").status == 200);
}

TEST_CASE("a body that is no form is refused with a sentence") {
  World world;
  Browser person = world.browser();
  person.get("/");
  const auto send = [&](const std::string& type, const std::string& body) {
    return person.send("POST", "/login", body, {{"Accept", "text/html"}, {"Content-Type", type}, {"Origin", person.origin}});
  };
  const std::string form = "application/x-www-form-urlencoded";
  CHECK(send("application/json", "{}").status == 415);
  CHECK(send("multipart/form-data; boundary=x", "--x--").status == 415);
  CHECK(send("text/plain", "csrf=" + person.token).status == 415);
  CHECK(send(form, "name=%zz").status == 400);
  CHECK(send(form, "name=%ff").status == 400);
  CHECK(send(form, "name=%00").status == 400);
  CHECK(send(form + "; charset=UTF-8", Browser::encode({{"csrf", person.token}, {"name", "Ann"}, {"password", "x"}})).status == 422);
}

TEST_CASE("a form of 32 KiB is read and one byte more is refused") {
  World world;
  Browser person = world.browser();
  person.get("/");
  const std::string fields = Browser::encode({{"csrf", person.token}, {"name", "Ann"}, {"password", "wrong one"}});
  std::string body = fields;
  while (body.size() + 16'002 <= 32 * 1024) body += "&a=" + std::string(15'999, 'x');
  body += "&b=" + std::string(32 * 1024 - body.size() - 3, 'x');
  const Fields headers{{"Accept", "text/html"}, {"Content-Type", "application/x-www-form-urlencoded"}, {"Origin", person.origin}};
  REQUIRE(body.size() == 32 * 1024);
  CHECK(person.send("POST", "/login", body, headers).status == 422);
  const Answer refused = person.send("POST", "/login", body + "x", headers);
  CHECK(refused.status == 413);
  CHECK(refused.has("That is too much"));
}

TEST_CASE("a form made before logging in elsewhere leads where it wanted to") {
  World world;
  world.account("Ann");
  Browser person = world.browser();
  person.get("/login?next=/rooms");
  const std::string old = person.token;
  person.post("/login", {{"name", "Ann"}, {"password", World::password}});
  const Answer again = person.post_raw("/login", {{"name", "Ann"}, {"password", "whatever"}, {"next", "/rooms"}, {"csrf", old}});
  CHECK(again.status == 303);
  CHECK(again.header("location") == "/rooms");
  CHECK(again.all("set-cookie").empty());
}

TEST_CASE("logging out twice is logged out") {
  World world;
  Browser person = world.account("Ann");
  const std::string token = person.token;
  CHECK(person.post("/logout", {}).status == 303);
  const Answer again = person.post_raw("/logout", {{"csrf", token}});
  CHECK(again.status == 303);
  CHECK(again.header("location") == "/");
}
