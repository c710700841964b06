// Edits, deletes and reactions. Like a message, a change is shown when it is committed, never before, and all of them have one order.
// A message that is not at hand is read from the log first; who wants to change it waits for that.
#include <algorithm>
#include "rooms/emoji.h"
#include "rooms/room_state.h"

namespace matinee::rooms {
namespace {

// The reactions after this one; nothing when it does not fit in any more.
std::optional<std::vector<Reaction>> with(std::vector<Reaction> reactions, const std::string& emoji, PersonId person) {
  std::size_t people = 0;
  for (const Reaction& reaction : reactions) people += reaction.people.size();
  if (people >= limits::reactions_max) return std::nullopt;
  const auto same = std::find_if(reactions.begin(), reactions.end(), [&](const Reaction& reaction) { return reaction.emoji == emoji; });
  if (same != reactions.end()) {
    same->people.push_back(person);
  } else {
    if (reactions.size() >= limits::reaction_emoji_max) return std::nullopt;
    reactions.push_back({emoji, {person}});
  }
  return reactions;
}

std::vector<Reaction> without(std::vector<Reaction> reactions, const std::string& emoji, PersonId person) {
  for (Reaction& reaction : reactions) {
    if (reaction.emoji == emoji) std::erase(reaction.people, person);
  }
  std::erase_if(reactions, [](const Reaction& reaction) { return reaction.people.empty(); });
  return reactions;
}

bool has(const std::vector<Reaction>& reactions, const std::string& emoji, PersonId person) {
  return std::any_of(reactions.begin(), reactions.end(), [&](const Reaction& reaction) {
    return reaction.emoji == emoji && std::find(reaction.people.begin(), reaction.people.end(), person) != reaction.people.end();
  });
}

}  // namespace

void Room::State::on(const EditChat& edit, Participant& actor, Turn& turn) {
  if (!allow_chat_pace(actor, turn) || !may_write(actor, edit.text, turn)) return;
  change(edit, edit.seq, actor, turn);
}

void Room::State::on(const DeleteChat& removal, Participant& actor, Turn& turn) {
  if (allow_command(actor, turn)) change(removal, removal.seq, actor, turn);
}

void Room::State::on(const React& reaction, Participant& actor, Turn& turn) {
  if (!allow_command(actor, turn) || !allow(actor, Grant::react, turn)) return;
  if (!is_emoji(reaction.emoji)) return turn.refuse(ErrorCode::bad_request, "emoji");
  change(reaction, reaction.seq, actor, turn);
}

void Room::State::change(Wish wish, Seq seq, const Participant& actor, Turn& turn) {
  if (seq.value < 1 || seq > chat.committed()) return turn.refuse(ErrorCode::not_found);
  if (const auto standing = chat.standing(seq)) {
    return std::visit([&](const auto& what) { carry_out(what, *standing, actor, turn); }, wish);
  }
  std::size_t waiting = 0;
  for (const auto& [message, wishes] : waiting_changes) waiting += wishes.size();
  if (waiting >= limits::waiting_changes_max) return turn.refuse(ErrorCode::slow_down, {}, 1'000);
  std::vector<WaitingChange>& wishes = waiting_changes[seq];
  wishes.push_back({std::move(wish), actor.person.id, turn.context.ref});
  if (wishes.size() == 1) turn.emit(AskMessage{seq});
}

void Room::State::on(const FoundMessage& found, Turn& turn) {
  const auto waiting = waiting_changes.extract(found.seq);
  if (waiting.empty()) return;
  if (found.message) chat.keep(*found.message);
  for (const WaitingChange& waiter : waiting.mapped()) {
    const Context context{turn.now_ms(), waiter.actor, waiter.ref};
    Turn own{context, turn.effects, {}};
    const Participant* actor = find(waiter.actor);
    if (actor == nullptr) continue;
    if (found.failed) own.refuse(ErrorCode::storage_unavailable);
    else if (!found.message) own.refuse(ErrorCode::not_found);
    else change(waiter.wish, found.seq, *actor, own);
  }
}

void Room::State::carry_out(const EditChat& edit, const ChatLog::Standing& standing, const Participant& actor, Turn& turn) {
  const ChatMessage& message = *standing.committed;
  if (message.author != actor.person.id) return turn.refuse(ErrorCode::forbidden, "author");
  if (standing.deleted) return turn.refuse(ErrorCode::not_found);
  if (!standing.changing && message.text == edit.text) return turn.ok();
  MessageChange change;
  change.what = ChangeKind::edit;
  change.seq = message.seq;
  change.text = edit.text;
  store(std::move(change), turn);
}

void Room::State::carry_out(const DeleteChat&, const ChatLog::Standing& standing, const Participant& actor, Turn& turn) {
  const ChatMessage& message = *standing.committed;
  if (!may_delete(actor, message, turn)) return;
  if (message.deleted) return turn.ok();
  MessageChange change;
  change.what = ChangeKind::removal;
  change.seq = message.seq;
  change.author_name = message.author_name;
  store(std::move(change), turn);
}

// One's own always; others' with the right to, from a lower role. Who wrote long ago and is known by nothing else counts as a member.
bool Room::State::may_delete(const Participant& actor, const ChatMessage& message, Turn& turn) const {
  if (message.author == actor.person.id) return true;
  if (!allow(actor, Grant::delete_messages, turn)) return false;
  const auto known = person_known(message.author);
  const Person author = known ? *known : Person{message.author, message.author_name, PersonKind::account, false};
  if (role_of(author) > role_of(actor.person)) return true;
  turn.refuse(ErrorCode::cannot_target);
  return false;
}

void Room::State::carry_out(const React& reaction, const ChatLog::Standing& standing, const Participant& actor, Turn& turn) {
  if (standing.deleted) return turn.refuse(ErrorCode::not_found);
  const PersonId person = actor.person.id;
  const bool there = has(*standing.reactions, reaction.emoji, person);
  // While something is on its way to the log, "there already" may yet be taken back: it is stored again instead of believed.
  if (there == reaction.on && !standing.changing) return turn.ok();
  MessageChange change;
  change.what = ChangeKind::reactions;
  change.seq = standing.committed->seq;
  change.reactions = *standing.reactions;
  if (reaction.on && !there) {
    auto more = with(std::move(change.reactions), reaction.emoji, person);
    if (!more) return turn.refuse(ErrorCode::conflict, "reactions");
    change.reactions = std::move(*more);
  } else if (!reaction.on) {
    change.reactions = without(std::move(change.reactions), reaction.emoji, person);
  }
  store(std::move(change), turn);
}

void Room::State::store(MessageChange change, Turn& turn) {
  if (chat.pending_count() >= limits::pending_messages_max) return turn.refuse(ErrorCode::storage_unavailable);
  change.by = turn.context.actor;
  change.at_ms = turn.now_ms();
  turn.emit(StoreChange{chat.number(std::move(change), turn.context.ref)});
}

void Room::State::on(const ChangeStored& stored, Turn& turn) {
  while (const auto committed = chat.commit_next(stored.up_to)) tell(*committed, turn);
}

}  // namespace matinee::rooms
