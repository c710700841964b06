#include "server/shard/gate.h"

#include <utility>
#include <vector>
#include "rooms/room_code.h"
#include "server/shard/attendance.h"
#include "server/shard/context.h"
#include "server/shard/room_host.h"

namespace matinee::shard {
namespace {

// Whoever is sent away leaves the table, so it is read first.
template <class Which>
void send_away(const ShardContext& context, seams::SentAway why, const Which& which) {
  std::vector<std::shared_ptr<Attendance>> chosen;
  for (const auto& entry : context.attendances)
    if (which(*entry.second)) chosen.push_back(entry.second);
  for (const auto& attendance : chosen) attendance->send_away(why);
}

}  // namespace

void Gate::attend(const std::string& code, seams::Visit visit, std::shared_ptr<seams::Attendee> attendee) {
  leave(*attendee);
  const auto attendance = std::make_shared<Attendance>(context_, std::move(visit), attendee);
  context_.attendances.emplace(attendee.get(), attendance);
  if (context_.stopping) return attendance->send_away(seams::SentAway::restart);
  const auto canonical = rooms::read_room_code(code);
  if (!canonical) return attendance->refused(rooms::ErrorCode::no_such_room);
  RoomHost& host = rooms_.open(*canonical);
  // An old code: only for those who were inside when the room got its new one.
  if (host.code_now() != *canonical && !host.came_along(attendance->visit().person))
    return attendance->refused(rooms::ErrorCode::no_such_room);
  host.attend(*attendance);
}

void Gate::leave(const seams::Attendee& attendee) {
  const auto found = context_.attendances.find(&attendee);
  if (found == context_.attendances.end()) return;
  const auto attendance = found->second;
  context_.attendances.erase(found);
  attendance->leave();
}

const rooms::Room* Gate::room(const std::string& code) const {
  const RoomHost* host = rooms_.find(code);
  const rooms::Room* room = host == nullptr || !host->usable() ? nullptr : host->room();
  return room == nullptr || room->closed() ? nullptr : room;
}

std::string Gate::key_of(const std::string& code) const { return context_.key_of(code); }

bool Gate::is_present(const std::string& code, rooms::PersonId person) const {
  const rooms::Room* open = room(code);
  return open != nullptr && open->participant(person) != nullptr;
}

bool Gate::may_watch(const std::string& code, const rooms::Person& person) const {
  const rooms::Room* open = room(code);
  return open != nullptr && !open->is_blocked(person, context_.now_ms());
}

bool Gate::may_publish(const std::string& code, rooms::PersonId person) const {
  const rooms::Room* open = room(code);
  return open != nullptr && open->may(person, rooms::Grant::go_live);
}

std::optional<seams::RoomGate::Standing> Gate::standing(const std::string& code, rooms::PersonId person) const {
  const rooms::Room* open = room(code);
  if (open == nullptr || open->participant(person) == nullptr) return std::nullopt;
  return Standing{rooms_.find(code)->room_id(), open->may(person, rooms::Grant::go_live), open->may(person, rooms::Grant::edit_room)};
}

std::int64_t Gate::opening_of(const std::string& code) const { return room(code) == nullptr ? 0 : rooms_.find(code)->epoch(); }

void Gate::tell_live(const std::string& code, rooms::LiveState state) {
  RoomHost* host = rooms_.find(code);
  if (host != nullptr) host->tell_live(std::move(state));
}

void Gate::close_session(seams::SessionId session) {
  send_away(context_, seams::SentAway::logged_out, [session](const Attendance& a) { return a.visit().session == session; });
}

void Gate::send_all_away(seams::SentAway why) {
  send_away(context_, why, [](const Attendance&) { return true; });
}

}  // namespace matinee::shard
