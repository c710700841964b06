#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee::test;

TEST_CASE("the set-up link makes one admin, once") {
  World world;
  const std::string token = world.setup_token();
  Browser person = world.browser();
  CHECK(person.get("/setup/" + token).has("Set up this server"));
  CHECK(person.get("/setup/" + token).status == 200);  // looking does not use it up
  const Answer done = person.post("/setup", {{"token", token}, {"name", "Ann"}, {"password", World::password}});
  CHECK(done.status == 303);
  CHECK(world.is_admin("Ann"));
  Browser mallory = world.browser();
  CHECK(mallory.get("/setup/" + token).status == 404);
  mallory.get("/login");
  CHECK(mallory.post("/setup", {{"token", token}, {"name", "Mallory"}, {"password", World::password}}).status == 404);
  CHECK_FALSE(world.is_admin("Mallory"));
}

TEST_CASE("a wrong token makes no account, also while sign-up is closed") {
  World world({.signups_open = false});
  const std::string token = world.setup_token();
  Browser mallory = world.browser();
  for (const std::string& guess : {std::string(), std::string("x"), std::string(token.size(), 'A')}) {
    mallory.get("/login");
    const Answer answer = mallory.post("/setup", {{"token", guess}, {"name", "Mallory"}, {"password", World::password}});
    CHECK(answer.status == 404);
    CHECK(answer.has("This link does not work"));
    CHECK(mallory.post("/login", {{"name", "Mallory"}, {"password", World::password}}).status == 422);
  }
  Browser person = world.browser();
  person.get("/setup/" + token);
  CHECK(person.post("/setup", {{"token", token}, {"name", "Ann"}, {"password", World::password}}).status == 303);
  CHECK(world.is_admin("Ann"));
}

TEST_CASE("a refused set-up form keeps the link, the token and what was typed") {
  World world;
  const std::string token = world.setup_token();
  Browser person = world.browser();
  person.get("/setup/" + token);
  const Answer refused = person.post("/setup", {{"token", token}, {"name", "Ann"}, {"email", "a@b.example"}, {"password", "short"}});
  CHECK(refused.status == 422);
  CHECK(refused.has("id=\"password-error\""));
  CHECK(refused.has("value=\"" + token + "\""));
  CHECK(refused.has("value=\"a@b.example\""));
  CHECK(person.post("/setup", {{"token", token}, {"name", "Ann"}, {"password", World::password}}).status == 303);
}

TEST_CASE("somebody who has an account already becomes admin with it") {
  World world;
  Browser person = world.account("Ann");
  const std::string token = world.setup_token();
  const Answer page = person.get("/setup/" + token);
  CHECK(page.has("as Ann."));
  CHECK_FALSE(page.has("type=\"password\""));  // nothing is asked that is known already
  CHECK(person.post("/setup", {{"token", token}}).status == 303);
  CHECK(world.is_admin("Ann"));
}
