// Picture, preferences and e-mail address of an account.
#include <catch2/catch.hpp>
#include "server/pages/avatar.h"
#include "server/pages/avatar_picture.h"
#include "server/pages/preferences.h"
#include "tests/pages/sample_pictures.h"
#include "tests/pages/world.h"

using namespace matinee;
using namespace matinee::test;
using pages::check_avatar;
using pages::PictureError;

namespace {

Answer upload(Browser& person, const std::string& bytes, const std::string& type = "image/png") {
  return person.send("POST", "/account/avatar", bytes, {{"Content-Type", type}, {"Origin", person.origin}, {"X-CSRF-Token", person.token}});
}

std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t at = text.find(before);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + before.size();
  return text.substr(begin, text.find(after, begin) - begin);
}

}  // namespace

TEST_CASE("a picture of 192 by 192 pixels is taken in each of the three forms") {
  CHECK(check_avatar(png(192, 192)) == "image/png");
  CHECK(check_avatar(jpeg(192, 192)) == "image/jpeg");
  CHECK(check_avatar(webp_of(lossy(192, 192))) == "image/webp");
  CHECK(check_avatar(webp_of(lossless(192, 192))) == "image/webp");
  CHECK(check_avatar(webp_of(canvas(192, 192) + webp_chunk("ALPH", "a") + lossy(192, 192))) == "image/webp");
}

TEST_CASE("a picture one pixel larger or smaller in either direction is refused") {
  for (const std::uint32_t other : {191U, 193U}) {
    for (const std::string& picture :
         {png(192, other), png(other, 192), jpeg(192, other), jpeg(other, 192), webp_of(lossy(192, other)), webp_of(lossy(other, 192)),
          webp_of(lossless(192, other)), webp_of(lossless(other, 192)), webp_of(canvas(other, 192) + lossy(other, 192))}) {
      CHECK(check_avatar(picture) == tl::unexpected(PictureError::wrong_size));
    }
  }
}

TEST_CASE("what is no whole picture, or contradicts itself, is refused") {
  for (const std::string& picture :
       {png(192, 192), jpeg(192, 192), webp_of(lossy(192, 192)), webp_of(canvas(192, 192) + lossless(192, 192))}) {
    for (std::size_t length = 0; length < picture.size(); ++length) {
      INFO(length);
      CHECK_FALSE(check_avatar(std::string_view(picture).substr(0, length)));
    }
    CHECK_FALSE(check_avatar(picture + "x"));
    CHECK_FALSE(check_avatar("x" + picture));
  }
  const std::string end = png_chunk("IEND", "");
  for (const std::string& picture :
       {png_head(192, 192) + end, png_head(192, 192) + png_head(192, 192).substr(8) + png_chunk("IDAT", "d") + end,
        png_head(192, 192) + big(0xFFFFFFFF, 4) + "IDAT" + end, webp_of(canvas(192, 192) + lossy(191, 192)), webp_of(canvas(192, 192)),
        webp_of(lossy(192, 192) + lossy(192, 192)), webp_of("VP8 " + little(0xFFFFFFFF, 4) + "x"), std::string("GIF89a"),
        std::string("<svg xmlns='http://www.w3.org/2000/svg'/>")}) {
    CHECK(check_avatar(picture) == tl::unexpected(PictureError::not_a_picture));
  }
}

TEST_CASE("pictures that move are refused") {
  CHECK(check_avatar(png_head(192, 192) + png_chunk("acTL", "12345678") + png_chunk("IDAT", "d") + png_chunk("IEND", "")) ==
        tl::unexpected(PictureError::moves));
  CHECK(check_avatar(webp_of(canvas(192, 192, '\x02') + lossy(192, 192))) == tl::unexpected(PictureError::moves));
  CHECK(check_avatar(webp_of(canvas(192, 192) + webp_chunk("ANMF", "frame"))) == tl::unexpected(PictureError::moves));
}

