#include "server/auth/accounts.h"

#include <utility>

#include "server/auth/random.h"

namespace matinee::auth {
namespace {

using seams::Result;
using seams::StoreError;
using Why = Refusal::Why;
constexpr int account_id_tries = 3;

Refusal refusal(Why why, std::int64_t retry_after_s = 0) {
  Refusal made;
  made.why = why;
  made.retry_after_s = retry_after_s;
  return made;
}

// What the store refused, as the form shows it.
Refusal refusal_of(StoreError error) {
  Refusal made = refusal(Why::fields);
  switch (error) {
    case StoreError::name_taken: made.name = FieldError::name_taken; return made;
    case StoreError::email_taken: made.email = FieldError::email_taken; return made;
    case StoreError::wrong_kind: return refusal(Why::not_allowed);
    case StoreError::not_found: return refusal(Why::wrong);
    case StoreError::only_admin:
    case StoreError::too_many:
    case StoreError::quota_person:
    case StoreError::quota_all:
    case StoreError::unavailable:
    case StoreError::fenced:
    case StoreError::id_taken:
    case StoreError::code_taken: break;
  }
  return refusal(Why::unavailable);
}

// The form, checked.
struct NewAccount {
  Name name;
  std::optional<Email> email;
  std::string password;
};

tl::expected<NewAccount, Refusal> check(const SignUpForm& form) {
  Refusal wrong = refusal(Why::fields);
  NewAccount account;
  if (auto name = check_name(form.name)) account.name = std::move(*name);
  else wrong.name = name.error();
  if (form.email.find_first_not_of(" \t\r\n") != std::string::npos) {
    if (auto email = check_email(form.email)) account.email = std::move(*email);
    else wrong.email = email.error();
  }
  if (const auto password = check_password(form.password); !password) wrong.password = password.error();
  if (wrong.name || wrong.email || wrong.password) return tl::unexpected(std::move(wrong));
  account.password = form.password;
  return account;
}

}  // namespace

// Everything one request carries along from step to step.
struct Errand {
  Client client;
  std::string address_key;
  std::optional<Identity> who;
  Accounts::Done done;

  void refuse(Refusal refusal) const { done(tl::unexpected(std::move(refusal))); }
  [[nodiscard]] seams::SessionId session() const { return who ? who->session : seams::SessionId{}; }
};
using ErrandPtr = std::shared_ptr<const Errand>;  // held by whichever step is under way

struct Accounts::State : std::enable_shared_from_this<Accounts::State> {
  State(seams::UserStore& user_store, SessionService& session_service, PasswordPool& pool, Throttle& limits, seams::Executor on,
        SessionService::NowMs clock, AccountsOptions with)
      : users(user_store),
        sessions(session_service),
        passwords(pool),
        throttle(limits),
        loop(std::move(on)),
        now_ms(std::move(clock)),
        options(with) {}

  // A step that is dropped when the service is gone.
  template <class Step>
  auto step(Step next) {
    return [weak = weak_from_this(), next = std::move(next)](auto... results) {
      if (const auto state = weak.lock()) next(*state, std::move(results)...);
    };
  }

  // Refusals that need no store are still told by the loop, so that no handler ever runs inside the call.
  void refuse_later(ErrandPtr errand, Refusal refusal) const {
    loop([errand = std::move(errand), refusal = std::move(refusal)] { errand->refuse(refusal); });
  }

  void open_session(const ErrandPtr& errand, const seams::User& user) {
    sessions.start(user, errand->client, errand->session(), [errand](Result<Started> started) {
      if (!started) return errand->refuse(refusal_of(started.error()));
      errand->done(std::move(*started));
    });
  }

