#include <time.h>

#include <chrono>

#include "tests/auth/auth_world.h"

namespace matinee::test {

using namespace auth;
using Why = Refusal::Why;

TEST_CASE("signing up logs in") {
  AuthWorld world;
  const auto started = world.sign_up("Anna", "correct horse", "anna@example.org");
  REQUIRE(started.has_value());
  CHECK(started->identity.kind == rooms::PersonKind::account);
  CHECK(world.resolve(started->token)->name == "Anna");
}

TEST_CASE("one logs in by name in any case, or by e-mail") {
  AuthWorld world;
  const auto signed_up = world.sign_up("Anna", "correct horse", "Anna@example.org");
  REQUIRE(signed_up.has_value());
  for (const char* typed : {"Anna", "ANNA", " anna ", "anna@example.org", "ANNA@EXAMPLE.ORG"}) {
    const auto logged_in = world.log_in(typed, "correct horse");
    REQUIRE(logged_in.has_value());
    CHECK(logged_in->identity.user == signed_up->identity.user);
    CHECK(logged_in->token != signed_up->token);
  }
}

TEST_CASE("an unknown person and a wrong password get the same answer") {
  AuthWorld world;
  REQUIRE(world.sign_up("Anna", "correct horse").has_value());
  const auto wrong = world.log_in("Anna", "wrong horse");
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().why == Why::wrong);
  for (const char* typed : {"Nobody", "nobody@example.org", "", "\xff", "a@b"}) {
    const auto unknown = world.log_in(typed, "wrong horse");
    REQUIRE_FALSE(unknown.has_value());
    CHECK(unknown.error().why == Why::wrong);
    CHECK(unknown.error().name == wrong.error().name);
    CHECK(unknown.error().retry_after_s == wrong.error().retry_after_s);
  }
}

TEST_CASE("an unknown person costs a full hash like a wrong password") {
  // At a cost where a hash is far longer than everything around it. Processor time, so that a busy machine changes nothing.
  AuthWorld world;
  PasswordPool slow({{32 * 1024, 2, 1}, 1, password_queue_max, 0});
  Throttle generous({true, 100, Throttle::keys_max}, nullptr, world.loop.executor());
  Accounts accounts(world.stores->users(), world.sessions, slow, generous, world.loop.executor(), world.clock);
  REQUIRE(world.loop
              .await<AuthWorld::Entered>([&](auto done) {
                accounts.sign_up({"Anna", "", "correct horse"}, {}, AuthWorld::client(), std::move(done));
              })
              .has_value());
  const auto spent = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  };
  const auto fastest = [&](const std::string& name, const std::string& password) {
    std::chrono::nanoseconds best = std::chrono::nanoseconds::max();
    for (int round = 0; round < 5; ++round) {
      const auto began = spent();
      CHECK_FALSE(world.loop
                      .await<AuthWorld::Entered>([&](auto done) {
                        accounts.log_in({name, password}, {}, AuthWorld::client(), std::move(done));
                      })
                      .has_value());
      best = std::min(best, spent() - began);
    }
    return best;
  };
  const auto known = fastest("Anna", "wrong horse");
  CHECK(fastest("Nobody", "wrong horse") > known / 2);
  CHECK(fastest("", "wrong horse") > known / 2);
  CHECK(fastest("Anna", std::string(257, 'x')) > known / 2);
}

TEST_CASE("each field of the sign-up form is refused for its own reason") {
  AuthWorld world;
  const auto refused = world.sign_up("\u200B", "short", "nowhere");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().why == Why::fields);
  CHECK(refused.error().name.has_value());
  CHECK(refused.error().email.has_value());
  CHECK(refused.error().password.has_value());
  const auto only_password = world.sign_up("Anna", "short");
  REQUIRE_FALSE(only_password.has_value());
  CHECK_FALSE(only_password.error().name.has_value());
  CHECK(only_password.error().password == FieldError::password_too_short);
}

TEST_CASE("a name or an e-mail that is taken is said beside its field") {
  AuthWorld world;
  REQUIRE(world.sign_up("Anna", "correct horse", "anna@example.org").has_value());
  const auto name = world.sign_up("ANNA", "correct horse");
  REQUIRE_FALSE(name.has_value());
  CHECK(name.error().why == Why::fields);
  CHECK(name.error().name.has_value());
  const auto email = world.sign_up("Lena", "correct horse", "ANNA@example.org");
  REQUIRE_FALSE(email.has_value());
  CHECK(email.error().email.has_value());
  CHECK_FALSE(email.error().name.has_value());
}

