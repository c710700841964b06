#include "server/store/migrations.h"

#include <SQLiteCpp/Backup.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace matinee::store {
namespace {

constexpr std::int64_t application_id = 0x4d41544e;  // "MATN"

// Rowid tables throughout: WITHOUT ROWID was measured slower for messages. STRICT, so that a wrong type is an error and not a value.
constexpr const char* version_1 = R"sql(
CREATE TABLE users (
  id INTEGER PRIMARY KEY CHECK (id > 0 AND id < 9007199254740992),
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT,
  email TEXT NOT NULL DEFAULT '',
  email_key TEXT,
  password_hash TEXT NOT NULL DEFAULT '',
  admin INTEGER NOT NULL DEFAULT 0,
  address TEXT NOT NULL DEFAULT '',
  created_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX users_name ON users (name_key) WHERE name_key IS NOT NULL;
CREATE UNIQUE INDEX users_email ON users (email_key) WHERE email_key IS NOT NULL;
CREATE INDEX users_admin ON users (admin) WHERE admin = 1;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  parent INTEGER NOT NULL DEFAULT 0,
  client TEXT NOT NULL,
  address TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_user ON sessions (user);
CREATE INDEX sessions_parent ON sessions (parent) WHERE parent > 0;

CREATE TABLE rooms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  owner INTEGER REFERENCES users ON DELETE SET NULL,
  kind INTEGER NOT NULL,
  settings BLOB NOT NULL,
  snapshot BLOB NOT NULL DEFAULT x'',
  snapshot_ms INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX rooms_owner ON rooms (owner) WHERE owner IS NOT NULL;
CREATE INDEX rooms_guest ON rooms (created_ms) WHERE kind = 1 AND ended_ms = 0;

CREATE TABLE room_codes (
  code TEXT PRIMARY KEY,
  room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE
) STRICT;
CREATE INDEX room_codes_room ON room_codes (room);

CREATE TABLE room_people (
  room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  role INTEGER NOT NULL,
  seen_ms INTEGER NOT NULL,
  UNIQUE (room, user)
) STRICT;
CREATE INDEX room_people_user ON room_people (user);

CREATE TABLE room_blocks (
  room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  user INTEGER NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  until_ms INTEGER NOT NULL,
  UNIQUE (room, user)
) STRICT;

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  room INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  author INTEGER NOT NULL,
  message_id TEXT,
  kind INTEGER NOT NULL,
  body TEXT NOT NULL,
  extra BLOB NOT NULL,
  reactions BLOB NOT NULL DEFAULT x'',
  at_ms INTEGER NOT NULL,
  edited_ms INTEGER NOT NULL DEFAULT 0,
  UNIQUE (room, seq),
  UNIQUE (room, author, message_id)
) STRICT;

CREATE TABLE settings (key TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE throttles (key TEXT PRIMARY KEY, free_at_ms INTEGER NOT NULL) STRICT;
CREATE INDEX throttles_free ON throttles (free_at_ms);
)sql";

// The number of a message's last change; most messages never have one and are not in the index.
constexpr const char* version_2 = R"sql(
ALTER TABLE messages ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
CREATE INDEX messages_change ON messages (room, change) WHERE change > 0;
)sql";

// The index of message texts. It keeps no text of its own; up_to is the row up to which messages are in it, and what is older than this
// step is indexed by the running server, bit by bit. unclean: removed words wait to be merged away (search_index.cpp).
constexpr const char* version_3 = R"sql(
CREATE VIRTUAL TABLE message_index USING fts5(room, body, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
CREATE TABLE message_index_state (up_to INTEGER NOT NULL, unclean INTEGER NOT NULL) STRICT;
INSERT INTO message_index_state VALUES (0, 0);
)sql";

// Who gets into a room. access: rooms::Access; room_admissions: who was let in once, in that order.
constexpr const char* version_4 = R"sql(
ALTER TABLE rooms ADD COLUMN access INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN password_hash TEXT NOT NULL DEFAULT '';
CREATE TABLE room_admissions (
  room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  UNIQUE (room, user)
) STRICT;
CREATE INDEX room_admissions_user ON room_admissions (user);
)sql";

