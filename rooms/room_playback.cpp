// Playback commands, the waiting phase, round trips and stalls.
#include <algorithm>
#include "rooms/room_state.h"

namespace matinee::rooms {
namespace {

// The others have no player, cannot say that they are ready, or have chosen to watch alone.
bool is_waited_for(const Participant& participant) {
  return participant.plays && participant.state != "blocked" && participant.state != "failed" && participant.state != "hidden" &&
         participant.state != "alone";
}

}  // namespace

std::int64_t Room::State::start_delay_ms(std::int64_t now_ms) const {
  std::int64_t largest_ms = 0;
  for (const auto& entry : participants) {
    const Participant& participant = entry.second;
    const bool heard = participant.round_trip_at_ms > 0 && now_ms - participant.round_trip_at_ms <= limits::round_trip_heard_ms;
    const bool counted = participant.round_trip_ms <= limits::round_trip_ms_counted_max;
    if (heard && counted) largest_ms = std::max(largest_ms, participant.round_trip_ms);
  }
  return std::clamp(largest_ms * 3 / 4 + 10, limits::start_delay_ms_min, limits::start_delay_ms_max);
}

PlaybackContext Room::State::playback_context(std::int64_t now_ms) const {
  const bool small_room = participants.size() <= limits::wait_stall_people_max;
  return {now_ms, start_delay_ms(now_ms), info.policy, waiting_for.empty(), small_room};
}

std::vector<PersonId> Room::State::waiting_names() const {
  std::vector<PersonId> names;
  for (const PersonId person : waiting_for) {
    if (names.size() == limits::waiting_for_named_max) break;
    names.push_back(person);
  }
  return names;
}

void Room::State::on(const SetMedia& set, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::play_now, turn)) return;
  if (auto why = set.media ? unplayable(*set.media) : std::nullopt) return turn.refuse(std::move(*why));
  CommandArgs args;
  args.command = set.media ? Command::set_media : Command::clear;
  args.media = set.media;
  args.base_rev = set.base_rev;
  args.op = set.op;
  args.by = actor.person.id;
  Before before{playback.state(), std::nullopt};
  const bool had_media = playback.state().media.has_value();
  if (!command(args, turn) || (!set.media && !had_media)) return;
  const ActionKind what = set.media ? ActionKind::video : ActionKind::cleared;
  note(what, actor, set.media ? set.media->url : std::string(), std::move(before), turn);
}

void Room::State::on(const PlaybackCommand& wanted, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::control, turn)) return;
  switch (wanted.command) {
    case Command::play:
    case Command::pause:
    case Command::seek:
    case Command::rate:
    case Command::timeout:  // start now
      break;
    case Command::set_media:
    case Command::clear:
    case Command::ready:
    case Command::stall: return turn.refuse(ErrorCode::bad_request, "type");
  }
  PlaybackState before = playback.state();
  if (!command({wanted.command, std::nullopt, wanted.position_ms, wanted.rate, wanted.base_rev, wanted.op, actor.person.id}, turn)) return;
  if (wanted.command == Command::seek) note_jump(actor, std::move(before), turn);
}

void Room::State::refuse_stale(Turn& turn) {
  turn.refuse(ErrorCode::stale);
  turn.emit(Push{turn.context.ref.connection, PlaybackChanged{playback.state(), options.epoch, waiting_names()}});
}

bool Room::State::command(const CommandArgs& args, Turn& turn) {
  if (!args.base_rev) {
    turn.refuse(ErrorCode::bad_request, "base_rev");
    return false;
  }
  const Result<bool> changed = playback.apply(args, playback_context(turn.now_ms()));
  if (!changed) {
    if (changed.error().code == ErrorCode::stale) refuse_stale(turn);
    else turn.refuse(changed.error());
    return false;
  }
  if (*changed && (args.command == Command::set_media || args.command == Command::clear)) stage_changed(turn);
  if (*changed) playback_changed(turn);
  turn.ok(std::nullopt, playback.state().rev);
  return true;
}

