#include "server/store/session_store.h"

#include "server/store/user_store.h"

namespace matinee::store {
namespace {

using seams::Done;
using seams::Executor;
using seams::NewSession;
using seams::Result;
using seams::Session;
using seams::SessionEvent;
using seams::SessionId;
using seams::StoreError;
using seams::TokenHash;
using seams::UserId;

std::string_view bytes_of(const TokenHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};  // NOLINT: bytes as bytes
}

Session session_of(const Query& row) {
  Session session;
  session.id = SessionId{row.integer(0)};
  session.user = UserId{row.integer(1)};
  session.kind = static_cast<seams::SessionKind>(row.integer(2));
  session.parent = SessionId{row.integer(3)};
  session.client = row.text(4);
  session.address = row.text(5);
  session.created_at_ms = row.integer(6);
  session.seen_at_ms = row.integer(7);
  return session;
}
constexpr int session_column_count = 8;

// The rows that a DELETE … RETURNING id, user gives back.
std::int64_t note_ended(Write& write, Query& deleted) {
  std::int64_t count = 0;
  while (deleted.next()) {
    write.events.push_back({SessionEvent::What::ended, SessionId{deleted.integer(0)}, UserId{deleted.integer(1)}});
    ++count;
  }
  return count;
}

std::int64_t end_one(Write& write, SessionId id) {
  Query deleted(write.db, "DELETE FROM sessions WHERE id = ?1 OR (parent > 0 AND parent = ?1) RETURNING id, user", id);
  return note_ended(write, deleted);
}

Result<Session> insert(Write& write, const NewSession& wanted) {
  SessionId parent = wanted.parent;
  if (parent) {
    // A device made from a device belongs to the browser session at the root: ending that ends them all.
    Query query(write.db, "SELECT iif(parent > 0, parent, id) FROM sessions WHERE id = ?1 AND user = ?2", parent, wanted.user);
    if (!query.next()) return tl::unexpected(StoreError::not_found);
    parent = SessionId{query.integer(0)};
  }
  try {
    Query(write.db,
          "INSERT INTO sessions (token_hash, user, kind, parent, client, address, created_ms, seen_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
          "?7)",
          Blob{bytes_of(wanted.token_hash)}, wanted.user, static_cast<std::int64_t>(wanted.kind), parent, wanted.client, wanted.address,
          wanted.at_ms)
        .run();
  } catch (const SQLite::Exception& fault) {
    if (is_reference_violation(fault)) return tl::unexpected(StoreError::not_found);
    if (is_unique_violation(fault)) return tl::unexpected(StoreError::id_taken);
    throw;
  }
  Session session;
  session.id = SessionId{write.db.last_row_id()};
  session.user = wanted.user;
  session.kind = wanted.kind;
  session.parent = parent;
  session.client = wanted.client;
  session.address = wanted.address;
  session.created_at_ms = wanted.at_ms;
  session.seen_at_ms = wanted.at_ms;
  return session;
}

}  // namespace

std::int64_t end_sessions_of(Write& write, UserId user, SessionId except) {
  Query deleted(write.db, "DELETE FROM sessions WHERE user = ?1 AND id <> ?2 RETURNING id, user", user, except);
  return note_ended(write, deleted);
}

void SqliteSessionStore::create(NewSession session, Executor executor, Done<Session> done) {
  writer_.write<Session>(std::move(executor), std::move(done),
                         [session = std::move(session)](Write& write) { return insert(write, session); });
}

void SqliteSessionStore::replace(SessionId old, NewSession session, Executor executor, Done<Session> done) {
  writer_.write<Session>(std::move(executor), std::move(done), [old, session = std::move(session)](Write& write) {
    end_one(write, old);
    return insert(write, session);
  });
}

