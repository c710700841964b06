// UserStore: everybody who can be in a room, accounts and guests in one table, so that a guest who signs up keeps id, rooms and
// messages. Checks of form (lengths, characters, password rules) are the caller's (server/auth/names.h); here only what must be
// unique is unique, also when sixteen people ask at the same moment.
// Thread rule: every method from any thread; answers come through the executor.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include "rooms/person.h"
#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::seams {

struct User {
  UserId id;
  rooms::PersonKind kind = rooms::PersonKind::guest;
  std::string name;           // as shown
  std::string email;          // as typed; empty = none
  std::string password_hash;  // encoded Argon2id string; empty for guests and for people who only sign in elsewhere
  bool admin = false;
  std::int64_t created_at_ms = 0;
  std::string avatar = {};       // the key of the picture others see; empty = initials
  std::string preferences = {};  // opaque text of the caller, for accounts; empty = never saved
};

struct Avatar {
  std::string key;   // made from the bytes by the caller: another picture has another key
  std::string type;  // "image/webp"
  std::string bytes;
};

struct NewGuest {
  UserId id;  // random, drawn by the caller
  std::string name;
  std::string address;  // where it came from: counted, never shown
  std::int64_t at_ms = 0;
};

struct AccountDetails {
  std::string name;
  std::string name_key;   // the name with case folded: unique among accounts
  std::string email;      // empty = none
  std::string email_key;  // unique among accounts when not empty
  std::string password_hash;
};

class UserStore {
 public:
  virtual ~UserStore() = default;
  virtual void create_guest(NewGuest guest, Executor executor, Done<User> done) = 0;  // id_taken
  virtual void create_account(UserId id, AccountDetails details, std::int64_t at_ms, Executor executor,
                              Done<User> done) = 0;  // id_taken, name_taken, email_taken
  // The same person, now with an account; rooms of kind guest that the person owns become normal rooms. not_found, wrong_kind
  // (already an account), name_taken, email_taken.
  virtual void upgrade_guest(UserId id, AccountDetails details, Executor executor, Done<User> done) = 0;

  virtual void by_id(UserId id, Executor executor, Done<User> done) = 0;
  // Accounts only: the one whose name_key is `name_key`, else the one whose email_key is `email_key`.
  virtual void by_name_or_email(std::string name_key, std::string email_key, Executor executor, Done<User> done) = 0;

  // Only when the stored hash still is `expected` (empty = whatever it is): a rehash must not undo a change made meanwhile.
  virtual void set_password_hash(UserId id, std::string hash, std::string expected, Executor executor, Done<void> done) = 0;
  virtual void rename(UserId id, std::string name, std::string name_key, Executor executor, Done<void> done) = 0;       // name_taken
  virtual void set_email(UserId id, std::string email, std::string email_key, Executor executor, Done<void> done) = 0;  // email_taken
  // Accounts only (wrong_kind). No avatar: initials again.
  virtual void set_avatar(UserId id, std::optional<Avatar> avatar, Executor executor, Done<void> done) = 0;
  virtual void avatar(UserId id, std::string key, Executor executor, Done<Avatar> done) = 0;  // not_found: none, or another key
  virtual void set_preferences(UserId id, std::string preferences, Executor executor, Done<void> done) = 0;  // accounts only
  virtual void set_admin(UserId id, bool admin, Executor executor, Done<void> done) = 0;                     // wrong_kind for guests
  virtual void has_admin(Executor executor, Done<bool> done) = 0;
  // Guests without a session, a role above guest or an open room of their own, made before the given moment. Answers how many went.
  virtual void prune_guests(std::int64_t before_ms, std::size_t limit, Executor executor, Done<std::int64_t> done) = 0;
};

}  // namespace matinee::seams
