#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>
#include "server/pages/client_description.h"
#include "server/pages/room_access.h"
#include "server/pages/room_json.h"
#include "server/pages/room_list.h"
#include "server/pages/strings.h"
#include "server/pages/templates.h"
#include "server/pages/upload_metadata.h"
#include "tests/store/temporary_folder.h"

using namespace matinee;
using Catch::Matchers::Contains;
using pages::Model;

namespace {

const pages::Strings& strings() {
  static const std::unique_ptr<const pages::Strings> loaded = [] {
    std::string error;
    auto strings = pages::Strings::load(MATINEE_SOURCE_FOLDER "/static/js/strings", error);
    INFO(error);
    REQUIRE(strings != nullptr);
    return strings;
  }();
  return *loaded;
}

// A folder of templates in which one page is ours to write.
class TemplateFolder {
 public:
  TemplateFolder() {
    std::filesystem::create_directories(folder_.path() / "partials");
    for (const char* name : {"landing", "library", "live", "rooms", "join", "room", "signup", "login", "account", "setup", "error"})
      write(std::string(name) + ".html", "x");
  }
  void write(const std::string& name, const std::string& text) { std::ofstream(folder_.path() / name) << text; }
  void remove(const std::string& name) { std::filesystem::remove(folder_.path() / name); }
  [[nodiscard]] std::string render(const Model& model) const {
    std::string error;
    const auto templates = pages::Templates::load(folder_.path().string(), strings(), error);
    INFO(error);
    REQUIRE(templates != nullptr);
    return templates->render("landing", strings().english(), model);
  }
  [[nodiscard]] std::string problem() const {
    std::string error;
    CHECK(pages::Templates::load(folder_.path().string(), strings(), error) == nullptr);
    return error;
  }

 private:
  test::TemporaryFolder folder_;
};

constexpr const char* evil = R"(<script>alert("1")</script>&'`)";

}  // namespace

TEST_CASE("every value is escaped, for text and for attributes") {
  TemplateFolder folder;
  folder.write("landing.html", R"(<p title="{{name}}">{{name}}</p>)");
  const std::string html = folder.render(Model().set("name", evil));
  CHECK(html.find("<script") == std::string::npos);
  CHECK(html ==
        "<p "
        "title=\"&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&apos;`\">&lt;script&gt;alert(&quot;1&quot;)&lt;/"
        "script&gt;&amp;&apos;`</p>");
}

TEST_CASE("a value is never read as a template") {
  TemplateFolder folder;
  folder.write("landing.html", "{{name}}|{{secret}}");
  CHECK(folder.render(Model().set("name", "{{secret}}").set("secret", "s")) == "{{secret}}|s");
}

TEST_CASE("a template that asks for raw output is refused at start") {
  TemplateFolder folder;
  const auto text = GENERATE("{{{name}}}", "{{& name}}", "{{&name}}");
  folder.write("join.html", text);
  CHECK_THAT(folder.problem(), Contains("join.html") && Contains("not escaped"));
}

TEST_CASE("partials are put in place, nested ones too") {
  TemplateFolder folder;
  folder.write("landing.html", "[{{> outer}}]");
  folder.write("partials/outer.html", "({{>inner}}{{#list}}{{> inner}}{{/list}})");
  folder.write("partials/inner.html", "{{name}}");
  const Model::List list{Model().set("name", "b"), Model().set("name", "c")};
  CHECK(folder.render(Model().set("name", "a").set("list", list)) == "[(abc)]");
}

TEST_CASE("missing and broken templates are named") {
  TemplateFolder folder;
  SECTION("a page that is missing") {
    folder.remove("setup.html");
    CHECK_THAT(folder.problem(), Contains("setup.html") && Contains("cannot be read") && Contains("--templates"));
  }
  SECTION("a partial that is missing") {
    folder.write("error.html", "{{> nowhere}}");
    CHECK_THAT(folder.problem(), Contains("nowhere.html") && Contains("cannot be read"));
  }
  SECTION("a partial that includes itself") {
    folder.write("error.html", "{{> loop}}");
    folder.write("partials/loop.html", "{{> loop}}");
    CHECK_THAT(folder.problem(), Contains("loop.html") && Contains("includes itself"));
  }
  SECTION("a section that does not end") {
    folder.write("error.html", "{{#a}}");
    CHECK_THAT(folder.problem(), Contains("error.html"));
  }
  SECTION("a tag that does not end") {
    folder.write("error.html", "{{> a");
    CHECK_THAT(folder.problem(), Contains("error.html"));
  }
}

TEST_CASE("a section shows when its value is set, and not when it is absent or false") {
  TemplateFolder folder;
  folder.write("landing.html", "{{#a}}yes{{/a}}{{^a}}no{{/a}}");
  CHECK(folder.render(Model()) == "no");
  CHECK(folder.render(Model().set("a", false)) == "no");
  CHECK(folder.render(Model().set_if("a", "")) == "no");
  CHECK(folder.render(Model().set("a", Model::List{})) == "no");
  CHECK(folder.render(Model().set("a", true)) == "yes");
  CHECK(folder.render(Model().set("a", "text")) == "yes");
}

TEST_CASE("the shipped templates load") {
  std::string error;
  const auto templates = pages::Templates::load(MATINEE_SOURCE_FOLDER "/templates", strings(), error);
  INFO(error);
  CHECK(templates != nullptr);
}