TEST_CASE("sixteen people who sign up with one name at once make one account") {
  AuthWorld world;
  int made = 0;
  int taken = 0;
  Throttle generous({true, 100, Throttle::keys_max}, nullptr, world.loop.executor());
  Accounts accounts(world.stores->users(), world.sessions, world.passwords, generous, world.loop.executor(), world.clock);
  for (int number = 0; number < 16; ++number) {
    accounts.sign_up({number % 2 == 0 ? "Anna" : "ANNA", "", "correct horse"}, {}, AuthWorld::client(),
                     [&](const AuthWorld::Entered& entered) {
                       entered ? ++made : ++taken;
                       if (!entered) CHECK(entered.error().name.has_value());
                     });
  }
  world.loop.run_until([&] { return made + taken == 16; });
  CHECK(made == 1);
  CHECK(taken == 15);
}

TEST_CASE("a guest who signs up stays the same person, keeps the rooms and gets a new session") {
  AuthWorld world;
  const auto guest = world.enter_as_guest("Ben");
  REQUIRE(guest.has_value());
  const auto room = world.room("K7QM3XFD", guest->identity.user, seams::RoomKind::guest);
  const auto kept = world.sign_up("Benjamin", "correct horse", "", guest->identity);
  REQUIRE(kept.has_value());
  CHECK(kept->identity.user == guest->identity.user);
  CHECK(kept->identity.kind == rooms::PersonKind::account);
  CHECK(kept->token != guest->token);
  CHECK_FALSE(world.resolve(guest->token).has_value());
  CHECK(world.resolve(kept->token)->name == "Benjamin");
  const auto found = world.look_up(room.code);
  CHECK(found->owner == guest->identity.user);
  CHECK(found->kind == seams::RoomKind::normal);
}

TEST_CASE("a guest who signs up with a taken name stays a guest with the same session") {
  AuthWorld world;
  REQUIRE(world.sign_up("Anna", "correct horse").has_value());
  const auto guest = world.enter_as_guest("Ben");
  REQUIRE_FALSE(world.sign_up("anna", "correct horse", "", guest->identity).has_value());
  CHECK(world.resolve(guest->token)->kind == rooms::PersonKind::guest);
}

TEST_CASE("whoever has an account already cannot sign up on top of it") {
  AuthWorld world;
  const auto signed_up = world.sign_up("Anna", "correct horse");
  const auto again = world.sign_up("Lena", "correct horse", "", signed_up->identity);
  REQUIRE_FALSE(again.has_value());
  CHECK(again.error().why == Why::not_allowed);
}

TEST_CASE("logging in replaces the session the browser had") {
  AuthWorld world;
  REQUIRE(world.sign_up("Anna", "correct horse").has_value());
  const auto guest = world.enter_as_guest("Somebody");
  const auto logged_in = world.log_in("Anna", "correct horse", guest->identity);
  REQUIRE(logged_in.has_value());
  CHECK_FALSE(world.resolve(guest->token).has_value());
  CHECK(world.resolve(logged_in->token)->name == "Anna");
}

TEST_CASE("the eleventh wrong password for one account must wait, wherever it comes from, and so must the right one") {
  AuthWorld world;
  REQUIRE(world.sign_up("Anna", "correct horse").has_value());
  for (int number = 0; number < 10; ++number) {
    CHECK(world.log_in(number % 2 == 0 ? "Anna" : "ANNA", "wrong horse", {}, "192.0.2." + std::to_string(number)).error().why ==
          Why::wrong);
  }
  const auto refused = world.log_in("Anna", "correct horse", {}, "192.0.2.99");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().why == Why::slow_down);
  CHECK(refused.error().retry_after_s == 60);
  world.clock_ms += 60'000;
  CHECK(world.log_in("Anna", "correct horse", {}, "192.0.2.99").has_value());
}

TEST_CASE("a name that does not exist is throttled just the same") {
  AuthWorld world;
  for (int number = 0; number < 10; ++number)
    CHECK(world.log_in("Nobody", "wrong horse", {}, "192.0.2." + std::to_string(number)).error().why == Why::wrong);
  CHECK(world.log_in("nobody", "wrong horse", {}, "192.0.2.99").error().why == Why::slow_down);
}

TEST_CASE("the thirty-first wrong password from one address must wait, whatever the name") {
  AuthWorld world;
  for (int number = 0; number < 30; ++number)
    CHECK(world.log_in("Nobody " + std::to_string(number), "wrong horse").error().why == Why::wrong);
  CHECK(world.log_in("Nobody else", "wrong horse").error().why == Why::slow_down);
  CHECK(world.log_in("Nobody else", "wrong horse", {}, "198.51.100.7").error().why == Why::wrong);
}

