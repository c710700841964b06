#include <catch2/catch.hpp>
#include <fstream>
#include "server/pages/strings.h"
#include "server/pages/template_words.h"
#include "tests/pages/world.h"
#include "tests/store/temporary_folder.h"

using namespace matinee;
using namespace matinee::test;
using Catch::Matchers::Contains;

namespace {

// Two small catalogues of ours.
class Catalogues {
 public:
  Catalogues(const std::string& english, const std::string& german) {
    std::ofstream(folder_.path() / "en.js") << english;
    std::ofstream(folder_.path() / "de.js") << german;
    strings = pages::Strings::load(folder_.path().string(), error);
  }
  std::unique_ptr<const pages::Strings> strings;
  std::string error;

 private:
  TemporaryFolder folder_;
};

std::string expanded(const std::string& catalogue, std::string text) {
  const Catalogues catalogues(catalogue, catalogue);
  INFO(catalogues.error);
  REQUIRE(catalogues.strings != nullptr);
  std::string why;
  return pages::put_words(text, catalogues.strings->english(), why) ? text : "refused: " + why;
}

std::string language_of(const Answer& page) {
  const std::size_t at = page.body.find("<html lang=\"");
  return at == std::string::npos ? "" : page.body.substr(at + 12, 2);
}

}  // namespace

TEST_CASE("a sentence is found by its key, its values are put in, and a number chooses its form") {
  const Catalogues catalogues(
      R"(export default {"a.b": "{who} and {what}", "a.n": {"one": "{n} room of {who}", "other": "{n} rooms of {who}"}};)",
      R"(export default {"a.b": "{what} und {who}", "a.n": {"one": "{n} Raum von {who}", "other": "{n} Räume von {who}"}};)");
  REQUIRE(catalogues.strings != nullptr);
  const pages::Words& german = *catalogues.strings->find("de");
  CHECK(catalogues.strings->english().text("a.b", {{"who", "Ana"}, {"what", "{who}"}}) == "Ana and {who}");
  CHECK(german.text("a.b", {{"who", "Ana"}, {"what", "Tee"}}) == "Tee und Ana");
  CHECK(german.count("a.n", 1, {{"who", "Ana"}}) == "1 Raum von Ana");
  CHECK(german.count("a.n", 0, {{"who", "Ana"}}) == "0 Räume von Ana");
  CHECK(german.text("no.such") == "no.such");
  CHECK(catalogues.strings->find("fr") == nullptr);
}

TEST_CASE("catalogues that cannot be used are refused at start, by name") {
  const std::string good = R"(export default {"a": "b"};)";
  for (const char* bad : {"", "{\"a\": \"b\"}", "export default {\"a\": 'b'};", "export default {\"a\": 1};",
                          "export default {\"a\": {\"one\": \"b\"}};", "export default {\"a\": \"b\"}"}) {
    const Catalogues catalogues(good, bad);
    INFO(bad);
    CHECK(catalogues.strings == nullptr);
    CHECK_THAT(catalogues.error, Contains("de.js"));
  }
}

TEST_CASE("a template's words are escaped, and a placeholder is a variable or the template's own markup") {
  const std::string words =
      R"(export default {"a.plain": "<b> & \"c\"", "a.open": "No {room} for {who}.", "a.many": {"one": "1", "other": "n"}};)";
  CHECK(expanded(words, "<p title=\"{{t a.plain}}\" lang=\"{{lang}}\">") == "<p title=\"&lt;b&gt; &amp; &quot;c&quot;\" lang=\"en\">");
  CHECK(expanded(words, "{{t a.open}}|{{#x}}{{x}}{{/x}}") == "No {{room}} for {{who}}.|{{#x}}{{x}}{{/x}}");
  CHECK(expanded(words, "[{{#t a.open}}{{:who}}<a>{{t a.plain}}</a>{{:room}}<i>{{name}}</i>{{/t}}]") ==
        "[No <i>{{name}}</i> for <a>&lt;b&gt; &amp; &quot;c&quot;</a>.]");
  CHECK_THAT(expanded(words, "{{t a.none}}"), Contains("refused") && Contains("a.none"));
  CHECK_THAT(expanded(words, "{{t a.many}}"), Contains("refused"));
  CHECK_THAT(expanded(words, "{{#t a.open}}"), Contains("do not end"));
  CHECK_THAT(expanded(words, "{{t a.open"), Contains("does not end"));
}

