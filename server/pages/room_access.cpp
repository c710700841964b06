#include "server/pages/room_access.h"

#include <algorithm>

namespace matinee::pages {
namespace {

struct Tries {
  std::string address;
  std::string person;
};  // keys of the two throttles; person is empty for visitors

auth::Allowance take(const Visit& visit, const Tries& tries) {
  auth::Throttle& throttle = visit.services.throttle;
  const std::int64_t now = visit.services.now_ms();
  const auth::Allowance by_address = throttle.take(auth::Limit::room_code_address, tries.address, now);
  if (!by_address.allowed || tries.person.empty()) return by_address;
  const auth::Allowance by_person = throttle.take(auth::Limit::room_code_account, tries.person, now);
  if (!by_person.allowed) throttle.give_back(auth::Limit::room_code_address, tries.address, now);
  return by_person;
}

void give_back(const Visit& visit, const Tries& tries) {
  const std::int64_t now = visit.services.now_ms();
  visit.services.throttle.give_back(auth::Limit::room_code_address, tries.address, now);
  if (!tries.person.empty()) visit.services.throttle.give_back(auth::Limit::room_code_account, tries.person, now);
}

FoundRoom judge(const Visit& visit, const Tries& tries, seams::Result<seams::RoomRecord> record) {
  using What = FoundRoom::What;
  if (!record && record.error() == seams::StoreError::not_found) return {What::none, {}, 0};
  if (!record) {
    give_back(visit, tries);
    return {What::unavailable, {}, 0};
  }
  // A blocked person's tries are kept as well: the throttle must not tell the two apart.
  if (is_blocked(*record, visit.who ? &*visit.who : nullptr, visit.request->remote_address(), visit.services.now_ms()))
    return {What::none, {}, 0};
  give_back(visit, tries);
  return {record->ended_at_ms != 0 ? What::closed : What::open, std::move(*record), 0};
}

// As in rooms/room_access.cpp: owner, moderators, and whoever was let in once.
bool gets_in_always(const seams::RoomRecord& room, const auth::Identity& who) {
  const bool trusted = std::any_of(room.roles.begin(), room.roles.end(), [&](const seams::RoleEntry& entry) {
    return entry.user == who.user && entry.role <= rooms::Role::moderator;
  });
  return room.owner == who.user || trusted || std::find(room.admitted.begin(), room.admitted.end(), who.user) != room.admitted.end();
}

}  // namespace

DoorView door_view(const seams::RoomRecord& room, const auth::Identity* who) {
  const rooms::Access access = room.access.access;
  const bool known = who != nullptr && gets_in_always(room, *who);
  if (access == rooms::Access::open || known) return {false, true};
  const bool account = who != nullptr && who->kind == rooms::PersonKind::account;
  if (access == rooms::Access::accounts) return {!account, account};
  return {false, false};
}

bool is_blocked(const seams::RoomRecord& room, const auth::Identity* who, std::string_view address, std::int64_t now_ms) {
  // An address counts for visitors and for guests without a role here, as in the room itself.
  const bool account = who != nullptr && who->kind == rooms::PersonKind::account;
  const bool trusted =
      who != nullptr && (room.owner == who->user || std::any_of(room.roles.begin(), room.roles.end(), [&](const seams::RoleEntry& entry) {
                           return entry.user == who->user && entry.role != rooms::Role::guest;
                         }));
  return std::any_of(room.blocks.begin(), room.blocks.end(), [&](const seams::BlockEntry& block) {
    if (block.until_ms != 0 && block.until_ms <= now_ms) return false;
    if (who != nullptr && block.user == who->user) return true;
    return !account && !trusted && !block.address.empty() && auth::address_key(block.address) == auth::address_key(address);
  });
}

void find_room(const VisitPtr& visit, std::string code, std::function<void(FoundRoom)> done) {
  const Tries tries{auth::address_key(visit->request->remote_address()),
                    visit->who ? std::to_string(visit->who->user.value) : std::string()};
  const auth::Allowance allowance = take(*visit, tries);
  if (!allowance.allowed) return done({FoundRoom::What::slow_down, {}, allowance.retry_after_s});
  visit->services.rooms.lookup(
      std::move(code), visit->here.executor,
      [visit, tries, done = std::move(done)](seams::Result<seams::RoomRecord> record) { done(judge(*visit, tries, std::move(record))); });
}

}  // namespace matinee::pages