TEST_CASE("a picture is put, shown to people with a session under a lasting address, and taken away") {
  World world;
  Browser person = world.account("Ann");
  person.get("/account");
  const std::string bytes = png(192, 192);
  const Answer put = upload(person, bytes);
  REQUIRE(put.status == 200);
  const std::string path = between(put.body, R"({"avatar":")", "\"");
  REQUIRE(path.rfind("/avatars/", 0) == 0);
  CHECK(person.get("/account").has("src=\"" + path + "\""));
  CHECK(person.get("/").has("src=\"" + path + "\""));
  Browser guest = world.guest("Gus");
  const Answer shown = guest.get(path);
  CHECK(shown.status == 200);
  CHECK(shown.body == bytes);
  CHECK(shown.header("content-type") == "image/png");
  CHECK(shown.header("x-content-type-options") == "nosniff");
  CHECK(shown.header("cache-control") == "private, max-age=31536000, immutable");
  Browser stranger = world.browser();
  CHECK(stranger.get(path).status == 404);
  CHECK(guest.get(path + "x").status == 404);
  CHECK(guest.get("/avatars/x/y").status == 404);
  CHECK(guest.get("/avatars/99999999999999999999/y").status == 404);

  const Answer removed = person.post("/account/avatar/remove", {});
  CHECK(removed.header("location") == "/account?saved=picture");
  const Answer page = person.follow(removed);
  CHECK(page.has("Your picture is removed."));
  CHECK_FALSE(page.has(path));
  CHECK(guest.get(path).status == 404);
}

TEST_CASE("a picture of 64 KiB is taken and one byte more refused") {
  World world;
  Browser person = world.account("Ann");
  person.get("/account");
  const std::size_t around = png(192, 192, 0).size();
  CHECK(upload(person, png(192, 192, pages::avatar_bytes_max - around)).status == 200);
  CHECK(upload(person, png(192, 192, pages::avatar_bytes_max - around + 1)).status == 413);
}

TEST_CASE("a picture comes from our own page, with its token, from somebody with an account, as a picture") {
  World world;
  Browser person = world.account("Ann");
  person.get("/account");
  const std::string bytes = png(192, 192);
  const auto send = [&](Browser& who, const Fields& headers) { return who.send("POST", "/account/avatar", bytes, headers).status; };
  const auto origin = std::pair<std::string, std::string>("Origin", person.origin);
  CHECK(send(person, {{"Content-Type", "image/png"}, {"Origin", "http://elsewhere.test"}, {"X-CSRF-Token", person.token}}) == 403);
  CHECK(send(person, {{"Content-Type", "image/png"}, origin}) == 403);
  CHECK(send(person, {{"Content-Type", "image/png"}, origin, {"X-CSRF-Token", "wrong"}}) == 403);
  CHECK(send(person, {{"Content-Type", "application/octet-stream"}, origin, {"X-CSRF-Token", person.token}}) == 415);
  Browser guest = world.guest("Gus");
  CHECK(upload(guest, bytes).status == 401);
  const Answer wrong = upload(person, png(64, 64));
  CHECK(wrong.status == 422);
  CHECK(wrong.has("192 by 192"));
  CHECK_FALSE(person.get("/account").has("/avatars/"));
}

TEST_CASE("who changes the picture again and again is asked to wait") {
  World world({.limits = true});
  Browser person = world.account("Ann");
  person.get("/account");
  for (int i = 0; i < 30; ++i) CHECK(upload(person, png(192, 192)).status == 200);
  const Answer answer = upload(person, png(192, 192));
  CHECK(answer.status == 429);
  CHECK_FALSE(answer.header("retry-after").empty());
  CHECK(person.post("/account/preferences", {{"theme", "dark"}}).status == 429);
}

TEST_CASE("the initial and its colour are those of the script") {
  World world;
  Browser person = world.account("émile");
  const Answer page = person.get("/");
  CHECK(page.has(">É</span>"));
  // static/js/views/avatar.js counts the same: tests/js holds it to these.
  CHECK(pages::avatar_hue(seams::UserId{1001}) == 0);
  CHECK(pages::avatar_hue(seams::UserId{9007199254740991}) == 4);
}

