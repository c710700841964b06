#include <catch2/catch.hpp>
#include "tests/pages/world.h"

using namespace matinee::test;
using Catch::Matchers::Contains;

TEST_CASE("signing up logs in and returns to where the person came from") {
  World world;
  Browser person = world.browser();
  CHECK(person.get("/signup?next=/rooms/K7QM3XFD").has("name=\"next\" value=\"/rooms/K7QM3XFD\""));
  const Answer answer =
      person.post("/signup", {{"name", "Ann"}, {"email", "ann@example.org"}, {"password", World::password}, {"next", "/rooms/K7QM3XFD"}});
  CHECK(answer.status == 303);
  CHECK(answer.header("location") == "/rooms/K7QM3XFD");
  const Answer account = person.get("/account");
  CHECK(account.status == 200);
  CHECK(account.has("ann@example.org"));
  CHECK(account.has("Log out"));
}

TEST_CASE("a person logs in by name in any case, or by e-mail") {
  World world;
  Browser first = world.browser();
  first.get("/signup");
  first.post("/signup", {{"name", "Änn"}, {"email", "Ann@Example.org"}, {"password", World::password}});
  for (const char* who : {"Änn", "ÄNN", "ann@example.org", " Änn "}) {
    INFO(who);
    Browser person = world.browser();
    person.get("/login");
    const Answer answer = person.post("/login", {{"name", who}, {"password", World::password}});
    CHECK(answer.status == 303);
    CHECK(answer.header("location") == "/");
    CHECK(person.get("/account").status == 200);
  }
}

TEST_CASE("unknown person and wrong password get the same page, with the name kept and the password not") {
  World world;
  world.account("Ann");
  const auto attempt = [&](const std::string& name) {
    Browser person = world.browser();
    person.get("/login");
    return person.post("/login", {{"name", name}, {"password", "not the password"}, {"next", "/rooms"}});
  };
  const Answer wrong = attempt("Ann");
  CHECK(wrong.status == 422);
  CHECK(wrong.has("The name or the password is not right."));
  CHECK(wrong.has("value=\"Ann\""));
  CHECK(wrong.has("name=\"next\" value=\"/rooms\""));
  CHECK_FALSE(wrong.has("not the password"));
  const Answer unknown = attempt("Bob");
  CHECK(unknown.status == wrong.status);
  CHECK(unknown.has("The name or the password is not right."));
}

TEST_CASE("empty fields of the log-in form are named at the field") {
  World world;
  Browser person = world.browser();
  person.get("/login");
  const Answer answer = person.post("/login", {{"name", ""}, {"password", ""}});
  CHECK(answer.status == 422);
  CHECK(answer.has("id=\"name-error\">Please enter your name or e-mail."));
  CHECK(answer.has("id=\"password-error\">Please enter your password."));
}

TEST_CASE("every field of the sign-up form is checked, at the limit and one beyond, and what was typed is kept") {
  struct Row {
    std::string name;
    std::string email;
    std::string password;
    const char* at;
  };
  World world;
  const auto row =
      GENERATE(Row{"", "", "long enough", "name-error"}, Row{"   ", "", "long enough", "name-error"},
               Row{std::string(33, 'a'), "", "long enough", "name-error"}, Row{"a\u200bb", "", "long enough", "name-error"},
               Row{"a\u202eb", "", "long enough", "name-error"}, Row{"a\nb", "", "long enough", "name-error"},
               Row{"a@b", "", "long enough", "name-error"}, Row{"Ann", "not an address", "long enough", "email-error"},
               Row{"Ann", "a@" + std::string(251, 'b') + ".c", "long enough", "email-error"}, Row{"Ann", "", "", "password-error"},
               Row{"Ann", "", "1234567", "password-error"}, Row{"Ann", "", std::string(257, 'p'), "password-error"});
  Browser person = world.browser();
  person.get("/signup");
  const Answer answer = person.post("/signup", {{"name", row.name}, {"email", row.email}, {"password", row.password}});
  INFO(answer.body);
  CHECK(answer.status == 422);
  CHECK(answer.has(std::string("id=\"") + row.at + "\""));
  CHECK(answer.has("aria-invalid=\"true\""));
  if (row.password.size() > 6) CHECK_FALSE(answer.has(row.password));
  if (row.name == "Ann") CHECK(answer.has("value=\"Ann\""));
  CHECK(person.get("/account").status == 303);
}

TEST_CASE("the longest name, e-mail and password and the shortest password are accepted") {
  World world;
  Browser person = world.browser();
  person.get("/signup");
  const std::string email = "a@" + std::string(250, 'b') + ".c";
  CHECK(person.post("/signup", {{"name", std::string(32, 'a')}, {"email", email}, {"password", std::string(256, 'p')}}).status == 303);
  Browser other = world.browser();
  other.get("/signup");
  CHECK(other.post("/signup", {{"name", "b"}, {"password", "12345678"}}).status == 303);
}

TEST_CASE("a name that is taken, in any case, is told at the field") {
  World world;
  world.account("Ann");
  Browser person = world.browser();
  person.get("/signup");
  const Answer answer = person.post("/signup", {{"name", "ANN"}, {"password", "long enough"}});
  CHECK(answer.status == 422);
  CHECK(answer.has("id=\"name-error\">This name is taken."));
}

