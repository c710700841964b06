#include "server/store/settings_store.h"

namespace matinee::store {
namespace {

using seams::Done;
using seams::Executor;
using seams::Result;

std::optional<std::string> value_of(Connection& db, const std::string& key) {
  Query query(db, "SELECT value FROM settings WHERE key = ?1", key);
  if (!query.next()) return std::nullopt;
  return query.text(0);
}

}  // namespace

void SqliteSettingsStore::get(std::string key, Executor executor, Done<std::optional<std::string>> done) {
  readers_.read<std::optional<std::string>>(
      std::move(executor), std::move(done),
      [key = std::move(key)](Connection& db) -> Result<std::optional<std::string>> { return value_of(db, key); });
}

void SqliteSettingsStore::put(std::string key, std::string value, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [key = std::move(key), value = std::move(value)](Write& write) -> Result<void> {
    Query(write.db, "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key,
          Blob{value})
        .run();
    return {};
  });
}

void SqliteSettingsStore::put_if_absent(std::string key, std::string value, Executor executor, Done<std::string> done) {
  writer_.write<std::string>(
      std::move(executor), std::move(done), [key = std::move(key), value = std::move(value)](Write& write) -> Result<std::string> {
        Query(write.db, "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING", key, Blob{value}).run();
        return value_of(write.db, key).value_or(value);
      });
}

void SqliteSettingsStore::take(std::string key, std::string expected, Executor executor, Done<bool> done) {
  writer_.write<bool>(std::move(executor), std::move(done),
                      [key = std::move(key), expected = std::move(expected)](Write& write) -> Result<bool> {
                        return Query(write.db, "DELETE FROM settings WHERE key = ?1 AND value = ?2", key, Blob{expected}).run() == 1;
                      });
}

void SqliteThrottleStore::load(std::int64_t now_ms, std::size_t limit, Executor executor, Done<std::vector<seams::ThrottleRecord>> done) {
  const auto most = static_cast<std::int64_t>(limit);
  readers_.read<std::vector<seams::ThrottleRecord>>(
      std::move(executor), std::move(done), [now_ms, most](Connection& db) -> Result<std::vector<seams::ThrottleRecord>> {
        std::vector<seams::ThrottleRecord> records;
        Query query(db, "SELECT key, free_at_ms FROM throttles WHERE free_at_ms > ?1 ORDER BY free_at_ms DESC LIMIT ?2", now_ms, most);
        while (query.next()) records.push_back({query.text(0), query.integer(1)});
        return records;
      });
}

void SqliteThrottleStore::save(seams::ThrottleRecord record, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [record = std::move(record)](Write& write) -> Result<void> {
    if (record.free_at_ms == 0) {
      Query(write.db, "DELETE FROM throttles WHERE key = ?1", record.key).run();
      return {};
    }
    Query(write.db,
          "INSERT INTO throttles (key, free_at_ms) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET free_at_ms = excluded.free_at_ms",
          record.key, record.free_at_ms)
        .run();
    return {};
  });
}

void SqliteThrottleStore::prune(std::int64_t now_ms, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [now_ms](Write& write) -> Result<void> {
    Query(write.db, "DELETE FROM throttles WHERE free_at_ms <= ?1", now_ms).run();
    return {};
  });
}

}  // namespace matinee::store
