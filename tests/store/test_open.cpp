// Opening a data folder: rights, the lock, versions, migrations.
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/store/migrations.h"
#include "tests/store/file_world.h"

namespace matinee::test {

using store::OpenError;

namespace {

mode_t rights_of(const std::filesystem::path& path) {
  struct stat info {};
  REQUIRE(::stat(path.c_str(), &info) == 0);
  return info.st_mode & 0777;
}

std::int64_t number(SQLite::Database& database, const char* sql) { return database.execAndGet(sql).getInt64(); }

}  // namespace

TEST_CASE("a data folder is made for its owner only, and so are its files") {
  FileWorld world;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  CHECK(world.append(room, 1).what == What::appended);
  CHECK(rights_of(world.options.folder) == 0700);
  for (const char* name : {"matinee.sqlite3", "matinee.sqlite3-wal", "matinee.sqlite3-shm", "lock"}) {
    CAPTURE(name);
    CHECK(rights_of(world.file(name)) == 0600);
  }
}

TEST_CASE("a data file that others could read is narrowed at the next start") {
  FileWorld world;
  world.open();
  world.database.reset();
  REQUIRE(::chmod(world.file().c_str(), 0644) == 0);
  world.open();
  CHECK(rights_of(world.file()) == 0600);
}

TEST_CASE("a second instance on the same data refuses and says who has it, and the first goes on") {
  FileWorld world;
  world.open();
  const auto room = world.serve("K7QM3XFD");
  const auto second = store::Database::open(world.options);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().what == OpenError::What::in_use);
  CHECK(second.error().sentence.find("in use by another running server (process " + std::to_string(::getpid()) + ")") != std::string::npos);
  CHECK(world.append(room, 1).what == What::appended);
  world.database.reset();
  CHECK(store::Database::open(world.options).has_value());
}

TEST_CASE("data of a newer version is refused with both versions named, and stays as it is") {
  FileWorld world;
  world.open();
  world.database.reset();
  {
    SQLite::Database newer(world.file(), SQLite::OPEN_READWRITE);
    newer.exec("PRAGMA user_version = 99");
  }
  const std::string before = bytes_of(world.file());
  const auto refusal = world.refusal();
  CHECK(refusal.what == OpenError::What::newer_data);
  CHECK(refusal.sentence.find("data version 99, this one knows " + std::to_string(store::all_migrations().size())) != std::string::npos);
  CHECK(bytes_of(world.file()) == before);
}

TEST_CASE("a file that is no database, or another program's database, is refused and stays as it is") {
  FileWorld world;
  std::filesystem::create_directories(world.options.folder);
  std::string before(5'000, 'x');
  SECTION("text") { std::ofstream(world.file()) << before; }
  SECTION("another program's") {
    SQLite::Database other(world.file(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    other.exec("CREATE TABLE theirs (x)");
  }
  before = bytes_of(world.file());
  const auto refusal = world.refusal();
  CHECK(refusal.what == OpenError::What::not_ours);
  CHECK(refusal.sentence.find("was not made by this program") != std::string::npos);
  CHECK(bytes_of(world.file()) == before);
}

TEST_CASE("a folder that cannot be made or written is refused with a reason") {
  FileWorld world;
  std::ofstream(world.folder.path() / "a file") << "x";
  world.options.folder = world.folder.path() / "a file" / "data";
  const auto refusal = world.refusal();
  CHECK(refusal.what == OpenError::What::io);
  CHECK(refusal.sentence.find("Not a directory") != std::string::npos);
}

TEST_CASE("with too few descriptors opening is refused clearly, works again later, and an open file needs no more") {
  FileWorld world;
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  const rlimit none{3, usual.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto refused = store::Database::open(world.options);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().what == OpenError::What::io);
  CHECK(refused.error().sentence.find("Too many open files") != std::string::npos);
  world.open();
  const auto room = world.serve("K7QM3XFD");
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  for (int seq = 1; seq <= 10; ++seq) CHECK(world.append(room, seq, 100'000).what == What::appended);
  const auto kept = world.numbers(room);
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(kept.size() == 10);
}

TEST_CASE("closing folds the write-ahead log into the one file that a backup needs") {
  FileWorld world;
  world.open();
  CHECK(world.append(world.serve("K7QM3XFD"), 1).what == What::appended);
  CHECK(std::filesystem::exists(world.file("matinee.sqlite3-wal")));
  world.database.reset();
  CHECK_FALSE(std::filesystem::exists(world.file("matinee.sqlite3-wal")));
}

// ---- migrations

namespace {

struct Migrating {
  TemporaryFolder folder;
  store::ConnectionOptions options{folder.path() / "data.sqlite3", 1'000, 0, false, 0};
  std::vector<store::Migration> steps{{"CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);"}};

  Migrating() { std::ofstream(options.file).close(); }
  std::int64_t run() {
    store::Connection connection(options);
    const auto version = store::check_version(connection, steps);
    REQUIRE(version.has_value());
    store::migrate(connection, *version, steps, folder.path());
    return *version;
  }
  std::vector<std::filesystem::path> backups() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
      if (entry.path().filename().string().starts_with("backup-")) found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
  }
};

}  // namespace

TEST_CASE("a new file is brought to the newest version without a backup, and a second start changes nothing") {
  Migrating world;
  CHECK(world.run() == 0);
  CHECK(world.run() == 1);
  CHECK(world.backups().empty());
}

TEST_CASE("older data is migrated forward after a backup that holds the data as it was") {
  Migrating world;
  world.run();
  world.steps.push_back({"ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET x = x + 1;"});
  world.steps.push_back({"UPDATE a SET x = x * 10;"});
  CHECK(world.run() == 1);
  SQLite::Database now_there(world.options.file, SQLite::OPEN_READONLY);
  CHECK(number(now_there, "SELECT x FROM a") == 20);
  CHECK(number(now_there, "PRAGMA user_version") == 3);
  REQUIRE(world.backups().size() == 1);
  CHECK(rights_of(world.backups()[0]) == 0600);
  SQLite::Database backup(world.backups()[0], SQLite::OPEN_READONLY);
  CHECK(number(backup, "SELECT x FROM a") == 1);
  CHECK(number(backup, "PRAGMA user_version") == 1);
}

TEST_CASE("a migration that fails half-way leaves the data and the version as they were, and does not overwrite a backup") {
  Migrating world;
  world.run();
  world.steps.push_back({"UPDATE a SET x = 5; INSERT INTO no_such_table VALUES (1);"});
  CHECK_THROWS_AS(world.run(), SQLite::Exception);
  CHECK_THROWS_AS(world.run(), SQLite::Exception);
  SQLite::Database there(world.options.file, SQLite::OPEN_READONLY);
  CHECK(number(there, "SELECT x FROM a") == 1);
  CHECK(number(there, "PRAGMA user_version") == 1);
  CHECK(world.backups().size() == 2);
}

}  // namespace matinee::test
