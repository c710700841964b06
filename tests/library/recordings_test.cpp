// Recordings while they grow, with the store and the disk they are on: quotas, a disk that is full, what a killed process leaves, and the
// video that is made of one in the end.
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include "server/library/ask.h"
#include "server/library/child.h"
#include "server/library/library.h"
#include "server/library/limits.h"
#include "server/store/database.h"
#include "tests/support/temp_folder.h"

namespace matinee::test {

using library::ask;
using library::Library;
using rooms::RecordingEnd;
using seams::LibraryItem;
using seams::LibraryState;
using seams::RecordRefusal;
using seams::Result;
using std::chrono::steady_clock;

namespace {

constexpr std::int64_t now = 1'700'000'000'000;
constexpr std::int64_t mib = 1024 * 1024;
const seams::UserId anna{7};
const std::atomic<bool> nobody_stops{false};

// Four seconds of fragments without an index, and where each of them ends.
struct Fragments {
  std::vector<std::byte> bytes;
  std::vector<std::size_t> ends;
  [[nodiscard]] std::span<const std::byte> part(std::size_t from, std::size_t to) const {
    const std::size_t begin = from == 0 ? 0 : ends[from - 1];
    return std::span(bytes).subspan(begin, ends[to - 1] - begin);
  }
};
const Fragments& fragments() {
  static const Fragments made = [] {
    const TempFolder folder;
    const std::string path = folder.path() + "/clip.mp4";
    const auto child = library::run_child(
        {library::find_program("ffmpeg"),
         "-v",
         "error",
         "-f",
         "lavfi",
         "-i",
         "testsrc2=s=320x180:r=25",
         "-f",
         "lavfi",
         "-i",
         "sine",
         "-t",
         "4",
         "-c:v",
         "libx264",
         "-preset",
         "ultrafast",
         "-g",
         "25",
         "-pix_fmt",
         "yuv420p",
         "-c:a",
         "aac",
         "-movflags",
         "frag_keyframe+empty_moov+default_base_moof+skip_trailer",
         path},
        {.wall = std::chrono::milliseconds(30'000), .cpu_s = 30, .memory_bytes = 1ULL << 32, .file_bytes = 1 << 24, .output_bytes = 1'000},
        nobody_stops);
    REQUIRE(child.end == library::ChildResult::End::succeeded);
    std::ifstream file(path, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    Fragments all;
    for (std::size_t at = 0; at + 8 <= text.size();) {
      std::size_t size = 0;
      for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(text[at + i]);
      REQUIRE(size >= 8);
      at += size;
      if (text.compare(at - size + 4, 4, "mdat") == 0) all.ends.push_back(at);
    }
    REQUIRE(all.ends.size() == 4);
    const auto bytes = std::as_bytes(std::span(text)).first(all.ends.back());
    all.bytes.assign(bytes.begin(), bytes.end());
    return all;
  }();
  return made;
}

struct Shop {
  TempFolder folder;
  std::unique_ptr<store::Database> database;
  std::unique_ptr<Library> library;
  std::int64_t person_bytes = 1LL << 40, all_bytes = 1LL << 40;
  std::uint64_t reserve_bytes = 0;

  Shop() {
    store::Options options;
    options.folder = folder.path() + "/data";
    database = std::move(store::Database::open(options).value());
    REQUIRE(ask<seams::User>([&](auto executor, auto done) {
              database->users().create_account(anna, {"Anna", "key:anna", "", "", "$hash$"}, now, executor, done);
            }).has_value());
  }
  ~Shop() {
    library.reset();
    database->stop();
  }
  Shop(const Shop&) = delete;
  Shop& operator=(const Shop&) = delete;

  void start() {
    std::string error;
    library = Library::open({.folder = folder.path() + "/library",
                             .quota = {person_bytes, all_bytes, 100, 100},
                             .disk_reserve_bytes = reserve_bytes,
                             .now_ms = [] { return now; },
                             .samples = false,
                             .tools = library::Tools::find()},
                            database->library(), database->settings(), error);
    REQUIRE(error.empty());
  }
  tl::expected<std::unique_ptr<seams::RecordingFile>, RecordRefusal> open() { return library->recordings().open({anna, "Garden"}); }
  Result<LibraryItem> find(const std::string& id) {
    return ask<LibraryItem>([&](auto executor, auto done) { database->library().find(id, executor, done); });
  }
  seams::LibraryUsage usage() {
    return ask<seams::LibraryUsage>([&](auto executor, auto done) { database->library().usage(anna, executor, done); }).value();
  }
  [[nodiscard]] std::string path(const std::string& id) const { return folder.path() + "/library/" + id; }
  // Within the time in which everything else happens here: the workshop takes one thing after the other.
  bool gone(const std::string& id) {
    const auto end = steady_clock::now() + std::chrono::seconds(30);
    while (find(id)) {
      if (steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  LibraryItem ready(const std::string& id) {
    const auto end = steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
      const auto item = find(id);
      if (item && item->state == LibraryState::ready) return *item;
      if (steady_clock::now() > end) FAIL("it was not taken in within half a minute");
    }
  }
};

}  // namespace

TEST_CASE("a recording counts while it grows, and is a video with length, picture and index when it is over") {
  Shop shop;
  shop.start();
  const std::string id = [&] {
    const auto file = shop.open().value();
    CHECK(shop.find(file->id())->state == LibraryState::recording);
    CHECK(shop.usage().person_bytes == mib);
    CHECK(file->append(fragments().part(0, 2)) == RecordingEnd::none);
    CHECK(shop.usage().person_bytes == static_cast<std::int64_t>(fragments().ends[1]));
    CHECK(file->append(fragments().part(2, 4)) == RecordingEnd::none);
    CHECK(std::filesystem::file_size(shop.path(file->id())) == fragments().bytes.size());
    file->finish();
    return file->id();
  }();
  const LibraryItem item = shop.ready(id);
  CHECK(item.title == "Garden");
  CHECK(item.owner == anna);
  CHECK(item.facts.type == "video/mp4");
  CHECK(std::llabs(item.facts.duration_ms - 4'000) <= 100);
  CHECK(item.facts.picture);
  // One index in front, and no fragments any more.
  std::ifstream file(shop.path(id), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  CHECK(text.find("moof") == text.npos);
  CHECK(text.find("moov") < text.find("mdat"));
  CHECK(item.size_bytes == static_cast<std::int64_t>(text.size()));
  CHECK_FALSE(std::filesystem::exists(shop.path("scratch")));
}

TEST_CASE("a quota that is reached ends a recording with all that was written, to the byte and not one beyond") {
  const auto size = static_cast<std::int64_t>(fragments().bytes.size());
  for (const bool whole_library : {false, true}) {
    for (const std::int64_t room : {size, size - 1}) {
      Shop shop;
      (whole_library ? shop.all_bytes : shop.person_bytes) = std::max(room, mib);
      shop.start();
      const auto file = shop.open().value();
      // The first mebibyte is no longer kept free for it once it has a size of its own.
      REQUIRE(file->append(fragments().part(0, 3)) == RecordingEnd::none);
      (whole_library ? shop.all_bytes : shop.person_bytes) = room;
      const std::int64_t spare = std::max(room, mib) - room;
      if (spare > 0) {
        LibraryItem other;
        other.id = std::string(32, 'a');
        other.owner = anna;
        other.title = "other";
        other.size_bytes = spare;
        other.created_at_ms = now;
        REQUIRE(ask<void>([&](auto executor, auto done) {
                  shop.database->library().add(other, {1LL << 40, 1LL << 40, 100, 100}, executor, done);
                }).has_value());
      }
      CHECK(file->append(fragments().part(3, 4)) == (room == size ? RecordingEnd::none : RecordingEnd::quota));
      file->finish();
      const LibraryItem item = shop.ready(file->id());
      CHECK(std::llabs(item.facts.duration_ms - (room == size ? 4'000 : 3'000)) <= 100);
    }
  }
}

TEST_CASE("a recording begins where there is room for a mebibyte, and not with a byte less") {
  for (const std::int64_t bytes : {mib, mib - 1}) {
    for (const bool whole_library : {false, true}) {
      Shop shop;
      (whole_library ? shop.all_bytes : shop.person_bytes) = bytes;
      shop.start();
      const auto opened = shop.open();
      CHECK(opened.has_value() == (bytes == mib));
      if (opened) (*opened)->finish();
      else CHECK(opened.error() == (whole_library ? RecordRefusal::quota_all : RecordRefusal::quota_person));
      CHECK(std::distance(std::filesystem::directory_iterator(shop.folder.path() + "/library"), {}) <= 2);
    }
  }
  Shop shop;
  shop.reserve_bytes = 1ULL << 60;
  shop.start();
  CHECK(shop.open().error() == RecordRefusal::disk_full);
}

TEST_CASE("a disk that takes no more ends a recording with its last whole fragment") {
  Shop shop;
  shop.start();
  const auto file = shop.open().value();
  REQUIRE(file->append(fragments().part(0, 3)) == RecordingEnd::none);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  // In the middle of the last one.
  const rlimit small{(fragments().ends[2] + fragments().ends[3]) / 2, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const RecordingEnd end = file->append(fragments().part(3, 4));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  ::signal(SIGXFSZ, SIG_DFL);
  CHECK(end == RecordingEnd::disk_full);
  CHECK(std::filesystem::file_size(shop.path(file->id())) == fragments().ends[2]);
  file->finish();
  CHECK(std::llabs(shop.ready(file->id()).facts.duration_ms - 3'000) <= 100);
}

TEST_CASE("a recording is as large as its bound says, and not one byte larger") {
  Shop shop;
  shop.start();
  for (const std::uint64_t bound : {fragments().bytes.size(), fragments().bytes.size() - 1}) {
    library::Recordings recordings({.shelf = library::Shelf(shop.folder.path() + "/library"),
                                    .store = shop.database->library(),
                                    .quota = {1LL << 40, 1LL << 40, 100, 100},
                                    .disk_reserve_bytes = 0,
                                    .bytes_max = bound,
                                    .now_ms = [] { return now; },
                                    .check = [](const std::string&) {},
                                    .remove = [](const std::string&) {}});
    const auto file = recordings.open({anna, "Garden"}).value();
    REQUIRE(file->append(fragments().part(0, 3)) == RecordingEnd::none);
    CHECK(file->append(fragments().part(3, 4)) == (bound == fragments().bytes.size() ? RecordingEnd::none : RecordingEnd::too_large));
  }
  CHECK(library::limits::recording_bytes_max == 16ULL << 30);
}

TEST_CASE("a recording that nothing was written to is no more, and one that was deleted meanwhile ends") {
  Shop shop;
  shop.start();
  const auto empty = shop.open().value();
  empty->finish();
  CHECK_FALSE(shop.find(empty->id()).has_value());
  const auto file = shop.open().value();
  REQUIRE(file->append(fragments().part(0, 1)) == RecordingEnd::none);
  const auto gone = ask<void>([&](auto executor, auto done) { shop.library->remove(file->id(), executor, done); });
  REQUIRE(gone.has_value());
  CHECK(file->append(fragments().part(1, 2)) == RecordingEnd::deleted);
  file->finish();
  CHECK_FALSE(shop.find(file->id()).has_value());
}

TEST_CASE(
    "what a killed process has written is taken in at the next start, up to its last whole fragment; what somebody writes is left alone") {
  Shop shop;
  shop.start();
  std::string cut, untouched, nothing;
  {
    auto half = shop.open().value();
    auto empty = shop.open().value();
    REQUIRE(half->append(fragments().part(0, 3)) == RecordingEnd::none);
    cut = half->id();
    nothing = empty->id();
  }  // without finish(), as if the process were gone
  {
    // Half a fragment, as a kill in the middle of a write leaves it.
    std::ofstream file(shop.path(cut), std::ios::binary | std::ios::app);
    const auto part = fragments().part(3, 4);
    file.write(reinterpret_cast<const char*>(part.data()), static_cast<std::streamsize>(part.size() / 2));  // NOLINT: bytes as bytes
  }
  const auto running = shop.open().value();
  REQUIRE(running->append(fragments().part(0, 1)) == RecordingEnd::none);
  shop.library.reset();
  shop.start();
  const LibraryItem item = shop.ready(cut);
  CHECK(std::llabs(item.facts.duration_ms - 3'000) <= 100);
  CHECK(item.facts.picture);
  CHECK(shop.gone(nothing));
  CHECK(shop.find(running->id())->state == LibraryState::recording);
}

TEST_CASE("the whole boxes of a file end with its last whole fragment, whatever is behind them") {
  const TempFolder folder;
  const auto whole = [&](std::string_view bytes) {
    const std::string path = folder.write("boxes", bytes);
    const int fd = ::open(path.c_str(), O_RDONLY);
    const std::uint64_t found = library::whole_bytes(fd, bytes.size());
    ::close(fd);
    return found;
  };
  const std::string text(reinterpret_cast<const char*>(fragments().bytes.data()), fragments().bytes.size());  // NOLINT: bytes as bytes
  CHECK(whole(text) == text.size());
  CHECK(whole(text.substr(0, text.size() - 1)) == fragments().ends[2]);
  CHECK(whole(text + text.substr(fragments().ends[2], 20)) == text.size());
  CHECK(whole(text + std::string(64, '\0')) == text.size());
  CHECK(whole(text.substr(0, fragments().ends[0] - 1)) == 0);
  CHECK(whole("") == 0);
  CHECK(whole(std::string("\0\0\0\1mdat\0\0\0\0\0\0\0\x14 1234", 20)) == 20);
  CHECK(whole(std::string("\0\0\0\1mdat\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF 1234", 20)) == 0);
  CHECK(whole(std::string("\0\0\0\7mdat", 8)) == 0);
}

}  // namespace matinee::test
