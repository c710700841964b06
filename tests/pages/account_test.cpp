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

namespace {

// The numbers in the End buttons of the account page, in its order.
std::vector<std::string> sessions_of(const Answer& page) {
  std::vector<std::string> found;
  const std::string before = "name=\"session\" value=\"";
  for (std::size_t at = page.body.find(before); at != std::string::npos; at = page.body.find(before, at + 1)) {
    const std::size_t begin = at + before.size();
    found.push_back(page.body.substr(begin, page.body.find('"', begin) - begin));
  }
  return found;
}

Browser log_in(World& world, const std::string& name) {
  Browser browser = world.browser();
  browser.get("/login");
  REQUIRE(browser.post("/login", {{"name", name}, {"password", World::password}}).status == 303);
  return browser;
}

}  // namespace

TEST_CASE("each device is listed with its last use, and End ends that one alone") {
  World world;
  Browser person = world.account("Ann");
  Browser other = log_in(world, "Ann");
  world.pass_ms(3 * 3'600'000);
  Browser latest = log_in(world, "Ann");
  const Answer page = person.get("/account");
  CHECK(page.has("last seen just now"));
  CHECK(page.has("last seen 3 hours ago"));
  const std::vector<std::string> sessions = sessions_of(page);
  REQUIRE(sessions.size() == 3);
  CHECK(page.has("(this one)"));
  // The latest seen come first; this one was seen just now, though perhaps it is not written yet.
  const std::size_t own = page.body.find("(this one)");
  REQUIRE(own != std::string::npos);
  const std::string own_session = page.body.substr(page.body.find("name=\"session\" value=\"", own) + 22, 1);
  const std::string oldest = sessions[own_session == sessions[2] ? 1 : 2];
  const Answer ended = person.post("/account/devices/end", {{"session", oldest}});
  CHECK(ended.header("location") == "/account?saved=device");
  CHECK(person.follow(ended).has("That device is logged out."));
  CHECK(other.get("/account").status == 303);
  CHECK(latest.get("/account").status == 200);
  CHECK(sessions_of(person.get("/account")).size() == 2);
}

TEST_CASE("ending the session one is in logs out") {
  World world;
  Browser person = world.account("Ann");
  const std::vector<std::string> sessions = sessions_of(person.get("/account"));
  REQUIRE(sessions.size() == 1);
  CHECK(person.post("/account/devices/end", {{"session", sessions[0]}}).header("location") == "/");
  CHECK(person.cookies.count("matinee") == 0);
  CHECK(person.get("/account").status == 303);
}

TEST_CASE("fifty devices are listed, and all are counted") {
  World world;
  Browser person = world.account("Ann");
  for (int i = 0; i < 49; ++i) log_in(world, "Ann");
  CHECK(sessions_of(person.get("/account")).size() == 50);
  log_in(world, "Ann");
  const Answer page = person.get("/account");
  CHECK(sessions_of(page).size() == 50);
  CHECK(page.has("50 other devices are logged in."));
}

TEST_CASE("somebody else's device cannot be ended, nor told from one that does not exist") {
  World world;
  Browser victim = world.account("Vic");
  const std::string theirs = sessions_of(victim.get("/account")).at(0);
  Browser person = world.account("Ann");
  person.get("/account");
  const Answer answer = person.post("/account/devices/end", {{"session", theirs}});
  const Answer nobody = person.post("/account/devices/end", {{"session", "987654321"}});
  CHECK(answer.header("location") == nobody.header("location"));
  CHECK(person.post("/account/devices/end", {{"session", "x"}}).status == 303);
  CHECK(victim.get("/account").status == 200);
  CHECK(person.get("/account").status == 200);
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
