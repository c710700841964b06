// UserStore over SQLite. Private to store/. Thread rule: see server/seams/user_store.h.
#pragma once
#include "server/seams/user_store.h"
#include "server/store/readers.h"
#include "server/store/writer.h"

namespace matinee::store {

class SqliteUserStore final : public seams::UserStore {
 public:
  SqliteUserStore(Writer& writer, Readers& readers) : writer_(writer), readers_(readers) {}
  void create_guest(seams::NewGuest guest, seams::Executor executor, seams::Done<seams::User> done) override;
  void create_account(seams::UserId id, seams::AccountDetails details, std::int64_t at_ms, seams::Executor executor,
                      seams::Done<seams::User> done) override;
  void upgrade_guest(seams::UserId id, seams::AccountDetails details, seams::Executor executor, seams::Done<seams::User> done) override;
  void by_id(seams::UserId id, seams::Executor executor, seams::Done<seams::User> done) override;
  void by_name_or_email(std::string name_key, std::string email_key, seams::Executor executor, seams::Done<seams::User> done) override;
  void set_password_hash(seams::UserId id, std::string hash, std::string expected, seams::Executor executor,
                         seams::Done<void> done) override;
  void rename(seams::UserId id, std::string name, std::string name_key, seams::Executor executor, seams::Done<void> done) override;
  void set_email(seams::UserId id, std::string email, std::string email_key, seams::Executor executor, seams::Done<void> done) override;
  void set_avatar(seams::UserId id, std::optional<seams::Avatar> avatar, seams::Executor executor, seams::Done<void> done) override;
  void avatar(seams::UserId id, std::string key, seams::Executor executor, seams::Done<seams::Avatar> done) override;
  void set_preferences(seams::UserId id, std::string preferences, seams::Executor executor, seams::Done<void> done) override;
  void set_admin(seams::UserId id, bool admin, seams::Executor executor, seams::Done<void> done) override;
  void has_admin(seams::Executor executor, seams::Done<bool> done) override;
  void prune_guests(std::int64_t before_ms, std::size_t limit, seams::Executor executor, seams::Done<std::int64_t> done) override;

 private:
  Writer& writer_;
  Readers& readers_;
};

// One row of `SELECT <user_columns> FROM users AS u`, starting at `column`.
inline constexpr int user_column_count = 9;
[[nodiscard]] seams::User user_of(const Query& row, int column);

}  // namespace matinee::store
