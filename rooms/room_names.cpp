// What people are called in this room. A name belongs to one of those who are here, as everybody reads it: of two guests the one who came
// later is "Ada (2)", and an account, whose name is its own on this server, is never numbered for a guest's sake: the guest is. It is made
// here once, so that people, chat, queue, history and streams show the same.
#include <algorithm>
#include "rooms/room_state.h"
#include "rooms/text.h"

namespace matinee::rooms {
namespace {

std::string number_sign(std::size_t number) { return number == 1 ? std::string() : " (" + std::to_string(number) + ")"; }

// With its number no longer than a name may be.
std::string numbered(const std::string& name, std::size_t number) {
  const std::string sign = number_sign(number);
  const std::size_t kept = limits::person_name_code_points_max - sign.size();
  std::string_view rest = name;
  for (std::size_t taken = 0; taken < kept && !rest.empty(); ++taken) {
    if (!take_code_point(rest)) return name + sign;
  }
  return sign.empty() ? name : name.substr(0, name.size() - rest.size()) + sign;
}

const std::string& key_of(const Person& person, const std::string& name) { return person.name_key.empty() ? name : person.name_key; }

}  // namespace

std::string Room::State::free_name(const Person& person, std::string& key) const {
  const auto is_free = [&](const std::string& wanted) {
    const auto holder = named.find(wanted);
    return holder == named.end() || holder->second == person.id;
  };
  const auto earlier = std::find_if(departed.begin(), departed.end(), [&](const Person& gone) { return gone.id == person.id; });
  const std::string own = key_of(person, person.name);
  std::size_t first_free = 0;
  for (std::size_t number = 1;; ++number) {
    key = own + number_sign(number);
    const bool free = is_free(key);
    // Whoever comes back is called as before: what they have said stands under that name.
    if (free && (earlier == departed.end() || numbered(person.name, number) == earlier->name)) return numbered(person.name, number);
    if (free && first_free == 0) first_free = number;
    if (first_free != 0 && number > named.size()) break;
  }
  key = own + number_sign(first_free);
  return numbered(person.name, first_free);
}

void Room::State::take_name(Participant& participant, const Person& said, Turn& turn) {
  give_name_back(participant);
  participant.person = said;
  participant.own_name = said.name;
  const std::string& own = key_of(said, said.name);
  Participant* guest = nullptr;
  if (const auto holder = named.find(own); said.kind == PersonKind::account && holder != named.end()) {
    Participant* other = find(holder->second);
    if (other != nullptr && other->person.kind == PersonKind::guest) guest = other;
  }
  if (guest == nullptr) {
    participant.person.name = free_name(said, participant.shown_key);
    named[participant.shown_key] = said.id;
    return;
  }
  give_name_back(*guest);
  participant.shown_key = own;
  named[own] = said.id;
  Person displaced = guest->person;
  displaced.name = guest->own_name;
  take_name(*guest, displaced, turn);
  tell_name(*guest, turn);
}

void Room::State::give_name_back(const Participant& participant) {
  const auto held = named.find(participant.shown_key);
  if (held != named.end() && held->second == participant.person.id) named.erase(held);
}

void Room::State::tell_name(const Participant& participant, Turn& turn) {
  presence_changed(participant.person.id, turn);
  if (queue.renamed(participant.person.id, participant.person.name)) queue_changed(turn);
  if (name_publishers(live)) turn.tell_all(LiveChanged{live});
}

bool Room::State::name_publishers(LiveState& told) const {
  bool any = false;
  const auto correct = [&](PersonId person, std::string& name) {
    const Participant* known = find(person);
    if (known == nullptr || known->person.name == name) return;
    name = known->person.name;
    any = true;
  };
  for (LiveStream& stream : told.streams) {
    correct(stream.publisher, stream.publisher_name);
    if (stream.recording) correct(stream.recording->by, stream.recording->by_name);
  }
  return any;
}

}  // namespace matinee::rooms