TEST_CASE("a page speaks the browser's language, and says so") {
  World world;
  Browser browser = world.browser();
  CHECK(language_of(browser.get("/login")) == "en");
  const Answer german = browser.send("GET", "/login", "", {{"Accept-Language", "de-AT,de;q=0.9,en;q=0.5"}});
  CHECK(language_of(german) == "de");
  CHECK(german.has("Passwort"));
  CHECK_FALSE(german.has("Password"));
  CHECK(german.header("content-language") == "de");
  CHECK_THAT(german.header("vary"), Contains("Accept-Language") && Contains("Cookie"));
  const Answer nothing = browser.send("GET", "/no/such", "", {{"Accept-Language", "de"}, {"Accept", "text/html"}});
  CHECK(nothing.status == 404);
  CHECK(language_of(nothing) == "de");
  CHECK(nothing.has("Hier ist nichts"));
}

TEST_CASE("a chosen language counts before the browser's, and leads back to the page") {
  World world;
  Browser browser = world.browser();
  const Answer page = browser.get("/signup?next=/rooms");
  CHECK(page.has("name=\"next\" value=\"/signup?next=/rooms\""));
  const Answer chosen = browser.post("/language", {{"lang", "de"}, {"next", "/signup?next=/rooms"}});
  CHECK(chosen.status == 303);
  CHECK(chosen.header("location") == "/signup?next=/rooms");
  CHECK_THAT(chosen.header("set-cookie"), Contains("matinee-language=de") && Contains("HttpOnly") && Contains("SameSite=Lax"));
  const Answer german = browser.get("/signup");
  CHECK(language_of(german) == "de");
  CHECK(german.has("value=\"de\" lang=\"de\" aria-current=\"true\""));
  CHECK(language_of(browser.send("GET", "/login", "", {{"Accept-Language", "en"}})) == "de");
  browser.cookies["matinee-language"] = "fr";
  CHECK(language_of(browser.send("GET", "/login", "", {{"Accept-Language", "en"}})) == "en");
}

TEST_CASE("the language form leads nowhere else, knows its languages, and needs its token") {
  World world;
  Browser browser = world.browser();
  browser.get("/");
  CHECK(browser.post("/language", {{"lang", "de"}, {"next", "//evil.example"}}).header("location") == "/");
  CHECK(browser.post("/language", {{"lang", "fr"}, {"next", "/"}}).status == 400);
  Browser stranger = world.browser();
  const Answer refused = stranger.post_raw("/language", {{"lang", "de"}, {"next", "/login"}});
  CHECK(refused.header("location") == "/login");
  CHECK_THAT(refused.header("set-cookie"), !Contains("language"));
  browser.origin = "https://evil.example";
  CHECK(browser.post("/language", {{"lang", "de"}, {"next", "/"}}).status == 403);
}

TEST_CASE("a refused form answers in the chosen language, with a switch that leads back to the form's page") {
  World world;
  Browser browser = world.browser();
  browser.get("/");
  browser.post("/language", {{"lang", "de"}, {"next", "/"}});
  const Answer refused = browser.post("/join", {{"code", "nonsense!"}});
  CHECK(refused.status == 422);
  CHECK(refused.has("Ein Raumcode hat 8 Buchstaben und Ziffern"));
  CHECK(refused.has("<input type=\"hidden\" name=\"next\" value=\"/\">"));
  browser.get("/signup");
  const Answer short_password = browser.post("/signup", {{"name", "Ana"}, {"password", "kurz"}});
  CHECK(short_password.has("mindestens 8 Zeichen"));
  CHECK(short_password.has("name=\"next\" value=\"/signup\""));
  Browser owner = world.guest("Olga");
  const std::string code = world.open_room(owner);
  browser.get("/rooms/" + code);
  const Answer no_name = browser.post("/rooms/" + code + "/join", {{"name", ""}});
  CHECK(no_name.status == 422);
  CHECK(no_name.has("name=\"next\" value=\"/rooms/" + code + "\""));
}