// Pictures apart from their people: whoever is looked up at each request is a short row.
constexpr const char* version_5 = R"sql(
ALTER TABLE users ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN preferences TEXT NOT NULL DEFAULT '';
CREATE TABLE avatars (
  user INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
  key TEXT NOT NULL,
  type TEXT NOT NULL,
  bytes BLOB NOT NULL
) STRICT;
)sql";

// Live streams that somebody has set up. Their numbers begin beyond 32 bits (server/seams/streams.h); an ended one has no key.
constexpr const char* version_6 = R"sql(
CREATE TABLE streams (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  room INTEGER NOT NULL REFERENCES rooms ON DELETE CASCADE,
  owner INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  key_hash BLOB NOT NULL,
  created_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX streams_room ON streams (room);
CREATE INDEX streams_owner ON streams (owner);
INSERT INTO sqlite_sequence (name, seq) VALUES ('streams', 4294967295);
)sql";

// Videos that this server keeps; the bytes lie in files. Those of an ended account stay, as nobody's.
constexpr const char* version_7 = R"sql(
CREATE TABLE library (
  id TEXT PRIMARY KEY,
  owner INTEGER REFERENCES users ON DELETE SET NULL,
  title TEXT NOT NULL,
  state INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  source TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  type TEXT NOT NULL DEFAULT '',
  duration_ms INTEGER NOT NULL DEFAULT 0,
  width INTEGER NOT NULL DEFAULT 0,
  height INTEGER NOT NULL DEFAULT 0,
  picture INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX library_owner ON library (owner) WHERE owner IS NOT NULL;
CREATE INDEX library_newest ON library (created_ms);
CREATE INDEX library_unfinished ON library (changed_ms) WHERE state <> 2;
)sql";

constexpr std::array<Migration, 7> steps_of_this_program{
    {{version_1}, {version_2}, {version_3}, {version_4}, {version_5}, {version_6}, {version_7}}};

std::int64_t pragma(Connection& connection, const char* sql) {
  Query query(connection, sql);
  return query.next() ? query.integer(0) : 0;
}

void back_up(Connection& connection, const std::filesystem::path& folder, std::int64_t version) {
  std::filesystem::path file;
  int descriptor = -1;
  for (int number = 1; descriptor < 0; ++number) {
    file = folder / ("backup-of-version-" + std::to_string(version) + (number == 1 ? "" : "-" + std::to_string(number)) + ".sqlite3");
    descriptor = ::open(file.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0 && errno != EEXIST) throw SQLite::Exception("cannot create the backup " + file.string(), SQLITE_CANTOPEN);
  }
  ::close(descriptor);
  SQLite::Database copy(file, SQLite::OPEN_READWRITE);
  SQLite::Backup backup(copy, connection.handle());
  backup.executeStep(-1);
}

}  // namespace

std::span<const Migration> all_migrations() { return steps_of_this_program; }

tl::expected<std::int64_t, MigrationRefusal> check_version(Connection& connection, std::span<const Migration> steps) {
  const std::int64_t version = pragma(connection, "PRAGMA user_version");
  const std::int64_t owner = pragma(connection, "PRAGMA application_id");
  const bool empty = pragma(connection, "SELECT count(*) FROM sqlite_schema") == 0;
  const bool fresh = empty && version == 0;
  if (!fresh && owner != application_id) return tl::unexpected(MigrationRefusal{MigrationRefusal::What::not_ours, version});
  if (version > static_cast<std::int64_t>(steps.size()))
    return tl::unexpected(MigrationRefusal{MigrationRefusal::What::newer_data, version});
  return version;
}

void migrate(Connection& connection, std::int64_t version, std::span<const Migration> steps, const std::filesystem::path& backup_folder) {
  if (version == static_cast<std::int64_t>(steps.size())) return;
  if (version > 0) back_up(connection, backup_folder, version);
  connection.run("BEGIN IMMEDIATE");
  try {
    for (const Migration& step : steps.subspan(static_cast<std::size_t>(version))) connection.run(step.sql);
    connection.run(("PRAGMA application_id = " + std::to_string(application_id)).c_str());
    connection.run(("PRAGMA user_version = " + std::to_string(steps.size())).c_str());
    connection.run("COMMIT");
  } catch (const SQLite::Exception&) {
    if (connection.in_transaction()) connection.run("ROLLBACK");
    throw;
  }
}

}  // namespace matinee::store
