#include "server/auth/cookie_names.h"
#include "server/auth/csrf.h"
#include "server/auth/digest.h"
#include "server/auth/random.h"
#include "server/auth/setup_link.h"
#include "tests/auth/auth_world.h"

namespace matinee::test {

using namespace auth;

// ---- throttle

TEST_CASE("each limit allows its burst and refuses the one beyond until a try is given back") {
  for (std::size_t index = 0; index < limit_count; ++index) {
    const auto limit = static_cast<Limit>(index);
    const auto& rule = rule_of(limit);
    CAPTURE(rule.name);
    Throttle throttle;
    for (std::int64_t number = 0; number < rule.burst; ++number) REQUIRE(throttle.take(limit, "key", now).allowed);
    const auto refused = throttle.take(limit, "key", now);
    CHECK_FALSE(refused.allowed);
    CHECK(refused.retry_after_s * 1'000 == rule.refill_ms);
    CHECK(throttle.take(limit, "other key", now).allowed);
    CHECK_FALSE(throttle.take(limit, "key", now + rule.refill_ms - 1).allowed);
    CHECK(throttle.take(limit, "key", now + rule.refill_ms).allowed);
    CHECK_FALSE(throttle.take(limit, "key", now + rule.refill_ms).allowed);
  }
}

TEST_CASE("a try that is given back can be taken again, and looking takes none") {
  Throttle throttle;
  const auto& rule = rule_of(Limit::room_code_address);
  for (std::int64_t number = 0; number < rule.burst; ++number) (void)throttle.take(Limit::room_code_address, "key", now);
  CHECK_FALSE(throttle.look(Limit::room_code_address, "key", now).allowed);
  throttle.give_back(Limit::room_code_address, "key", now);
  CHECK(throttle.look(Limit::room_code_address, "key", now).allowed);
  CHECK(throttle.look(Limit::room_code_address, "key", now).allowed);
  CHECK(throttle.take(Limit::room_code_address, "key", now).allowed);
  CHECK_FALSE(throttle.take(Limit::room_code_address, "key", now).allowed);
  throttle.forget(Limit::room_code_address, "key");
  CHECK(throttle.take(Limit::room_code_address, "key", now).allowed);
}

TEST_CASE("giving back never makes more than the burst") {
  Throttle throttle;
  for (int number = 0; number < 100; ++number) throttle.give_back(Limit::log_in_account, "key", now);
  for (std::int64_t number = 0; number < rule_of(Limit::log_in_account).burst; ++number)
    REQUIRE(throttle.take(Limit::log_in_account, "key", now).allowed);
  CHECK_FALSE(throttle.take(Limit::log_in_account, "key", now).allowed);
}

TEST_CASE("the table of limits is bounded: the key that is free soonest is forgotten") {
  World world;
  Throttle throttle({false, 100, 2}, nullptr, world.loop.executor());
  const auto& rule = rule_of(Limit::room_code_address);
  for (std::int64_t number = 0; number < rule.burst; ++number) (void)throttle.take(Limit::room_code_address, "worst", now);
  (void)throttle.take(Limit::room_code_address, "second", now);
  (void)throttle.take(Limit::room_code_address, "third", now);
  CHECK_FALSE(throttle.take(Limit::room_code_address, "worst", now).allowed);
}

TEST_CASE("bursts can be raised by the operator, and switched off for a benchmark") {
  World world;
  Throttle raised({false, 200, Throttle::keys_max}, nullptr, world.loop.executor());
  const auto burst = rule_of(Limit::guest_address).burst;
  for (std::int64_t number = 0; number < 2 * burst; ++number) REQUIRE(raised.take(Limit::guest_address, "key", now).allowed);
  CHECK_FALSE(raised.take(Limit::guest_address, "key", now).allowed);
  Throttle off({true, 100, Throttle::keys_max}, nullptr, world.loop.executor());
  for (int number = 0; number < 1'000; ++number) REQUIRE(off.take(Limit::guest_address, "key", now).allowed);
}

TEST_CASE("failures to log in survive a restart, and what was given back does not come back") {
  World world;
  const auto loaded = [&](Throttle& throttle, std::int64_t at_ms) {
    return world.loop.await<seams::Result<void>>([&](auto done) { throttle.load(at_ms, std::move(done)); });
  };
  {
    Throttle throttle({}, &world.stores->throttles(), world.loop.executor());
    REQUIRE(loaded(throttle, now).has_value());
    for (std::int64_t number = 0; number < rule_of(Limit::log_in_account).burst; ++number)
      (void)throttle.take(Limit::log_in_account, "anna", now);
    (void)throttle.take(Limit::log_in_account, "ben", now);
    throttle.give_back(Limit::log_in_account, "ben", now);
    (void)throttle.take(Limit::guest_address, "192.0.2.1", now);
    (void)world.ask<seams::Result<void>>([&](auto executor, auto done) { world.stores->settings().put("x", "y", executor, done); });
    world.loop.run_ready();
  }
  world.stores->restart();
  Throttle throttle({}, &world.stores->throttles(), world.loop.executor());
  REQUIRE(loaded(throttle, now + 1'000).has_value());
  CHECK_FALSE(throttle.take(Limit::log_in_account, "anna", now + 1'000).allowed);
  CHECK(throttle.take(Limit::log_in_account, "anna", now + 60'000).allowed);
  const auto records = world.ask<seams::Result<std::vector<seams::ThrottleRecord>>>(
      [&](auto executor, auto done) { world.stores->throttles().load(now, 10, executor, done); });
  REQUIRE(records->size() == 1);
  CHECK(records->front().key.find("anna") == std::string::npos);
}

TEST_CASE("an address counts as itself, an IPv6 address as its /64, a mapped one as the IPv4 inside") {
  CHECK(address_key("192.0.2.1") == "192.0.2.1");
  CHECK(address_key("::ffff:192.0.2.1") == "192.0.2.1");
  CHECK(address_key("2001:db8:1:2:3:4:5:6") == "2001:db8:1:2::/64");
  CHECK(address_key("2001:db8:1:2::1") == address_key("2001:db8:1:2:ffff::"));
  CHECK(address_key("2001:db8:1:2::1") != address_key("2001:db8:1:3::1"));
  CHECK(address_key("fe80::1%eth0") == "fe80::/64");
  CHECK(address_key("not an address") == "not an address");
}

// ---- form tokens

TEST_CASE("a form token is good for its own session only") {
  const FormTokens tokens("a secret");
  const std::string token = tokens.for_session(seams::SessionId{7});
  CHECK(tokens.check_session(seams::SessionId{7}, token));
  CHECK_FALSE(tokens.check_session(seams::SessionId{8}, token));
  CHECK_FALSE(tokens.check_session(seams::SessionId{7}, ""));
  CHECK_FALSE(tokens.check_session(seams::SessionId{7}, token + "A"));
  CHECK_FALSE(tokens.check_session(seams::SessionId{7}, token.substr(1)));
  CHECK_FALSE(FormTokens("another secret").check_session(seams::SessionId{7}, token));
}

TEST_CASE("before there is a session a form token is bound to the visitor's cookie") {
  const FormTokens tokens("a secret");
  const std::string cookie = random_token();
  CHECK(tokens.check_visitor(cookie, tokens.for_visitor(cookie)));
  CHECK_FALSE(tokens.check_visitor(random_token(), tokens.for_visitor(cookie)));
  CHECK_FALSE(tokens.check_visitor("", tokens.for_visitor("")));
  CHECK(tokens.for_visitor("7") != tokens.for_session(seams::SessionId{7}));
}

TEST_CASE("the server's secret is random, made once and the same after a restart") {
  World world;
  const auto load = [&] {
    return world
        .ask<seams::Result<std::string>>([&](auto executor, auto done) { load_server_secret(world.stores->settings(), executor, done); })
        .value();
  };
  const std::string secret = load();
  CHECK(secret.size() == token_characters);
  CHECK(load() == secret);
  world.stores->restart();
  CHECK(load() == secret);
  World another;
  CHECK(another
            .ask<seams::Result<std::string>>(
                [&](auto executor, auto done) { load_server_secret(another.stores->settings(), executor, done); })
            .value() != secret);
}

TEST_CASE("under TLS the cookies have the __Host- prefix") {
  CHECK(session_cookie_name(true) == "__Host-matinee");
  CHECK(session_cookie_name(false) == "matinee");
  CHECK(visitor_cookie_name(true).starts_with("__Host-"));
  CHECK(session_cookie_max_age == std::chrono::hours(90 * 24));
}

// ---- set-up link

namespace {

struct SetUp : AuthWorld {
  std::optional<std::string> make() {
    return ask<seams::Result<std::optional<std::string>>>(
               [&](auto executor, auto done) { make_setup_token(stores->users(), stores->settings(), executor, done); })
        .value();
  }
  seams::Result<void> redeem(const Identity& who, std::string token) {
    return ask<seams::Result<void>>(
        [&](auto executor, auto done) { redeem_setup_token(stores->users(), stores->settings(), who, token, executor, done); });
  }
};

}  // namespace

TEST_CASE("the set-up link makes one account admin, once") {
  SetUp world;
  const auto token = world.make();
  REQUIRE(token.has_value());
  const auto first = world.sign_up("Anna", "correct horse");
  const auto second = world.sign_up("Ben", "correct horse");
  CHECK_FALSE(world.resolve(first->token)->admin);
  CHECK(world.redeem(first->identity, random_token()) == tl::unexpected(seams::StoreError::not_found));
  CHECK(world.redeem(first->identity, *token).has_value());
  CHECK(world.resolve(first->token)->admin);
  CHECK(world.redeem(second->identity, *token) == tl::unexpected(seams::StoreError::not_found));
  CHECK_FALSE(world.resolve(second->token)->admin);
}

TEST_CASE("two accounts that redeem the set-up link at once make one admin") {
  SetUp world;
  const auto token = world.make();
  const auto first = world.sign_up("Anna", "correct horse");
  const auto second = world.sign_up("Ben", "correct horse");
  int granted = 0;
  int answers = 0;
  for (const auto& who : {first->identity, second->identity}) {
    redeem_setup_token(world.stores->users(), world.stores->settings(), who, *token, world.loop.executor(),
                       [&](seams::Result<void> result) {
                         granted += result ? 1 : 0;
                         ++answers;
                       });
  }
  world.loop.run_until([&] { return answers == 2; });
  CHECK(granted == 1);
}

TEST_CASE("a guest cannot use the set-up link and does not spoil it") {
  SetUp world;
  const auto token = world.make();
  const auto guest = world.enter_as_guest("Ben");
  CHECK(world.redeem(guest->identity, *token) == tl::unexpected(seams::StoreError::wrong_kind));
  const auto account = world.sign_up("Anna", "correct horse");
  CHECK(world.redeem(account->identity, *token).has_value());
}

TEST_CASE("while there is no admin each start makes a new set-up link and voids the one before; with one there is none") {
  SetUp world;
  const auto first = world.make();
  const auto second = world.make();
  REQUIRE(first != second);
  const auto account = world.sign_up("Anna", "correct horse");
  CHECK_FALSE(world.redeem(account->identity, *first).has_value());
  CHECK(world.redeem(account->identity, *second).has_value());
  CHECK(world.make() == std::nullopt);
}

// ---- digests

TEST_CASE("digests and text forms agree with their published test vectors") {
  const auto hex = [](const Sha256& hash) {
    std::string text;
    for (const auto byte : hash) {
      text += "0123456789abcdef"[byte >> 4];
      text += "0123456789abcdef"[byte & 15];
    }
    return text;
  };
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const auto bytes = [](std::string_view text) { return std::vector<std::uint8_t>(text.begin(), text.end()); };
  // RFC 4648, section 10, without padding
  CHECK(base64url(bytes("fooba")) == "Zm9vYmE");
  CHECK(base64url(bytes("foobar")) == "Zm9vYmFy");
  CHECK(base64url(bytes("\xfb\xff")) == "-_8");
  CHECK(base32(bytes("fooba")) == "MZXW6YTB");
  CHECK(base32(bytes("foobar")) == "MZXW6YTBOI");
  CHECK(base64url({}).empty());
}

TEST_CASE("base64url is read back, and has one spelling per value") {
  CHECK(from_base64url("Zm9vYmE") == "fooba");
  CHECK(from_base64url("") == "");
  for (const char* bad : {"Zm9vYmF", "Z", "Zm9vY", "Zm9v YmE", "Zm9vYmE=", "Zm9v+/"}) {
    CAPTURE(bad);
    CHECK_FALSE(from_base64url(bad).has_value());
  }
}

TEST_CASE("comparing in constant time compares") {
  CHECK(equal_in_constant_time("same", "same"));
  CHECK_FALSE(equal_in_constant_time("same", "sane"));
  CHECK_FALSE(equal_in_constant_time("same", "sam"));
  CHECK(equal_in_constant_time("", ""));
}

}  // namespace matinee::test
