// SettingsStore and ThrottleStore over SQLite. Private to store/. Thread rule: see server/seams/settings_store.h.
#pragma once
#include "server/seams/settings_store.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteSettingsStore final : public seams::SettingsStore {
 public:
  SqliteSettingsStore(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void get(std::string key, seams::Executor executor, seams::Done<std::optional<std::string>> done) override;
  void put(std::string key, std::string value, seams::Executor executor, seams::Done<void> done) override;
  void put_if_absent(std::string key, std::string value, seams::Executor executor, seams::Done<std::string> done) override;
  void take(std::string key, std::string expected, seams::Executor executor, seams::Done<bool> done) override;

 private:
  Writer& writer_;
  Readers& readers_;
};

class SqliteThrottleStore final : public seams::ThrottleStore {
 public:
  SqliteThrottleStore(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void load(std::int64_t now_ms, std::size_t limit, seams::Executor executor,
            seams::Done<std::vector<seams::ThrottleRecord>> done) override;
  void save(seams::ThrottleRecord record, seams::Executor executor, seams::Done<void> done) override;
  void prune(std::int64_t now_ms, seams::Executor executor, seams::Done<void> done) override;

 private:
  Writer& writer_;
  Readers& readers_;
};

}  // namespace matinee::store
