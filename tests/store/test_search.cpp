// The search index beneath the seam: what a query can mean, when it is made, and that nothing of a deleted text stays in the files.
#include "server/store/migrations.h"
#include "server/store/search_index.h"
#include "tests/store/file_world.h"

namespace matinee::test {

using seams::MessageKind;

namespace {

struct Searched : FileWorld {
  seams::RoomRecord room;
  std::int64_t last = 0;
  std::int64_t changes = 0;

  void start() {
    open();
    room = serve("K7QM3XFD");
  }
  void put(seams::AppendRequest request) {
    const auto outcome = ask<seams::AppendOutcome>([&](auto executor, auto done) { database->messages().append(request, executor, done); });
    REQUIRE(outcome.what == What::appended);
  }
  void say(const std::string& text) {
    auto request = message(room, ++last);
    request.body = text;
    put(request);
  }
  void change(std::int64_t seq, MessageKind kind, const std::string& text = "") {
    auto request = message(room, seq);
    request.kind = kind;
    request.change = rooms::ChangeNumber{++changes};
    request.message_id.clear();
    request.body = text;
    put(request);
  }
  seams::SearchPage page(const std::string& query, std::size_t limit = 50, std::size_t bytes_max = 1'000'000) {
    const auto found = ask<seams::Result<seams::SearchPage>>([&](auto executor, auto done) {
      database->messages().search({room.id, query, std::nullopt, limit, bytes_max}, executor, done);
    });
    REQUIRE(found.has_value());
    return *found;
  }
  std::vector<std::int64_t> find(const std::string& query) {
    std::vector<std::int64_t> seqs;
    for (const auto& message : page(query).messages) seqs.push_back(message.seq.value);
    return seqs;
  }
  void tidy() {
    const auto done = ask<seams::Result<void>>([&](auto executor, auto heard) { database->messages().tidy(executor, heard); });
    REQUIRE(done.has_value());
  }
  bool in_files(const std::string& word) const {
    for (const char* name : {"matinee.sqlite3", "matinee.sqlite3-wal"}) {
      if (std::filesystem::exists(file(name)) && bytes_of(file(name)).find(word) != std::string::npos) return true;
    }
    return false;
  }
};

using Numbers = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("words are found whatever their case, accents and alphabet") {
  Searched world;
  world.start();
  world.say("Käse und Brot");
  world.say("Ёлка, ΑΘΗΝΑ!");
  world.say("映画を見る");
  CHECK(world.find("kase") == Numbers{1});
  CHECK(world.find("KÄSE brot") == Numbers{1});
  CHECK(world.find("ёлка") == Numbers{2});
  CHECK(world.find("αθηνα") == Numbers{2});
  CHECK(world.find("映画") == Numbers{3});
  CHECK(world.find("😀").empty());
}

TEST_CASE("a query is words, whatever FTS5 would make of it") {
  Searched world;
  world.start();
  world.say("rock and roll or not near body room 2");
  world.say("don't stop");
  const auto other = world.serve("AAAABBBB");
  auto elsewhere = FileWorld::message(other, 1);
  elsewhere.body = "rock elsewhere";
  world.put(elsewhere);
  struct Row {
    std::string query;
    Numbers found;
  };
  const Row rows[] = {{"rock AND roll", {1}},
                      {"rock AND stop", {}},
                      {"roll OR stop", {}},
                      {"rock NOT", {1}},
                      {"NEAR(rock roll)", {}},
                      {"NEAR", {1}},
                      {"body : rock", {1}},
                      {"room : 2", {1}},
                      {"room:\"2\" OR rock", {1}},
                      {"\"rock roll\"", {1}},
                      {"\"", {}},
                      {"\"\"\"\"", {}},
                      {"*", {}},
                      {"^rock", {1}},
                      {"-roll", {1}},
                      {"ro*", {1}},
                      {"{body} rock", {1}},
                      {"(rock", {1}},
                      {"rock)", {1}},
                      {"rock + roll", {1}},
                      {"don't", {2}},
                      {"'; DROP TABLE messages; --", {}},
                      {std::string("rock\0roll", 9), {1}},
                      {"\xF0\x9F\x98\x80 rock", {1}},
                      {"rock \xEF\xBB\xBF", {1}},
                      {"   ", {}},
                      {"", {}}};
  for (const Row& row : rows) {
    CAPTURE(row.query);
    CHECK(world.find(row.query) == row.found);
  }
  CHECK(world.find("elsewhere").empty());
}

TEST_CASE("every byte and every odd pair of bytes is a query that is answered") {
  Searched world;
  world.start();
  world.say("rock");
  const std::string odd = "\"'*()^+-:{}\\;~|&<>,.!?\x01\x7F a9";
  for (const char one : odd) {
    for (const char two : odd) {
      std::string query{"rock "};
      query += one;
      query += two;
      (void)world.page(query);
    }
  }
  CHECK(world.find(std::string(200, '"')).empty());
  CHECK(world.find("rock") == Numbers{1});
}

TEST_CASE("the last word is also the beginning of a longer one, from two letters on") {
  Searched world;
  world.start();
  world.say("projection room");
  world.say("a projector");
  CHECK(world.find("proj") == Numbers{2, 1});
  CHECK(world.find("room proj") == Numbers{1});
  CHECK(world.find("proj room").empty());
  CHECK(world.find("p").empty());
  CHECK(world.find("a") == Numbers{2});
  CHECK(store::match_expression(seams::RoomId{7}, "one tw") == R"(room : "7" AND body : ("one" "tw"*))");
  CHECK(store::match_expression(seams::RoomId{7}, "isn't") == R"(room : "7" AND body : ("isn't" ))");
}

TEST_CASE("of a long query the first twelve words are asked for") {
  std::string query;
  for (int word = 1; word <= 13; ++word) query += "w" + std::to_string(word) + " ";
  const std::string expression = store::match_expression(seams::RoomId{1}, query);
  CHECK(expression.find("\"w12\"*") != std::string::npos);
  CHECK(expression.find("w13") == std::string::npos);
}

TEST_CASE("an edit and a removal change what is found at once, whether the message was indexed already or not") {
  Searched world;
  world.start();
  world.say("first words");
  SECTION("indexed") { CHECK(world.find("words") == Numbers{1}); }
  SECTION("not yet") {}
  world.change(1, MessageKind::edit, "other text");
  CHECK(world.find("words").empty());
  CHECK(world.find("other") == Numbers{1});
  CHECK(world.page("other").messages.at(0).body == "other text");
  world.change(1, MessageKind::removal);
  CHECK(world.find("other").empty());
  world.change(1, MessageKind::removal);
}

TEST_CASE("an answer ends at its bound of bytes, after one message at least") {
  Searched world;
  world.start();
  for (int i = 0; i < 3; ++i) world.say("long " + std::string(1'000, 'x'));
  CHECK(world.page("long", 50, 1).messages.size() == 1);
  CHECK(world.page("long", 50, 1).more_before);
  CHECK(world.page("long", 50, 2'500).messages.size() == 2);
  CHECK(world.page("long", 50, 100'000).messages.size() == 3);
  CHECK_FALSE(world.page("long", 50, 100'000).more_before);
}

TEST_CASE("messages from before there was a search are indexed bit by bit by the running server") {
  Searched world;
  constexpr int count = 1'200;
  std::filesystem::create_directories(world.options.folder);
  {
    std::ofstream(world.file()).close();
    store::Connection old({world.file(), 1'000, 0, false, 0});
    store::migrate(old, 0, store::all_migrations().first(1), world.options.folder);
    store::Query(old, "INSERT INTO rooms (code, name, kind, settings, created_ms) VALUES ('K7QM3XFD', 'Room', 0, x'', 1)").run();
    for (std::int64_t seq = 1; seq <= count; ++seq) {
      const std::string text = "old line " + std::to_string(seq);
      store::Query(old, "INSERT INTO messages (room, seq, author, kind, body, extra, at_ms) VALUES (1, ?1, 1001, 0, ?2, x'', 1)", seq, text)
          .run();
    }
  }
  world.start();
  // Each search helps with one step; the server itself goes on whenever it is quiet.
  std::size_t searches = 1;
  while (world.find(std::to_string(count)).empty()) REQUIRE(++searches < 10);
  CHECK(world.find("line 1") == Numbers{1});
  CHECK(world.page("old").more_before);
}

TEST_CASE("a server that is quiet indexes by itself, and what it has indexed is found after a restart") {
  Searched world;
  world.options.index_quiet_ms = 0;
  world.start();
  for (int i = 1; i <= 20; ++i) world.say("word" + std::to_string(i));
  const auto indexed = [&] {
    SQLite::Database file(world.file(), SQLite::OPEN_READONLY, 2'000);
    return file.execAndGet("SELECT up_to FROM message_index_state").getInt();
  };
  while (indexed() < 20) (void)world.numbers(world.room);
  world.start();
  CHECK(world.find("word20") == Numbers{20});
}

TEST_CASE("what was deleted is gone from the files: the text at once, its words from the index with the next tidying") {
  Searched world;
  world.start();
  for (int i = 0; i < 30; ++i) world.say("an ordinary line " + std::to_string(i));
  world.say("the launch code is zyzzogeton");
  world.say("pneumonoultra " + std::string(20'000, 'y'));
  world.say("an edited quixotry");
  CHECK(world.find("zyzzogeton") == Numbers{31});
  REQUIRE(world.in_files("zyzzogeton"));
  world.change(31, MessageKind::removal);
  world.change(32, MessageKind::removal);
  world.change(33, MessageKind::edit, "an edited line");
  world.tidy();
  CHECK_FALSE(world.in_files("zyzzogeton"));
  CHECK_FALSE(world.in_files("zzogeton"));
  CHECK_FALSE(world.in_files("pneumono"));
  CHECK_FALSE(world.in_files("quixotry"));
  CHECK(world.find("ordinary").size() == 30);
  CHECK(world.find("edited") == Numbers{33});
  world.tidy();  // nothing to do
}

TEST_CASE("tidying goes on in bounded pieces beside the chat, and after a restart") {
  Searched world;
  world.options.index_quiet_ms = 0;
  world.start();
  for (int i = 1; i <= 200; ++i) world.say("line " + std::to_string(i) + " " + std::string(200, static_cast<char>('a' + i % 26)));
  CHECK(world.find("line 100") == Numbers{100});
  world.change(100, MessageKind::removal);
  world.start();
  bool tidied = false;
  world.database->messages().tidy(world.loop.executor(), [&](const seams::Result<void>& done) { tidied = done.has_value(); });
  for (int i = 0; i < 20; ++i) world.say("meanwhile");
  world.loop.run_until([&] { return tidied; });
  CHECK(world.find("line 100").empty());
  CHECK(world.find("line 101") == Numbers{101});
  CHECK(world.find("meanwhile").size() == 20);
}

}  // namespace matinee::test
