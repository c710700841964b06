// SessionStore over SQLite. Private to store/. Thread rule: see server/seams/session_store.h.
#pragma once
#include "server/seams/session_store.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteSessionStore final : public seams::SessionStore {
 public:
  SqliteSessionStore(Writer& writer, Readers& readers, seams::SessionLimits limits) : writer_(writer), readers_(readers), limits_(limits) {}
  void create(seams::NewSession session, seams::Executor executor, seams::Done<seams::Session> done) override;
  void replace(seams::SessionId old, seams::NewSession session, seams::Executor executor, seams::Done<seams::Session> done) override;
  void find(seams::TokenHash token_hash, std::int64_t now_ms, seams::Executor executor, seams::Done<seams::SessionOfUser> done) override;
  void touch(seams::SessionId id, std::int64_t now_ms, seams::Executor executor, seams::Done<void> done) override;
  void end(seams::SessionId id, seams::Executor executor, seams::Done<void> done) override;
  void end_all(seams::UserId user, seams::SessionId except, seams::Executor executor, seams::Done<std::int64_t> done) override;
  void list(seams::UserId user, std::int64_t now_ms, seams::Executor executor, seams::Done<std::vector<seams::Session>> done) override;
  void prune(std::int64_t now_ms, seams::Executor executor, seams::Done<std::int64_t> done) override;
  [[nodiscard]] std::unique_ptr<seams::Subscription> subscribe(seams::Executor executor,
                                                               std::function<void(seams::SessionEvent)> heard) override;

 private:
  Writer& writer_;
  Readers& readers_;
  seams::SessionLimits limits_;
};

// Ends every session of a person and notes it for the subscribers; answers how many.
std::int64_t end_sessions_of(Write& write, seams::UserId user, seams::SessionId except);

}  // namespace matinee::store
