#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee::test;

TEST_CASE("a name is changed and shown at once") {
  World world;
  Browser person = world.account("Ann");
  const Answer changed = person.post("/account/name", {{"name", "Anna"}});
  CHECK(changed.header("location") == "/account?saved=name");
  const Answer page = person.follow(changed);
  CHECK(page.has("Your name is changed."));
  CHECK(page.has("value=\"Anna\""));
  Browser again = world.browser();
  again.get("/login");
  CHECK(again.post("/login", {{"name", "Anna"}, {"password", World::password}}).status == 303);
}

TEST_CASE("a wrong or taken name is told at the field and kept as typed") {
  World world;
  world.account("Bob");
  Browser person = world.account("Ann");
  for (const std::string& name : {std::string(), std::string(33, 'a'), std::string("a\u202eb"), std::string("bob")}) {
    const Answer answer = person.post("/account/name", {{"name", name}});
    INFO(name);
    CHECK(answer.status == 422);
    CHECK(answer.has("id=\"name-error\""));
  }
  CHECK(person.get("/account").has("value=\"Ann\""));
}

TEST_CASE("a changed password logs out the other devices and keeps this one") {
  World world;
  Browser person = world.account("Ann");
  Browser other = world.browser();
  other.get("/login");
  other.post("/login", {{"name", "Ann"}, {"password", World::password}});
  CHECK(person.get("/account").has("1 other device is logged in."));
  const std::string before = person.cookies.at("matinee");
  const Answer changed = person.post("/account/password", {{"current", World::password}, {"password", "another long one"}});
  CHECK(changed.header("location") == "/account?saved=password");
  CHECK(person.cookies.at("matinee") != before);
  CHECK(person.follow(changed).has("Your password is changed."));
  CHECK(other.get("/account").status == 303);
  Browser again = world.browser();
  again.get("/login");
  CHECK(again.post("/login", {{"name", "Ann"}, {"password", World::password}}).status == 422);
  CHECK(again.post("/login", {{"name", "Ann"}, {"password", "another long one"}}).status == 303);
}

TEST_CASE("a password is changed only by who knows the current one") {
  World world;
  Browser person = world.account("Ann");
  const Answer wrong = person.post("/account/password", {{"current", "not the password"}, {"password", "another long one"}});
  CHECK(wrong.status == 422);
  CHECK(wrong.has("id=\"current-error\">This is not your current password."));
  CHECK_FALSE(wrong.has("not the password"));
  CHECK(person.post("/account/password", {{"current", ""}, {"password", "another long one"}}).has("id=\"current-error\""));
  for (const std::string& next : {std::string(), std::string("1234567"), std::string(257, 'p')}) {
    const Answer answer = person.post("/account/password", {{"current", World::password}, {"password", next}});
    CHECK(answer.status == 422);
    CHECK(answer.has("id=\"password-error\""));
  }
}

TEST_CASE("logging out everywhere ends every session") {
  World world;
  Browser person = world.account("Ann");
  Browser other = world.browser();
  other.get("/login");
  other.post("/login", {{"name", "Ann"}, {"password", World::password}});
  person.get("/account");
  const Answer answer = person.post("/account/logout-everywhere", {});
  CHECK(answer.header("location") == "/");
  CHECK(person.cookies.count("matinee") == 0);
  CHECK(person.get("/account").status == 303);
  CHECK(other.get("/account").status == 303);
}

TEST_CASE("what was saved is said in our words only") {
  World world;
  Browser person = world.account("Ann");
  CHECK_FALSE(person.get("/account?saved=You+won").has("You won"));
}
