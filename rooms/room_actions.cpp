// History and Undo.
#include <cstdlib>
#include "rooms/room_state.h"

namespace matinee::rooms {
namespace {

Grant grant_for(ActionKind what) {
  switch (what) {
    case ActionKind::video:
    case ActionKind::cleared: return Grant::play_now;
    case ActionKind::skipped: return Grant::skip;
    case ActionKind::jumped: return Grant::control;
    case ActionKind::item_removed:
    case ActionKind::queue_cleared:
    case ActionKind::queue_shuffled: return Grant::reorder;
    case ActionKind::undone: break;
  }
  return Grant::edit_room;
}

// As it was, and what has been added since at the end.
QueueState with_newcomers(QueueState earlier, const QueueState& now) {
  std::int64_t last = 0;
  for (const QueueItem& item : earlier.items) last = std::max(last, item.id.value);
  const auto known = [&earlier](ItemId id) {
    return std::any_of(earlier.items.begin(), earlier.items.end(), [id](const QueueItem& item) { return item.id == id; });
  };
  for (const QueueItem& item : now.items) {
    if (!known(item.id) && item.id.value > last && earlier.items.size() < limits::queue_items_max) earlier.items.push_back(item);
  }
  return earlier;
}

}  // namespace

void Room::State::note(ActionKind what, const Participant& actor, std::string detail, Before before, Turn& turn) {
  if (before.stage) {
    // What counts is where it was, not where it would be by the time somebody undoes this.
    before.stage->position_ms = before.stage->position_at(turn.now_ms());
    before.stage->at_ms = turn.now_ms();
  }
  actions.note(what, actor.person.id, actor.person.name, std::move(detail), std::move(before), turn.now_ms());
  turn.tell_all(ActionsChanged{actions.list(turn.now_ms())});
}

void Room::State::note_jump(const Participant& actor, PlaybackState before, Turn& turn) {
  const std::int64_t from_ms = before.position_at(turn.now_ms());
  const std::int64_t to_ms = playback.state().position_ms;
  if (std::abs(to_ms - from_ms) < limits::jump_noted_ms) return;
  note(ActionKind::jumped, actor, std::to_string(to_ms), {std::move(before), std::nullopt}, turn);
}

void Room::State::on(const Undo& undo, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn)) return;
  const auto found = actions.find(undo.action, turn.now_ms());
  if (!found) return turn.refuse(found.error());
  if (found->by != actor.person.id && !allow(actor, grant_for(found->what), turn)) return;
  const auto video = actions.video_before(undo.action);
  if (auto why = video ? unplayable(*video) : std::nullopt) return turn.refuse(std::move(*why));
  Before before = actions.take(undo.action);
  if (before.stage) put_back(*before.stage, actor.person.id, turn);
  if (before.queue) {
    queue.put_back(with_newcomers(std::move(*before.queue), queue.state()));
    queue_changed(turn);
  }
  note(ActionKind::undone, actor, std::string(to_string(found->what)), {}, turn);
  turn.ok(std::nullopt, playback.state().rev);
}

// The video, then the place, then whether it stood: three steps of the one transition function, told once.
void Room::State::put_back(const PlaybackState& earlier, PersonId by, Turn& turn) {
  const auto step = [&](CommandArgs args) {
    args.by = by;
    return playback.apply(args, playback_context(turn.now_ms())).value_or(false);
  };
  bool changed = false;
  if (!earlier.media) {
    changed = step({Command::clear, std::nullopt, 0, 1.0, std::nullopt, {}, {}});
  } else {
    if (playback.state().media != earlier.media) changed = step({Command::set_media, earlier.media, 0, 1.0, std::nullopt, {}, {}});
    if (earlier.rate != playback.state().rate) changed |= step({Command::rate, std::nullopt, 0, earlier.rate, std::nullopt, {}, {}});
    changed |= step({Command::seek, std::nullopt, earlier.position_ms, 1.0, std::nullopt, {}, {}});
    if (earlier.phase == Phase::paused) changed |= step({Command::pause, std::nullopt, earlier.position_ms, 1.0, std::nullopt, {}, {}});
  }
  if (!changed) return;
  stage_changed(turn);
  playback_changed(turn);
}

std::string_view to_string(ActionKind what) {
  switch (what) {
    case ActionKind::video: return "video";
    case ActionKind::cleared: return "cleared";
    case ActionKind::skipped: return "skipped";
    case ActionKind::jumped: return "jumped";
    case ActionKind::item_removed: return "item_removed";
    case ActionKind::queue_cleared: return "queue_cleared";
    case ActionKind::queue_shuffled: return "queue_shuffled";
    case ActionKind::undone: return "undone";
  }
  return "";
}

}  // namespace matinee::rooms
