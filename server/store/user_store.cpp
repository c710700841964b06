#include "server/store/user_store.h"

#include "server/store/session_store.h"

namespace matinee::store {
namespace {

using rooms::PersonKind;
using seams::AccountDetails;
using seams::Avatar;
using seams::Done;
using seams::Executor;
using seams::Result;
using seams::SessionEvent;
using seams::StoreError;
using seams::User;
using seams::UserId;

constexpr std::int64_t account = static_cast<std::int64_t>(PersonKind::account);
constexpr std::int64_t guest = static_cast<std::int64_t>(PersonKind::guest);

Result<User> load(Connection& db, UserId id) {
  Query query(db, "SELECT id, kind, name, email, password_hash, admin, created_ms, avatar, preferences FROM users WHERE id = ?1", id);
  if (!query.next()) return tl::unexpected(StoreError::not_found);
  return user_of(query, 0);
}

// Checked before writing, which is safe because there is one writer: the answer names the field, an index's error does not.
bool name_is_taken(Connection& db, const std::string& name_key, UserId by_other_than) {
  Query query(db, "SELECT 1 FROM users WHERE name_key = ?1 AND id <> ?2", name_key, by_other_than);
  return query.next();
}

bool email_is_taken(Connection& db, const std::string& email_key, UserId by_other_than) {
  if (email_key.empty()) return false;
  Query query(db, "SELECT 1 FROM users WHERE email_key = ?1 AND id <> ?2", email_key, by_other_than);
  return query.next();
}

Result<void> free_for(Connection& db, UserId id, const AccountDetails& details) {
  if (name_is_taken(db, details.name_key, id)) return tl::unexpected(StoreError::name_taken);
  if (email_is_taken(db, details.email_key, id)) return tl::unexpected(StoreError::email_taken);
  return {};
}

bool exists(Connection& db, UserId id) {
  Query query(db, "SELECT 1 FROM users WHERE id = ?1", id);
  return query.next();
}

void user_changed(Write& write, UserId id) { write.events.push_back({SessionEvent::What::user_changed, seams::SessionId{}, id}); }

Result<User> insert_account(Write& write, UserId id, const AccountDetails& details, std::int64_t at_ms) {
  if (exists(write.db, id)) return tl::unexpected(StoreError::id_taken);
  if (const auto free = free_for(write.db, id, details); !free) return tl::unexpected(free.error());
  Query(write.db,
        "INSERT INTO users (id, kind, name, name_key, email, email_key, password_hash, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, nullif(?6, "
        "''), ?7, ?8)",
        id, account, details.name, details.name_key, details.email, details.email_key, details.password_hash, at_ms)
      .run();
  return load(write.db, id);
}

Result<User> turn_into_account(Write& write, UserId id, const AccountDetails& details) {
  const auto user = load(write.db, id);
  if (!user) return user;
  if (user->kind != PersonKind::guest) return tl::unexpected(StoreError::wrong_kind);
  if (const auto free = free_for(write.db, id, details); !free) return tl::unexpected(free.error());
  Query(write.db,
        "UPDATE users SET kind = ?2, name = ?3, name_key = ?4, email = ?5, email_key = nullif(?6, ''), password_hash = ?7, address = '' "
        "WHERE id = ?1",
        id, account, details.name, details.name_key, details.email, details.email_key, details.password_hash)
      .run();
  Query(write.db, "UPDATE rooms SET kind = 0 WHERE owner = ?1 AND kind = 1 AND ended_ms = 0", id).run();
  user_changed(write, id);
  return load(write.db, id);
}

Result<void> only_accounts(Connection& db, UserId id) {
  const auto user = load(db, id);
  if (!user) return tl::unexpected(user.error());
  if (user->kind != PersonKind::account) return tl::unexpected(StoreError::wrong_kind);
  return {};
}

Result<void> rename_user(Write& write, UserId id, const std::string& name, const std::string& name_key) {
  const auto user = load(write.db, id);
  if (!user) return tl::unexpected(user.error());
  const bool is_account = user->kind == PersonKind::account;
  if (is_account && name_is_taken(write.db, name_key, id)) return tl::unexpected(StoreError::name_taken);
  if (is_account) {
    Query(write.db, "UPDATE users SET name = ?2, name_key = ?3 WHERE id = ?1", id, name, name_key).run();
  } else {
    Query(write.db, "UPDATE users SET name = ?2 WHERE id = ?1", id, name).run();
  }
  user_changed(write, id);
  return {};
}

}  // namespace

seams::User user_of(const Query& row, int column) {
  User user;
  user.id = UserId{row.integer(column)};
  user.kind = static_cast<PersonKind>(row.integer(column + 1));
  user.name = row.text(column + 2);
  user.email = row.text(column + 3);
  user.password_hash = row.text(column + 4);
  user.admin = row.integer(column + 5) != 0;
  user.created_at_ms = row.integer(column + 6);
  user.avatar = row.text(column + 7);
  user.preferences = row.text(column + 8);
  return user;
}

void SqliteUserStore::create_guest(seams::NewGuest person, Executor executor, Done<User> done) {
  writer_.write<User>(std::move(executor), std::move(done), [person = std::move(person)](Write& write) -> Result<User> {
    if (exists(write.db, person.id)) return tl::unexpected(StoreError::id_taken);
    Query(write.db, "INSERT INTO users (id, kind, name, address, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)", person.id, guest, person.name,
          person.address, person.at_ms)
        .run();
    return load(write.db, person.id);
  });
}

void SqliteUserStore::create_account(UserId id, AccountDetails details, std::int64_t at_ms, Executor executor, Done<User> done) {
  writer_.write<User>(std::move(executor), std::move(done),
                      [id, details = std::move(details), at_ms](Write& write) { return insert_account(write, id, details, at_ms); });
}

void SqliteUserStore::upgrade_guest(UserId id, AccountDetails details, Executor executor, Done<User> done) {
  writer_.write<User>(std::move(executor), std::move(done),
                      [id, details = std::move(details)](Write& write) { return turn_into_account(write, id, details); });
}

void SqliteUserStore::by_id(UserId id, Executor executor, Done<User> done) {
  readers_.read<User>(std::move(executor), std::move(done), [id](Connection& db) { return load(db, id); });
}

void SqliteUserStore::by_name_or_email(std::string name_key, std::string email_key, Executor executor, Done<User> done) {
  auto work = [name_key = std::move(name_key), email_key = std::move(email_key)](Connection& db) -> Result<User> {
    // name_key and email_key are NULL where there is none, so an empty key finds nobody.
    Query query(db,
                "SELECT id, kind, name, email, password_hash, admin, created_ms, avatar, preferences FROM users "
                "WHERE name_key = ?1 OR email_key = ?2 ORDER BY name_key = ?1 DESC LIMIT 1",
                name_key, email_key);
    if (!query.next()) return tl::unexpected(StoreError::not_found);
    return user_of(query, 0);
  };
  readers_.read<User>(std::move(executor), std::move(done), std::move(work));
}

void SqliteUserStore::set_password_hash(UserId id, std::string hash, std::string expected, Executor executor, Done<void> done) {
  writer_.write<void>(
      std::move(executor), std::move(done), [id, hash = std::move(hash), expected = std::move(expected)](Write& write) -> Result<void> {
        if (const auto allowed = only_accounts(write.db, id); !allowed) return allowed;
        const int rows =
            Query(write.db, "UPDATE users SET password_hash = ?2 WHERE id = ?1 AND (?3 = '' OR password_hash = ?3)", id, hash, expected)
                .run();
        if (rows == 0) return tl::unexpected(StoreError::not_found);
        return {};
      });
}

void SqliteUserStore::rename(UserId id, std::string name, std::string name_key, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id, name = std::move(name), name_key = std::move(name_key)](Write& write) {
    return rename_user(write, id, name, name_key);
  });
}

