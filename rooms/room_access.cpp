// Who gets in, who asks to be let in, and the room's code. The right to show people out is the right to let them in: one door, one
// right, so that no table of grants that was ever stored lacks it.
#include <algorithm>
#include "rooms/room_state.h"

namespace matinee::rooms {

bool Room::State::gets_in_always(const Person& person) const {
  return role_of(person) <= Role::moderator || find(person.id) != nullptr ||
         std::find(admitted.begin(), admitted.end(), person.id) != admitted.end();
}

std::optional<ErrorCode> Room::State::stopped_at_door(const Person& person, const std::optional<std::string>& proven) const {
  if (gets_in_always(person)) return std::nullopt;
  switch (info.access) {
    case Access::open: return std::nullopt;
    case Access::accounts:
      if (person.kind == PersonKind::account) return std::nullopt;
      return ErrorCode::account_needed;
    case Access::password:
      if (!proven) return ErrorCode::password_needed;
      // Another hash than ours: the password was changed while this one was being checked.
      if (proven->empty() || *proven != password_hash) return ErrorCode::wrong_password;
      return std::nullopt;
    case Access::ask: return ErrorCode::ask_first;
  }
  return ErrorCode::internal;
}

void Room::State::remember_admitted(PersonId person) {
  if (std::find(admitted.begin(), admitted.end(), person) != admitted.end()) return;
  if (admitted.size() >= limits::admitted_max) admitted.erase(admitted.begin());
  admitted.push_back(person);
}

// Whoever is inside stays, and finds the way back; everybody else has to show what the room asks for now.
void Room::State::set_access(Access access, std::string hash, Turn& turn) {
  if (access == info.access && hash.empty()) return;
  info.access = access;
  password_hash = std::move(hash);
  admitted.clear();
  if (access != Access::open) {
    for (const auto& entry : participants) remember_admitted(entry.first);
  }
  for (const Asker& asker : askers) turn.emit(Answer{asker.person.id, {false, "changed"}});
  const bool asked = !askers.empty();
  askers.clear();
  knocks_from.clear();
  if (asked) tell_askers(turn);
}

// ---- asking

bool Room::State::asks(PersonId person) const {
  return std::any_of(askers.begin(), askers.end(), [person](const Asker& asker) { return asker.person.id == person; });
}

KnockedPeople Room::State::knocked_people() const {
  KnockedPeople told;
  for (const Asker& asker : askers) told.people.push_back(asker.person);
  return told;
}

void Room::State::tell_askers(Turn& turn) {
  const KnockedPeople told = knocked_people();
  for (const auto& [id, participant] : participants) {
    if (may(participant, Grant::remove)) turn.emit(PushPerson{id, told});
  }
}

std::optional<Error> Room::State::stopped_from_asking(const Person& person, std::int64_t now_ms) {
  std::erase_if(knocks_from, [now_ms](const auto& entry) { return entry.second.again_at_ms <= now_ms; });
  // With the answer that a sleeping page may have missed.
  if (const auto found = knocks_from.find(person.id); found != knocks_from.end())
    return Error{ErrorCode::slow_down, found->second.why, found->second.again_at_ms - now_ms};
  const auto neighbours = std::count_if(
      askers.begin(), askers.end(), [&](const Asker& asker) { return !person.address.empty() && asker.person.address == person.address; });
  const bool crowded = askers.size() >= limits::askers_max || static_cast<std::size_t>(neighbours) >= limits::askers_of_an_address_max;
  if (crowded) return Error{ErrorCode::slow_down, "askers", limits::knock_again_ms};
  if (options.unlimited_rates) return std::nullopt;
  const std::int64_t retry_ms = knocks.take(now_ms, {limits::knock_burst, limits::knock_per_second});
  if (retry_ms > 0) return Error{ErrorCode::slow_down, {}, retry_ms};
  return std::nullopt;
}

void Room::State::on(const Knock& knock, Turn& turn) {
  const Person& person = knock.person;
  if (closed) return turn.refuse(ErrorCode::room_closed);
  if (is_kept_out(person, turn.now_ms())) return turn.refuse(ErrorCode::no_such_room);
  const auto why = stopped_at_door(person, std::nullopt);
  if (!why) {
    turn.ok();
    turn.emit(Await{turn.context.ref.connection, person.id});
    return turn.emit(Answer{person.id, {true, {}}});
  }
  if (*why != ErrorCode::ask_first) return turn.refuse(*why);
  if (!asks(person.id)) {  // who does comes with another tab, or comes back: the place in the queue is kept
    if (auto error = stopped_from_asking(person, turn.now_ms())) return turn.refuse(std::move(*error));
    askers.push_back({person, turn.now_ms()});
    std::string key;
    askers.back().person.name = free_name(person, key);  // beside whoever is called so inside
    if (askers.size() == 1) turn.emit(SetTimer{static_cast<std::int64_t>(Timer::knocks), turn.now_ms() + limits::knock_ms_max});
    tell_askers(turn);
  }
  turn.emit(Await{turn.context.ref.connection, person.id});
  turn.ok();
}

void Room::State::answer_asker(PersonId person, Admitted answer, std::int64_t again_after_ms, Turn& turn) {
  if (std::erase_if(askers, [person](const Asker& asker) { return asker.person.id == person; }) == 0) return;
  if (again_after_ms > 0) {
    if (knocks_from.size() >= limits::askers_refused_max) {
      const auto soonest = std::min_element(knocks_from.begin(), knocks_from.end(),
                                            [](const auto& a, const auto& b) { return a.second.again_at_ms < b.second.again_at_ms; });
      knocks_from.erase(soonest);
    }
    knocks_from.insert_or_assign(person, Answered{turn.now_ms() + again_after_ms, answer.why});
  }
  turn.emit(Answer{person, std::move(answer)});
  tell_askers(turn);
}

// A page that fell asleep asks again when it wakes up: nobody decided anything, so it need not wait.
void Room::State::on(const StopAsking& stop, Turn& turn) {
  answer_asker(stop.person, {false, "cancelled"}, stop.away ? 0 : limits::knock_again_cancelled_ms, turn);
  turn.ok();
}

void Room::State::on(const LetIn& let, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::remove, turn)) return;
  if (!asks(let.person)) return turn.refuse(ErrorCode::unknown_person);
  if (let.on) remember_admitted(let.person);
  answer_asker(let.person, {let.on, let.on ? "" : "refused"}, let.on ? 0 : limits::knock_again_ms, turn);
  if (let.on) save_now(turn);
  turn.ok();
}

