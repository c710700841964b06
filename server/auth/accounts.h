// Accounts: the whole of signing up, logging in, keeping a guest's rooms, changing a password or an e-mail address: checks, throttles,
// hash, store, session, in the order that gives nothing away. Unknown person and wrong password are one answer that takes one time. Thread
// rule: one per loop, like its SessionService; handlers are called on the loop, never before the call returns.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include "server/auth/names.h"
#include "server/auth/password_pool.h"
#include "server/auth/sessions.h"
#include "server/auth/throttle.h"

namespace matinee::auth {

struct Refusal {
  enum class Why : std::uint8_t {
    fields,       // one or more of the fields below
    wrong,        // unknown person or wrong password
    slow_down,    // 429, retry_after_s
    busy,         // 503, retry_after_s
    unavailable,  // 503: the store cannot write or read just now
    not_allowed,  // sign-up is switched off; already an account; a guest where an account is needed
  };
  Why why = Why::unavailable;
  std::optional<FieldError> name;  // what is wrong with the fields of the form
  std::optional<FieldError> email;
  std::optional<FieldError> password;
  std::int64_t retry_after_s = 0;
};
[[nodiscard]] std::string_view to_string(Refusal::Why why);  // "wrong": stable, and the end of its sentence's key
[[nodiscard]] std::string_view sentence(Refusal::Why why);   // in English, for programs

struct AccountsOptions {
  bool sign_up = true;  // server options: anyone may make an account, anyone may be a guest
  bool guests = true;
};

struct SignUpForm {
  std::string name;
  std::string email;
  std::string password;
};  // email may be empty
struct LogInForm {
  std::string name_or_email;
  std::string password;
};

class Accounts {
 public:
  using Done = std::function<void(tl::expected<Started, Refusal>)>;
  using Confirmed = std::function<void(tl::expected<seams::User, Refusal>)>;
  using Changed = std::function<void(tl::expected<void, Refusal>)>;
  Accounts(seams::UserStore& users, SessionService& sessions, PasswordPool& passwords, Throttle& throttle, seams::Executor loop,
           SessionService::NowMs now_ms, AccountsOptions options = {});
  ~Accounts();
  Accounts(const Accounts&) = delete;
  Accounts& operator=(const Accounts&) = delete;

  // `who`: the session the request came with, if any. A guest keeps id, rooms and messages; its session is replaced.
  void sign_up(SignUpForm form, std::optional<Identity> who, Client client, Done done);
  // A session the browser already had ends in the same step. A guest's session too: the guest's rooms stay the guest's.
  // `client.kind` device: a token for a desktop program, which lives on by itself, without a browser's session.
  void log_in(LogInForm form, std::optional<Identity> who, Client client, Done done);
  void start_guest(std::string name, Client client, Done done);
  // Whether it is the person's current password; answers who it is. A wrong one counts like a wrong log-in.
  void confirm(const Identity& who, std::string password, Confirmed done);
  // Empty: no address any more.
  void change_email(const Identity& who, std::string password, std::string email, Changed done);
  // Ends every other session of the person and replaces this one.
  void change_password(const Identity& who, std::string old_password, std::string new_password, Client client, Done done);

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with handlers under way
};

}  // namespace matinee::auth