TEST_CASE("pages are rendered on many threads at once") {
  std::string error;
  const auto templates = pages::Templates::load(MATINEE_SOURCE_FOLDER "/templates", strings(), error);
  REQUIRE(templates != nullptr);
  const Model model =
      Model().set("csrf", "x").set("rooms", Model::List{Model().set("code", "a"), Model().set("code", "b")}).set("has_rooms", true);
  const std::string wanted = templates->render("landing", strings().english(), model);
  std::atomic<int> different{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) different += templates->render("landing", strings().english(), model) == wanted ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(different == 0);
}

TEST_CASE("the data of the room page is JSON whatever people are called") {
  auth::Identity you;
  you.user = seams::UserId{9007199254740991};
  you.name = "A\"\\\n</script>";
  you.kind = rooms::PersonKind::account;
  CHECK(pages::room_json({"K7QM3XFD", "Film \"night\"", you, "http://h/r/K7QM3XFD", "t", "1.0", ""}) ==
        R"({"code":"K7QM3XFD","name":"Film \"night\"","you":{"id":"9007199254740991","name":"A\"\\\u000a</script>","kind":"account"},)"
        R"("share_url":"http://h/r/K7QM3XFD","csrf":"t","socket_path":"/rooms/K7QM3XFD/socket","version":"1.0","presets":)" +
            pages::presets_json() +
            R"(,"preferences":{"theme":"system","motion":"system","announce":"all","ask_first":false,"letter_keys":true}})");
}

TEST_CASE("the room page knows what each preset grants") {
  const std::string presets = pages::presets_json();
  CHECK(presets.starts_with(R"({"friends":{"moderator":["chat",)"));
  CHECK(presets.find(
            R"("class":{"moderator":["chat","react","queue_add","play_now","control","reorder","skip","remove","block","stop_chat",)"
            R"("edit_room","delete_messages","go_live"],"member":["chat","react","queue_add"],"guest":["chat","react","queue_add"]})") !=
        std::string::npos);
  CHECK(presets.ends_with(R"("stage":{"moderator":["chat","react","queue_add","remove","block","stop_chat","delete_messages"],)"
                          R"("member":["chat","react"],"guest":["chat","react"]}})"));
}

TEST_CASE("the data of the room page names the file on the stage, escaped like everything") {
  const std::string json = pages::room_json({"K7QM3XFD", "Film", {}, "http://h/r/K7QM3XFD", "t", "1.0", "https://h/\"a\".mp4"});
  CHECK(json.find(R"("version":"1.0","file":"https://h/\"a\".mp4")") != json.npos);
}

TEST_CASE("a browser is described in known words only") {
  CHECK(pages::describe_client("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0") == "Firefox on Linux");
  CHECK(pages::describe_client("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36") ==
        "Chrome on Android");
  CHECK(pages::describe_client("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0") ==
        "Edge on Windows");
  CHECK(pages::describe_client("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1") == "Safari on iPhone");
  CHECK(pages::describe_client(evil) == "A browser");
  CHECK(pages::describe_client("") == "A browser");
}

TEST_CASE("how many people are inside is told in words") {
  CHECK(pages::people_text(strings().english(), 0) == "nobody here yet");
  CHECK(pages::people_text(strings().english(), 1) == "1 person here");
  CHECK(pages::people_text(strings().english(), 3) == "3 people here");
}

TEST_CASE("a block holds for the person, and for guests at the blocked address") {
  seams::RoomRecord room;
  room.blocks.push_back({seams::UserId{7}, "Mallory", "192.0.2.7", 2'000});
  auth::Identity person;
  person.user = seams::UserId{7};
  CHECK(pages::is_blocked(room, &person, "198.51.100.1", 1'999));
  CHECK_FALSE(pages::is_blocked(room, &person, "198.51.100.1", 2'000));  // it has run out
  CHECK(pages::is_blocked(room, nullptr, "192.0.2.7", 0));
  CHECK(pages::is_blocked(room, nullptr, "::ffff:192.0.2.7", 0));
  CHECK_FALSE(pages::is_blocked(room, nullptr, "192.0.2.8", 0));
  person.user = seams::UserId{8};
  CHECK(pages::is_blocked(room, &person, "192.0.2.7", 0));  // another guest from there
  person.kind = rooms::PersonKind::account;
  CHECK_FALSE(pages::is_blocked(room, &person, "192.0.2.7", 0));  // somebody else in the same house
  room.blocks.front().until_ms = 0;
  person.user = seams::UserId{7};
  CHECK(pages::is_blocked(room, &person, "198.51.100.1", 1'000'000));  // until lifted
}

TEST_CASE("what an upload says of itself is read up to its bound, and refused where it is malformed") {
  const auto read = pages::read_upload_metadata("filename RmlsbSDDvC5tcDQ=,fingerprint MTItMzQ=, other , filename Yi5tcDQ=");
  REQUIRE(read.has_value());
  CHECK(read->file_name == "b.mp4");
  CHECK(read->fingerprint == "12-34");
  CHECK(pages::read_upload_metadata("filename RmlsbSDDvC5tcDQ=")->file_name == "Film \xC3\xBC.mp4");
  CHECK(pages::read_upload_metadata("")->file_name.empty());
  for (const std::string_view bad : {"filename Rml", "filename R*==", "filename =RmA", " ,", "filename RmA=x==="})
    CHECK_FALSE(pages::read_upload_metadata(bad).has_value());
  const std::string most = "filename " + std::string((pages::upload_metadata_bytes_max - 9) / 4 * 4, 'A');
  CHECK(pages::read_upload_metadata(most + std::string(pages::upload_metadata_bytes_max - most.size(), ' ')).has_value());
  CHECK_FALSE(pages::read_upload_metadata(most + std::string(pages::upload_metadata_bytes_max - most.size() + 1, ' ')).has_value());
}