  // ---- sign up
  void sign_up(const ErrandPtr& errand, NewAccount account) {
    const auto allowance = throttle.take(Limit::sign_up_address, errand->address_key, now_ms());
    if (!allowance.allowed) return refuse_later(errand, refusal(Why::slow_down, allowance.retry_after_s));
    std::string password = std::move(account.password);
    passwords.hash(std::move(password), loop,
                   step([errand, account = std::move(account)](State& state, std::string hash, std::optional<PasswordError> error) {
                     if (!error) return state.store_account(errand, account, hash, account_id_tries);
                     state.throttle.give_back(Limit::sign_up_address, errand->address_key, state.now_ms());
                     errand->refuse(refusal(Why::busy, password_busy_retry_s));
                   }));
  }

  void store_account(const ErrandPtr& errand, const NewAccount& account, const std::string& hash, int tries) {
    const seams::AccountDetails details{account.name.shown, account.name.key, account.email ? account.email->shown : "",
                                        account.email ? account.email->key : "", hash};
    auto stored = step([errand, account, hash, tries](State& state, Result<seams::User> user) {
      if (user) return state.open_session(errand, *user);
      if (user.error() == StoreError::id_taken && tries > 1) return state.store_account(errand, account, hash, tries - 1);
      state.throttle.give_back(Limit::sign_up_address, errand->address_key, state.now_ms());
      errand->refuse(refusal_of(user.error()));
    });
    if (errand->who) return users.upgrade_guest(errand->who->user, details, loop, std::move(stored));
    users.create_account(random_user_id(), details, now_ms(), loop, std::move(stored));
  }

  // ---- log in
  void log_in(const ErrandPtr& errand, const LogInForm& form) {
    const auto allowance = throttle.take(Limit::log_in_address, errand->address_key, now_ms());
    if (!allowance.allowed) return refuse_later(errand, refusal(Why::slow_down, allowance.retry_after_s));
    const LogInKeys keys = log_in_keys(form.name_or_email);
    users.by_name_or_email(
        keys.name_key, keys.email_key, loop, step([errand, keys, password = form.password](State& state, Result<seams::User> user) {
          if (!user && user.error() != StoreError::not_found) return state.give_up(errand, refusal_of(user.error()));
          // Somebody unknown is counted, checked and answered like somebody known.
          const std::string counted = user ? "id " + std::to_string(user->id.value) : "key " + keys.name_key + keys.email_key;
          state.check_password_of(errand, user ? *user : seams::User{}, counted, password);
        }));
  }

  void give_up(const ErrandPtr& errand, Refusal why) {
    throttle.give_back(Limit::log_in_address, errand->address_key, now_ms());
    errand->refuse(std::move(why));
  }

  void check_password_of(const ErrandPtr& errand, const seams::User& user, const std::string& counted, const std::string& password) {
    const auto allowance = throttle.take(Limit::log_in_account, counted, now_ms());
    if (!allowance.allowed) return errand->refuse(refusal(Why::slow_down, allowance.retry_after_s));
    // No stored password is this long, but the answer takes as long as any.
    const bool possible = password.size() <= password_bytes_max;
    passwords.verify(
        possible ? password : std::string(), possible ? user.password_hash : std::string(), loop,
        step([errand, user, counted](State& state, const Verified& verified) { state.verified(errand, user, counted, verified); }));
  }

  void verified(const ErrandPtr& errand, const seams::User& user, const std::string& counted, const Verified& result) {
    if (result.what == Verified::What::no_match) return errand->refuse(refusal(Why::wrong));
    throttle.give_back(Limit::log_in_account, counted, now_ms());
    if (result.what != Verified::What::match) return give_up(errand, refusal(Why::busy, password_busy_retry_s));
    throttle.give_back(Limit::log_in_address, errand->address_key, now_ms());
    if (!result.new_hash.empty()) {
      // Only in place of the hash that was just checked; if it cannot be stored now, the next log-in does it.
      users.set_password_hash(user.id, result.new_hash, user.password_hash, loop, [](const Result<void>&) {});
    }
    open_session(errand, user);
  }

  // ---- change password, and whatever else asks for the current one
  using Refuse = std::function<void(Refusal)>;
  using Proven = std::function<void(State&, const seams::User&)>;

