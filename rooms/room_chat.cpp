// Posting, repeats, and what the store says. A message is shown when it is committed, never before.
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

void Room::State::on(const PostChat& post, Participant& actor, Turn& turn) {
  if (!is_message_id(post.id)) return turn.refuse(ErrorCode::bad_request, "id");
  if (!options.unlimited_rates) {
    const std::int64_t retry_ms = actor.chat.take(turn.now_ms(), chat_rate(actor.person));
    if (retry_ms > 0) return turn.refuse(ErrorCode::slow_down, {}, retry_ms);
  }
  const ChatLog::Lookup found = chat.find(actor.person.id, post.id);
  if (found.repeat == ChatLog::Repeat::pending) return turn.ok();
  if (found.repeat == ChatLog::Repeat::recent) {
    turn.emit(Push{turn.context.ref.connection, *found.message});
    return turn.ok(found.message->seq);
  }
  if (!may_post(actor, post, turn)) return;
  if (post.again || found.repeat == ChatLog::Repeat::stored) return turn.emit(AskLog{actor.person.id, post, turn.context.ref});
  accept(actor, post, turn);
}

bool Room::State::may_post(const Participant& actor, const PostChat& post, Turn& turn) const {
  const std::int64_t until_ms = silenced_until(actor.person.id, turn.now_ms());
  if (until_ms >= 0) {
    turn.refuse(ErrorCode::silenced, std::to_string(until_ms));
    return false;
  }
  if (!allow(actor, Grant::chat, turn)) return false;
  if (const auto bad = bad_text(post.text)) {
    turn.refuse(*bad);
    return false;
  }
  if (post.reply_to && (post.reply_to->value < 1 || *post.reply_to > chat.committed())) {
    turn.refuse(ErrorCode::bad_request, "reply_to");
    return false;
  }
  return true;
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
  turn.emit(Store{chat.number(std::move(message), turn.context.ref)});
  if (Participant* author = find(actor.person.id)) stop_typing(*author, turn);
}

void Room::State::on(const FoundRepeat& found, Turn& turn) {
  turn.message_id = found.id;
  Participant* author = find(turn.context.actor);
  if (author == nullptr) return;  // gone meanwhile: whoever comes back asks again
  if (found.seq) {
    const std::int64_t at_ms = found.at_ms > 0 ? found.at_ms : turn.now_ms();
    turn.emit(Push{
        turn.context.ref.connection,
        ChatMessage{*found.seq, found.id, author->person.id, author->person.name, found.post.text, at_ms, found.post.reply_to, {}, -1}});
    return turn.ok(found.seq);
  }
  // The answer took its time: the same id may have come again, and rights may have changed.
  const ChatLog::Lookup now = chat.find(author->person.id, found.id);
  if (now.repeat == ChatLog::Repeat::pending) return turn.ok();
  if (now.repeat == ChatLog::Repeat::recent) {
    turn.emit(Push{turn.context.ref.connection, *now.message});
    return turn.ok(now.message->seq);
  }
  if (may_post(*author, found.post, turn)) accept(*author, found.post, turn);
}

void Room::State::on(const Stored& stored, Turn& turn) {
  while (const auto committed = chat.commit_next(stored.up_to)) {
    turn.tell_all(*committed->message);
    if (!committed->ref.client.empty()) turn.emit(ReplyOk{committed->ref, committed->message->seq, std::nullopt});
  }
}

void Room::State::on(const StoredVoid& voided, Turn& turn) {
  on(Stored{Seq{voided.seq.value - 1}}, turn);
  auto repeat = chat.void_next(voided.seq, voided.original);
  if (!repeat) return;
  ChatMessage answer = std::move(repeat->message);
  answer.seq = voided.original;
  if (const ChatMessage* original = chat.recent_at(voided.original)) answer = *original;
  turn.emit(Push{repeat->ref.connection, std::move(answer)});
  if (!repeat->ref.client.empty()) turn.emit(ReplyOk{repeat->ref, voided.original, std::nullopt});
}

void Room::State::on(const StoreFailed& failed, Turn& turn) {
  for (PendingMessage& refused : chat.take_back(failed.from)) {
    turn.emit(ReplyError{refused.ref, Error{ErrorCode::storage_unavailable, {}, 0}, refused.message.id});
  }
}

}  // namespace matinee::rooms
