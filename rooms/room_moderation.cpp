// Roles, remove, block and stop-chat. Nobody acts on a role as high as their own, on the owner, or on themselves.
#include <algorithm>
#include "rooms/room_state.h"

namespace matinee::rooms {

std::int64_t Room::State::silenced_until(PersonId person, std::int64_t now_ms) const {
  const auto found = silenced.find(person);
  if (found == silenced.end()) return -1;
  return found->second == 0 || found->second > now_ms ? found->second : -1;
}

bool Room::State::is_blocked(PersonId person, std::int64_t now_ms) const {
  const auto found = blocks.find(person);
  return found != blocks.end() && (found->second.until_ms == 0 || found->second.until_ms > now_ms);
}

// A guest is only a cookie, so a block on one holds at the address too – for guests who have no role here: a blocked neighbour must
// not lock out the owner.
bool Room::State::is_address_blocked(const Person& person, std::int64_t now_ms) const {
  if (person.kind != PersonKind::guest || person.address.empty() || role_of(person) != Role::guest) return false;
  return std::any_of(blocks.begin(), blocks.end(),
                     [&](const auto& entry) { return entry.second.address == person.address && entry.second.until_ms > now_ms; });
}

// Who is inside already is not reached by a block at his address: it was meant for somebody else there.
bool Room::State::is_kept_out(const Person& person, std::int64_t now_ms) const {
  return is_blocked(person.id, now_ms) || (find(person.id) == nullptr && is_address_blocked(person, now_ms));
}

BlockedPeople Room::State::blocked_people(std::int64_t now_ms) const {
  BlockedPeople told;
  for (const auto& [id, entry] : blocks) {
    if (told.people.size() == limits::blocks_shown_max) break;
    if (is_blocked(id, now_ms)) told.people.emplace_back(id, entry.name);
  }
  return told;
}

void Room::State::tell_blocked(Turn& turn) {
  const BlockedPeople told = blocked_people(turn.now_ms());
  for (const auto& [id, participant] : participants) {
    if (may(participant, Grant::block)) turn.emit(PushPerson{id, told});
  }
}

std::optional<Person> Room::State::person_known(PersonId person) const {
  if (const auto found = participants.find(person); found != participants.end()) return found->second.person;
  const auto earlier = std::find_if(departed.begin(), departed.end(), [person](const Person& gone) { return gone.id == person; });
  if (earlier != departed.end()) return *earlier;
  const auto asker = std::find_if(askers.begin(), askers.end(), [person](const Asker& waiting) { return waiting.person.id == person; });
  if (asker != askers.end()) return asker->person;
  const auto name = chat.name_of_author(person);
  if (!name && roles.count(person) == 0 && person != info.owner) return std::nullopt;
  // Somebody of an earlier day: the kind is not known here, and an account's block is the one that holds.
  return Person{person, name.value_or(std::string{}), PersonKind::account, false};
}

std::optional<Room::State::Target> Room::State::target_of(PersonId person, const Participant& actor, Turn& turn) const {
  auto known = person_known(person);
  if (!known) {
    turn.refuse(ErrorCode::unknown_person);
    return std::nullopt;
  }
  const Role role = role_of(*known);
  // An owner outranks everybody, so nobody ever reaches one.
  if (person == actor.person.id || role <= role_of(actor.person)) {
    turn.refuse(ErrorCode::cannot_target);
    return std::nullopt;
  }
  return Target{std::move(*known), role};
}

void Room::State::on(const SetRole& set, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn)) return;
  const Role own = role_of(actor.person);
  const bool may_give = own == Role::owner || (own == Role::moderator && set.role > Role::moderator);
  if (!may_give) return turn.refuse(ErrorCode::forbidden, "role");
  const auto target = target_of(set.person, actor, turn);
  if (!target) return;
  if (set.role == target->role) return turn.ok();
  if (roles.size() >= limits::roles_max && roles.count(set.person) == 0) return turn.refuse(ErrorCode::conflict, "roles");
  if (set.role == Role::owner) hand_over(target->person, actor, turn);
  else set_role(target->person, set.role, turn);
  if (!blocks.empty()) tell_blocked(turn);  // somebody may see the list now who could not
  if (!askers.empty()) tell_askers(turn);
  save_now(turn);
  turn.ok();
}