TEST_CASE("markup typed as a name is shown as text") {
  World world;
  const std::string evil = "<img src=x onerror=1>";
  Browser person = world.account(evil);
  for (const char* path : {"/", "/account", "/rooms"}) {
    const Answer page = person.get(path);
    CHECK_FALSE(page.has("<img src=x"));
    CHECK(page.has("&lt;img src=x onerror=1&gt;"));
  }
  Browser other = world.browser();
  other.get("/login");
  const Answer kept = other.post("/login", {{"name", "\"><script>1</script>"}, {"password", "x"}});
  CHECK_FALSE(kept.has("<script>1"));
  CHECK(kept.has("&quot;&gt;&lt;script&gt;1"));
}

TEST_CASE("only own paths are returned to") {
  World world;
  world.account("Ann");
  const auto next = GENERATE("//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/\tx", "\"><script>",
                             "evil", "/a\r\nX: y", "");
  INFO(next);
  Browser person = world.browser();
  const Answer page = person.get("/login?" + Browser::encode({{"next", next}}));
  const std::string_view field = "name=\"next\"";
  const std::size_t of_languages = page.body.find(field);  // the switch of languages leads back to the page itself, and is the only one
  REQUIRE(of_languages != std::string::npos);
  CHECK(page.body.find(field, of_languages + 1) == std::string::npos);
  CHECK(page.body.substr(of_languages, 40).find("value=\"/login") != std::string::npos);
  CHECK_FALSE(page.has("<script>"));
  const Answer answer = person.post("/login", {{"name", "Ann"}, {"password", World::password}, {"next", next}});
  CHECK(answer.status == 303);
  CHECK(answer.header("location") == "/");
  CHECK(person.get("/login?" + Browser::encode({{"next", next}})).header("location") == "/");
}

TEST_CASE("a session id is new at each log-in, and logging out ends it on the server") {
  World world;
  Browser person = world.account("Ann");
  const std::string first = person.cookies.at("matinee");
  REQUIRE(person.post("/logout", {}).header("location") == "/");
  CHECK(person.cookies.count("matinee") == 0);
  person.cookies["matinee"] = first;  // somebody kept a copy
  const Answer stale = person.get("/account");
  CHECK(stale.status == 303);
  CHECK_THAT(stale.header("set-cookie"), Contains("matinee=") && Contains("Max-Age=0"));
  person.get("/login");
  person.post("/login", {{"name", "Ann"}, {"password", World::password}});
  CHECK(person.cookies.at("matinee") != first);
}

TEST_CASE("a session that was not used for 14 days has expired") {
  World world;
  Browser person = world.account("Ann");
  world.pass_ms(13LL * 24 * 3'600'000);
  CHECK(person.get("/account").status == 200);
  world.pass_ms(15LL * 24 * 3'600'000);
  CHECK(person.get("/account").header("location") == "/login?next=/account");
}

TEST_CASE("a session planted before the log-in is not the one after it") {
  World world;
  world.account("Ann");
  Browser mallory = world.guest("Mallory");
  Browser person = world.browser();
  person.cookies = mallory.cookies;
  person.get("/login");
  REQUIRE(person.post("/login", {{"name", "Ann"}, {"password", World::password}}).status == 303);
  CHECK(person.cookies.at("matinee") != mallory.cookies.at("matinee"));
  CHECK(mallory.get("/account").status == 303);
}

TEST_CASE("closed sign-up says so and makes no account") {
  World world({.signups_open = false});
  Browser person = world.browser();
  const Answer page = person.get("/signup");
  CHECK(page.status == 403);
  CHECK(page.has("Sign-up is closed"));
  person.get("/login");
  CHECK(person.post("/signup", {{"name", "Ann"}, {"password", World::password}}).status == 403);
  CHECK_FALSE(person.get("/").has("href=\"/signup\""));
}

TEST_CASE("too many tries are answered 429 with the time to wait, on the form itself") {
  World world({.limits = true});
  Browser person = world.browser();
  person.get("/login");
  Answer answer;
  for (int i = 0; i < 11; ++i) answer = person.post("/login", {{"name", "Ann"}, {"password", "wrong one"}});
  CHECK(answer.status == 429);
  const int wait = std::stoi(answer.header("retry-after"));
  CHECK(wait >= 1);
  CHECK(answer.has("That was too often. Wait " + std::to_string(wait) + " second"));
  CHECK(answer.has("value=\"Ann\""));
  world.pass_ms(wait * 1000);
  CHECK(person.post("/login", {{"name", "Ann"}, {"password", "wrong one"}}).status == 422);
}

TEST_CASE("while passwords cannot be hashed the answer is 503 with the time to wait") {
  World world({.password_queue = 0});
  Browser person = world.browser();
  person.get("/signup");
  const Answer answer = person.post("/signup", {{"name", "Ann"}, {"password", World::password}});
  CHECK(answer.status == 503);
  CHECK(answer.header("retry-after") == "10");
  CHECK(answer.has("value=\"Ann\""));
}

TEST_CASE("a store that does not answer logs nobody out") {
  World world;
  Browser person = world.account("Ann");
  world.pass_ms(10 * 60'000);  // beyond what is remembered
  world.stop_store();
  const Answer answer = person.get("/");
  CHECK(answer.status == 503);
  for (const std::string& cookie : answer.all("set-cookie")) CHECK(cookie.find("matinee=;") == std::string::npos);
  CHECK(person.cookies.count("matinee") == 1);
}
