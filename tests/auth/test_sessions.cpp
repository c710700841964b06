#include "server/auth/digest.h"
#include "server/auth/random.h"
#include "tests/auth/auth_world.h"

namespace matinee::test {

using namespace auth;

namespace {

struct LoggedIn : AuthWorld {
  Started start(seams::UserId user, std::string name) {
    const auto person = account(user, std::move(name));
    return start_again(person);
  }
  Started start_again(const seams::User& person, seams::SessionId replaces = {}) {
    auto started = loop.await<seams::Result<Started>>([&](auto done) { sessions.start(person, client(), replaces, std::move(done)); });
    REQUIRE(started.has_value());
    return *started;
  }
  seams::Result<void> log_out(seams::SessionId session) {
    return loop.await<seams::Result<void>>([&](auto done) { sessions.log_out(session, std::move(done)); });
  }
};

}  // namespace

TEST_CASE("a session's token is 256 random bits, new each time, and only its hash is stored") {
  LoggedIn world;
  const auto first = world.start(anna, "Anna");
  const auto second = world.start_again(world.account(ben, "Ben"));
  CHECK(first.token.size() == 43);
  CHECK(from_base64url(first.token).value().size() == 32);
  CHECK(first.token != second.token);
  const auto found = world.ask<seams::Result<seams::SessionOfUser>>(
      [&](auto executor, auto done) { world.stores->sessions().find(sha256(first.token), now, executor, done); });
  CHECK(found.has_value());
}

TEST_CASE("a cookie's token leads to the person it was given to") {
  LoggedIn world;
  const auto started = world.start(anna, "Anna");
  const auto who = world.resolve(started.token);
  REQUIRE(who.has_value());
  CHECK(*who == started.identity);
  CHECK(who->user == anna);
  CHECK(who->name == "Anna");
  CHECK(who->kind == rooms::PersonKind::account);
  CHECK_FALSE(who->admin);
}

TEST_CASE("unknown, malformed and empty tokens lead to nobody") {
  LoggedIn world;
  const auto started = world.start(anna, "Anna");
  for (const std::string& token : {std::string(), std::string("x"), random_token(), started.token.substr(1), started.token + "A",
                                   std::string(100'000, 'A'), std::string(43, '\xff')}) {
    CHECK(world.resolve(token) == tl::unexpected(seams::StoreError::not_found));
  }
}

TEST_CASE("a session once seen is answered from memory") {
  LoggedIn world;
  const auto started = world.start(anna, "Anna");
  CHECK(world.sessions.cached(started.token) == nullptr);
  REQUIRE(world.resolve(started.token).has_value());
  REQUIRE(world.sessions.cached(started.token) != nullptr);
  CHECK(world.sessions.cached(started.token)->user == anna);
  world.clock_ms += 5 * 60'000;
  CHECK(world.sessions.cached(started.token) == nullptr);
}

TEST_CASE("the memory of sessions is bounded and forgets the one unused longest") {
  LoggedIn world;
  SessionServiceOptions options;
  options.cached_max = 2;
  SessionService small(world.stores->sessions(), world.stores->users(), world.loop.executor(), world.clock, options);
  const auto one = world.start(anna, "Anna");
  const auto person = world.account(ben, "Ben");
  const auto two = world.start_again(person);
  const auto three = world.start_again(person);
  for (const auto& token : {one.token, two.token, one.token, three.token}) REQUIRE(world.resolve_with(small, token).has_value());
  CHECK(small.cached(one.token) != nullptr);
  CHECK(small.cached(two.token) == nullptr);
  CHECK(small.cached(three.token) != nullptr);
}

TEST_CASE("logging out ends the session on the server, for every loop, before the answer") {
  LoggedIn world;
  TestLoop other_loop;
  SessionService other(world.stores->sessions(), world.stores->users(), other_loop.executor(), world.clock);
  const auto started = world.start(anna, "Anna");
  REQUIRE(world.resolve(started.token).has_value());
  std::optional<seams::Result<Identity>> seen;
  other.resolve(started.token, [&](seams::Result<Identity> who) { seen = who; });
  other_loop.run_until([&] { return seen.has_value(); });
  REQUIRE(other.cached(started.token) != nullptr);
  seams::SessionId closed;
  other.on_ended([&](seams::SessionId session, seams::UserId user) {
    closed = session;
    CHECK(user == anna);
  });
  CHECK(world.log_out(started.identity.session).has_value());
  CHECK(world.sessions.cached(started.token) == nullptr);
  CHECK(world.resolve(started.token) == tl::unexpected(seams::StoreError::not_found));
  other_loop.run_ready();
  CHECK(closed == started.identity.session);
  CHECK(other.cached(started.token) == nullptr);
}

TEST_CASE("a session that ends while it is being looked up is not let in") {
  LoggedIn world;
  const auto started = world.start(anna, "Anna");
  std::optional<seams::Result<Identity>> who;
  // The read is answered first, but its answer waits in the loop behind the notice of the end.
  std::vector<seams::Executor::Work> held;
  bool holding = false;
  const seams::Executor slow(
      [&](seams::Executor::Work work) { world.loop.executor()([&, work = std::move(work)] { holding ? held.push_back(work) : work(); }); });
  SessionService service(world.stores->sessions(), world.stores->users(), slow, world.clock);
  // The answer to the subscription itself must not be the one that is held.
  (void)world.ask<seams::Result<void>>([&](auto executor, auto done) { world.stores->settings().put("x", "y", executor, done); });
  holding = true;
  service.resolve(started.token, [&](seams::Result<Identity> answer) { who = answer; });
  world.loop.run_until([&] { return !held.empty(); });
  REQUIRE_FALSE(who.has_value());
  holding = false;
  CHECK(world.log_out(started.identity.session).has_value());
  world.loop.run_ready();
  for (auto& work : held) work();
  world.loop.run_until([&] { return who.has_value(); });
  CHECK(*who == tl::unexpected(seams::StoreError::not_found));
}

TEST_CASE("log out everywhere ends all sessions of that person only, and can spare the present one") {
  LoggedIn world;
  const auto person = world.account(anna, "Anna");
  const auto here = world.start_again(person);
  const auto there = world.start_again(person);
  const auto of_ben = world.start(ben, "Ben");
  std::vector<seams::SessionId> ended;
  world.sessions.on_ended([&](seams::SessionId session, seams::UserId) { ended.push_back(session); });
  const auto everywhere = [&](seams::SessionId except) {
    return world.loop.await<seams::Result<std::int64_t>>(
        [&](auto done) { world.sessions.log_out_everywhere(anna, except, std::move(done)); });
  };
  CHECK(everywhere(here.identity.session) == 1);
  CHECK(ended == std::vector<seams::SessionId>{there.identity.session});
  CHECK(world.resolve(here.token).has_value());
  CHECK_FALSE(world.resolve(there.token).has_value());
  CHECK(everywhere({}) == 1);
  CHECK_FALSE(world.resolve(here.token).has_value());
  CHECK(world.resolve(of_ben.token).has_value());
}

TEST_CASE("a session unseen for 14 days is over, and use keeps it alive") {
  LoggedIn world;
  const auto used = world.start(anna, "Anna");
  const auto unused = world.start(ben, "Ben");
  for (int days = 0; days < 26; days += 13) {
    world.clock_ms += 13 * day;
    REQUIRE(world.resolve(used.token).has_value());
    // The note of the visit is written behind; a write of the same queue waits for it.
    (void)world.stores->sessions();
    (void)world.ask<seams::Result<void>>([&](auto executor, auto done) { world.stores->settings().put("x", "y", executor, done); });
  }
  CHECK(world.resolve(unused.token) == tl::unexpected(seams::StoreError::not_found));
}

TEST_CASE("after 90 days a session is over, however much it is used, from memory too") {
  LoggedIn world;
  const auto started = world.start(anna, "Anna");
  while (world.clock_ms < now + 90 * day - 60'000) {
    world.clock_ms = std::min(world.clock_ms + 10 * day, now + 90 * day - 60'000);
    REQUIRE(world.resolve(started.token).has_value());
    (void)world.ask<seams::Result<void>>([&](auto executor, auto done) { world.stores->settings().put("x", "y", executor, done); });
  }
  world.clock_ms = now + 90 * day;
  CHECK(world.sessions.cached(started.token) == nullptr);
  CHECK(world.resolve(started.token) == tl::unexpected(seams::StoreError::not_found));
}

TEST_CASE("a new name or a right is seen at once, without logging in again") {
  LoggedIn world;
  const auto started = world.start(anna, "Anna");
  REQUIRE(world.resolve(started.token).has_value());
  seams::UserId changed;
  world.sessions.on_user_changed([&](seams::UserId user) { changed = user; });
  REQUIRE(world.ask<seams::Result<void>>([&](auto executor, auto done) { world.stores->users().set_admin(anna, true, executor, done); })
              .has_value());
  CHECK(changed == anna);
  CHECK(world.resolve(started.token)->admin);
  REQUIRE(world
              .ask<seams::Result<void>>(
                  [&](auto executor, auto done) { world.stores->users().rename(anna, "Annika", "annika", executor, done); })
              .has_value());
  CHECK(world.resolve(started.token)->name == "Annika");
}

TEST_CASE("a guest has an ordinary session") {
  LoggedIn world;
  const auto started =
      world.loop.await<seams::Result<Started>>([&](auto done) { world.sessions.start_guest("Ben", AuthWorld::client(), std::move(done)); });
  REQUIRE(started.has_value());
  CHECK(started->identity.kind == rooms::PersonKind::guest);
  CHECK(started->identity.name == "Ben");
  CHECK(world.resolve(started->token)->user == started->identity.user);
}

TEST_CASE("ids of people are random, positive and exact in JavaScript") {
  for (int number = 0; number < 1'000; ++number) {
    const auto id = random_user_id();
    CHECK(id.value > 0);
    CHECK(id.value < (1LL << 53));
  }
  CHECK(random_user_id() != random_user_id());
}

TEST_CASE("answers that arrive after the service is gone are dropped") {
  LoggedIn world;
  const auto started = world.start(anna, "Anna");
  bool called = false;
  {
    SessionService gone(world.stores->sessions(), world.stores->users(), world.loop.executor(), world.clock);
    gone.resolve(started.token, [&](const seams::Result<Identity>&) { called = true; });
  }
  (void)world.log_out(started.identity.session);
  world.loop.run_ready();
  CHECK_FALSE(called);
}

TEST_CASE("a token of a desktop program is told apart from a browser's, over the memory and the store alike") {
  AuthWorld world;
  REQUIRE(world.sign_up("Ada", "correct horse"));
  const auth::Client device{"192.0.2.1", "matinee-video", seams::SessionKind::device};
  const auto entered = world.loop.await<AuthWorld::Entered>([&](auto done) {
    world.accounts.log_in({"Ada", "correct horse"}, {}, device, std::move(done));
  });
  REQUIRE(entered);
  CHECK(entered->identity.device);
  CHECK(world.resolve(entered->token)->device);
  CHECK(world.resolve(entered->token)->device);  // from memory
  CHECK_FALSE(world.log_in("Ada", "correct horse")->identity.device);
  const auto listed = world.loop.await<seams::Result<std::vector<seams::Session>>>(
      [&](auto done) { world.sessions.list(entered->identity.user, std::move(done)); });
  REQUIRE(listed->size() == 3);
  const auto token = std::find_if(listed->begin(), listed->end(), [&](const auto& s) { return s.id == entered->identity.session; });
  CHECK(token->kind == seams::SessionKind::device);
  CHECK(token->client == "matinee-video");
  CHECK_FALSE(token->parent);
}

TEST_CASE("a desktop program's token outlives the browser's log-out and ends with log out everywhere and a new password") {
  AuthWorld world;
  const auto browser = world.sign_up("Ada", "correct horse");
  REQUIRE(browser);
  const auto log_in_device = [&](const std::string& password) {
    const auth::Client device{"192.0.2.1", "matinee-video", seams::SessionKind::device};
    const auto entered = world.loop.await<AuthWorld::Entered>([&](auto done) {
      world.accounts.log_in({"Ada", password}, {}, device, std::move(done));
    });
    REQUIRE(entered);
    return entered->token;
  };
  const std::string first = log_in_device("correct horse");
  REQUIRE(world.loop.await<seams::Result<void>>([&](auto done) { world.sessions.log_out(browser->identity.session, std::move(done)); }));
  CHECK(world.resolve(first));
  const auto again = world.log_in("Ada", "correct horse");
  REQUIRE(world.loop.await<AuthWorld::Entered>([&](auto done) {
    world.accounts.change_password(again->identity, "correct horse", "another long one", AuthWorld::client(), std::move(done));
  }));
  CHECK_FALSE(world.resolve(first));
  const std::string second = log_in_device("another long one");
  REQUIRE(world.loop.await<seams::Result<std::int64_t>>(
      [&](auto done) { world.sessions.log_out_everywhere(again->identity.user, {}, std::move(done)); }));
  CHECK_FALSE(world.resolve(second));
}

}  // namespace matinee::test