void Room::State::end_old_knocks(Turn& turn) {
  while (!askers.empty() && askers.front().asked_at_ms + limits::knock_ms_max <= turn.now_ms())
    answer_asker(askers.front().person.id, {false, "nobody"}, limits::knock_again_ms, turn);
  if (askers.empty()) return;
  turn.emit(SetTimer{static_cast<std::int64_t>(Timer::knocks), askers.front().asked_at_ms + limits::knock_ms_max});
}

// ---- the code

void Room::State::on(const NewCode&, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn)) return;
  if (role_of(actor.person) != Role::owner) return turn.refuse(ErrorCode::forbidden, "owner");
  if (!options.unlimited_rates && turn.now_ms() < next_code_at_ms)
    return turn.refuse(ErrorCode::slow_down, {}, next_code_at_ms - turn.now_ms());
  next_code_at_ms = turn.now_ms() + limits::new_code_interval_ms;
  turn.emit(DrawCode{turn.context.ref, actor.person.id});
}

// Whoever is inside learns the new code with the room's other facts; a tab that was just away may come once more by the old one.
void Room::State::on(const CodeChanged& changed, Turn& turn) {
  info.code = changed.code;
  along.clear();
  for (const auto& entry : participants) along.insert(entry.first);
  turn.tell_all(RoomChanged{info, turn.context.actor});
  save_now(turn);
  turn.ok();
}

}  // namespace matinee::rooms
