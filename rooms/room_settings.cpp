// The room's name and rights, its end, its timers, and when it is saved.
#include <algorithm>
#include "rooms/room_state.h"
#include "rooms/text.h"

namespace matinee::rooms {
namespace {

bool is_room_name(const std::string& name) {
  const auto shape = shape_of(name);
  return shape && !shape->blank && !shape->controls && !shape->unseen && !shape->line_breaks &&
         shape->code_points <= limits::room_name_code_points_max;
}

}  // namespace

bool Room::State::is_fine(const ChangeSettings& change, Turn& turn) const {
  if (change.name && !is_room_name(*change.name)) {
    turn.refuse(ErrorCode::bad_request, "name");
    return false;
  }
  if (change.slow_ms && (*change.slow_ms < 0 || *change.slow_ms > limits::slow_ms_max)) {
    turn.refuse(ErrorCode::bad_request, "slow_ms");
    return false;
  }
  const Access wanted = change.access.value_or(info.access);
  const bool lacks_password = wanted == Access::password && info.access != Access::password && !change.password_hash;
  const bool idle_password = wanted != Access::password && change.password_hash;
  if (lacks_password || idle_password) turn.refuse(ErrorCode::bad_request, "password");
  return !lacks_password && !idle_password;
}

void Room::State::on(const ChangeSettings& change, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::edit_room, turn)) return;
  if (!is_fine(change, turn)) return;
  if (change.name) info.name = *change.name;
  if (change.slow_ms) info.slow_ms = *change.slow_ms;
  if (change.preset) {
    info.preset = *change.preset;
    if (*change.preset != Preset::custom) info.grants = grants_of(*change.preset);  // custom keeps what is there
  }
  if (change.grants) {
    info.preset = Preset::custom;
    info.grants = *change.grants;
    info.grants.front().set();  // an owner who takes a right from themselves would lock everybody out
  }
  const bool other_policy = change.policy && *change.policy != info.policy;
  if (other_policy) info.policy = *change.policy;
  if (change.access || change.password_hash)
    set_access(change.access.value_or(info.access), change.password_hash.value_or(std::string()), turn);
  turn.tell_all(RoomChanged{info, actor.person.id});
  if (!askers.empty() && (change.grants || change.preset)) tell_askers(turn);
  if (other_policy) room_command(Command::timeout, turn);  // a wait that the new policy does not know ends here
  save_now(turn);
  turn.ok();
}

void Room::State::on(const CloseRoom&, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn)) return;
  if (role_of(actor.person) != Role::owner) return turn.refuse(ErrorCode::forbidden, "owner");
  closed = true;
  turn.ok();
  turn.tell_all(RoomClosed{});
  for (const Asker& asker : askers) turn.emit(Answer{asker.person.id, {false, "closed"}});
  askers.clear();
  turn.emit(SaveRoom{});
  turn.emit(DisconnectAll{4004});
  participants.clear();
  typing.clear();
  waiting_for.clear();
}

void Room::State::on(const TimerFired& fired, Turn& turn) {
  if (closed) return;
  switch (static_cast<Timer>(fired.id)) {
    case Timer::presence: return tell_presence(turn);
    case Timer::typing: return end_typing_marks(turn);
    case Timer::wait: wait_timer_set = false; return room_command(Command::timeout, turn);
    case Timer::stall: return check_stalls(turn);
    case Timer::save: save_timer_at_ms = 0; return save_soon(turn);
    case Timer::stream: stream_timer_set = false; return end_stream(turn);
    case Timer::knocks: return end_old_knocks(turn);
  }
}

void Room::State::save_now(Turn& turn) {
  turn.emit(SaveRoom{});
  last_save_ms = turn.now_ms();
  // While a film runs the stored position grows old: a start after a crash could not tell a long absence from a long film.
  const bool runs = playback.state().phase == Phase::playing && !participants.empty();
  if (!runs && save_timer_at_ms == 0) return;
  save_timer_at_ms = runs ? turn.now_ms() + limits::save_heartbeat_ms : 0;
  turn.emit(SetTimer{static_cast<std::int64_t>(Timer::save), save_timer_at_ms});
}

void Room::State::save_soon(Turn& turn) {
  const std::int64_t due_ms = last_save_ms + limits::save_interval_ms;
  if (turn.now_ms() >= due_ms || last_save_ms > turn.now_ms()) return save_now(turn);
  if (save_timer_at_ms != 0 && save_timer_at_ms <= due_ms) return;
  save_timer_at_ms = due_ms;
  turn.emit(SetTimer{static_cast<std::int64_t>(Timer::save), due_ms});
}

}  // namespace matinee::rooms
