// The part of RoomHost that carries effects out.
#include <utility>
#include "server/shard/attendance.h"
#include "server/shard/client.h"
#include "server/shard/close_codes.h"
#include "server/shard/context.h"
#include "server/shard/door.h"
#include "server/shard/room_host.h"
#include "server/shard/room_opening.h"
#include "server/wire/encode.h"

namespace matinee::shard {
namespace {

// Whole states of which only the newest matters; whatever tells a step (chat, who came and went) is never left out.
net::LatestKind latest_kind(const rooms::Outgoing& message) {
  if (std::holds_alternative<rooms::PlaybackChanged>(message)) return 1;
  if (std::holds_alternative<rooms::RoomChanged>(message)) return 2;
  if (std::holds_alternative<rooms::QueueChanged>(message)) return 3;
  if (std::holds_alternative<rooms::ActionsChanged>(message)) return 4;
  if (std::holds_alternative<rooms::LiveChanged>(message)) return 5;
  return 0;
}

std::string_view reason_of(int code) {
  switch (code) {
    case close_code::removed: return "removed";
    case close_code::no_such_room: return "no such room";
    case close_code::logged_out: return "logged out";
    case close_code::replaced: return "opened again";
    default: return "policy";
  }
}

}  // namespace

void RoomHost::handle(const rooms::Event& event, const rooms::Context& context) {
  if (phase_ != Phase::open) return;
  auto effects = std::exchange(context_.effects, {});  // an effect may lead to another event before we are through
  effects.clear();
  room_->handle(event, context, effects);
  for (const rooms::Effect& effect : effects) {
    if (phase_ != Phase::open) break;
    std::visit([this](const auto& what) { carry_out(what); }, effect);
  }
  context_.effects = std::move(effects);
}

const std::string& RoomHost::encoded(const rooms::Outgoing& message) {
  context_.text.clear();
  wire::encode(message, context_.text, context_.options.page_version);
  return context_.text;
}

void RoomHost::carry_out(const rooms::ReplyOk& reply) {
  Client* client = client_of(reply.ref.connection);
  if (client == nullptr || reply.ref.client.empty()) return;
  context_.text.clear();
  wire::encode_ok(reply, context_.text);
  client->send(context_.text);
}

void RoomHost::carry_out(const rooms::ReplyError& reply) {
  Client* client = client_of(reply.ref.connection);
  if (client == nullptr) {
    Attendance* attendance = attendance_of(reply.ref.connection);
    if (attendance == nullptr) return;
    attendances_.erase(reply.ref.connection);
    attendance->refused(reply.error.code);  // all that he asks is to be let in
    return consider_unloading();
  }
  if (client->stage() == Client::Stage::joining || client->stage() == Client::Stage::asking) {
    connections_.erase(client->id());
    door_.turn_away(*client, reply.error, reply.ref.client);
    return consider_unloading();
  }
  client->refuse(reply.error, reply.ref.client, reply.message_id);
}

// What the room has said to everybody before comes first.
void RoomHost::carry_out(const rooms::Push& push) {
  Client* client = client_of(push.connection);
  if (client == nullptr) return;
  fanout_.flush();
  client->send(encoded(push.message));
}

void RoomHost::carry_out(const rooms::PushPerson& push) {
  const auto found = people_.find(push.person);
  if (found == people_.end()) return;
  fanout_.flush();
  const std::string& text = encoded(push.message);
  for (Client* client : found->second.tabs) client->send(text);
}

void RoomHost::carry_out(const rooms::Admit& admit) {
  if (Client* client = client_of(admit.connection)) {
    if (client->stage() == Client::Stage::joining && client->socket() != nullptr) seat(*client, present(admit.person));
  } else if (Attendance* attendance = attendance_of(admit.connection)) {
    seat(*attendance, present(admit.person));
  }
  tell_rights();  // the join may have said that a guest is an account now
}

void RoomHost::carry_out(const rooms::Broadcast& broadcast) {
  fanout_.append(encoded(broadcast.message), latest_kind(broadcast.message));
  if (!attendances_.empty()) tell_attendees(broadcast.message);
}

void RoomHost::carry_out(const rooms::Store& store) { store_->append(store); }
void RoomHost::carry_out(const rooms::StoreChange& store) { store_->append(store); }

void RoomHost::carry_out(const rooms::AskLog& ask) {
  context_.parts.log.find(
      record_.id, ask.author, ask.post.id, context_.executor,
      [weak = weak_from_this(), ask](seams::Result<std::optional<rooms::Seq>> found) {
        const auto self = weak.lock();
        if (!self || self->phase_ != Phase::open) return;
        if (!found) return self->carry_out(rooms::ReplyError{ask.ref, {rooms::ErrorCode::storage_unavailable, {}, 0}, ask.post.id});
        if (*found) return self->answer_repeat(ask, **found);
        self->handle(rooms::FoundRepeat{ask.post, std::nullopt}, {self->now_ms(), ask.author, ask.ref});
      });
}

// The answer to a repeat is the message as it stands in the log, with its own time.
void RoomHost::answer_repeat(const rooms::AskLog& ask, rooms::Seq seq) {
  read_message(seq, [this, ask](bool failed, std::optional<rooms::ChatMessage> message) {
    if (failed || !message) return carry_out(rooms::ReplyError{ask.ref, {rooms::ErrorCode::storage_unavailable, {}, 0}, ask.post.id});
    handle(rooms::FoundRepeat{ask.post, std::move(message)}, {now_ms(), ask.author, ask.ref});
  });
}

void RoomHost::carry_out(const rooms::AskMessage& ask) {
  read_message(ask.seq, [this, seq = ask.seq](bool failed, std::optional<rooms::ChatMessage> message) {
    handle(rooms::FoundMessage{seq, std::move(message), failed});
  });
}

void RoomHost::read_message(rooms::Seq seq, std::function<void(bool failed, std::optional<rooms::ChatMessage> message)> done) {
  seams::ReadRequest request{record_.id, rooms::Seq{seq.value - 1}, rooms::Seq{seq.value + 1}, 1};
  context_.parts.log.read(request, context_.executor,
                          [weak = weak_from_this(), done = std::move(done)](seams::Result<std::vector<seams::StoredMessage>> page) {
                            const auto self = weak.lock();
                            if (!self || self->phase_ != Phase::open) return;
                            if (!page) return done(true, std::nullopt);
                            auto messages = messages_from(*page);
                            done(false, messages.empty() ? std::nullopt : std::optional(std::move(messages.front())));
                          });
}

// Whatever changes roles or grants is saved.
void RoomHost::carry_out(const rooms::SaveRoom&) {
  saver_->save();
  tell_rights();
}

void RoomHost::carry_out(const rooms::SetTimer& timer) {
  if (timer.at_ms == 0) {
    timers_.erase(timer.id);
    return;
  }
  const std::chrono::milliseconds after(std::max<std::int64_t>(timer.at_ms - now_ms(), 0));
  timers_[timer.id] = context_.loop().start_timer(after, [this, id = timer.id, at_ms = timer.at_ms] { fire(id, at_ms); });
}

void RoomHost::fire(std::int64_t timer, std::int64_t at_ms) {
  if (now_ms() < at_ms) return carry_out(rooms::SetTimer{timer, at_ms});  // the loop's coarse clock runs a little behind
  timers_.erase(timer);
  handle(rooms::TimerFired{timer});
}

void RoomHost::carry_out(const rooms::Disconnect& disconnect) {
  const auto found = people_.find(disconnect.person);
  if (found == people_.end()) return;
  fanout_.flush();
  const auto tabs = found->second.tabs;
  const auto attendances = found->second.attendances;
  for (Client* client : tabs) client->close(static_cast<std::uint16_t>(disconnect.close_code), reason_of(disconnect.close_code));
  for (Attendance* attendance : attendances) {
    const bool blocked = room_->is_blocked(attendance->visit().person, now_ms());
    attendance->send_away(blocked ? seams::SentAway::blocked_or_closed : seams::SentAway::removed);
  }
}

void RoomHost::carry_out(const rooms::DisconnectAll& disconnect) {
  if (room_->closed()) saver_->end(now_ms());
  close_all(static_cast<std::uint16_t>(disconnect.close_code), reason_of(disconnect.close_code));
}

}  // namespace matinee::shard