TEST_CASE("right passwords are not counted") {
  AuthWorld world;
  REQUIRE(world.sign_up("Anna", "correct horse").has_value());
  for (int number = 0; number < 40; ++number) REQUIRE(world.log_in("Anna", "correct horse").has_value());
}

TEST_CASE("the eleventh account from one address must wait; mistakes in the form do not count") {
  AuthWorld world;
  for (int number = 0; number < 20; ++number) (void)world.sign_up("Anna", "short");
  for (int number = 0; number < 10; ++number) REQUIRE(world.sign_up("Anna " + std::to_string(number), "correct horse").has_value());
  const auto refused = world.sign_up("Anna 10", "correct horse");
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().why == Why::slow_down);
  CHECK(refused.error().retry_after_s > 0);
}

TEST_CASE("the thirty-first guest from one address must wait, and one of another address need not") {
  AuthWorld world;
  for (int number = 0; number < 30; ++number) REQUIRE(world.enter_as_guest("Guest").has_value());
  CHECK(world.enter_as_guest("Guest").error().why == Why::slow_down);
  CHECK(world.enter_as_guest("Guest", "198.51.100.7").has_value());
}

TEST_CASE("a guest's name is checked like any other") {
  AuthWorld world;
  CHECK(world.enter_as_guest(" ").error().name == FieldError::name_empty);
  CHECK(world.enter_as_guest(" Ben  B ")->identity.name == "Ben B");
}

TEST_CASE("a hash made at a lower cost is replaced at the next log-in") {
  AuthWorld world;
  REQUIRE(world.sign_up("Anna", "correct horse").has_value());
  PasswordPool dear({{128, 2, 1}, 1, password_queue_max, 0});
  Accounts accounts(world.stores->users(), world.sessions, dear, world.throttle, world.loop.executor(), world.clock);
  REQUIRE(world.loop
              .await<AuthWorld::Entered>([&](auto done) {
                accounts.log_in({"Anna", "correct horse"}, {}, AuthWorld::client(), std::move(done));
              })
              .has_value());
  const auto user = world.ask<seams::Result<seams::User>>(
      [&](auto executor, auto done) { world.stores->users().by_name_or_email("anna", "", executor, done); });
  CHECK(user->password_hash.starts_with("$argon2id$v=19$m=128,t=2,p=1$"));
  CHECK(world.log_in("Anna", "correct horse").has_value());
}

TEST_CASE("changing the password ends every other session and renews this one") {
  AuthWorld world;
  const auto here = world.sign_up("Anna", "correct horse");
  const auto there = world.log_in("Anna", "correct horse");
  const auto change = [&](std::string old_password, std::string new_password) {
    return world.loop.await<AuthWorld::Entered>([&](auto done) {
      world.accounts.change_password(here->identity, old_password, new_password, AuthWorld::client(), std::move(done));
    });
  };
  CHECK(change("wrong horse", "battery staple").error().why == Why::wrong);
  CHECK(change("correct horse", "short").error().why == Why::fields);
  const auto changed = change("correct horse", "battery staple");
  REQUIRE(changed.has_value());
  CHECK_FALSE(world.resolve(there->token).has_value());
  CHECK_FALSE(world.resolve(here->token).has_value());
  CHECK(world.resolve(changed->token).has_value());
  CHECK(world.log_in("Anna", "correct horse").error().why == Why::wrong);
  CHECK(world.log_in("Anna", "battery staple").has_value());
}

TEST_CASE("a server can be closed to new accounts and to guests") {
  AuthWorld world;
  Accounts closed(world.stores->users(), world.sessions, world.passwords, world.throttle, world.loop.executor(), world.clock,
                  {false, false});
  CHECK(world.loop
            .await<AuthWorld::Entered>([&](auto done) {
              closed.sign_up({"Anna", "", "correct horse"}, {}, AuthWorld::client(), std::move(done));
            })
            .error()
            .why == Why::not_allowed);
  CHECK(world.loop.await<AuthWorld::Entered>([&](auto done) { closed.start_guest("Ben", AuthWorld::client(), std::move(done)); })
            .error()
            .why == Why::not_allowed);
}

TEST_CASE("when the password pool is full the answer is busy with a time to wait, and the try is not counted") {
  AuthWorld world;
  PasswordPool full({quick, 1, 0, 0});
  Accounts accounts(world.stores->users(), world.sessions, full, world.throttle, world.loop.executor(), world.clock);
  for (int number = 0; number < 40; ++number) {
    const auto refused = world.loop.await<AuthWorld::Entered>([&](auto done) {
      accounts.log_in({"Anna", "correct horse"}, {}, AuthWorld::client(), std::move(done));
    });
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().why == Why::busy);
    CHECK(refused.error().retry_after_s == 10);
  }
}

}  // namespace matinee::test
