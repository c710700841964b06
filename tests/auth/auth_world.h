// A server's auth services over real stores, with a clock that a test turns and hashes that cost little.
#pragma once
#include "server/auth/accounts.h"
#include "server/auth/password_pool.h"
#include "server/auth/sessions.h"
#include "server/auth/throttle.h"
#include "tests/store/contract.h"

namespace matinee::test {

inline constexpr auth::Argon2Cost quick{64, 1, 1};

struct AuthWorld : World {
  std::int64_t clock_ms = now;
  auth::SessionService::NowMs clock = [this] { return clock_ms; };
  auth::SessionService sessions{stores->sessions(), stores->users(), loop.executor(), clock};
  auth::PasswordPool passwords{{quick, 2, auth::password_queue_max, 0}};
  auth::Throttle throttle;
  auth::Accounts accounts{stores->users(), sessions, passwords, throttle, loop.executor(), clock};

  using Entered = tl::expected<auth::Started, auth::Refusal>;
  Entered sign_up(std::string name, std::string password, std::string email = "", std::optional<auth::Identity> who = {}) {
    return loop.await<Entered>([&](auto done) { accounts.sign_up({name, email, password}, who, client(), std::move(done)); });
  }
  Entered log_in(std::string name, std::string password, std::optional<auth::Identity> who = {}, std::string address = "192.0.2.1") {
    return loop.await<Entered>([&](auto done) { accounts.log_in({name, password}, who, {address, "Firefox on Linux"}, std::move(done)); });
  }
  Entered enter_as_guest(std::string name, std::string address = "192.0.2.1") {
    return loop.await<Entered>([&](auto done) { accounts.start_guest(name, {address, "Firefox on Linux"}, std::move(done)); });
  }
  seams::Result<auth::Identity> resolve(std::string token) { return resolve_with(sessions, token); }
  seams::Result<auth::Identity> resolve_with(auth::SessionService& service, std::string token) {
    return loop.await<seams::Result<auth::Identity>>([&](auto done) { service.resolve(token, std::move(done)); });
  }
  static auth::Client client() { return {"192.0.2.1", "Firefox on Linux"}; }
};

}  // namespace matinee::test