void Room::State::set_role(const Person& person, Role role, Turn& turn) {
  roles.erase(person.id);
  if (role_of(person) != role) roles.emplace(person.id, role);  // what the kind of person gives anyway needs no entry
  if (find(person.id) != nullptr) presence_changed(person.id, turn);
}

void Room::State::hand_over(const Person& heir, const Participant& owner, Turn& turn) {
  info.owner = heir.id;
  roles.erase(heir.id);
  roles.insert_or_assign(owner.person.id, Role::moderator);
  if (find(heir.id) != nullptr) presence_changed(heir.id, turn);
  presence_changed(owner.person.id, turn);
  turn.tell_all(RoomChanged{info, owner.person.id});
}

void Room::State::show_out(PersonId person, std::string what, PersonId by, Turn& turn) {
  forget_admitted(person);
  along.erase(person);
  if (find(person) == nullptr) return;
  turn.emit(PushPerson{person, YouWere{std::move(what), by}});
  turn.emit(Disconnect{person, 4003});
  depart(person, turn);
}

void Room::State::on(const RemovePerson& remove, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::remove, turn)) return;
  if (find(remove.person) == nullptr) return turn.refuse(ErrorCode::unknown_person);
  if (!target_of(remove.person, actor, turn)) return;
  const bool was_admitted = std::find(admitted.begin(), admitted.end(), remove.person) != admitted.end();
  show_out(remove.person, "removed", actor.person.id, turn);
  if (was_admitted) save_now(turn);
  turn.ok();
}

void Room::State::on(const Block& block, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::block, turn)) return;
  const auto target = target_of(block.person, actor, turn);
  if (!target) return;
  const std::int64_t now_ms = turn.now_ms();
  std::erase_if(blocks, [now_ms](const auto& entry) { return entry.second.until_ms != 0 && entry.second.until_ms <= now_ms; });
  if (blocks.size() >= limits::blocks_max && blocks.count(block.person) == 0) return turn.refuse(ErrorCode::conflict, "blocks");
  // A guest's id lives as long as a cookie: a block for ever would only fill the list.
  const std::int64_t until_ms = target->person.kind == PersonKind::guest ? now_ms + limits::guest_block_ms : 0;
  blocks.insert_or_assign(block.person, RoomSnapshot::BlockEntry{block.person, target->person.name, until_ms,
                                                                 until_ms == 0 ? std::string() : target->person.address});
  roles.erase(block.person);
  answer_asker(block.person, {false, "refused"}, 0, turn);
  show_out(block.person, "blocked", actor.person.id, turn);
  tell_blocked(turn);
  save_now(turn);
  turn.ok();
}

void Room::State::on(const Unblock& unblock, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::block, turn)) return;
  if (blocks.erase(unblock.person) == 0) return turn.refuse(ErrorCode::unknown_person);
  tell_blocked(turn);
  save_now(turn);
  turn.ok();
}

void Room::State::on(const Silence& silence, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::stop_chat, turn)) return;
  if (silence.for_ms < 0 || silence.for_ms > limits::silence_ms_max) return turn.refuse(ErrorCode::bad_request, "for_ms");
  if (!target_of(silence.person, actor, turn)) return;
  const std::int64_t now_ms = turn.now_ms();
  std::erase_if(silenced, [now_ms](const auto& entry) { return entry.second != 0 && entry.second <= now_ms; });
  if (silence.on) {
    if (silenced.size() >= limits::silenced_max && silenced.count(silence.person) == 0) return turn.refuse(ErrorCode::conflict, "silenced");
    silenced.insert_or_assign(silence.person, silence.for_ms == 0 ? 0 : now_ms + silence.for_ms);
  } else {
    silenced.erase(silence.person);
  }
  if (Participant* target = find(silence.person)) {
    stop_typing(*target, turn);
    presence_changed(silence.person, turn);
  }
  save_now(turn);
  turn.ok();
}

}  // namespace matinee::rooms
