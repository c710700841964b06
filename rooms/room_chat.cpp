// Posting, repeats, and what the store says. A message is shown when it is committed, never before.
#include <algorithm>
#include "rooms/room_state.h"
#include "rooms/text.h"

namespace matinee::rooms {
namespace {

std::optional<ErrorCode> bad_text(const std::string& text) {
  if (text.size() > limits::chat_text_code_points_max * 4) return ErrorCode::too_long;  // before looking at every byte
  const auto shape = shape_of(text);
  if (!shape || shape->controls) return ErrorCode::bad_text;
  if (shape->code_points > limits::chat_text_code_points_max) return ErrorCode::too_long;
  if (shape->blank) return ErrorCode::empty_text;
  return std::nullopt;
}

// New people and guests have half of both: eight accounts made by a script are as loud as four people.
Rate chat_rate(const Person& person) {
  if (person.fresh) return {limits::chat_burst / 2, limits::chat_per_second / 2};
  return {limits::chat_burst, limits::chat_per_second};
}

}  // namespace

bool Room::State::allow_chat_pace(Participant& actor, Turn& turn) const {
  if (options.unlimited_rates) return true;
  const std::int64_t retry_ms = actor.chat.take(turn.now_ms(), chat_rate(actor.person));
  if (retry_ms > 0) turn.refuse(ErrorCode::slow_down, {}, retry_ms);
  return retry_ms == 0;
}

void Room::State::on(const PostChat& post, Participant& actor, Turn& turn) {
  if (!is_message_id(post.id)) return turn.refuse(ErrorCode::bad_request, "id");
  if (!allow_chat_pace(actor, turn)) return;
  const ChatLog::Lookup found = chat.find(actor.person.id, post.id);
  if (found.repeat == ChatLog::Repeat::pending) return turn.ok();
  if (found.repeat == ChatLog::Repeat::recent) {
    turn.emit(Push{turn.context.ref.connection, *found.message});
    return turn.ok(found.message->seq);
  }
  if (!may_post(actor, post, turn)) return;
  if (post.again || found.repeat == ChatLog::Repeat::stored) return turn.emit(AskLog{actor.person.id, post, turn.context.ref});
  if (allow_slow_mode(actor, turn)) accept(actor, post, turn);
}

bool Room::State::may_write(const Participant& actor, const std::string& text, Turn& turn) const {
  const std::int64_t until_ms = silenced_until(actor.person.id, turn.now_ms());
  if (until_ms >= 0) {
    turn.refuse(ErrorCode::silenced, std::to_string(until_ms));
    return false;
  }
  if (!allow(actor, Grant::chat, turn)) return false;
  if (const auto bad = bad_text(text)) {
    turn.refuse(*bad);
    return false;
  }
  return true;
}

bool Room::State::may_post(const Participant& actor, const PostChat& post, Turn& turn) const {
  if (!may_write(actor, post.text, turn)) return false;
  if (post.reply_to && (post.reply_to->value < 1 || *post.reply_to > chat.committed())) {
    turn.refuse(ErrorCode::bad_request, "reply_to");
    return false;
  }
  return true;
}

// Asked after the log: a repeat is no further message. Whoever can stop chat is free of it.
bool Room::State::allow_slow_mode(const Participant& actor, Turn& turn) const {
  if (info.slow_ms == 0 || may(actor, Grant::stop_chat)) return true;
  const auto last = last_posts.find(actor.person.id);
  if (last == last_posts.end()) return true;
  const std::int64_t retry_ms = last->second + info.slow_ms - turn.now_ms();
  if (retry_ms > 0) turn.refuse(ErrorCode::slow_down, "slow_mode", retry_ms);
  return retry_ms <= 0;
}

void Room::State::note_post(PersonId author, std::int64_t at_ms) {
  if (info.slow_ms == 0) return last_posts.clear();
  last_posts[author] = at_ms;
  if (last_posts.size() <= limits::slow_people_max) return;
  std::erase_if(last_posts, [&](const auto& post) { return post.second + info.slow_ms <= at_ms; });
  if (last_posts.size() <= limits::slow_people_max) return;
  last_posts.erase(
      std::min_element(last_posts.begin(), last_posts.end(), [](const auto& a, const auto& b) { return a.second < b.second; }));
}

void Room::State::accept(const Participant& actor, const PostChat& post, Turn& turn) {
  if (chat.pending_count() >= limits::pending_messages_max) return turn.refuse(ErrorCode::storage_unavailable);
  ChatMessage message;
  message.id = post.id;
  message.author = actor.person.id;
  message.author_name = actor.person.name;
  message.text = post.text;
  message.at_ms = turn.now_ms();
  message.reply_to = post.reply_to;
  if (const PlaybackState& state = playback.state(); state.media) {
    message.media_url = state.media->url;
    message.media_time_ms = state.position_at(turn.now_ms());
  }
  note_post(message.author, message.at_ms);
  turn.emit(Store{chat.number(std::move(message), turn.context.ref)});
  if (Participant* author = find(actor.person.id)) stop_typing(*author, turn);
}

void Room::State::on(const FoundRepeat& found, Turn& turn) {
  turn.message_id = found.post.id;
  Participant* author = find(turn.context.actor);
  if (author == nullptr) return;  // gone meanwhile: whoever comes back asks again
  // The answer took its time: the same id may have come again, the message may have changed, and so may rights.
  const ChatLog::Lookup now = chat.find(author->person.id, found.post.id);
  if (now.repeat == ChatLog::Repeat::pending) return turn.ok();
  const ChatMessage* message = now.repeat == ChatLog::Repeat::recent ? now.message : nullptr;
  if (message == nullptr && found.message) {
    const auto standing = chat.standing(found.message->seq);  // at hand when it was changed lately
    message = standing ? standing->committed : &*found.message;
  }
  if (message != nullptr) {
    turn.emit(Push{turn.context.ref.connection, *message});
    return turn.ok(message->seq);
  }
  if (may_post(*author, found.post, turn) && allow_slow_mode(*author, turn)) accept(*author, found.post, turn);
}

void Room::State::on(const Stored& stored, Turn& turn) {
  while (const auto committed = chat.commit_next(stored.up_to)) tell(*committed, turn);
}

void Room::State::tell(const ChatLog::Committed& committed, Turn& turn) {
  const auto answer = [&](std::optional<Seq> seq) {
    if (!committed.ref.client.empty()) turn.emit(ReplyOk{committed.ref, seq, std::nullopt});
  };
  if (!committed.change) {
    turn.tell_all(*committed.message);
    return answer(committed.message->seq);
  }
  const MessageChange& change = *committed.change;
  switch (change.what) {
    case ChangeKind::edit: turn.tell_all(ChatEdited{change.number, change.seq, change.text, change.at_ms}); break;
    case ChangeKind::removal: turn.tell_all(ChatDeleted{change.number, change.seq, change.by}); break;
    case ChangeKind::reactions: turn.tell_all(ChatReactions{change.number, change.seq, change.reactions}); break;
  }
  answer(std::nullopt);
}

void Room::State::on(const StoredVoid& voided, Turn& turn) {
  on(Stored{Seq{voided.seq.value - 1}}, turn);
  auto repeat = chat.void_next(voided.seq, voided.original);
  if (!repeat) return;
  if (const ChatMessage* original = chat.recent_at(voided.original)) {
    turn.emit(Push{repeat->ref.connection, *original});
    if (!repeat->ref.client.empty()) turn.emit(ReplyOk{repeat->ref, voided.original, std::nullopt});
    return;
  }
  // What it said may have been edited or deleted since: the log knows how it stands.
  const PostChat post{repeat->message.id, std::move(repeat->message.text), repeat->message.reply_to, true};
  turn.emit(AskLog{repeat->message.author, post, std::move(repeat->ref)});
}

void Room::State::on(const StoreFailed& failed, Turn& turn) {
  for (Pending& refused : chat.take_back(failed.from, failed.change_from)) {
    const auto* message = std::get_if<ChatMessage>(&refused.what);
    if (message != nullptr) last_posts.erase(message->author);
    turn.emit(ReplyError{refused.ref, Error{ErrorCode::storage_unavailable, {}, 0}, message == nullptr ? std::string() : message->id});
  }
}

}  // namespace matinee::rooms
