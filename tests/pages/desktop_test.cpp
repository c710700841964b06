// Desktop programs at the HTTP side: pairing from the room page, and logging in with name and password.
#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee::test;
using namespace matinee;

namespace {

Answer ask_token(Browser& program, const std::string& body, const std::string& type = "application/json") {
  return program.send("POST", "/api/desktop-tokens", body, {{"Content-Type", type}});
}

std::string log_in_body(const std::string& name, const std::string& password, const std::string& client = "matinee-video on box") {
  return R"({"name":")" + name + R"(","password":")" + password + R"(","client":")" + client + "\"}";
}

std::string token_of(const Answer& answer) {
  const std::size_t at = answer.body.find(R"("token":")");
  REQUIRE(at != std::string::npos);
  return answer.body.substr(at + 9, 43);
}

}  // namespace

TEST_CASE("the pairing line names the server as the browser reached it, the room and 42 letters") {
  World world;
  Browser person = world.account("Ann");
  const std::string code = world.open_room(person);
  world.on_pairing([](const std::string&, const auth::Identity&) { return std::optional<std::string>("MFRGGZDFMZTWQ2LK"); });
  person.get("/rooms");
  const Answer answer = person.post("/rooms/" + code + "/desktop", {});
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type").find("application/json") == 0);
  CHECK(answer.header("cache-control") == "no-store");
  CHECK(answer.body == R"({"line":"matinee-video join localhost:8090 )" + code +
                           R"( --pair MFRGGZDFMZTWQ2LKABCDEFGHIJKLMNOPQRSTUVWXYZ","expires_s":300})");
}

TEST_CASE("with a public URL the pairing line names that") {
  World world({.public_url = "http://watch.example.org"});
  Browser person = world.browser();
  person.host = "matinee.test";
  person.origin = "http://matinee.test";
  person.get("/signup");
  REQUIRE(person.post("/signup", {{"name", "Ann"}, {"password", World::password}}).status == 303);
  world.on_pairing([](const std::string&, const auth::Identity&) { return std::optional<std::string>("MFRGGZDFMZTWQ2LK"); });
  person.get("/rooms");
  CHECK(person.post("/rooms/K7QM3XFD/desktop", {}).has("join watch.example.org:8090 K7QM3XFD --pair"));
}

TEST_CASE("only who is in the room gets a pairing line; every other room is the same answer") {
  World world;
  Browser person = world.account("Ann");
  const std::string code = world.open_room(person);
  person.get("/rooms");
  const Answer absent = person.post("/rooms/" + code + "/desktop", {});
  CHECK(absent.status == 404);
  CHECK(absent.has(R"("error":"not_present")"));
  CHECK(person.post("/rooms/AAAAAAAA/desktop", {}).body == absent.body);
  CHECK(person.post("/rooms/never/desktop", {}).body == absent.body);
  world.on_pairing([](const std::string&, const auth::Identity&) { return std::optional<std::string>(""); });
  const Answer busy = person.post("/rooms/" + code + "/desktop", {});
  CHECK(busy.status == 429);
  CHECK(busy.header("retry-after") == "60");
  Browser stranger = world.browser();
  stranger.get("/");
  CHECK(stranger.post("/rooms/" + code + "/desktop", {}).status == 401);
}

TEST_CASE("a pairing line needs the form's token and our own Origin") {
  World world;
  Browser person = world.account("Ann");
  const std::string code = world.open_room(person);
  int asked = 0;
  world.on_pairing([&](const std::string&, const auth::Identity&) {
    ++asked;
    return std::optional<std::string>("MFRGGZDFMZTWQ2LK");
  });
  person.get("/rooms");
  CHECK(person.post_raw("/rooms/" + code + "/desktop", {}).status == 403);
  person.origin = "http://evil.example";
  CHECK(person.post("/rooms/" + code + "/desktop", {}).status == 403);
  CHECK(asked == 0);
}

