// MessageLog over SQLite. Private to store/. Thread rule: see server/seams/message_log.h.
#pragma once
#include "server/seams/message_log.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteMessageLog final : public seams::MessageLog {
 public:
  SqliteMessageLog(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void append(seams::AppendRequest request, seams::Executor executor, std::function<void(seams::AppendOutcome)> done) override;
  void read(seams::ReadRequest request, seams::Executor executor, seams::Done<std::vector<seams::StoredMessage>> done) override;
  void last(seams::RoomId room, seams::Executor executor, seams::Done<rooms::Seq> done) override;
  void find(seams::RoomId room, seams::UserId author, std::string message_id, seams::Executor executor,
            seams::Done<std::optional<rooms::Seq>> done) override;
  void search(seams::SearchRequest request, seams::Executor executor, seams::Done<seams::SearchPage> done) override;
  void tidy(seams::Executor executor, seams::Done<void> done) override;

 private:
  Writer& writer_;
  Readers& readers_;
};

// A row of seq, kind, author, message_id, body, extra, reactions, at_ms, edited_ms.
[[nodiscard]] seams::StoredMessage message_of(const Query& row);
[[nodiscard]] rooms::ChangeNumber last_change(Connection& connection, seams::RoomId room);
[[nodiscard]] rooms::Seq last_seq(Connection& connection, seams::RoomId room);
// The room's head from memory or the file; nullptr when there is no such room.
[[nodiscard]] Head* head_of(Write& write, seams::RoomId room);

}  // namespace matinee::store
