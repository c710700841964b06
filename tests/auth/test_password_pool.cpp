#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "server/auth/password_pool.h"
#include "tests/auth/auth_world.h"

namespace matinee::test {

using namespace auth;

namespace {

struct Pool {
  TestLoop loop;
  PasswordPool pool;
  explicit Pool(PasswordPoolOptions options = {quick, 1, password_queue_max, 0}) : pool(options) {}

  std::string hash(std::string password) {
    return loop.await<std::string>([&](auto done) {
      pool.hash(password, loop.executor(), [done](const std::string& encoded, std::optional<PasswordError> error) {
        CHECK_FALSE(error);
        done(encoded);
      });
    });
  }
  Verified verify(std::string password, std::string encoded) {
    return loop.await<Verified>([&](auto done) { pool.verify(password, encoded, loop.executor(), done); });
  }
};

// A published test vector of the reference implementation: Argon2id of "password" with the salt "somesalt".
constexpr const char* reference_hash = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

}  // namespace

TEST_CASE("a password matches its own hash and no other") {
  Pool world;
  const std::string hash = world.hash("correct horse");
  CHECK(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
  CHECK(world.verify("correct horse", hash).what == Verified::What::match);
  CHECK(world.verify("correct horse ", hash).what == Verified::What::no_match);
  CHECK(world.verify("", hash).what == Verified::What::no_match);
}

TEST_CASE("a hash of the reference implementation is understood") {
  Pool world;
  CHECK(world.verify("password", reference_hash).what == Verified::What::match);
  CHECK(world.verify("passwore", reference_hash).what == Verified::What::no_match);
}

TEST_CASE("the same password is hashed with another salt each time") {
  Pool world;
  CHECK(world.hash("correct horse") != world.hash("correct horse"));
}

TEST_CASE("a password is kept as typed: bytes after a NUL, blanks at the ends and 256 bytes all count") {
  Pool world;
  const std::string with_nul("abc\0defgh", 9);
  CHECK(world.verify(std::string("abc\0XXXXX", 9), world.hash(with_nul)).what == Verified::What::no_match);
  CHECK(world.verify(with_nul, world.hash(with_nul)).what == Verified::What::match);
  CHECK(world.verify("correct", world.hash(" correct ")).what == Verified::What::no_match);
  const std::string longest(256, 'x');
  CHECK(world.verify(longest.substr(0, 255) + "y", world.hash(longest)).what == Verified::What::no_match);
}

TEST_CASE("an unknown person and a damaged hash never match") {
  Pool world;
  CHECK(world.verify("correct horse", "").what == Verified::What::no_match);
  CHECK(world.verify("correct horse", "$argon2id$v=19$m=64,t=1").what == Verified::What::no_match);
  CHECK(world.verify("correct horse", "plain text").what == Verified::What::no_match);
}

TEST_CASE("a match against a hash made at a lower cost brings a new hash at today's") {
  Pool cheap;
  const std::string old_hash = cheap.hash("correct horse");
  Pool dear({{128, 2, 1}, 1, password_queue_max, 0});
  const auto verified = dear.verify("correct horse", old_hash);
  REQUIRE(verified.what == Verified::What::match);
  CHECK(verified.new_hash.starts_with("$argon2id$v=19$m=128,t=2,p=1$"));
  const auto again = dear.verify("correct horse", verified.new_hash);
  CHECK(again.what == Verified::What::match);
  CHECK(again.new_hash.empty());
  CHECK(dear.verify("wrong horse", old_hash).new_hash.empty());
  CHECK(cheap.verify("correct horse", verified.new_hash).new_hash.empty());
}

TEST_CASE("the cost is never below the floor, whatever is configured") {
  CHECK(at_least_floor({1, 1, 1}) == argon2_floor);
  CHECK(at_least_floor(argon2_floor) == argon2_floor);
  CHECK(at_least_floor(Argon2Cost{}) == Argon2Cost{64 * 1024, 3, 1});
  CHECK(argon2_floor == Argon2Cost{19 * 1024, 2, 1});
}

TEST_CASE("64 wait their turn, and the one beyond is told at once that the server is busy") {
  // The only thread is held inside the executor of the first answer, so that nothing moves while the queue fills.
  TestLoop loop;
  std::mutex mutex;
  std::condition_variable changed;
  bool held = false;
  bool released = false;
  const seams::Executor holding([&](const seams::Executor::Work& work) {
    std::unique_lock lock(mutex);
    held = true;
    changed.notify_all();
    changed.wait(lock, [&] { return released; });
    lock.unlock();
    work();
  });
  PasswordPool pool({quick, 1, password_queue_max, 0});
  pool.verify("x", "", holding, [](const Verified&) {});
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return held; });
  }
  std::vector<Verified::What> answers;
  for (std::size_t number = 0; number < password_queue_max; ++number) {
    pool.verify("x", "", loop.executor(), [&](const Verified& verified) { answers.push_back(verified.what); });
  }
  loop.run_ready();
  CHECK(answers.empty());
  CHECK(pool.waiting() == 64);
  pool.verify("x", "", loop.executor(), [&](const Verified& verified) { answers.push_back(verified.what); });
  std::optional<PasswordError> refused;
  pool.hash("x", loop.executor(), [&](const std::string&, std::optional<PasswordError> error) { refused = error; });
  loop.run_ready();
  CHECK(answers == std::vector<Verified::What>{Verified::What::busy});
  CHECK(refused == PasswordError::busy);
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  loop.run_until([&] { return answers.size() == 65; });
  CHECK(std::count(answers.begin(), answers.end(), Verified::What::no_match) == 64);
}

TEST_CASE("a pool that is destroyed answers those who wait") {
  TestLoop loop;
  std::size_t answers = 0;
  {
    PasswordPool pool({quick, 1, password_queue_max, 0});
    for (int number = 0; number < 20; ++number) pool.verify("x", "", loop.executor(), [&](const Verified&) { ++answers; });
  }
  loop.run_ready();
  CHECK(answers == 20);
}

}  // namespace matinee::test
