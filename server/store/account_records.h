// AccountRecords over SQLite. Private to store/. Thread rule: see server/seams/account_records.h.
#pragma once
#include "server/seams/account_records.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteAccountRecords final : public seams::AccountRecords {
 public:
  SqliteAccountRecords(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void messages(seams::UserId author, seams::MessagePlace after, std::size_t limit, seams::Executor executor,
                seams::Done<std::vector<seams::MessagePlace>> done) override;
  void read(std::vector<seams::MessagePlace> places, seams::Executor executor, seams::Done<std::vector<seams::OwnMessage>> done) override;
  void may_end(seams::UserId user, seams::Executor executor, seams::Done<void> done) override;
  void strip(seams::Farewell farewell, std::vector<seams::MessagePlace> places, seams::Executor executor, seams::Done<void> done) override;
  void end(seams::Farewell farewell, seams::Executor executor, seams::Done<std::vector<std::string>> done) override;

 private:
  Writer& writer_;
  Readers& readers_;
};

}  // namespace matinee::store
