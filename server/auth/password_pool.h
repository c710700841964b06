// PasswordPool: Argon2id on threads of its own, so that no log-in ever slows a shard. At most `threads` hashes at once, 64 waiting;
// beyond that the answer is `busy` at once (HTTP 503 with Retry-After).
// Thread rule: every method from any thread; answers come through the executor, exactly once, also when the pool is destroyed
// (then `busy`). Destroying it waits for the hashes that are being computed, not for those that wait.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include "server/seams/executor.h"

namespace matinee::auth {

struct Argon2Cost {
  std::uint32_t memory_kib = 64 * 1024;
  std::uint32_t passes = 3;
  std::uint32_t lanes = 1;
  bool operator==(const Argon2Cost&) const = default;
};
inline constexpr Argon2Cost argon2_floor{19 * 1024, 2, 1};  // never less in service (OWASP password storage)
[[nodiscard]] Argon2Cost at_least_floor(Argon2Cost cost);   // what a configured cost becomes
inline constexpr std::size_t password_queue_max = 64;
inline constexpr std::uint32_t password_busy_retry_s = 10;  // Retry-After of a `busy` answer

struct PasswordPoolOptions {
  Argon2Cost cost;          // taken as it is: tests use less than the floor, the server passes at_least_floor(…)
  std::size_t threads = 0;  // 0 = cores − 1, at least 1
  std::size_t queue_max = password_queue_max;
  int nice = 10;
};

enum class PasswordError : std::uint8_t {
  busy,    // the queue is full, or the pool stops
  failed,  // out of memory for the hash
};

struct Verified {
  enum class What : std::uint8_t { match, no_match, busy, failed };
  What what = What::no_match;
  std::string new_hash;  // match only: to be stored instead, because the stored hash was made at a lower cost; usually empty
};

class PasswordPool {
 public:
  explicit PasswordPool(PasswordPoolOptions options);
  ~PasswordPool();
  PasswordPool(const PasswordPool&) = delete;
  PasswordPool& operator=(const PasswordPool&) = delete;

  using HashDone = std::function<void(std::string encoded, std::optional<PasswordError>)>;
  void hash(std::string password, seams::Executor executor, HashDone done);

  // An empty `encoded` stands for an unknown person: it takes the time of a real check and never matches.
  void verify(std::string password, std::string encoded, seams::Executor executor, std::function<void(Verified)> done);

  [[nodiscard]] std::size_t waiting() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace matinee::auth
