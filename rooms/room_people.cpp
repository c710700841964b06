// Joining, leaving, presence, status, typing, signals.
#include <algorithm>
#include <array>
#include "rooms/room_state.h"

namespace matinee::rooms {
namespace {

constexpr std::array<std::string_view, 8> status_names{"playing", "paused", "buffering", "ad", "blocked", "failed", "hidden", "alone"};

// What a welcome may spend on messages, after its people and its fixed fields.
constexpr std::size_t person_bytes_max = 384;
constexpr std::size_t live_stream_bytes_max = 2 * limits::live_title_bytes_max + 512;
std::size_t bytes_for_messages(std::size_t people) {
  constexpr std::size_t fixed_bytes = 8 * 1024 + limits::live_streams_max * live_stream_bytes_max;
  const std::size_t spent = fixed_bytes + people * person_bytes_max;
  static_assert(fixed_bytes + limits::welcome_participants_max * person_bytes_max < limits::welcome_bytes_max);
  return limits::welcome_bytes_max - spent;
}

}  // namespace

ParticipantInfo Room::State::info_of(const Participant& participant, std::int64_t now_ms) const {
  const Person& person = participant.person;
  return {person.id,         person.name,          person.kind,          role_of(person),     silenced_until(person.id, now_ms),
          participant.state, participant.error_ms, participant.ahead_ms, participant.live_ms, person.avatar};
}

void Room::State::on(const Join& join, Turn& turn) {
  const PersonId id = join.person.id;
  if (closed) return turn.refuse(ErrorCode::room_closed);
  if (is_kept_out(join.person, turn.now_ms())) {
    turn.refuse(ErrorCode::no_such_room);
    return turn.emit(Disconnect{id, 4004});
  }
  if (const auto why = stopped_at_door(join.person, join.proven)) return turn.refuse(*why);
  if (info.access == Access::password && !gets_in_always(join.person)) {
    remember_admitted(id);
    save_now(turn);
  }
  answer_asker(id, {true, {}}, 0, turn);  // another tab of theirs may still wait
  Participant* known = find(id);
  if (known == nullptr) {
    if (participants.size() >= options.participants_max) return turn.refuse(ErrorCode::room_full);
    known = &participants[id];
    take_name(*known, join.person, turn);
    known->plays = join.plays;
    presence_changed(id, turn);
    if (join.plays) wait_for(*known, turn);
    if (participants.size() == 1 && playback.state().phase == Phase::playing) save_soon(turn);  // the heartbeat starts again
  } else if (join.plays && (known->own_name != join.person.name || known->person.kind != join.person.kind ||
                            known->person.avatar != join.person.avatar)) {
    take_name(*known, join.person, turn);
    presence_changed(id, turn);
  }
  if (join.plays && !known->plays) {
    known->plays = true;
    wait_for(*known, turn);
  }
  welcome(*known, join.since, turn);
  watch_stream(turn);
  turn.ok();
}

void Room::State::welcome(const Participant& participant, const std::optional<Since>& since, Turn& turn) {
  const ConnectionId connection = turn.context.ref.connection;
  Welcome welcome;
  welcome.you = participant.person.id;
  welcome.room = info;
  welcome.playback = playback.state();
  welcome.live = live;
  welcome.queue = queue_view();
  welcome.actions = actions.list(turn.now_ms());
  welcome.epoch = options.epoch;
  welcome.seq = chat.committed();
  welcome.server_time_ms = turn.now_ms();

  const std::size_t people = std::min(participants.size(), limits::welcome_participants_max);
  std::optional<ChatLog::Page> page;
  if (since && since->epoch == options.epoch) page = chat.after(since->seq, since->change, bytes_for_messages(people));
  welcome.resumed = page.has_value();
  if (!page) page = chat.newest(limits::welcome_messages_max, bytes_for_messages(people));
  welcome.messages = std::move(page->messages);
  welcome.changed = std::move(page->changed);
  welcome.change = chat.committed_change();
  welcome.more_before = page->more_before;

  // Oneself always, then the others in the order of the book; a crowd follows in diffs of its own.
  welcome.participants.reserve(people);
  welcome.participants.push_back(info_of(participant, turn.now_ms()));
  std::vector<PresenceDiff> crowd;
  for (const auto& [id, other] : participants) {
    if (id == participant.person.id) continue;
    if (welcome.participants.size() < limits::welcome_participants_max) {
      welcome.participants.push_back(info_of(other, turn.now_ms()));
      continue;
    }
    if (crowd.empty() || crowd.back().changed.size() == limits::presence_diff_people_max) crowd.emplace_back();
    crowd.back().changed.push_back(info_of(other, turn.now_ms()));
  }
  turn.emit(Admit{connection, participant.person.id});
  turn.emit(Push{connection, std::move(welcome)});
  for (PresenceDiff& diff : crowd) turn.emit(Push{connection, std::move(diff)});
  if (!blocks.empty() && may(participant, Grant::block)) turn.emit(Push{connection, blocked_people(turn.now_ms())});
  if (!askers.empty() && may(participant, Grant::remove)) turn.emit(Push{connection, knocked_people()});
}

void Room::State::on(const Leave& leave, Turn& turn) {
  if (find(leave.person) != nullptr) depart(leave.person, turn);
}

// What was last heard of the player is not so any more.
void Room::State::on(const PlayerGone& gone, Turn& turn) {
  Participant* participant = find(gone.person);
  if (participant == nullptr || !participant->plays) return;
  participant->plays = false;
  participant->state.clear();
  participant->stalled_since_ms = 0;
  presence_changed(gone.person, turn);
  wait_no_longer_for(gone.person, turn);
}

void Room::State::depart(PersonId person, Turn& turn) {
  const auto found = participants.find(person);
  give_name_back(found->second);
  std::erase_if(departed, [person](const Person& earlier) { return earlier.id == person; });
  departed.push_back(std::move(found->second.person));
  if (departed.size() > limits::departed_max) departed.pop_front();
  participants.erase(found);
  typing.erase(person);
  presence.left(person);
  presence_soon(turn);
  wait_no_longer_for(person, turn);
  if (!participants.empty()) forget_votes_of(person, turn);
  // Nobody is left to move the film: what is stored now is where it is found again.
  if (participants.empty() && playback.state().phase != Phase::idle) save_now(turn);
}

void Room::State::on(const Renamed& renamed, Turn& turn) {
  if (Participant* participant = find(renamed.person)) {
    Person said = participant->person;
    said.name = renamed.name;
    said.name_key = renamed.name_key;
    said.kind = renamed.kind;
    said.avatar = renamed.avatar;
    take_name(*participant, said, turn);
    tell_name(*participant, turn);
  } else if (queue.renamed(renamed.person, renamed.name)) {
    queue_changed(turn);
  }
  const bool kept = info.guest_room && renamed.person == info.owner && renamed.kind == PersonKind::account;
  if (!kept) return;
  info.guest_room = false;  // a guest made an account of it: the room stays
  turn.tell_all(RoomChanged{info, renamed.person});
  save_now(turn);
}

void Room::State::presence_changed(PersonId person, Turn& turn) {
  presence.changed(person);
  presence_soon(turn);
}

void Room::State::presence_soon(Turn& turn) {
  if (presence_timer_set) return;
  presence_timer_set = true;
  turn.emit(SetTimer{static_cast<std::int64_t>(Timer::presence), presence.due_at_ms(turn.now_ms())});
}

void Room::State::tell_presence(Turn& turn) {
  presence_timer_set = false;
  if (presence.due_at_ms(turn.now_ms()) > turn.now_ms()) return presence_soon(turn);  // fired early
  if (waiting_names_changed && playback.state().phase == Phase::waiting) {
    turn.tell_all(PlaybackChanged{playback.state(), options.epoch, waiting_names()});
  }
  waiting_names_changed = false;
  const Presence::Batch batch = presence.take(turn.now_ms());
  PresenceDiff diff{{}, batch.left};
  for (const PersonId id : batch.changed) {
    if (const Participant* participant = find(id)) diff.changed.push_back(info_of(*participant, turn.now_ms()));
  }
  const bool told = !diff.changed.empty() || !diff.left.empty();
  if (told && !participants.empty()) turn.tell_all(std::move(diff));
  if (!presence.empty()) presence_soon(turn);
}

void Room::State::on(const Status& status, Participant& actor, Turn& turn) {
  if (std::find(status_names.begin(), status_names.end(), status.state) == status_names.end()) {
    return turn.refuse(ErrorCode::bad_request, "state");
  }
  const auto bounded = [](std::int64_t ms) { return std::clamp(ms, -limits::position_ms_max, limits::position_ms_max); };
  const bool other_state = actor.state != status.state;
  const bool other_figures = actor.error_ms != bounded(status.error_ms) || actor.ahead_ms != bounded(status.ahead_ms);
  actor.state = status.state;
  actor.error_ms = bounded(status.error_ms);
  actor.ahead_ms = bounded(status.ahead_ms);
  // The pages agree by these on where a live stream is watched: told in every room, and rarely another.
  const std::optional<std::int64_t> live_ms = status.live_ms ? std::optional{bounded(*status.live_ms)} : std::nullopt;
  const bool other_live = actor.live_ms != live_ms;
  actor.live_ms = live_ms;
  const bool figures_told = participants.size() <= limits::status_sampled_above;
  if (other_state || other_live || (other_figures && figures_told)) presence_changed(actor.person.id, turn);
  if (other_state) note_stall(actor, turn);
  turn.ok();
}

void Room::State::on(const RoundTrip& round_trip, Participant& actor, Turn& turn) {
  if (round_trip.rtt_ms < 0) return;
  actor.round_trip_ms = round_trip.rtt_ms;
  actor.round_trip_at_ms = turn.now_ms();
}

void Room::State::on(const Signal& signal, Participant& actor, Turn& turn) {
  if (signal.data.size() > limits::signal_bytes_max) return turn.refuse(ErrorCode::bad_request, "data");
  if (!options.unlimited_rates) {
    const std::int64_t retry_ms = actor.signals.take(turn.now_ms(), {limits::signal_burst, limits::signal_per_second});
    if (retry_ms > 0) return turn.refuse(ErrorCode::slow_down, {}, retry_ms);
  }
  turn.tell_all(SignalFrom{actor.person.id, signal.data});
  turn.ok();
}

void Room::State::on(const Typing& mark, Participant& actor, Turn& turn) {
  if (!mark.on) {
    stop_typing(actor, turn);
    return turn.ok();
  }
  if (!may(actor, Grant::chat) || silenced_until(actor.person.id, turn.now_ms()) >= 0) return turn.ok();  // a hint, not worth an error
  if (actor.typing_until_ms == 0) {
    const bool too_often =
        !options.unlimited_rates && actor.signals.take(turn.now_ms(), {limits::signal_burst, limits::signal_per_second}) > 0;
    if (too_often) return turn.ok();
    turn.tell_all(TypingNow{actor.person.id, true});
    typing.insert(actor.person.id);
  }
  actor.typing_until_ms = turn.now_ms() + limits::typing_ms;
  if (typing.size() == 1) turn.emit(SetTimer{static_cast<std::int64_t>(Timer::typing), actor.typing_until_ms});
  turn.ok();
}

void Room::State::stop_typing(Participant& participant, Turn& turn) {
  if (participant.typing_until_ms == 0) return;
  participant.typing_until_ms = 0;
  typing.erase(participant.person.id);
  turn.tell_all(TypingNow{participant.person.id, false});
}

void Room::State::end_typing_marks(Turn& turn) {
  std::int64_t next_ms = 0;
  for (const PersonId id : std::vector<PersonId>(typing.begin(), typing.end())) {
    Participant* participant = find(id);
    if (participant->typing_until_ms <= turn.now_ms()) stop_typing(*participant, turn);
    else if (next_ms == 0 || participant->typing_until_ms < next_ms) next_ms = participant->typing_until_ms;
  }
  if (next_ms > 0) turn.emit(SetTimer{static_cast<std::int64_t>(Timer::typing), next_ms});
}

}  // namespace matinee::rooms
