// Connection: one open SQLite handle with its pragmas and its prepared statements. Query: one use of a prepared statement, which is
// always reset at the end, because a statement left open keeps a reader on an old state of the file and the log from shrinking.
// Private to store/. Errors are SQLite::Exception, caught where a job is run.
// Thread rule: a connection belongs to one thread.
#pragma once
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include "server/seams/result.h"

namespace matinee::store {

struct Blob {
  std::string_view bytes;
};  // bound as BLOB; a std::string is bound as TEXT

struct ConnectionOptions {
  std::filesystem::path file;
  int cache_kib = 0;
  int busy_timeout_ms = 0;
  bool read_only = false;
  std::int64_t pages_max = 0;
};

class Connection {
 public:
  explicit Connection(const ConnectionOptions& options);

  void run(const char* sql);                                    // unprepared, no parameters: pragmas and migrations
  [[nodiscard]] SQLite::Statement& statement(const char* sql);  // prepared once; `sql` is a literal, its address is the key
  [[nodiscard]] SQLite::Database& handle() { return database_; }
  [[nodiscard]] bool in_transaction() const;
  // Folds the write-ahead log into the file and cuts it; not while somebody reads from it: then it is left to be overwritten.
  void fold_log();
  [[nodiscard]] std::int64_t last_row_id() const { return database_.getLastInsertRowid(); }

 private:
  SQLite::Database database_;
  int busy_timeout_ms_;
  std::unordered_map<const void*, std::unique_ptr<SQLite::Statement>> statements_;
};

class Query {
 public:
  // Binds the values to ?1, ?2 … Texts and blobs are not copied: they must outlive the query.
  template <class... Values>
  explicit Query(Connection& connection, const char* sql, const Values&... values) : statement_(connection.statement(sql)) {
    int index = 0;
    (bind(++index, values), ...);
  }
  ~Query() { statement_.tryReset(); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  [[nodiscard]] bool next() { return statement_.executeStep(); }
  int run() { return statement_.exec(); }  // answers how many rows changed

  [[nodiscard]] std::int64_t integer(int column) const { return statement_.getColumn(column).getInt64(); }
  [[nodiscard]] std::string text(int column) const { return statement_.getColumn(column).getString(); }
  [[nodiscard]] bool is_null(int column) const { return statement_.getColumn(column).isNull(); }

 private:
  void bind(int index, std::int64_t value) { statement_.bind(index, value); }
  void bind(int index, bool value) { statement_.bind(index, value ? 1 : 0); }
  void bind(int index, const std::string& value) { statement_.bindNoCopy(index, value); }
  void bind(int index, Blob value);
  template <class Tag>
  void bind(int index, rooms::Id<Tag> value) {
    bind(index, value.value);
  }

  SQLite::Statement& statement_;
};

// What an SQLite fault means for those who wait.
[[nodiscard]] bool is_unique_violation(const SQLite::Exception& fault);
[[nodiscard]] bool is_reference_violation(const SQLite::Exception& fault);
// The disk, the file or memory is at fault, not what was asked: everything in the transaction is in the same trouble.
[[nodiscard]] bool is_environment_fault(const SQLite::Exception& fault);
[[nodiscard]] std::string sentence(const SQLite::Exception& fault);  // for the operator

}  // namespace matinee::store
