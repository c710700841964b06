// Database: the one SQLite file of a server, behind the seams. One writer thread owns the write connection and commits in groups
// (everything that waits, one transaction, one flush, then the answers); a few reader threads answer reads from the write-ahead log.
// open() locks the data folder, refuses data of a newer version, and migrates older data after a backup.
// Thread rule: the stores may be used from any thread until the Database is destroyed; open, stop and the destructor belong to one
// thread. stop() commits what is queued, then answers `unavailable`. Executors must be able to take posts until then.
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include "server/seams/account_records.h"
#include "server/seams/library_store.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"
#include "server/seams/session_store.h"
#include "server/seams/settings_store.h"
#include "server/seams/streams.h"
#include "server/seams/user_store.h"
#include "server/store/commit_statistics.h"

namespace matinee::store {

struct Options {
  std::filesystem::path folder;          // made (0700) when missing
  std::size_t queued_jobs_max = 10'000;  // writes waiting; beyond it: unavailable, at once
  std::size_t queued_bytes_max = 32 * 1024 * 1024;
  std::size_t group_jobs_max = 1'000;  // one transaction
  std::size_t queued_reads_max = 4'096;
  int index_quiet_ms = 200;      // search: new messages are indexed when nothing was written for so long …
  int index_overdue_ms = 2'000;  // … or, on a server that is never quiet, one bounded step so often
  unsigned readers = 2;
  int cache_kib = 64 * 1024;    // page cache of the writer; readers take an eighth each
  int busy_timeout_ms = 2'000;  // how long another program may hold the file before writes are refused
  std::int64_t pages_max = 0;   // 0 = SQLite's own bound; tests fill the disk with it
  seams::SessionLimits sessions;
  std::function<void(std::string_view)> warn;  // one line for the operator's log; called from the store's threads; may be empty
};

struct OpenError {
  enum class What : std::uint8_t {
    in_use,      // another process has the folder
    newer_data,  // written by a newer version of this program
    not_ours,    // the file is no SQLite file, or not one of ours
    io,          // cannot create, read, write or migrate
  };
  What what = What::io;
  std::string sentence;  // for the operator
};

class Database {
 public:
  static tl::expected<std::unique_ptr<Database>, OpenError> open(Options options);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] seams::MessageLog& messages();
  [[nodiscard]] seams::RoomDirectory& rooms();
  [[nodiscard]] seams::UserStore& users();
  [[nodiscard]] seams::SessionStore& sessions();
  [[nodiscard]] seams::SettingsStore& settings();
  [[nodiscard]] seams::ThrottleStore& throttles();
  [[nodiscard]] seams::AccountRecords& account_records();
  [[nodiscard]] seams::Streams& streams();
  [[nodiscard]] seams::LibraryStore& library();

  [[nodiscard]] CommitFigures figures() const;  // any thread
  void stop();

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace matinee::store
