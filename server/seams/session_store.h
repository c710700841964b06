// SessionStore: who is logged in where. Only the SHA-256 of the random token in the cookie is kept, so a stolen copy of the data
// opens no session. Every end is told to subscribers, so that sockets close within a second.
// Thread rule: every method from any thread; answers come through the executor. A subscriber's notice is posted before the answer
// of the call that caused it, so a loop that handles its posts in order never serves an ended session after the answer went out.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>
#include "server/seams/executor.h"
#include "server/seams/user_store.h"

namespace matinee::seams {

using TokenHash = std::array<std::uint8_t, 32>;

enum class SessionKind : std::uint8_t {
  browser = 0,
  device = 1,  // a desktop client or bot; ends together with the browser session it was made from
};

struct NewSession {
  TokenHash token_hash{};
  UserId user;
  SessionKind kind = SessionKind::browser;
  SessionId parent;    // device: the session it was made from; 0 = none
  std::string client;  // short words for the list: "Firefox on Linux"
  std::string address;
  std::int64_t at_ms = 0;
};

struct Session {
  SessionId id;
  UserId user;
  SessionKind kind = SessionKind::browser;
  SessionId parent;
  std::string client;
  std::string address;
  std::int64_t created_at_ms = 0;
  std::int64_t seen_at_ms = 0;
};

struct SessionLimits {
  std::int64_t idle_ms = 14LL * 24 * 3'600'000;      // unseen this long = expired
  std::int64_t absolute_ms = 90LL * 24 * 3'600'000;  // this long after creation = expired, whatever happens
};

struct SessionOfUser {
  Session session;
  User user;
};

struct SessionEvent {
  enum class What : std::uint8_t {
    ended,         // session, user
    user_changed,  // name, kind, e-mail, picture, preferences or admin flag of user; session is 0
  };
  What what = What::ended;
  SessionId session;
  UserId user;
};

// Stops the notices when destroyed; a notice already posted may still arrive, so the handler guards its own lifetime.
class Subscription {
 public:
  virtual ~Subscription() = default;
};

class SessionStore {
 public:
  virtual ~SessionStore() = default;
  virtual void create(NewSession session, Executor executor, Done<Session> done) = 0;  // not_found: no such user, or parent
  // Ends `old` and creates `session` in one step: the id changes, nobody is logged out in between.
  virtual void replace(SessionId old, NewSession session, Executor executor, Done<Session> done) = 0;
  // The live session with this token and its person, in one read; not_found when unknown, ended or expired at `now_ms`.
  virtual void find(TokenHash token_hash, std::int64_t now_ms, Executor executor, Done<SessionOfUser> done) = 0;
  virtual void touch(SessionId id, std::int64_t now_ms, Executor executor, Done<void> done) = 0;
  virtual void end(SessionId id, Executor executor, Done<void> done) = 0;  // with its devices; unknown = not_found
  virtual void end_all(UserId user, SessionId except, Executor executor, Done<std::int64_t> done) = 0;  // answers how many; except 0 = none
  virtual void list(UserId user, std::int64_t now_ms, Executor executor, Done<std::vector<Session>> done) = 0;  // the latest seen first
  virtual void prune(std::int64_t now_ms, Executor executor, Done<std::int64_t> done) = 0;                      // ends what has expired
  [[nodiscard]] virtual std::unique_ptr<Subscription> subscribe(Executor executor, std::function<void(SessionEvent)> heard) = 0;
};

}  // namespace matinee::seams