  void prove(seams::UserId who, const std::string& password, const Refuse& refuse, const Proven& proven) {
    users.by_id(who, loop, step([password, refuse, proven](State& state, Result<seams::User> user) {
                  if (!user) return refuse(refusal_of(user.error()));
                  state.check_current_password(*user, password, refuse, proven);
                }));
  }

  void check_current_password(const seams::User& user, const std::string& password, const Refuse& refuse, const Proven& proven) {
    const std::string counted = "id " + std::to_string(user.id.value);
    const auto allowance = throttle.take(Limit::log_in_account, counted, now_ms());
    if (!allowance.allowed) return refuse(refusal(Why::slow_down, allowance.retry_after_s));
    const bool possible = password.size() <= password_bytes_max;
    passwords.verify(possible ? password : std::string(), possible ? user.password_hash : std::string(), loop,
                     step([user, counted, refuse, proven](State& state, const Verified& verified) {
                       if (verified.what == Verified::What::no_match) return refuse(refusal(Why::wrong));
                       state.throttle.give_back(Limit::log_in_account, counted, state.now_ms());
                       if (verified.what != Verified::What::match) return refuse(refusal(Why::busy, password_busy_retry_s));
                       proven(state, user);
                     }));
  }

  void change_password(const ErrandPtr& errand, const std::string& old_password, const std::string& new_password) {
    prove(
        errand->who->user, old_password, [errand](Refusal why) { errand->refuse(std::move(why)); },
        [errand, new_password](State& state, const seams::User& user) { state.hash_new_password(errand, user, new_password); });
  }

  void store_email(const seams::User& user, const std::optional<Email>& email, const Changed& done) {
    users.set_email(user.id, email ? email->shown : "", email ? email->key : "", loop, step([done](State&, Result<void> stored) {
                      if (stored) return done({});
                      done(tl::unexpected(refusal_of(stored.error())));
                    }));
  }

  void hash_new_password(const ErrandPtr& errand, const seams::User& user, const std::string& new_password) {
    passwords.hash(new_password, loop, step([errand, user](State& state, const std::string& hash, std::optional<PasswordError> error) {
                     if (error) return errand->refuse(refusal(Why::busy, password_busy_retry_s));
                     state.store_new_password(errand, user, hash);
                   }));
  }

  void store_new_password(const ErrandPtr& errand, const seams::User& user, const std::string& hash) {
    users.set_password_hash(user.id, hash, user.password_hash, loop, step([errand, user](State& state, Result<void> stored) {
                              if (!stored) return errand->refuse(refusal_of(stored.error()));
                              state.sessions.log_out_everywhere(user.id, errand->session(),
                                                                state.step([errand, user](State& after, const Result<std::int64_t>& ended) {
                                                                  if (!ended) return errand->refuse(refusal_of(ended.error()));
                                                                  after.open_session(errand, user);
                                                                }));
                            }));
  }

