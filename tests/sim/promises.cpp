// What every tab is told, and what must hold of it whatever happened.
#include <algorithm>
#include "tests/sim/world.h"

namespace matinee::rooms::sim {

void World::check_shown(const ChatMessage& message) const {
  const auto seq = static_cast<std::size_t>(message.seq.value);
  if (seq < 1 || seq > log_.size()) throw Broken("a message was shown before it was stored");
  const Row& row = log_[seq - 1];
  if (row.voided || row.message != message) throw Broken("a message differs from the log");
}

// Whoever comes in was inside before, or is somebody the room lets in.
void World::check_entrance(PersonId person) const {
  const RoomSnapshot now = room_->snapshot(now_ms_);
  if (was_inside_ || now.info.access == Access::open || person == now.info.owner) return;
  const auto moderates = [person](const auto& role) { return role.first == person && role.second <= Role::moderator; };
  if (std::any_of(now.roles.begin(), now.roles.end(), moderates)) return;
  if (std::find(now.admitted.begin(), now.admitted.end(), person) != now.admitted.end()) return;
  const PersonKind kind = room_->participant(person)->kind;
  if (now.info.access == Access::accounts && kind == PersonKind::account) return;
  throw Broken("somebody came in whom the room does not let in");
}

void World::deliver(Tab& tab, const Outgoing& message, bool to_all) {
  const bool farewell = std::holds_alternative<YouWere>(message);
  if (!tab.admitted && !farewell) throw Broken("somebody was told something before being admitted");
  if (!farewell && is_blocked(tab.person)) throw Broken("somebody who is blocked was told something");
  if (farewell && std::get<YouWere>(message).what == "blocked") ++counts_.blocks;
  if (const auto* welcome = std::get_if<Welcome>(&message)) return hear(tab, *welcome);
  if (!tab.welcomed && !farewell) throw Broken("something came before the welcome");
  if (const auto* chat = std::get_if<ChatMessage>(&message)) return hear_chat(tab, *chat, to_all);
  if (const auto* edited = std::get_if<ChatEdited>(&message)) return hear(tab, *edited);
  if (const auto* deleted = std::get_if<ChatDeleted>(&message)) return hear(tab, *deleted);
  if (const auto* reactions = std::get_if<ChatReactions>(&message)) return hear(tab, *reactions);
  if (const auto* playback = std::get_if<PlaybackChanged>(&message)) return hear(tab, *playback);
  if (const auto* diff = std::get_if<PresenceDiff>(&message)) return hear(tab, *diff);
  if (const auto* queue = std::get_if<QueueChanged>(&message)) {
    if (queue->queue.queue.rev < tab.queue.queue.rev) throw Broken("a revision of the queue went back");
    if (queue->queue.queue.rev == tab.queue.queue.rev && queue->queue.queue != tab.queue.queue)
      throw Broken("two queues under one revision");
    ++counts_.queues_told;
    tab.queue = queue->queue;
    return;
  }
  if (const auto* actions = std::get_if<ActionsChanged>(&message)) {
    if (actions->actions.size() > limits::actions_max) throw Broken("too many actions");
    for (const Action& action : actions->actions) counts_.undone += action.what == ActionKind::undone ? 1 : 0;
    return;
  }
  if (const auto* live = std::get_if<LiveChanged>(&message)) {
    ++counts_.live_told;
    return hear(tab, *live);
  }
}

void World::hear(Tab& tab, const Welcome& welcome) {
  if (welcome.you != tab.person) throw Broken("a welcome for somebody else");
  if (welcome.seq.value > static_cast<std::int64_t>(log_.size())) throw Broken("a welcome ahead of the log");
  for (const ChatMessage& message : welcome.messages) check_shown(message);
  if (welcome.resumed) {
    ++counts_.resumed;
    if (!tab.since || tab.since->epoch != welcome.epoch) throw Broken("resumed without a reason");
    std::vector<std::int64_t> missed;
    for (std::int64_t seq = tab.since->seq.value + 1; seq <= welcome.seq.value; ++seq) {
      if (!log_.at(static_cast<std::size_t>(seq) - 1).voided) missed.push_back(seq);
    }
    std::vector<std::int64_t> told;
    for (const ChatMessage& message : welcome.messages) told.push_back(message.seq.value);
    if (told != missed) throw Broken("a resume is not exactly what was missed");
    for (const ChatMessage& message : welcome.changed) {
      check_shown(message);
      if (message.seq > tab.since->seq) throw Broken("a message was told as changed that was never seen");
      if (tab.lines.count(message.seq) > 0) tab.lines[message.seq] = message;
    }
    counts_.changes_resumed += static_cast<int>(welcome.changed.size());
  } else {
    if (welcome.messages.size() > limits::welcome_messages_max) throw Broken("a welcome of too many messages");
    if (!welcome.changed.empty()) throw Broken("a welcome from the start says what has changed");
    tab.lines.clear();
  }
  for (const ChatMessage& message : welcome.messages) tab.lines[message.seq] = message;
  tab.change = welcome.change;
  check_lines(tab);
  for (const ChatMessage& message : welcome.messages) answered(message.author, message.id);
  tab.welcomed = true;
  tab.epoch = welcome.epoch;
  tab.seen = welcome.seq;
  tab.playback = welcome.playback;
  if (welcome.live != live_) throw Broken("a welcome with another live state than the media told");
  tab.live = welcome.live;
  tab.queue = welcome.queue;
  for (const ParticipantInfo& person : welcome.participants) tab.people.insert(person.id);
  if (tab.people.count(tab.person) == 0) throw Broken("a welcome without oneself");
}

void World::hear_chat(Tab& tab, const ChatMessage& message, bool to_all) {
  check_shown(message);
  answered(message.author, message.id);
  tab.lines[message.seq] = message;
  if (!to_all) {  // the answer to a repeat
    if (message.author != tab.person) throw Broken("somebody else got the answer to a repeat");
    return;
  }
  if (message.seq <= tab.seen) throw Broken("a message came out of order");
  for (std::int64_t seq = tab.seen.value + 1; seq < message.seq.value; ++seq) {
    if (!log_.at(static_cast<std::size_t>(seq) - 1).voided) throw Broken("a message was left out");
  }
  tab.seen = message.seq;
}

void World::hear(Tab& tab, const ChatEdited& edited) {
  ++counts_.edited;
  if (const auto line = tab.lines.find(edited.seq); line != tab.lines.end()) {
    line->second.text = edited.text;
    line->second.edited_at_ms = edited.edited_at_ms;
  }
  changed(tab, edited.change, edited.seq);
}

void World::hear(Tab& tab, const ChatDeleted& deleted) {
  ++counts_.deleted;
  if (const auto line = tab.lines.find(deleted.seq); line != tab.lines.end()) {
    ChatMessage& message = line->second;
    message.text.clear();
    message.media_url.clear();
    message.media_time_ms = -1;
    message.reply_to.reset();
    message.edited_at_ms = 0;
    message.reactions.clear();
    message.deleted = true;
  }
  changed(tab, deleted.change, deleted.seq);
}

void World::hear(Tab& tab, const ChatReactions& told) {
  ++counts_.reacted;
  if (told.reactions.size() > limits::reaction_emoji_max) throw Broken("too many reactions");
  if (const auto line = tab.lines.find(told.seq); line != tab.lines.end()) line->second.reactions = told.reactions;
  changed(tab, told.change, told.seq);
}

void World::changed(Tab& tab, ChangeNumber number, Seq seq) {
  if (number.value != tab.change.value + 1) throw Broken("a change was left out or came out of order");
  if (number > last_change_) throw Broken("a change was shown before it was stored");
  tab.change = number;
  const auto line = tab.lines.find(seq);
  if (line != tab.lines.end()) check_shown(line->second);
}

void World::check_lines(const Tab& tab) const {
  for (const auto& [seq, message] : tab.lines) check_shown(message);
}

void World::hear(Tab& tab, const PlaybackChanged& changed) {
  const PlaybackState& before = tab.playback;
  const PlaybackState& now = changed.state;
  if (changed.epoch != tab.epoch) throw Broken("playback of another epoch");
  if (now.rev < before.rev) throw Broken("a revision went back");
  const bool same =
      now.phase == before.phase && now.position_ms == before.position_ms && now.at_ms == before.at_ms && now.media == before.media;
  if (now.rev == before.rev && !same) throw Broken("two states under one revision");
  for (const PersonId person : changed.waiting_for) {
    const bool away = clients_.at(static_cast<std::size_t>(person.value - 1)).player_gone_since_ms >= 0;
    if (!away && !has_player(person)) throw Broken("somebody without a player is waited for");
  }
  if (now.phase != Phase::waiting && !changed.waiting_for.empty()) throw Broken("somebody is waited for while nobody waits");
  tab.playback = now;
}

void World::hear(Tab& tab, const PresenceDiff& diff) {
  for (const ParticipantInfo& person : diff.changed) tab.people.insert(person.id);
  for (const PersonId person : diff.left) tab.people.erase(person);
}

void World::hear(Tab& tab, const LiveChanged& changed) {
  if (changed.live == tab.live) throw Broken("a live state was told twice");
  tab.live = changed.live;
}

void World::answered(PersonId author, const std::string& id) {
  clients_.at(static_cast<std::size_t>(author.value - 1)).unanswered.erase(id);
}

void World::refused(const ReplyError& error) {
  if (error.error.code == ErrorCode::stale) ++counts_.stale;
  if (error.message_id.empty()) return;
  const auto tab = tabs_.find(error.ref.connection);
  if (tab == tabs_.end()) return;
  const ErrorCode code = error.error.code;
  const bool may_try_again = code == ErrorCode::storage_unavailable || code == ErrorCode::slow_down || code == ErrorCode::not_joined;
  if (!may_try_again) answered(tab->second.person, error.message_id);  // the person is told, and gives up
}

void World::check_room() const {
  const PlaybackState& state = room_->playback();
  const bool has_media = state.media.has_value();
  if (has_media == (state.phase == Phase::idle)) throw Broken("idle with a video, or playing without one");
  if (state.position_at(now_ms_) < 0 || state.position_at(now_ms_) > limits::position_ms_max) throw Broken("a position out of bounds");
  if (room_->participant_count() > clients_.size()) throw Broken("more participants than people");
  if (room_->has_pending() != !store_queue_.empty()) throw Broken("the room and the store disagree on what is under way");
  if (timers_.size() > 6) throw Broken("too many timers");
}

void World::check_end() {
  std::set<PersonId> here;
  for (const auto& [id, tab] : tabs_) {
    if (!tab.welcomed) throw Broken("a tab was never welcomed");
    here.insert(tab.person);
  }
  Seq last_shown;
  for (std::size_t i = 0; i < log_.size(); ++i) {
    if (!log_[i].voided) last_shown = Seq{static_cast<std::int64_t>(i) + 1};
  }
  for (const auto& [id, tab] : tabs_) {
    check_lines(tab);
    if (tab.change != last_change_) throw Broken("somebody has not heard of the last change");
    if (tab.people != here) throw Broken("somebody sees other people than there are");
    if (tab.seen < last_shown) throw Broken("somebody has not seen the last message");
    if (tab.live != live_) throw Broken("somebody has not heard of the last live state");
    if (tab.playback.rev != room_->playback().rev) throw Broken("somebody has not heard of the last playback state");
  }
  for (const Client& client : clients_) {
    if (!tabs_of(client.id).empty() && !client.unanswered.empty()) throw Broken("a message was never answered");
  }
  if (room_->participant_count() != here.size()) throw Broken("the room counts other people than are connected");
  if (room_->has_pending()) throw Broken("something is still pending");
}

}  // namespace matinee::rooms::sim
