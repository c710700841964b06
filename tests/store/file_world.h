// One data folder with a Database on it, for tests that look at the file beneath the seams.
#pragma once
#include <algorithm>
#include <fstream>
#include <sstream>

#include "server/store/database.h"
#include "tests/store/temporary_folder.h"
#include "tests/store/test_loop.h"

namespace matinee::test {

inline constexpr seams::UserId writer_id{1001};
using What = seams::AppendOutcome::What;

struct FileWorld {
  TemporaryFolder folder;
  TestLoop loop;
  store::Options options;
  std::unique_ptr<store::Database> database;

  FileWorld() { options.folder = folder.path() / "data"; }
  [[nodiscard]] std::filesystem::path file(const std::string& name = "matinee.sqlite3") const { return options.folder / name; }

  void open() {
    database.reset();
    auto opened = store::Database::open(options);
    if (!opened) FAIL(opened.error().sentence);
    database = std::move(*opened);
  }
  store::OpenError refusal() {
    database.reset();
    auto opened = store::Database::open(options);
    REQUIRE_FALSE(opened.has_value());
    return opened.error();
  }

  template <class T, class Call>
  T ask(Call call) {
    return loop.await<T>([&](auto done) { call(loop.executor(), std::function<void(T)>(std::move(done))); });
  }
  // Takes the room over, making it and its owner first when they are not there.
  seams::RoomRecord serve(const std::string& code) {
    (void)ask<seams::Result<seams::User>>([&](auto executor, auto done) {
      database->users().create_guest({writer_id, "Anna", "", 1}, executor, done);
    });
    (void)ask<seams::Result<seams::RoomRecord>>([&](auto executor, auto done) {
      database->rooms().create({code, "Room", writer_id, {}, "", 1}, executor, done);
    });
    return ask<seams::Result<seams::RoomRecord>>([&](auto executor, auto done) { database->rooms().raise_epoch(code, executor, done); })
        .value();
  }
  static seams::AppendRequest message(const seams::RoomRecord& room, std::int64_t seq, std::size_t bytes = 20) {
    seams::AppendRequest request;
    request.room = room.id;
    request.epoch = room.epoch;
    request.seq = rooms::Seq{seq};
    request.author = writer_id;
    request.message_id = "id-" + std::to_string(seq);
    request.body = std::string(bytes, 'x');
    request.at_ms = seq;
    return request;
  }
  seams::AppendOutcome append(const seams::RoomRecord& room, std::int64_t seq, std::size_t bytes = 20) {
    return ask<seams::AppendOutcome>(
        [&](auto executor, auto done) { database->messages().append(message(room, seq, bytes), executor, done); });
  }
  std::vector<std::int64_t> numbers(const seams::RoomRecord& room) {
    const auto page = ask<seams::Result<std::vector<seams::StoredMessage>>>([&](auto executor, auto done) {
      database->messages().read({room.id, {}, {}, 1'000'000}, executor, done);
    });
    std::vector<std::int64_t> seqs;
    for (const auto& stored : page.value()) seqs.push_back(stored.seq.value);
    return seqs;
  }
  // Every number from 1 on, each once.
  static bool whole(const std::vector<std::int64_t>& seqs) {
    for (std::size_t index = 0; index < seqs.size(); ++index) {
      if (seqs[index] != static_cast<std::int64_t>(index) + 1) return false;
    }
    return true;
  }
};

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace matinee::test
