// The library with its store on a real disk: what is dropped, what is looked into, what is left over from a process that was killed.
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "server/library/child.h"
#include "server/library/library.h"
#include "server/store/database.h"
#include "tests/store/test_loop.h"
#include "tests/support/temp_folder.h"

namespace matinee::test {

using library::Library;
using seams::LibraryItem;
using seams::LibraryState;
using seams::Result;
using std::chrono::steady_clock;

namespace {

constexpr std::int64_t now = 1'700'000'000'000;
constexpr std::int64_t day = 24LL * 3'600'000;
const std::atomic<bool> nobody_stops{false};

// Two seconds of a test picture, made once.
const std::string& clip() {
  static const TempFolder folder;
  static const std::string file = [] {
    const std::string path = folder.path() + "/clip.mp4";
    const auto made = library::run_child(
        {library::find_program("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-t", "2", "-c:v", "libx264",
         "-preset", "ultrafast", "-pix_fmt", "yuv420p", path},
        {.wall = std::chrono::milliseconds(30'000), .cpu_s = 30, .memory_bytes = 1ULL << 32, .file_bytes = 1 << 24, .output_bytes = 1'000},
        nobody_stops);
    REQUIRE(made.end == library::ChildResult::End::succeeded);
    return path;
  }();
  return file;
}

struct Shop {
  TempFolder folder;
  TestLoop loop;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<Library> library;
  library::Tools tools = library::Tools::find();
  std::int64_t at_ms = now;
  std::int64_t all_bytes = 1LL << 30;

  Shop() {
    store::Options options;
    options.folder = folder.path() + "/data";
    database = std::move(store::Database::open(options).value());
  }
  ~Shop() {
    library.reset();
    database->stop();
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  [[nodiscard]] std::string path(const std::string& name) const { return folder.path() + "/library/" + name; }
  void start() {
    std::string error;
    library = Library::open({.folder = folder.path() + "/library",
                             .quota = {all_bytes, all_bytes, 100, 100},
                             .disk_reserve_bytes = 0,
                             .now_ms = [this] { return at_ms; },
                             .samples = false,
                             .tools = tools,
                             .drop_look_every = std::chrono::milliseconds(100)},
                            database->library(), database->settings(), error);
    REQUIRE(error.empty());
  }
  void add(const LibraryItem& item) {
    REQUIRE(loop.await<Result<void>>([&](auto done) {
                  database->library().add(item, {all_bytes, all_bytes, 100, 100}, loop.executor(), std::function<void(Result<void>)>(done));
                })
                .has_value());
  }
  std::vector<LibraryItem> list() {
    return loop
        .await<Result<seams::LibraryPage>>([&](auto done) {
          database->library().list(seams::UserId{}, 0, 100, loop.executor(), std::function<void(Result<seams::LibraryPage>)>(done));
        })
        .value()
        .items;
  }
  std::vector<LibraryItem> unfinished() {
    return loop
        .await<Result<std::vector<LibraryItem>>>([&](auto done) {
          database->library().unfinished(100, loop.executor(), std::function<void(Result<std::vector<LibraryItem>>)>(done));
        })
        .value();
  }
  // Asks the store until it is so: the workshop has a thread and a pace of its own.
  template <class Condition>
  void until(Condition condition) {
    const auto end = steady_clock::now() + std::chrono::seconds(30);
    while (!condition())
      if (steady_clock::now() > end) FAIL("it did not happen within half a minute");
  }
};

LibraryItem item_of(char digit, LibraryState state, std::int64_t size) {
  LibraryItem item;
  item.id = std::string(32, digit);
  item.title = "film";
  item.state = state;
  item.size_bytes = size;
  item.source = "page:x";
  item.created_at_ms = now;
  return item;
}

}  // namespace

TEST_CASE("a dropped video is taken in with its length, size and picture, and one that is none is put aside") {
  Shop shop;
  shop.start();
  std::filesystem::copy_file(clip(), shop.path("drop/Our_film.mp4"));
  shop.folder.write("library/drop/notes.txt", std::string(100, 'x'));
  shop.folder.write("library/drop/.hidden", "x");
  shop.until([&] { return shop.list().size() == 1 && std::filesystem::exists(shop.path("drop/refused/notes.txt")); });
  const LibraryItem item = shop.list().front();
  CHECK(item.title == "Our film");
  CHECK(item.facts.type == "video/mp4");
  CHECK(item.facts.duration_ms == 2'000);
  CHECK(item.facts.width == 320);
  CHECK(item.facts.picture);
  CHECK(std::filesystem::file_size(shop.path(item.id)) == std::filesystem::file_size(clip()));
  CHECK(std::filesystem::file_size(shop.path(item.id + ".jpg")) > 500);
  CHECK_FALSE(std::filesystem::exists(shop.path("drop/Our_film.mp4")));
  CHECK(std::filesystem::exists(shop.path("drop/.hidden")));
  shop.until([&] { return shop.unfinished().empty(); });
}

TEST_CASE("a dropped file that somebody still writes is left alone until it is whole") {
  Shop shop;
  shop.start();
  const std::string name = shop.path("drop/slow.mp4");
  {
    std::ofstream slow(name, std::ios::binary);
    std::ifstream from(clip(), std::ios::binary);
    std::string half(1'000, '\0');
    from.read(half.data(), 1'000);
    slow << half << std::flush;
    std::filesystem::copy_file(clip(), shop.path("drop/other.mp4"));
    shop.until([&] { return shop.list().size() == 1; });  // a file that rests is taken meanwhile
    CHECK(shop.list().front().title == "other");
    CHECK(std::filesystem::exists(name));
    slow << from.rdbuf();
  }
  shop.until([&] { return shop.list().size() == 2; });
}

TEST_CASE("a dropped file that the library has no room for stays where it is") {
  Shop shop;
  shop.all_bytes = 10;
  shop.start();
  std::filesystem::copy_file(clip(), shop.path("drop/film.mp4"));
  shop.folder.write("library/drop/small.txt", "x");
  shop.until([&] { return std::filesystem::exists(shop.path("drop/refused/small.txt")); });
  CHECK(std::filesystem::exists(shop.path("drop/film.mp4")));
  CHECK(shop.list().empty());
}

TEST_CASE("what a killed server left undone is done at the next start") {
  Shop shop;
  const auto size = static_cast<std::int64_t>(std::filesystem::file_size(clip()));
  shop.add(item_of('a', LibraryState::checking, size));  // whole, not looked into
  shop.add(item_of('b', LibraryState::arriving, size));  // its last byte came, and nobody was told
  shop.add(item_of('c', LibraryState::arriving, size));  // half of it came
  shop.add(item_of('d', LibraryState::checking, size));  // a row without a file
  shop.add(item_of('e', LibraryState::going, size));     // deleted, its file is not
  for (const char digit : {'a', 'b', 'e'}) {
    std::filesystem::create_directories(shop.path(""));
    std::filesystem::copy_file(clip(), shop.path(std::string(32, digit)));
  }
  shop.folder.write("library/" + std::string(32, 'c'), "half");
  shop.start();
  shop.until([&] { return shop.list().size() == 2 && shop.unfinished().size() == 1; });
  CHECK(shop.unfinished().front().id == std::string(32, 'c'));
  CHECK_FALSE(std::filesystem::exists(shop.path(std::string(32, 'e'))));
}

TEST_CASE("an upload that no byte came for in a day is forgotten, and so is a refusal; a millisecond earlier neither") {
  Shop shop;
  shop.add(item_of('a', LibraryState::arriving, 100));
  shop.add(item_of('b', LibraryState::refused, 0));
  shop.folder.write("library/" + std::string(32, 'a'), "half");
  LibraryItem last = item_of('c', LibraryState::going, 0);
  last.created_at_ms = now + 1;
  shop.add(last);
  shop.at_ms = now + day;
  shop.start();
  shop.until([&] { return shop.unfinished().size() < 3; });  // a round looks at the oldest first: it has passed the other two
  CHECK(shop.unfinished().size() == 2);
  shop.library.reset();
  shop.at_ms = now + day + 1;
  shop.start();
  shop.until([&] { return shop.unfinished().empty(); });
  CHECK_FALSE(std::filesystem::exists(shop.path(std::string(32, 'a'))));
}

TEST_CASE("without ffmpeg a video is taken by its first bytes, without length and picture") {
  Shop shop;
  shop.tools = {};
  shop.start();
  std::filesystem::copy_file(clip(), shop.path("drop/film.mp4"));
  shop.until([&] { return shop.list().size() == 1; });
  CHECK(shop.list().front().facts == seams::LibraryFacts{"video/mp4", 0, 0, 0, false});
}

TEST_CASE("a file that names other files or the network leads nowhere") {
  Shop shop;
  shop.start();
  const std::string secret = shop.folder.write("secret.mp4", "x");
  shop.folder.write("library/drop/list.mp4", "ffconcat version 1.0\nfile '" + secret + "'\n");
  shop.folder.write("library/drop/list.m3u8", "#EXTM3U\n#EXTINF:1,\nfile://" + secret + "\n");
  shop.until([&] {
    return std::filesystem::exists(shop.path("drop/refused/list.mp4")) && std::filesystem::exists(shop.path("drop/refused/list.m3u8"));
  });
  CHECK(shop.list().empty());
}

}  // namespace matinee::test