TEST_CASE("preferences are saved without script, follow the account, and are in the first bytes of every page") {
  World world;
  Browser person = world.account("Ann");
  CHECK(person.get("/").has("data-theme=\"system\" data-motion=\"system\""));
  const Answer saved =
      person.post("/account/preferences", {{"theme", "light"}, {"motion", "reduced"}, {"announce", "off"}, {"ask_first", "on"}});
  CHECK(saved.header("location") == "/account?saved=preferences");
  const Answer page = person.follow(saved);
  CHECK(page.has("Your preferences are saved."));
  CHECK(page.has("value=\"light\" selected"));
  CHECK(page.has("name=\"ask_first\" value=\"on\" checked"));
  CHECK_FALSE(page.has("name=\"letter_keys\" value=\"on\" checked"));
  Browser other = world.browser();
  other.get("/login");
  REQUIRE(other.post("/login", {{"name", "Ann"}, {"password", World::password}}).status == 303);
  CHECK(other.get("/").has("<html lang=\"en\" data-theme=\"light\" data-motion=\"reduced\">"));
  const std::string code = world.open_room(other);
  CHECK(other.get("/rooms/" + code).has("&quot;preferences&quot;:{&quot;theme&quot;:&quot;light&quot;"));
  Browser guest = world.guest("Gus");
  CHECK_FALSE(guest.get("/").has("data-theme"));
  CHECK(guest.post("/account/preferences", {{"theme", "light"}}).header("location") == "/login?next=/account");
}

TEST_CASE("of preferences only known words are kept, and they read back as they were") {
  const auto form = http::Form::parse("theme=pink&motion=full&announce=%3Cscript%3E&letter_keys=on&more=x");
  const pages::Preferences read = pages::preferences_of(*form);
  CHECK(read.theme == "system");
  CHECK(read.motion == "full");
  CHECK(read.announce == "all");
  CHECK_FALSE(read.ask_first);
  CHECK(read.letter_keys);
  const std::string text = pages::saved_text_of(read);
  CHECK(pages::saved_text_of(pages::preferences_saved(text)) == text);
  CHECK(pages::preferences_json(pages::preferences_saved("")) ==
        R"({"theme":"system","motion":"system","announce":"all","ask_first":false,"letter_keys":true})");
  CHECK(pages::preferences_saved("%zz").theme == "system");
}

TEST_CASE("an e-mail address is changed by who knows the password, and belongs to one account") {
  World world;
  Browser other = world.account("Bob");
  other.get("/account");
  CHECK(other.post("/account/email", {{"email", "bob@example.org"}, {"current", World::password}}).status == 303);
  Browser person = world.account("Ann");
  person.get("/account");
  CHECK(person.post("/account/email", {{"email", "ann@example.org"}, {"current", ""}}).has("Please enter your current password."));
  const Answer wrong = person.post("/account/email", {{"email", "ann@example.org"}, {"current", "not it at all"}});
  CHECK(wrong.status == 422);
  CHECK(wrong.has("id=\"email-current-error\">This is not your current password."));
  CHECK(wrong.has("value=\"ann@example.org\""));
  CHECK(person.post("/account/email", {{"email", "BOB@example.org"}, {"current", World::password}})
            .has("Another account has this e-mail address."));
  CHECK(person.post("/account/email", {{"email", "no address"}, {"current", World::password}}).has("id=\"email-error\""));
  const Answer changed = person.post("/account/email", {{"email", "ann@example.org"}, {"current", World::password}});
  CHECK(person.follow(changed).has("Your e-mail address is changed."));
  Browser again = world.browser();
  again.get("/login");
  CHECK(again.post("/login", {{"name", "ann@example.org"}, {"password", World::password}}).status == 303);
  person.get("/account");
  CHECK(person.post("/account/email", {{"email", " "}, {"current", World::password}}).status == 303);
  CHECK(person.get("/account").has("name=\"email\" type=\"email\" value=\"\""));
}
