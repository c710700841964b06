// SessionService: cookies to identities and back, with a bounded cache, so that an ordinary request costs no read of the database.
// Thread rule: one per loop, used on that loop only, no locks; ends of sessions made on other loops arrive through the store's
// subscription before the log-out is answered anywhere. Handlers are called on the loop; resolve() may call its handler before it
// returns (a cached session). Handlers of calls still under way when the service is destroyed are dropped.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include "server/auth/identity.h"
#include "server/seams/session_store.h"
#include "server/seams/user_store.h"

namespace matinee::auth {

struct SessionServiceOptions {
  std::size_t cached_max = 20'000;           // sessions; the least recently used goes first
  std::int64_t cached_for_ms = 5 * 60'000;   // then it is read again, which also notices expiry
  std::int64_t touch_every_ms = 5 * 60'000;  // how stale "last seen" may be
  seams::SessionLimits limits;               // a cached session ends at its absolute limit too
};

struct Client {
  std::string address;
  std::string description;  // for the list of sessions: "Firefox on Linux"
  seams::SessionKind kind = seams::SessionKind::browser;
};

struct Started {
  std::string token;  // goes into the cookie, or to the desktop program that logged in, nowhere else; never logged
  Identity identity;
};

class SessionService {
 public:
  using NowMs = std::function<std::int64_t()>;
  SessionService(seams::SessionStore& sessions, seams::UserStore& users, seams::Executor loop, NowMs now_ms,
                 SessionServiceOptions options = {});
  ~SessionService();
  SessionService(const SessionService&) = delete;
  SessionService& operator=(const SessionService&) = delete;

  // A new session with a new token for this person, who has just proved who they are; `replaces` (0 = none) ends in the same step.
  void start(const seams::User& user, Client client, seams::SessionId replaces, seams::Done<Started> done);
  // A new guest and a session for it.
  void start_guest(std::string name, Client client, seams::Done<Started> done);
  // not_found: no such session, ended or expired. unavailable: could not be looked up; say 503, do not log anybody out.
  void resolve(std::string_view token, std::function<void(seams::Result<Identity>)> done);
  // The same from the cache alone; nothing when it has to be looked up.
  [[nodiscard]] const Identity* cached(std::string_view token);

  void log_out(seams::SessionId session, seams::Done<void> done);
  void log_out_everywhere(seams::UserId user, seams::SessionId except, seams::Done<std::int64_t> done);  // except 0 = none
  void list(seams::UserId user, seams::Done<std::vector<seams::Session>> done);

  // Called on the loop for every session that ends, anywhere in the process: the loop closes that session's sockets (4001).
  void on_ended(std::function<void(seams::SessionId, seams::UserId)> heard);
  // Called on the loop when somebody's name, kind, picture, preferences or admin flag changed.
  void on_user_changed(std::function<void(seams::UserId)> heard);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with handlers under way, which do nothing once the service is gone
};

}  // namespace matinee::auth
