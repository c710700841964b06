#include "server/auth/session_cache.h"

#include <utility>

namespace matinee::auth {

SessionCache::Entry* SessionCache::find(const seams::TokenHash& token, std::int64_t now_ms) {
  const auto known = by_token_.find(token);
  if (known == by_token_.end()) return nullptr;
  if (known->second->good_until_ms <= now_ms) {
    erase(known->second);
    return nullptr;
  }
  order_.splice(order_.begin(), order_, known->second);
  return &order_.front();
}

void SessionCache::put(Entry entry) {
  drop_session(entry.identity.session);
  if (entries_max_ == 0) return;
  while (order_.size() >= entries_max_) erase(std::prev(order_.end()));
  order_.push_front(std::move(entry));
  by_token_[order_.front().token] = order_.begin();
  by_session_[order_.front().identity.session.value] = order_.begin();
}

void SessionCache::drop_session(seams::SessionId session) {
  const auto known = by_session_.find(session.value);
  if (known != by_session_.end()) erase(known->second);
}

void SessionCache::drop_user(seams::UserId user) {
  for (auto entry = order_.begin(); entry != order_.end();) {
    const auto here = entry++;
    if (here->identity.user == user) erase(here);
  }
}

void SessionCache::erase(Order::iterator entry) {
  by_token_.erase(entry->token);
  by_session_.erase(entry->identity.session.value);
  order_.erase(entry);
}

}  // namespace matinee::auth