void SqliteUserStore::set_email(UserId id, std::string email, std::string email_key, Executor executor, Done<void> done) {
  writer_.write<void>(
      std::move(executor), std::move(done), [id, email = std::move(email), email_key = std::move(email_key)](Write& write) -> Result<void> {
        if (const auto allowed = only_accounts(write.db, id); !allowed) return allowed;
        if (email_is_taken(write.db, email_key, id)) return tl::unexpected(StoreError::email_taken);
        Query(write.db, "UPDATE users SET email = ?2, email_key = nullif(?3, '') WHERE id = ?1", id, email, email_key).run();
        user_changed(write, id);
        return {};
      });
}

void SqliteUserStore::set_avatar(UserId id, std::optional<Avatar> avatar, Executor executor, Done<void> done) {
  const std::size_t bytes = avatar ? avatar->bytes.size() : 0;
  auto work = [id, avatar = std::move(avatar)](Write& write) -> Result<void> {
    if (const auto allowed = only_accounts(write.db, id); !allowed) return allowed;
    const std::string key = avatar ? avatar->key : std::string();
    Query(write.db, "UPDATE users SET avatar = ?2 WHERE id = ?1", id, key).run();
    if (avatar) {
      Query(write.db,
            "INSERT INTO avatars (user, key, type, bytes) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (user) DO UPDATE SET key = excluded.key, type = excluded.type, bytes = excluded.bytes",
            id, key, avatar->type, Blob{avatar->bytes})
          .run();
    } else {
      Query(write.db, "DELETE FROM avatars WHERE user = ?1", id).run();
    }
    user_changed(write, id);
    return {};
  };
  writer_.write<void>(std::move(executor), std::move(done), std::move(work), bytes);
}

