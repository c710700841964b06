// Throttle: how often somebody may try. Each limit is a bucket per key that holds `burst` tries and gets one back every `refill_ms`;
// only one number per key is kept (GCRA, ITU-T I.371). Failures to log in survive a restart through the ThrottleStore.
// Thread rule: any thread; one mutex over one table, held for a look-up. Time comes in. Outlives what it asked of the store.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include "server/seams/settings_store.h"

namespace matinee::auth {

enum class Limit : std::uint8_t {
  log_in_account,      // wrong passwords for one account (or one name that does not exist)
  log_in_address,      // wrong passwords from one address
  sign_up_address,     // accounts made from one address
  guest_address,       // guests made from one address
  room_code_address,   // unknown room codes tried from one address
  room_code_account,   // … by one person
  room_new_address,    // rooms opened from one address
  preview_person,      // links to other sites that one person made us look at
  preview_address,     // … from one address
  room_password,       // wrong passwords for one room from one address
  profile_person,      // pictures and preferences that one person saved
  export_person,       // exports that one person asked for
  upload_person,       // uploads that one person began
  stream_key_address,  // wrong keys of streams from one address
};
inline constexpr std::size_t limit_count = 14;

struct LimitRule {
  std::string_view name;
  std::int64_t burst;
  std::int64_t refill_ms;
  bool persisted;
};
[[nodiscard]] const LimitRule& rule_of(Limit limit);

struct Allowance {
  bool allowed = true;
  std::int64_t retry_after_s = 0;  // Retry-After of a 429; at least 1 when not allowed
};

class Throttle {
 public:
  static constexpr std::size_t keys_max = 100'000;  // beyond it the key that is free soonest is forgotten
  struct Options {
    bool unlimited = false;             // bench mode
    std::int64_t factor_percent = 100;  // bursts times this; operators behind one address raise it
    std::size_t keys = keys_max;
  };
  Throttle();  // nothing persisted
  Throttle(Options options, seams::ThrottleStore* store, seams::Executor executor);
  ~Throttle();

  void load(std::int64_t now_ms, seams::Done<void> done);  // once, at start, before the first request
  // Takes one try if there is one. Take before the work and give it back when it turned out harmless: then parallel tries count too.
  [[nodiscard]] Allowance take(Limit limit, std::string_view key, std::int64_t now_ms);
  [[nodiscard]] Allowance look(Limit limit, std::string_view key, std::int64_t now_ms) const;
  void give_back(Limit limit, std::string_view key, std::int64_t now_ms);
  void forget(Limit limit, std::string_view key);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Whom an address counts as: an IPv4 address itself, the /64 of an IPv6 address, the inner one of ::ffff:a.b.c.d.
[[nodiscard]] std::string address_key(std::string_view address);

}  // namespace matinee::auth
