// The export of an account, and its end.
#include "server/pages/account_end.h"
#include <algorithm>
#include <catch2/catch.hpp>
#include "server/pages/export.h"
#include "server/shard/forgetting.h"
#include "tests/pages/sample_pictures.h"
#include "tests/pages/world.h"

using namespace matinee;
using namespace matinee::test;

namespace {

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

// The body of a chunked answer, its frames taken off.
std::string joined(const Answer& answer) {
  std::string body;
  for (std::size_t at = 0;;) {
    const std::size_t line = answer.body.find("\r\n", at);
    const std::size_t length = std::stoul(answer.body.substr(at, line - at), nullptr, 16);
    if (length == 0) return body;
    body += answer.body.substr(line + 2, length);
    at = line + 2 + length + 2;
  }
}

Answer end(Browser& person, const std::string& name, Fields more = {}) {
  Fields fields{{"name", name}, {"current", World::password}};
  for (auto& field : more) fields.push_back(field);
  return person.post("/account/delete", fields);
}

}  // namespace

TEST_CASE("an export holds profile, preferences, devices, rooms and own messages, and nothing of others") {
  World world;
  Browser other = world.account("Bob");
  Browser person = world.account("Ann");
  const std::string code = world.open_room(person);
  person.get("/account");
  person.post("/account/email", {{"email", "ann@example.org"}, {"current", World::password}});
  person.post("/account/preferences", {{"theme", "dark"}});
  person.send("POST", "/account/avatar", png(192, 192),
              {{"Content-Type", "image/png"}, {"Origin", person.origin}, {"X-CSRF-Token", person.token}});
  world.say(code, 1, world.user_of("Ann"), "said \"by\" Ann");
  world.say(code, 2, world.user_of("Bob"), "said by Bob");
  world.say(code, 3, world.user_of("Ann"), "and once more");
  const Answer answer = person.get("/account/export");
  CHECK(answer.status == 200);
  CHECK(answer.header("content-type") == "application/json");
  CHECK(answer.header("content-disposition") == "attachment; filename=\"matinee-account.json\"");
  CHECK(answer.header("cache-control") == "no-store");
  const std::string json = joined(answer);
  CHECK(json.rfind(R"({"format":"matinee.account.v1",)", 0) == 0);
  CHECK(json.find(R"("name":"Ann","email":"ann@example.org")") != std::string::npos);
  CHECK(json.find(R"("preferences":{"theme":"dark")") != std::string::npos);
  CHECK(json.find(R"("picture":{"type":"image/png","base64url":"iVBORw0KGgo)") != std::string::npos);
  CHECK(json.find(R"("this_one":true)") != std::string::npos);
  CHECK(json.find(R"({"code":")" + code + R"(","name":"Ann's room","role":"owner")") != std::string::npos);
  CHECK(json.find(R"("seq":1,"id":"message-1","text":"said \"by\" Ann","at_ms":1800000000000,"details":{"name":"As it was then"}})") !=
        std::string::npos);
  CHECK(count(json, "\"seq\":") == 2);
  CHECK(json.find("Bob") == std::string::npos);
  CHECK(json.find("argon2") == std::string::npos);
  CHECK(other.get("/account/export").body.find("Ann") == std::string::npos);
}

TEST_CASE("an export is whole at the size of a piece and one beyond") {
  World world;
  Browser person = world.account("Ann");
  const std::string code = world.open_room(person);
  const seams::UserId ann = world.user_of("Ann");
  std::int64_t seq = 0;
  while (seq < static_cast<std::int64_t>(pages::export_piece_max)) world.say(code, ++seq, ann, "line");
  CHECK(count(joined(person.get("/account/export")), "\"seq\":") == pages::export_piece_max);
  world.say(code, ++seq, ann, "line");
  CHECK(count(joined(person.get("/account/export")), "\"seq\":") == pages::export_piece_max + 1);
}

TEST_CASE("an export is for accounts, three at once and then one every ten minutes") {
  World world({.limits = true});
  Browser person = world.account("Ann");
  for (int i = 0; i < 3; ++i) CHECK(person.get("/account/export").status == 200);
  const Answer wait = person.get("/account/export");
  CHECK(wait.status == 429);
  CHECK_FALSE(wait.header("retry-after").empty());
  world.pass_ms(10 * 60'000);
  CHECK(person.get("/account/export").status == 200);
  Browser guest = world.guest("Gus");
  CHECK(guest.get("/account/export").header("location") == "/login?next=/account");
}

TEST_CASE("an account ends for who types name and password; nothing of it is left to log in with") {
  World world;
  Browser person = world.account("Ann");
  Browser second = world.browser();
  second.get("/login");
  second.post("/login", {{"name", "Ann"}, {"password", World::password}});
  person.get("/account");
  const Answer ended = end(person, " ann ");
  CHECK(ended.header("location") == "/?account=deleted");
  CHECK(person.cookies.count("matinee") == 0);
  CHECK(person.follow(ended).has("Your account is deleted."));
  CHECK(second.get("/account").status == 303);
  Browser again = world.browser();
  again.get("/login");
  CHECK(again.post("/login", {{"name", "Ann"}, {"password", World::password}}).status == 422);
  world.account("Ann");  // the name is free
}

TEST_CASE("a wrong name or password ends nothing and is told at its field, with what was typed") {
  World world;
  Browser person = world.account("Ann");
  person.get("/account");
  const Answer wrong_name = end(person, "Anna", {{"messages", "on"}});
  CHECK(wrong_name.status == 422);
  CHECK(wrong_name.has("id=\"delete-name-error\""));
  CHECK(wrong_name.has("name=\"name\" value=\"Anna\""));
  CHECK(wrong_name.has("name=\"messages\" value=\"on\" checked"));
  CHECK(person.post("/account/delete", {{"name", "Ann"}, {"current", ""}}).has("id=\"delete-current-error\">Please enter"));
  const Answer wrong = person.post("/account/delete", {{"name", "Ann"}, {"current", "not the password"}});
  CHECK(wrong.status == 422);
  CHECK(wrong.has("id=\"delete-current-error\">This is not your current password."));
  CHECK(person.get("/account").status == 200);
  Browser guest = world.guest("Gus");
  CHECK(end(guest, "Gus").header("location") == "/login?next=/account");
}

TEST_CASE("the only admin is told so and stays") {
  World world;
  Browser person = world.account("Ann");
  world.account("Bob");
  world.make_admin("Ann");
  person.get("/account");
  const Answer refused = end(person, "Ann");
  CHECK(refused.status == 409);
  CHECK(refused.has("You are the only admin of this server."));
  CHECK(person.get("/account").status == 200);
  world.make_admin("Bob");
  CHECK(end(person, "Ann").header("location") == "/?account=deleted");
}

TEST_CASE("a room goes to its heir or is closed, and whoever serves a room of the person reads it anew") {
  World world;
  Browser person = world.account("Ann");
  Browser other = world.account("Bob");
  const std::string alone = world.open_room(person);
  const std::string theirs = world.open_room(other);
  const std::string shared = world.open_room(person);
  world.visit(shared, world.user_of("Bob"));
  person.get("/account");
  const seams::UserId bob = world.user_of("Bob");
  REQUIRE(end(person, "Ann").status == 303);
  CHECK(world.room(alone).ended_at_ms > 0);
  CHECK(world.room(shared).owner == bob);
  CHECK(world.room(shared).ended_at_ms == 0);
  auto reopened = world.reopened_rooms();
  std::sort(reopened.begin(), reopened.end());
  auto wanted = std::vector<std::string>{alone, shared};
  std::sort(wanted.begin(), wanted.end());
  CHECK(reopened == wanted);
  CHECK(other.get("/rooms/" + theirs).status == 200);
}

TEST_CASE("messages stay without the name, or go, however many there are") {
  const bool go = GENERATE(false, true);
  World world;
  Browser person = world.account("Ann");
  Browser other = world.account("Bob");
  const std::string code = world.open_room(other);
  const seams::UserId ann = world.user_of("Ann");
  const auto many = static_cast<std::int64_t>(pages::farewell_piece_max + 1);
  for (std::int64_t seq = 1; seq <= many; ++seq) world.say(code, seq, ann, "line");
  world.say(code, many + 1, world.user_of("Bob"), "not hers");
  world.pass_ms(1'000);
  person.get("/account");
  REQUIRE(end(person, "Ann", go ? Fields{{"messages", "on"}} : Fields{}).status == 303);
  const auto messages = world.messages(code);
  REQUIRE(messages.size() == static_cast<std::size_t>(many) + 1);
  CHECK(std::count_if(messages.begin(), messages.end(), [](const auto& m) { return m.body == "line"; }) == (go ? 0 : many));
  CHECK(std::count_if(messages.begin(), messages.end(),
                      [](const auto& m) { return m.extra.find("As it was then") != std::string::npos; }) == 1);
  CHECK(messages.back().body == "not hers");
}

TEST_CASE("a name is taken out of what is stored of a room, and what cannot be read stays as it is") {
  CHECK(shard::nameless_extra(R"({"name":"Ann","reply_to":3,"media":"https://media.test/a.mp4","media_time_ms":5})") ==
        R"({"name":"","reply_to":3,"media":"https://media.test/a.mp4","media_time_ms":5})");
  CHECK(shard::nameless_snapshot("no snapshot", {7}) == "no snapshot");
}