void SqliteUserStore::avatar(UserId id, std::string key, Executor executor, Done<Avatar> done) {
  readers_.read<Avatar>(std::move(executor), std::move(done), [id, key = std::move(key)](Connection& db) -> Result<Avatar> {
    Query query(db, "SELECT key, type, bytes FROM avatars WHERE user = ?1 AND key = ?2", id, key);
    if (!query.next()) return tl::unexpected(StoreError::not_found);
    return Avatar{query.text(0), query.text(1), query.text(2)};
  });
}

void SqliteUserStore::set_preferences(UserId id, std::string preferences, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id, preferences = std::move(preferences)](Write& write) -> Result<void> {
    if (const auto allowed = only_accounts(write.db, id); !allowed) return allowed;
    Query(write.db, "UPDATE users SET preferences = ?2 WHERE id = ?1", id, preferences).run();
    user_changed(write, id);
    return {};
  });
}

void SqliteUserStore::set_admin(UserId id, bool admin, Executor executor, Done<void> done) {
  writer_.write<void>(std::move(executor), std::move(done), [id, admin](Write& write) -> Result<void> {
    if (const auto allowed = only_accounts(write.db, id); !allowed) return allowed;
    Query(write.db, "UPDATE users SET admin = ?2 WHERE id = ?1", id, admin).run();
    user_changed(write, id);
    return {};
  });
}

void SqliteUserStore::has_admin(Executor executor, Done<bool> done) {
  readers_.read<bool>(std::move(executor), std::move(done), [](Connection& db) -> Result<bool> {
    Query query(db, "SELECT 1 FROM users WHERE admin = 1 LIMIT 1");
    return query.next();
  });
}

void SqliteUserStore::prune_guests(std::int64_t before_ms, std::size_t limit, Executor executor, Done<std::int64_t> done) {
  const auto most = static_cast<std::int64_t>(limit);
  writer_.write<std::int64_t>(std::move(executor), std::move(done), [before_ms, most](Write& write) -> Result<std::int64_t> {
    return Query(write.db,
                 "DELETE FROM users WHERE id IN (SELECT u.id FROM users AS u WHERE u.kind = ?1 AND u.created_ms < ?2 "
                 "AND NOT EXISTS (SELECT 1 FROM sessions WHERE user = u.id) "
                 "AND NOT EXISTS (SELECT 1 FROM room_people AS p JOIN rooms AS r ON r.id = p.room WHERE p.user = u.id AND p.role < 3 AND "
                 "r.ended_ms = 0) "
                 "LIMIT ?3)",
                 guest, before_ms, most)
        .run();
  });
}

}  // namespace matinee::store
