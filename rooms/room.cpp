#include "rooms/room.h"
#include <type_traits>
#include <utility>
#include "rooms/room_state.h"

namespace matinee::rooms {
namespace {

// Events that only somebody in the room can cause.
template <class E>
inline constexpr bool is_of_participant =
    std::is_same_v<E, PostChat> || std::is_same_v<E, Typing> || std::is_same_v<E, SetMedia> || std::is_same_v<E, PlaybackCommand> ||
    std::is_same_v<E, Ready> || std::is_same_v<E, Status> || std::is_same_v<E, RoundTrip> || std::is_same_v<E, Signal> ||
    std::is_same_v<E, SetRole> || std::is_same_v<E, RemovePerson> || std::is_same_v<E, Block> || std::is_same_v<E, Unblock> ||
    std::is_same_v<E, Silence> || std::is_same_v<E, ChangeSettings> || std::is_same_v<E, CloseRoom> || std::is_same_v<E, QueueAdd> ||
    std::is_same_v<E, QueueMove> || std::is_same_v<E, QueueRemove> || std::is_same_v<E, QueuePlay> || std::is_same_v<E, QueueSkip> ||
    std::is_same_v<E, QueueClear> || std::is_same_v<E, QueueShuffle> || std::is_same_v<E, QueueSettings> || std::is_same_v<E, VoteSkip> ||
    std::is_same_v<E, Ended> || std::is_same_v<E, Undo> || std::is_same_v<E, EditChat> || std::is_same_v<E, DeleteChat> ||
    std::is_same_v<E, React> || std::is_same_v<E, LetIn> || std::is_same_v<E, NewCode>;

}  // namespace

void Turn::ok(std::optional<Seq> seq, std::optional<Revision> rev) {
  if (!context.ref.client.empty()) emit(ReplyOk{context.ref, seq, rev});
}

void Turn::refuse(Error error) { emit(ReplyError{context.ref, std::move(error), message_id}); }
void Turn::refuse(ErrorCode code, std::string detail, std::int64_t retry_ms) { refuse(Error{code, std::move(detail), retry_ms}); }

Room::State::State(RoomSnapshot snapshot, RoomOptions options_given, std::int64_t now_ms)
    : info(std::move(snapshot.info)),
      options(std::move(options_given)),
      password_hash(std::move(snapshot.password_hash)),
      admitted(std::move(snapshot.admitted)),
      chat(options),
      last_save_ms(snapshot.saved_at_ms) {
  for (const ChatMessage& message : options.recent) note_post(message.author, message.at_ms);
  options.recent.clear();
  options.remembered.clear();
  for (const auto& [person, role] : snapshot.roles) {
    if (role != Role::owner) roles.emplace(person, role);
    else if (!info.owner) info.owner = person;
  }
  for (RoomSnapshot::BlockEntry& entry : snapshot.blocks) blocks.emplace(entry.person, std::move(entry));
  silenced.insert(snapshot.silenced.begin(), snapshot.silenced.end());
  playback.restore(std::move(snapshot.playback), snapshot.saved_at_ms, now_ms);
  queue.restore(std::move(snapshot.queue));
}

Participant* Room::State::find(PersonId person) {
  const auto found = participants.find(person);
  return found == participants.end() ? nullptr : &found->second;
}

const Participant* Room::State::find(PersonId person) const {
  const auto found = participants.find(person);
  return found == participants.end() ? nullptr : &found->second;
}

Role Room::State::role_of(const Person& person) const {
  if (person.id == info.owner) return Role::owner;
  if (const auto found = roles.find(person.id); found != roles.end()) return found->second;
  return person.kind == PersonKind::account ? Role::member : Role::guest;
}

bool Room::State::may(const Participant& actor, Grant grant) const {
  const Role role = role_of(actor.person);
  return role == Role::owner || info.grants.at(static_cast<std::size_t>(role)).test(static_cast<std::size_t>(grant));
}

bool Room::State::allow(const Participant& actor, Grant grant, Turn& turn) const {
  if (may(actor, grant)) return true;
  turn.refuse(ErrorCode::forbidden, std::string(to_string(grant)));
  return false;
}

bool Room::State::allow_command(Participant& actor, Turn& turn) {
  if (options.unlimited_rates) return true;
  const std::int64_t retry_ms = actor.commands.take(turn.now_ms(), {limits::command_burst, limits::command_per_second});
  if (retry_ms > 0) turn.refuse(ErrorCode::slow_down, {}, retry_ms);
  return retry_ms == 0;
}

Room::Room(RoomSnapshot snapshot, RoomOptions options, std::int64_t now_ms)
    : state_(std::make_unique<State>(std::move(snapshot), std::move(options), now_ms)) {}
Room::~Room() = default;
Room::Room(Room&&) noexcept = default;
Room& Room::operator=(Room&&) noexcept = default;

void Room::handle(const Event& event, const Context& context, EffectList& effects) {
  Turn turn{context, effects, {}};
  State& room = *state_;
  std::visit(
      [&room, &turn](const auto& happened) {
        using E = std::decay_t<decltype(happened)>;
        if constexpr (std::is_same_v<E, PostChat>) turn.message_id = happened.id;
        if constexpr (is_of_participant<E>) {
          if (room.closed) return turn.refuse(ErrorCode::room_closed);
          Participant* actor = room.find(turn.context.actor);
          if (actor == nullptr) return turn.refuse(ErrorCode::not_joined);
          room.on(happened, *actor, turn);
        } else {
          room.on(happened, turn);
        }
      },
      event);
}

bool Room::may(PersonId person, Grant grant) const {
  const Participant* participant = std::as_const(*state_).find(person);
  return participant != nullptr && state_->may(*participant, grant);
}

RoomSnapshot Room::snapshot(std::int64_t now_ms) const {
  const State& room = *state_;
  RoomSnapshot taken;
  taken.info = room.info;
  if (room.info.owner) taken.roles.emplace_back(room.info.owner, Role::owner);
  taken.roles.insert(taken.roles.end(), room.roles.begin(), room.roles.end());
  for (const auto& [person, entry] : room.blocks) {
    if (room.is_blocked(person, now_ms)) taken.blocks.push_back(entry);
  }
  for (const auto& [person, until_ms] : room.silenced) {
    if (room.silenced_until(person, now_ms) >= 0) taken.silenced.emplace_back(person, until_ms);
  }
  taken.password_hash = room.password_hash;
  taken.admitted = room.admitted;
  taken.playback = room.playback.state();
  taken.queue = room.queue.state();
  taken.saved_at_ms = now_ms;
  return taken;
}

const RoomInfo& Room::info() const { return state_->info; }
const PlaybackState& Room::playback() const { return state_->playback.state(); }
const LiveState& Room::live() const { return state_->live; }
std::size_t Room::participant_count() const { return state_->participants.size(); }
const Person* Room::participant(PersonId person) const {
  const Participant* participant = std::as_const(*state_).find(person);
  return participant == nullptr ? nullptr : &participant->person;
}
bool Room::is_blocked(const Person& person, std::int64_t now_ms) const { return state_->is_kept_out(person, now_ms); }
bool Room::sees_inside(const Person& person, std::int64_t now_ms) const {
  return !state_->is_kept_out(person, now_ms) && !state_->stopped_at_door(person, std::nullopt);
}
std::string Room::password_asked_of(const Person& person) const {
  return state_->stopped_at_door(person, std::nullopt) == ErrorCode::password_needed ? state_->password_hash : std::string();
}
bool Room::came_along(PersonId person) const { return state_->along.count(person) > 0; }
bool Room::closed() const { return state_->closed; }
bool Room::has_pending() const { return state_->chat.pending_count() > 0; }

}  // namespace matinee::rooms