TEST_CASE("a desktop program logs in with name and password and gets a token, the port and the fingerprint") {
  World world;
  Browser person = world.account("Ann");
  Browser program = world.browser();
  program.origin.clear();
  const Answer answer = ask_token(program, log_in_body("ann", World::password));
  CHECK(answer.status == 200);
  CHECK(answer.has(R"("name":"Ann")"));
  CHECK(answer.has(R"("video_port":8090)"));
  CHECK(answer.has(R"("fingerprint":")" + std::string(64, 'a') + "\""));
  CHECK(answer.header("cache-control") == "no-store");
  CHECK(answer.header("set-cookie").empty());
  const auto who = world.resolve(token_of(answer));
  REQUIRE(who.has_value());
  CHECK(who->device);
  CHECK(who->name == "Ann");
  const Answer page = person.get("/account");
  CHECK(page.has("matinee-video on box"));
  CHECK(page.has("Desktop program, last seen just now"));
}

TEST_CASE("a desktop program's token opens no page") {
  World world;
  world.account("Ann");
  Browser program = world.browser();
  program.cookies["matinee"] = token_of(ask_token(program, log_in_body("Ann", World::password)));
  CHECK(program.get("/account").header("location") == "/login?next=/account");
}

TEST_CASE("an unknown person and a wrong password get the same bytes from the desktop log-in, and are throttled together with the page") {
  World world({.limits = true});
  world.account("Ann");
  Browser program = world.browser();
  const Answer wrong = ask_token(program, log_in_body("Ann", "not it at all"));
  const Answer unknown = ask_token(program, log_in_body("Nobody", "not it at all"));
  CHECK(wrong.status == 401);
  CHECK(wrong.body == unknown.body);
  CHECK(unknown.status == 401);
  Browser browser = world.browser();
  browser.get("/login");
  for (int i = 0; i < 9; ++i) CHECK(browser.post("/login", {{"name", "Ann"}, {"password", "not it at all"}}).status == 422);
  const Answer stopped = ask_token(program, log_in_body("Ann", World::password));
  CHECK(stopped.status == 429);
  CHECK(stopped.has(R"("error":"slow_down")"));
  CHECK_FALSE(stopped.header("retry-after").empty());
}

TEST_CASE("a desktop log-in that is malformed is refused before anything is looked up") {
  World world;
  world.account("Ann");
  Browser program = world.browser();
  for (const std::string& body :
       {std::string("{"), std::string("[]"), std::string("{}"), std::string(R"({"name":"Ann","password":"x"})"),
        std::string(R"({"name":1,"password":"x","client":"c"})"), log_in_body("", "x"), log_in_body("Ann", ""),
        log_in_body("Ann", World::password, ""), log_in_body("Ann", World::password, " "),
        log_in_body("Ann", World::password, "two\\nlines"), log_in_body("Ann", World::password, "turned \u202e round"),
        log_in_body("Ann", World::password, std::string(101, 'c'))}) {
    INFO(body);
    CHECK(ask_token(program, body).status == 400);
  }
  CHECK(ask_token(program, log_in_body("Ann", World::password, std::string(100, 'c'))).status == 200);
  CHECK(ask_token(program, log_in_body("Ann", World::password), "text/plain").status == 415);
}

TEST_CASE("the body of a desktop log-in is taken at its longest and refused beyond") {
  World world;
  world.account("Ann");
  Browser program = world.browser();
  const std::string body = log_in_body("Ann", World::password);
  CHECK(ask_token(program, body + std::string(4'096 - body.size(), ' ')).status == 200);
  CHECK(ask_token(program, body + std::string(4'097 - body.size(), ' ')).status == 413);
}

TEST_CASE("while passwords cannot be hashed a desktop log-in is answered 503 with the time to wait") {
  World world({.password_queue = 0});
  Browser program = world.browser();
  const Answer busy = ask_token(program, log_in_body("Ann", World::password));
  CHECK(busy.status == 503);
  CHECK(busy.has(R"("error":"busy")"));
  CHECK_FALSE(busy.header("retry-after").empty());
}
