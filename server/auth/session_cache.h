// SessionCache: the sessions a loop has seen lately, by token. Bounded; the one unused longest goes first.
// Private to auth/. Thread rule: one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <list>
#include <map>
#include <unordered_map>
#include "server/auth/identity.h"
#include "server/seams/session_store.h"

namespace matinee::auth {

class SessionCache {
 public:
  struct Entry {
    seams::TokenHash token{};
    Identity identity;
    std::int64_t good_until_ms = 0;
    std::int64_t touched_at_ms = 0;
  };

  explicit SessionCache(std::size_t entries_max) : entries_max_(entries_max) {}

  [[nodiscard]] Entry* find(const seams::TokenHash& token, std::int64_t now_ms);  // nullptr: not here, or too old
  void put(Entry entry);
  void drop_session(seams::SessionId session);
  void drop_user(seams::UserId user);
  [[nodiscard]] std::size_t size() const { return order_.size(); }

 private:
  using Order = std::list<Entry>;  // the latest used first
  void erase(Order::iterator entry);

  std::size_t entries_max_;
  Order order_;
  std::map<seams::TokenHash, Order::iterator> by_token_;
  std::unordered_map<std::int64_t, Order::iterator> by_session_;
};

}  // namespace matinee::auth
