// The passwords of rooms over the pool of hashes and the table of throttles that accounts use too.
// Thread rule: see server/seams/room_passwords.h. Pool and throttle outlive it.
#pragma once
#include <functional>
#include "server/auth/password_pool.h"
#include "server/auth/throttle.h"
#include "server/seams/room_passwords.h"

namespace matinee::auth {

class PooledRoomPasswords final : public seams::RoomPasswords {
 public:
  PooledRoomPasswords(PasswordPool& pool, Throttle& throttle, std::function<std::int64_t()> now_ms)
      : pool_(pool), throttle_(throttle), now_ms_(std::move(now_ms)) {}
  void check(seams::PasswordTry attempt, seams::Executor executor, std::function<void(seams::PasswordAnswer)> done) override;
  void hash(std::string password, seams::Executor executor, std::function<void(std::optional<std::string>)> done) override;

 private:
  PasswordPool& pool_;
  Throttle& throttle_;
  std::function<std::int64_t()> now_ms_;
};

}  // namespace matinee::auth
