#include "server/store/connection.h"

#include <sqlite3.h>

#include <limits>

namespace matinee::store {

Connection::Connection(const ConnectionOptions& options)
    : database_(options.file, SQLite::OPEN_READWRITE | SQLite::OPEN_NOMUTEX, options.busy_timeout_ms),
      busy_timeout_ms_(options.busy_timeout_ms) {
  run("PRAGMA foreign_keys = ON");
  run("PRAGMA temp_store = MEMORY");  // no further descriptors, nothing left in /tmp
  run("PRAGMA trusted_schema = OFF");
  run(("PRAGMA cache_size = -" + std::to_string(options.cache_kib)).c_str());
  if (options.read_only) {
    run("PRAGMA query_only = ON");
  } else {
    run("PRAGMA secure_delete = ON");  // what was deleted is overwritten, not only let go
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");  // a commit is a flush: an acknowledged message is on the disk
    run("PRAGMA journal_size_limit = 67108864");
  }
  if (options.pages_max > 0) run(("PRAGMA max_page_count = " + std::to_string(options.pages_max)).c_str());
}

void Connection::run(const char* sql) { database_.exec(sql); }

SQLite::Statement& Connection::statement(const char* sql) {
  auto& slot = statements_[sql];
  if (slot == nullptr) slot = std::make_unique<SQLite::Statement>(database_, sql);
  return *slot;
}

void Connection::fold_log() {
  database_.setBusyTimeout(0);  // nobody waits for a reader to end
  sqlite3_wal_checkpoint_v2(database_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  database_.setBusyTimeout(busy_timeout_ms_);
}

bool Connection::in_transaction() const { return sqlite3_get_autocommit(database_.getHandle()) == 0; }

void Query::bind(int index, Blob value) {
  if (value.bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw SQLite::Exception("blob too big", SQLITE_TOOBIG);
  const char* bytes = value.bytes.empty() ? "" : value.bytes.data();
  statement_.bindNoCopy(index, bytes, static_cast<int>(value.bytes.size()));
}

bool is_unique_violation(const SQLite::Exception& fault) {
  return fault.getExtendedErrorCode() == SQLITE_CONSTRAINT_UNIQUE || fault.getExtendedErrorCode() == SQLITE_CONSTRAINT_PRIMARYKEY;
}

bool is_reference_violation(const SQLite::Exception& fault) { return fault.getExtendedErrorCode() == SQLITE_CONSTRAINT_FOREIGNKEY; }

bool is_environment_fault(const SQLite::Exception& fault) {
  switch (fault.getErrorCode() & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_NOMEM:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL: return true;
    default: return false;
  }
}

std::string sentence(const SQLite::Exception& fault) {
  switch (fault.getErrorCode() & 0xff) {
    case SQLITE_FULL: return "The disk is full: nothing can be stored until there is room.";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "Another program holds the data file locked: nothing can be stored until it lets go.";
    case SQLITE_READONLY: return "The data file may not be written by this user.";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "The data file is damaged: restore a backup.";
    case SQLITE_CANTOPEN: return "The data file cannot be opened (too few descriptors, or missing rights).";
    case SQLITE_IOERR: return std::string("The disk failed to read or write the data file (") + fault.what() + ").";
    default: return std::string("The data file could not be used (") + fault.what() + ").";
  }
}

}  // namespace matinee::store
