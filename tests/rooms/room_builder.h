// A room to act on: arrange by a builder, act with one event, assert on the effects. Time stands still unless it is moved.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>
#include "rooms/room.h"

namespace matinee::rooms::testing {

inline constexpr std::int64_t day_one_ms = 1'700'000'000'000;
inline constexpr PersonId owner_id{1};

// The effects of one kind, in order.
template <class Kind>
std::vector<Kind> all(const EffectList& effects) {
  std::vector<Kind> found;
  for (const Effect& effect : effects) {
    if (const Kind* kind = std::get_if<Kind>(&effect)) found.push_back(*kind);
  }
  return found;
}

// What everybody is told of one kind.
template <class Message>
std::vector<Message> broadcasts(const EffectList& effects) {
  std::vector<Message> found;
  for (const Broadcast& effect : all<Broadcast>(effects)) {
    if (const Message* message = std::get_if<Message>(&effect.message)) found.push_back(*message);
  }
  return found;
}

// What single connections are told of one kind.
template <class Message>
std::vector<Message> pushes(const EffectList& effects) {
  std::vector<Message> found;
  for (const Push& effect : all<Push>(effects)) {
    if (const Message* message = std::get_if<Message>(&effect.message)) found.push_back(*message);
  }
  return found;
}

inline std::optional<ErrorCode> refusal(const EffectList& effects) {
  const auto errors = all<ReplyError>(effects);
  if (errors.empty()) return std::nullopt;
  return errors.front().error.code;
}

inline std::string refusal_detail(const EffectList& effects) {
  const auto errors = all<ReplyError>(effects);
  return errors.empty() ? std::string() : errors.front().error.detail;
}

inline MediaRef film(std::int64_t start_ms = 0) {
  MediaRef media;
  media.url = "https://example.org/film.mp4";
  media.start_ms = start_ms;
  return media;
}

class TestRoom {
 public:
  TestRoom(RoomSnapshot snapshot, RoomOptions options) : room(std::move(snapshot), std::move(options), day_one_ms) {}

  EffectList act(PersonId actor, Event event, std::string ref = "ref") {
    return act_on(ConnectionId{actor.value * 100}, actor, std::move(event), std::move(ref));
  }
  EffectList act_on(ConnectionId connection, PersonId actor, Event event, std::string ref = "ref") {
    EffectList effects;
    room.handle(event, Context{now_ms, actor, Ref{connection, std::move(ref)}}, effects);
    return effects;
  }
  EffectList tell(Event event) { return act_on({}, {}, std::move(event), {}); }  // from the shard, the store or a timer

  EffectList join(PersonId id, PersonKind kind = PersonKind::account, std::optional<Since> since = std::nullopt) {
    return act(id, Join{Person{id, "person " + std::to_string(id.value), kind, false}, since});
  }
  EffectList knock(PersonId id, PersonKind kind = PersonKind::account, std::string address = {}) {
    return act(id, Knock{Person{id, "person " + std::to_string(id.value), kind, false, {}, std::move(address)}});
  }
  EffectList post(PersonId author, std::string id, std::string text = "hello") {
    return act(author, PostChat{std::move(id), std::move(text), {}, false});
  }
  // Posts and commits, at a pace no limit minds.
  void say(PersonId author, std::string id, std::string text = "hello") {
    now_ms += 1'000;
    const auto stores = all<Store>(post(author, std::move(id), std::move(text)));
    for (const Store& store : stores) tell(Stored{store.message.seq});
  }
  EffectList set_media(PersonId actor, std::int64_t start_ms = 0) {
    return act(actor, SetMedia{film(start_ms), room.playback().rev, "op"});
  }
  EffectList command(PersonId actor, Command command, std::int64_t position_ms = 0) {
    return act(actor, PlaybackCommand{command, position_ms, 1.0, room.playback().rev, "op"});
  }
  // Fires the timer that these effects set, at its time; nothing when they set none.
  EffectList fire(const EffectList& effects, std::int64_t id) {
    std::int64_t at_ms = 0;
    for (const SetTimer& timer : all<SetTimer>(effects)) {
      if (timer.id == id) at_ms = timer.at_ms;
    }
    if (at_ms == 0) return {};
    now_ms = std::max(now_ms, at_ms);
    return tell(TimerFired{id});
  }

  Room room;
  std::int64_t now_ms = day_one_ms;
};

class RoomBuilder {
 public:
  RoomBuilder() {
    snapshot_.info.code = "K7QM3XFD";
    snapshot_.info.name = "Film night";
    snapshot_.info.owner = owner_id;
    snapshot_.info.grants = grants_of(Preset::friends);
    snapshot_.info.policy = WaitPolicy::free;
    snapshot_.saved_at_ms = day_one_ms;
    options_.epoch = 3;
  }
  RoomBuilder& preset(Preset preset) {
    snapshot_.info.preset = preset;
    snapshot_.info.grants = grants_of(preset);
    return *this;
  }
  RoomBuilder& policy(WaitPolicy policy) {
    snapshot_.info.policy = policy;
    return *this;
  }
  RoomBuilder& access(Access access, std::string password_hash = {}) {
    snapshot_.info.access = access;
    snapshot_.password_hash = std::move(password_hash);
    return *this;
  }
  RoomBuilder& role(PersonId person, Role role) {
    snapshot_.roles.emplace_back(person, role);
    return *this;
  }
  RoomBuilder& participants_max(std::size_t people) {
    options_.participants_max = people;
    return *this;
  }
  RoomBuilder& unlimited_rates() {
    options_.unlimited_rates = true;
    return *this;
  }
  RoomBuilder& guest_room() {
    snapshot_.info.guest_room = true;
    return *this;
  }
  RoomBuilder& options(RoomOptions options) {
    options_ = std::move(options);
    return *this;
  }
  RoomBuilder& snapshot(RoomSnapshot snapshot) {
    snapshot_ = std::move(snapshot);
    return *this;
  }
  TestRoom build() { return {snapshot_, options_}; }
  // With people 1 … count inside, all with accounts.
  TestRoom with_people(std::int64_t count) {
    TestRoom room = build();
    for (std::int64_t id = 1; id <= count; ++id) room.join(PersonId{id});
    room.now_ms += 1'000;
    return room;
  }

 private:
  RoomSnapshot snapshot_;
  RoomOptions options_;
};

// The timers of a room by their ids, as rooms/room_state.h numbers them.
inline constexpr std::int64_t presence_timer = 1;
inline constexpr std::int64_t typing_timer = 2;
inline constexpr std::int64_t wait_timer = 3;
inline constexpr std::int64_t stall_timer = 4;
inline constexpr std::int64_t save_timer = 5;
inline constexpr std::int64_t knocks_timer = 10;

}  // namespace matinee::rooms::testing
