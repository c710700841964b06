// RoomPasswords: makes and checks the passwords of rooms, away from the shard: hashing takes tens of milliseconds on purpose. Tries are
// counted per room and address before anything is computed.
// Thread rule: every method from any thread; answers come through the executor, exactly once, never inside the call.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::seams {

struct PasswordTry {
  RoomId room;
  std::string address;  // whom the try counts for, as in rooms::Person; empty (unknown): everybody whose address is not known
  std::string password;
  std::string hash;  // the room's
};

struct PasswordAnswer {
  enum class What : std::uint8_t { right, wrong, slow_down, busy };
  What what = What::busy;
  std::int64_t retry_ms = 0;  // slow_down and busy
};

class RoomPasswords {
 public:
  virtual ~RoomPasswords() = default;
  virtual void check(PasswordTry attempt, Executor executor, std::function<void(PasswordAnswer)> done) = 0;
  // The hash to be stored; nothing: too busy.
  virtual void hash(std::string password, Executor executor, std::function<void(std::optional<std::string>)> done) = 0;
};

}  // namespace matinee::seams
