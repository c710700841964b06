// The queue: what people do with it, and how the room moves on when a video ends or is voted away.
#include <algorithm>
#include "rooms/room_state.h"

namespace matinee::rooms {

QueueView Room::State::queue_view() const {
  QueueView view;
  view.queue = queue.state();
  view.votes.assign(skip_votes.begin(), skip_votes.end());
  view.votes_needed = votes_needed();
  return view;
}

// More than half of those who have a player here.
std::int64_t Room::State::votes_needed() const {
  const auto players = std::count_if(participants.begin(), participants.end(), [](const auto& entry) { return entry.second.plays; });
  return players / 2 + 1;
}

void Room::State::queue_changed(Turn& turn) {
  turn.tell_all(QueueChanged{queue_view()});
  save_soon(turn);
}

void Room::State::on(const QueueAdd& add, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::queue_add, turn)) return;
  if (add.first && !allow(actor, Grant::reorder, turn)) return;
  if (auto why = unplayable(add.media)) return turn.refuse(std::move(*why));
  const auto added = queue.add(add.media, add.title, actor.person.id, actor.person.name, add.first);
  if (!added) return turn.refuse(added.error());
  turn.ok();
  queue_changed(turn);
}

void Room::State::on(const QueueMove& move, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::reorder, turn)) return;
  const auto moved = queue.move(move.item, move.before);
  if (!moved) return turn.refuse(moved.error());
  turn.ok();
  if (*moved) queue_changed(turn);
}

void Room::State::on(const QueueRemove& remove, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn)) return;
  const QueueItem* item = queue.find(remove.item);
  if (item == nullptr) return turn.refuse(ErrorCode::not_found, "item");
  if (item->by != actor.person.id && !allow(actor, Grant::reorder, turn)) return;
  const std::string title = item->title.empty() ? item->media.url : item->title;
  Before before{std::nullopt, queue.state()};
  static_cast<void>(queue.take(remove.item));
  turn.ok();
  queue_changed(turn);
  note(ActionKind::item_removed, actor, title, std::move(before), turn);
}

void Room::State::on(const QueuePlay& play, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::play_now, turn)) return;
  const QueueItem* item = queue.find(play.item);
  if (item == nullptr) return turn.refuse(ErrorCode::not_found, "item");
  if (auto why = unplayable(item->media)) return turn.refuse(std::move(*why));
  Before before{playback.state(), queue.state()};
  const CommandArgs args{Command::set_media, item->media, 0, 1.0, play.base_rev, play.op, actor.person.id};
  const std::string url = item->media.url;
  if (!command(args, turn)) return;
  static_cast<void>(queue.take(play.item));
  queue_changed(turn);
  note(ActionKind::video, actor, url, std::move(before), turn);
}

void Room::State::on(const QueueSkip& skip, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::skip, turn)) return;
  if (!skip.base_rev) return turn.refuse(ErrorCode::bad_request, "base_rev");
  if (*skip.base_rev != playback.state().rev) return refuse_stale(turn);
  if (!playback.state().media) return turn.refuse(ErrorCode::no_media);
  Before before{playback.state(), queue.state()};
  const std::string url = playback.state().media->url;
  go_on(actor.person.id, skip.op, turn);
  note(ActionKind::skipped, actor, url, std::move(before), turn);
  turn.ok(std::nullopt, playback.state().rev);
}

void Room::State::on(const QueueClear&, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::reorder, turn)) return;
  Before before{std::nullopt, queue.state()};
  turn.ok();
  if (!queue.clear()) return;
  queue_changed(turn);
  note(ActionKind::queue_cleared, actor, {}, std::move(before), turn);
}

void Room::State::on(const QueueShuffle&, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::reorder, turn)) return;
  Before before{std::nullopt, queue.state()};
  turn.ok();
  const auto seed = static_cast<std::uint64_t>(turn.now_ms()) * 1'000'003U + static_cast<std::uint64_t>(queue.state().rev.value);
  if (!queue.shuffle(seed)) return;
  queue_changed(turn);
  note(ActionKind::queue_shuffled, actor, {}, std::move(before), turn);
}

