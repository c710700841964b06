// The part of RoomHost that turns connections into people: tabs and attendees alike. The first connection of a person is a join, none
// for a while is a leave, and attendees without a tab for a while mean that the person has no player any more.
#include <algorithm>
#include <utility>
#include "rooms/limits.h"
#include "server/shard/attendance.h"
#include "server/shard/client.h"
#include "server/shard/close_codes.h"
#include "server/shard/context.h"
#include "server/shard/door.h"
#include "server/shard/room_host.h"

namespace matinee::shard {

void RoomHost::join(Client& client, Asking asking) {
  connections_.emplace(client.id(), &client);
  unload_.cancel();
  if (phase_ == Phase::opening) waiting_.push_back({client.id(), std::move(asking)});
  else let_in(client, std::move(asking));
}

// A password is looked at only when the room asks this person for one.
void RoomHost::let_in(Client& client, Asking asking) {
  std::string hash = asking.password ? room_->password_asked_of(client.visit().person) : std::string();
  if (hash.empty()) enter(client, asking, std::nullopt);
  else check_password(client, std::move(asking), std::move(hash));
}

void RoomHost::enter(Client& client, const Asking& asking, std::optional<std::string> proven) {
  const rooms::Person person = client.visit().person;
  handle(rooms::Join{person, asking.since, true, std::move(proven)}, {now_ms(), person.id, {client.id(), asking.ref}});
}

void RoomHost::attend(Attendance& attendance) {
  attendances_.emplace(attendance.id(), &attendance);
  attendance.entering(*this);
  unload_.cancel();
  if (phase_ == Phase::open) let_in(attendance);
}

void RoomHost::let_in(Attendance& attendance) {
  const rooms::Person person = attendance.visit().person;
  handle(rooms::Join{person, std::nullopt, false}, {now_ms(), person.id, {attendance.id(), {}}});
}

void RoomHost::let_waiting_in() {
  for (auto& waiting : std::exchange(waiting_, {}))
    if (Client* client = client_of(waiting.connection)) {
      if (waiting.knocks) let_knock(*client, std::move(waiting.asking.ref));
      else let_in(*client, std::move(waiting.asking));
    }
  for (Attendance* attendance : attendances()) let_in(*attendance);
}

void RoomHost::turn_waiting_away(rooms::ErrorCode why) {
  for (const auto& waiting : std::exchange(waiting_, {})) {
    Client* client = client_of(waiting.connection);
    if (client == nullptr) continue;
    connections_.erase(waiting.connection);
    door_.turn_away(*client, {why, {}, 0}, waiting.asking.ref);
  }
  for (const auto& entry : std::exchange(attendances_, {})) entry.second->refused(why);
}

Attendance* RoomHost::attendance_of(rooms::ConnectionId connection) const {
  const auto found = attendances_.find(connection);
  return found == attendances_.end() ? nullptr : found->second;
}

// A copy, for calls that change the table.
std::vector<Attendance*> RoomHost::attendances() const {
  std::vector<Attendance*> all;
  all.reserve(attendances_.size());
  for (const auto& entry : attendances_) all.push_back(entry.second);
  return all;
}

// Coming back after an absence is a visit too: the room may have been taken off the person's list in between.
RoomHost::Presence& RoomHost::present(rooms::PersonId person) {
  const auto entry = people_.try_emplace(person);
  if (entry.first->second.count() == 0)
    context_.parts.directory.record_visit(record_.id, person, now_ms(), context_.executor, [](const seams::Result<void>&) {});
  return entry.first->second;
}

// A person's connections: the newest of a tab replaces the older one, and there are only so many. A tab too many closes the oldest
// tab, or the oldest attendee when it is the first tab.
void RoomHost::seat(Client& client, Presence& presence) {
  presence.absence.cancel();
  if (presence.count() == 0) ++context_.counters.participants;
  const auto same_tab =
      std::find_if(presence.tabs.begin(), presence.tabs.end(), [&](const Client* other) { return other->tab() == client.tab(); });
  Client* replaced = same_tab == presence.tabs.end() ? nullptr : *same_tab;
  const bool too_many = replaced == nullptr && presence.count() >= rooms::limits::connections_per_person_max;
  Client* oldest_tab = too_many && !presence.tabs.empty() ? presence.tabs.front() : nullptr;
  Attendance* oldest = too_many && presence.tabs.empty() ? presence.attendances.front() : nullptr;
  presence.tabs.push_back(&client);
  fanout_.join(client.seat(), client.socket()->sink());
  client.admitted();
  if (replaced != nullptr) replaced->close(close_code::replaced, "opened again");
  if (oldest_tab != nullptr) oldest_tab->close(close_code::policy, "too many tabs");
  if (oldest != nullptr) oldest->send_away(seams::SentAway::too_many);
}

// An attendee too many sends the oldest other one away, and is sent away himself when there are tabs only: he never closes a tab.
// How long there has been no tab goes on being counted.
void RoomHost::seat(Attendance& newcomer, Presence& presence) {
  const bool too_many = presence.count() >= rooms::limits::connections_per_person_max;
  if (too_many && presence.attendances.empty()) return newcomer.send_away(seams::SentAway::too_many);
  Attendance* oldest = too_many ? presence.attendances.front() : nullptr;
  if (presence.count() == 0) ++context_.counters.participants;
  presence.attendances.push_back(&newcomer);
  const rooms::PersonId person = newcomer.person();
  newcomer.admitted(*room_->participant(person), room_->may(person, rooms::Grant::go_live), room_->playback());
  if (oldest != nullptr) oldest->send_away(seams::SentAway::too_many);
}

void RoomHost::gone(Client& client) {
  leave_queue(client);
  connections_.erase(client.id());
  fanout_.leave(client.seat());
  const rooms::PersonId person = client.visit().person.id;
  const auto found = people_.find(person);
  if (found == people_.end() || std::erase(found->second.tabs, &client) == 0) return consider_unloading();
  if (found->second.tabs.empty()) missing(person, found->second);
}

void RoomHost::gone(Attendance& attendance) {
  attendances_.erase(attendance.id());
  const auto found = people_.find(attendance.person());
  if (found == people_.end() || std::erase(found->second.attendances, &attendance) == 0) return consider_unloading();
  if (found->second.count() == 0) missing(attendance.person(), found->second);
}

// The last tab has gone, or the last connection.
void RoomHost::missing(rooms::PersonId person, Presence& presence) {
  if (presence.count() == 0) --context_.counters.participants;
  if (context_.stopping) return;
  presence.absence = context_.loop().start_timer(context_.options.absence, [this, person] { absent(person); });
}

void RoomHost::absent(rooms::PersonId person) {
  const auto found = people_.find(person);
  if (found == people_.end()) return;
  if (found->second.count() > 0) return handle(rooms::PlayerGone{person});
  people_.erase(found);
  handle(rooms::Leave{person}, {now_ms(), person, {}});
  consider_unloading();
}

void RoomHost::rename(const rooms::Renamed& change) {
  const auto found = people_.find(change.person);
  if (phase_ != Phase::open || found == people_.end()) return;
  for (Client* client : found->second.tabs) client->rename(change);
  handle(change);
  // As the room calls them, which may be with a number.
  const rooms::Person* now = room_->participant(change.person);
  for (Attendance* attendance : found->second.attendances) attendance->rename(now != nullptr ? now->name : change.name, change.kind);
  tell_rights();
}

void RoomHost::tell_live(rooms::LiveState state) { handle(rooms::SetLive{std::move(state)}); }

void RoomHost::tell_rights() {
  if (room_->closed()) return;  // all are sent away
  for (const auto& entry : attendances_) entry.second->tell_rights(room_->may(entry.second->person(), rooms::Grant::go_live));
}

void RoomHost::tell_attendees(const rooms::Outgoing& message) {
  const auto* changed = std::get_if<rooms::PlaybackChanged>(&message);
  if (changed == nullptr) return;
  for (const auto& entry : attendances_) entry.second->tell_playback(changed->state);
}

void RoomHost::close_all(std::uint16_t code, std::string_view reason) {
  fanout_.flush();
  std::vector<Client*> everybody;
  everybody.reserve(connections_.size());
  for (const auto& entry : connections_) everybody.push_back(entry.second);
  for (Client* client : everybody) client->close(code, reason);
  const auto why = code == close_code::restart ? seams::SentAway::restart : seams::SentAway::blocked_or_closed;
  for (Attendance* attendance : attendances()) attendance->send_away(why);
}

}  // namespace matinee::shard
