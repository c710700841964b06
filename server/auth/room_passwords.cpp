#include "server/auth/room_passwords.h"

#include <string>
#include <utility>

namespace matinee::auth {

using seams::PasswordAnswer;

// A try is taken before the work, so that parallel ones count too, and given back when it was right or was never made.
void PooledRoomPasswords::check(seams::PasswordTry attempt, seams::Executor executor, std::function<void(PasswordAnswer)> done) {
  const std::string key = std::to_string(attempt.room.value) + ' ' + attempt.address;
  const Allowance allowance = throttle_.take(Limit::room_password, key, now_ms_());
  if (!allowance.allowed) {
    return executor([done = std::move(done), retry_ms = allowance.retry_after_s * 1'000] {
      done({PasswordAnswer::What::slow_down, retry_ms});
    });
  }
  pool_.verify(std::move(attempt.password), std::move(attempt.hash), std::move(executor),
               [this, key, done = std::move(done)](Verified verified) {
                 if (verified.what != Verified::What::no_match) throttle_.give_back(Limit::room_password, key, now_ms_());
                 switch (verified.what) {
                   case Verified::What::match: return done({PasswordAnswer::What::right, 0});
                   case Verified::What::no_match: return done({PasswordAnswer::What::wrong, 0});
                   case Verified::What::busy:
                   case Verified::What::failed: return done({PasswordAnswer::What::busy, password_busy_retry_s * 1'000});
                 }
               });
}

void PooledRoomPasswords::hash(std::string password, seams::Executor executor, std::function<void(std::optional<std::string>)> done) {
  pool_.hash(std::move(password), std::move(executor), [done = std::move(done)](std::string encoded, std::optional<PasswordError> error) {
    if (error) done(std::nullopt);
    else done(std::move(encoded));
  });
}

}  // namespace matinee::auth