void Room::State::on(const QueueSettings& settings, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::reorder, turn)) return;
  const bool autoplay = settings.autoplay && queue.set_autoplay(*settings.autoplay);
  const bool loop = settings.loop && queue.set_loop(*settings.loop);
  turn.ok();
  if (autoplay || loop) queue_changed(turn);
}

void Room::State::on(const VoteSkip& vote, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn)) return;
  if (!playback.state().media) return turn.refuse(ErrorCode::no_media);
  if (vote.rev.value < stage_since.value) return refuse_stale(turn);  // a vote against the video before this one
  const bool changed = vote.on ? skip_votes.insert(actor.person.id).second : skip_votes.erase(actor.person.id) > 0;
  turn.ok();
  if (!changed) return;
  if (!skip_if_voted(turn)) turn.tell_all(QueueChanged{queue_view()});
}

bool Room::State::skip_if_voted(Turn& turn) {
  if (skip_votes.empty() || static_cast<std::int64_t>(skip_votes.size()) < votes_needed()) return false;
  go_on({}, {}, turn);
  actions.settle_all();
  turn.tell_all(ActionsChanged{actions.list(turn.now_ms())});
  return true;
}

// One person who may control is believed at once; of the others it takes half, so that a guest in a class cannot skip alone.
void Room::State::on(const Ended& end, Participant& actor, Turn& turn) {
  turn.ok();
  const PlaybackState& state = playback.state();
  if (end.rev != state.rev || state.phase != Phase::playing) return;
  ended.insert(actor.person.id);
  const auto players = std::count_if(participants.begin(), participants.end(), [](const auto& entry) { return entry.second.plays; });
  if (!may(actor, Grant::control) && static_cast<std::int64_t>(ended.size()) * 2 < players) return;
  if (state.media->kind == MediaKind::stream) {
    // One that runs may begin anew, and has no end to begin again from.
    if (plays_missing_stream()) end_stream(turn);
    else ended.clear();
    return;
  }
  const QueueState& list = queue.state();
  if (list.loop == Loop::one) {
    ended.clear();
    return room_command({Command::seek, std::nullopt, 0, 1.0, std::nullopt, {}, {}}, turn);
  }
  if (list.loop == Loop::all && list.autoplay) {
    // It was there a moment ago; when the queue is full it is left out.
    static_cast<void>(queue.add(*state.media, {}, state.by, {}, false));
  }
  if (!list.autoplay || queue.state().items.empty()) return;
  go_on({}, {}, turn);
  actions.settle_all();
  turn.tell_all(ActionsChanged{actions.list(turn.now_ms())});
}

// The next video, or an empty stage. Streams that have ended meanwhile are passed over.
void Room::State::go_on(PersonId by, const std::string& op, Turn& turn) {
  auto next = queue.take_first();
  while (next && unplayable(next->media)) next = queue.take_first();
  CommandArgs args{next ? Command::set_media : Command::clear, std::nullopt, 0, 1.0, std::nullopt, op, by};
  if (next) args.media = next->media;
  room_command(args, turn);
  queue_changed(turn);
}

// Another video is on the stage, or none: what was said about the one before no longer counts.
void Room::State::stage_changed(Turn& turn) {
  stage_since = playback.state().rev;
  for (auto& entry : participants) {
    if (entry.second.state == "failed") entry.second.state.clear();  // that was the other video
  }
  if (skip_votes.empty()) return;
  skip_votes.clear();
  turn.tell_all(QueueChanged{queue_view()});
}

void Room::State::forget_votes_of(PersonId person, Turn& turn) {
  ended.erase(person);
  const bool voted = skip_votes.erase(person) > 0;
  if (skip_votes.empty() && !voted) return;
  if (!skip_if_voted(turn)) turn.tell_all(QueueChanged{queue_view()});  // fewer people, fewer votes needed
}

}  // namespace matinee::rooms