void Room::State::room_command(Command command, Turn& turn) {
  CommandArgs args;
  args.command = command;
  room_command(args, turn);
}

void Room::State::room_command(const CommandArgs& args, Turn& turn) {
  const Result<bool> changed = playback.apply(args, playback_context(turn.now_ms()));
  if (!changed || !*changed) return;
  if (args.command == Command::set_media || args.command == Command::clear) stage_changed(turn);
  playback_changed(turn);
}

void Room::State::playback_changed(Turn& turn) {
  const PlaybackState& state = playback.state();
  ended.clear();
  waiting_for.clear();
  if (state.phase == Phase::waiting) {
    for (const auto& [id, participant] : participants) {
      if (is_waited_for(participant)) waiting_for.insert(id);
    }
    // Everybody here watches alone or cannot play: nobody will ever say "ready".
    if (waiting_for.empty() && !participants.empty()) return room_command(Command::ready, turn);
  }
  waiting_names_changed = false;
  turn.tell_all(PlaybackChanged{state, options.epoch, waiting_names()});
  const bool timed = state.phase == Phase::waiting && state.wait_until_ms > 0;
  if (timed || wait_timer_set) turn.emit(SetTimer{static_cast<std::int64_t>(Timer::wait), timed ? state.wait_until_ms : 0});
  wait_timer_set = timed;
  watch_stream(turn);
  save_soon(turn);
}

void Room::State::on(const Ready& ready, Participant& actor, Turn& turn) {
  if (ready.rev == playback.state().rev) wait_no_longer_for(actor.person.id, turn);
  turn.ok();
}

void Room::State::wait_for(const Participant& participant, Turn& turn) {
  if (playback.state().phase != Phase::waiting) return;
  waiting_for.insert(participant.person.id);
  waiting_names_changed = true;
  presence_soon(turn);
  if (wait_timer_set || playback.state().wait_until_ms == 0) return;
  wait_timer_set = true;  // restored from a snapshot: the timer did not outlive the process
  turn.emit(SetTimer{static_cast<std::int64_t>(Timer::wait), std::max(playback.state().wait_until_ms, turn.now_ms())});
}

void Room::State::wait_no_longer_for(PersonId person, Turn& turn) {
  if (waiting_for.erase(person) == 0) return;
  if (waiting_for.empty() && !participants.empty()) return room_command(Command::ready, turn);
  waiting_names_changed = true;
  presence_soon(turn);
}

void Room::State::note_stall(Participant& participant, Turn& turn) {
  if (!is_waited_for(participant)) wait_no_longer_for(participant.person.id, turn);
  const bool stalls = participant.state == "buffering";
  participant.stalled_since_ms = stalls ? turn.now_ms() : 0;
  participant.stall_held = false;
  if (!stalls || info.policy == WaitPolicy::free || playback.state().phase != Phase::playing) return;
  check_stalls(turn);
}

void Room::State::check_stalls(Turn& turn) {
  if (info.policy == WaitPolicy::free || playback.state().phase != Phase::playing) return;
  std::int64_t next_ms = 0;
  for (auto& entry : participants) {
    Participant& participant = entry.second;
    if (participant.stalled_since_ms == 0 || participant.stall_held) continue;
    const std::int64_t due_ms = participant.stalled_since_ms + limits::wait_stall_after_ms;
    if (due_ms > turn.now_ms()) {
      next_ms = next_ms == 0 ? due_ms : std::min(next_ms, due_ms);
      continue;
    }
    participant.stall_held = true;
    room_command(Command::stall, turn);
    if (playback.state().phase != Phase::playing) return;
  }
  if (next_ms > 0) turn.emit(SetTimer{static_cast<std::int64_t>(Timer::stall), next_ms});
}

}  // namespace matinee::rooms