  seams::UserStore& users;
  SessionService& sessions;
  PasswordPool& passwords;
  Throttle& throttle;
  seams::Executor loop;
  SessionService::NowMs now_ms;
  AccountsOptions options;
};

Accounts::Accounts(seams::UserStore& users, SessionService& sessions, PasswordPool& passwords, Throttle& throttle, seams::Executor loop,
                   SessionService::NowMs now_ms, AccountsOptions options)
    : state_(std::make_shared<State>(users, sessions, passwords, throttle, std::move(loop), std::move(now_ms), options)) {}
Accounts::~Accounts() = default;

void Accounts::sign_up(SignUpForm form, std::optional<Identity> who, Client client, Done done) {
  const std::string address = address_key(client.address);
  const auto errand = std::make_shared<const Errand>(Errand{std::move(client), address, std::move(who), std::move(done)});
  const bool has_account = errand->who && errand->who->kind == rooms::PersonKind::account;
  if (!state_->options.sign_up || has_account) return state_->refuse_later(errand, refusal(Why::not_allowed));
  auto account = check(form);
  if (!account) return state_->refuse_later(errand, account.error());
  state_->sign_up(errand, std::move(*account));
}

void Accounts::log_in(LogInForm form, std::optional<Identity> who, Client client, Done done) {
  const std::string address = address_key(client.address);
  state_->log_in(std::make_shared<const Errand>(Errand{std::move(client), address, std::move(who), std::move(done)}), form);
}

void Accounts::start_guest(std::string name, Client client, Done done) {
  const std::string address = address_key(client.address);
  const auto errand = std::make_shared<const Errand>(Errand{std::move(client), address, std::nullopt, std::move(done)});
  if (!state_->options.guests) return state_->refuse_later(errand, refusal(Why::not_allowed));
  const auto checked = check_name(name);
  if (!checked) {
    Refusal wrong = refusal(Why::fields);
    wrong.name = checked.error();
    return state_->refuse_later(errand, wrong);
  }
  const auto allowance = state_->throttle.take(Limit::guest_address, address, state_->now_ms());
  if (!allowance.allowed) return state_->refuse_later(errand, refusal(Why::slow_down, allowance.retry_after_s));
  state_->sessions.start_guest(checked->shown, errand->client, [errand](Result<Started> started) {
    if (!started) return errand->refuse(refusal_of(started.error()));
    errand->done(std::move(*started));
  });
}

void Accounts::change_password(const Identity& who, std::string old_password, std::string new_password, Client client, Done done) {
  const std::string address = address_key(client.address);
  const auto errand = std::make_shared<const Errand>(Errand{std::move(client), address, who, std::move(done)});
  if (who.kind != rooms::PersonKind::account) return state_->refuse_later(errand, refusal(Why::not_allowed));
  if (const auto good = check_password(new_password); !good) {
    Refusal wrong = refusal(Why::fields);
    wrong.password = good.error();
    return state_->refuse_later(errand, wrong);
  }
  state_->change_password(errand, old_password, new_password);
}

void Accounts::confirm(const Identity& who, std::string password, Confirmed done) {
  const auto refuse = [done](Refusal why) { done(tl::unexpected(std::move(why))); };
  if (who.kind != rooms::PersonKind::account) return state_->loop([refuse] { refuse(refusal(Why::not_allowed)); });
  state_->prove(who.user, password, refuse, [done](State&, const seams::User& user) { done(user); });
}

void Accounts::change_email(const Identity& who, std::string password, std::string email, Changed done) {
  const auto refuse = [done](Refusal why) { done(tl::unexpected(std::move(why))); };
  if (who.kind != rooms::PersonKind::account) return state_->loop([refuse] { refuse(refusal(Why::not_allowed)); });
  std::optional<Email> checked;
  if (email.find_first_not_of(" \t\r\n") != std::string::npos) {
    auto good = check_email(email);
    if (!good) {
      Refusal wrong = refusal(Why::fields);
      wrong.email = good.error();
      return state_->loop([refuse, wrong] { refuse(wrong); });
    }
    checked = std::move(*good);
  }
  state_->prove(who.user, password, refuse,
                [checked, done](State& state, const seams::User& user) { state.store_email(user, checked, done); });
}

std::string_view to_string(Refusal::Why why) {
  switch (why) {
    case Why::fields: return "fields";
    case Why::wrong: return "wrong";
    case Why::slow_down: return "slow_down";
    case Why::busy: return "busy";
    case Why::unavailable: return "unavailable";
    case Why::not_allowed: return "not_allowed";
  }
  return "unavailable";
}

std::string_view sentence(Refusal::Why why) {
  switch (why) {
    case Why::fields: return "Please check the fields marked below.";
    case Why::wrong: return "The name or the password is not right.";
    case Why::slow_down: return "Too many tries. Please wait a little and try again.";
    case Why::busy: return "Many people are logging in just now. Please try again in a few seconds.";
    case Why::unavailable: return "This cannot be saved just now. Please try again in a moment.";
    case Why::not_allowed: return "This is not possible on this server, or not for you.";
  }
  return "Something went wrong. Please try again.";
}

}  // namespace matinee::auth