void SqliteSessionStore::find(TokenHash token_hash, std::int64_t now_ms, Executor executor, Done<seams::SessionOfUser> done) {
  const auto limits = limits_;
  readers_.read<seams::SessionOfUser>(
      std::move(executor), std::move(done), [token_hash, now_ms, limits](Connection& db) -> Result<seams::SessionOfUser> {
        const std::int64_t seen_after = now_ms - limits.idle_ms;
        const std::int64_t created_after = now_ms - limits.absolute_ms;
        Query query(db,
                    "SELECT s.id, s.user, s.kind, s.parent, s.client, s.address, s.created_ms, s.seen_ms, "
                    "u.id, u.kind, u.name, u.email, u.password_hash, u.admin, u.created_ms, u.avatar, u.preferences "
                    "FROM sessions AS s JOIN users AS u ON u.id = s.user WHERE s.token_hash = ?1 AND s.seen_ms > ?2 AND s.created_ms > ?3",
                    Blob{bytes_of(token_hash)}, seen_after, created_after);
        if (!query.next()) return tl::unexpected(StoreError::not_found);
        return seams::SessionOfUser{session_of(query), user_of(query, session_column_count)};
      });
}

void SqliteSessionStore::touch(SessionId id, std::int64_t now_ms, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id, now_ms](Write& write) -> Result<void> {
    const int rows = Query(write.db, "UPDATE sessions SET seen_ms = max(seen_ms, ?2) WHERE id = ?1", id, now_ms).run();
    if (rows == 0) return tl::unexpected(StoreError::not_found);
    return {};
  });
}

void SqliteSessionStore::end(SessionId id, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id](Write& write) -> Result<void> {
    if (end_one(write, id) == 0) return tl::unexpected(StoreError::not_found);
    return {};
  });
}

void SqliteSessionStore::end_all(UserId user, SessionId except, Executor executor, Done<std::int64_t> done) {
  writer_.write<std::int64_t>(std::move(executor), std::move(done),
                              [user, except](Write& write) -> Result<std::int64_t> { return end_sessions_of(write, user, except); });
}

void SqliteSessionStore::list(UserId user, std::int64_t now_ms, Executor executor, Done<std::vector<Session>> done) {
  const auto limits = limits_;
  readers_.read<std::vector<Session>>(std::move(executor), std::move(done),
                                      [user, now_ms, limits](Connection& db) -> Result<std::vector<Session>> {
                                        const std::int64_t seen_after = now_ms - limits.idle_ms;
                                        const std::int64_t created_after = now_ms - limits.absolute_ms;
                                        Query query(db,
                                                    "SELECT id, user, kind, parent, client, address, created_ms, seen_ms FROM sessions "
                                                    "WHERE user = ?1 AND seen_ms > ?2 AND created_ms > ?3 ORDER BY seen_ms DESC, id DESC",
                                                    user, seen_after, created_after);
                                        std::vector<Session> sessions;
                                        while (query.next()) sessions.push_back(session_of(query));
                                        return sessions;
                                      });
}

void SqliteSessionStore::prune(std::int64_t now_ms, Executor executor, Done<std::int64_t> done) {
  const auto limits = limits_;
  writer_.write<std::int64_t>(std::move(executor), std::move(done), [now_ms, limits](Write& write) -> Result<std::int64_t> {
    const std::int64_t seen_up_to = now_ms - limits.idle_ms;
    const std::int64_t created_up_to = now_ms - limits.absolute_ms;
    Query deleted(write.db, "DELETE FROM sessions WHERE seen_ms <= ?1 OR created_ms <= ?2 RETURNING id, user", seen_up_to, created_up_to);
    return note_ended(write, deleted);
  });
}

std::unique_ptr<seams::Subscription> SqliteSessionStore::subscribe(Executor executor, std::function<void(SessionEvent)> heard) {
  struct Holder final : seams::Subscription {
    std::shared_ptr<Subscriber> subscriber;  // the writer and notices under way only look at it
  };
  auto holder = std::make_unique<Holder>();
  holder->subscriber = std::make_shared<Subscriber>(Subscriber{std::move(executor), std::move(heard)});
  writer_.add_subscriber(holder->subscriber);
  return holder;
}

}  // namespace matinee::store
