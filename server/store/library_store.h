// LibraryStore over SQLite. Private to store/. Thread rule: see server/seams/library_store.h.
#pragma once
#include "server/seams/library_store.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteLibraryStore final : public seams::LibraryStore {
 public:
  SqliteLibraryStore(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void add(seams::LibraryItem item, seams::LibraryQuota quota, seams::Executor executor, seams::Done<void> done) override;
  void find(std::string id, seams::Executor executor, seams::Done<seams::LibraryItem> done) override;
  void list(seams::UserId viewer, std::size_t offset, std::size_t limit, seams::Executor executor,
            seams::Done<seams::LibraryPage> done) override;
  void unfinished(std::size_t limit, seams::Executor executor, seams::Done<std::vector<seams::LibraryItem>> done) override;
  void usage(seams::UserId owner, seams::Executor executor, seams::Done<seams::LibraryUsage> done) override;
  void advance(seams::LibraryStep step, seams::Executor executor, seams::Done<void> done) override;
  void resize(std::string id, std::int64_t size_bytes, seams::LibraryQuota quota, seams::Executor executor,
              seams::Done<void> done) override;
  void touch(std::string id, std::int64_t at_ms, seams::Executor executor, seams::Done<void> done) override;
  void rename(std::string id, std::string title, seams::Executor executor, seams::Done<void> done) override;
  void retire(std::string id, seams::Executor executor, seams::Done<void> done) override;
  void forget(std::string id, seams::Executor executor, seams::Done<void> done) override;

 private:
  void change(seams::Executor executor, seams::Done<void> done, std::function<int(Connection&)> rows);
  Writer& writer_;
  Readers& readers_;
};

}  // namespace matinee::store
