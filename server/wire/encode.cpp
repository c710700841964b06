#include "server/wire/encode.h"

#include <algorithm>
#include "rooms/limits.h"
#include "rooms/media_link.h"
#include "server/wire/json_writer.h"
#include "server/wire/names.h"
#include "server/wire/shapes.h"

namespace matinee::wire {
namespace {

void type(JsonWriter& json, std::string_view name) {
  json.open_object();
  json.key("type").string(name);
}

void write_reactions(JsonWriter& json, const std::vector<rooms::Reaction>& reactions) {
  json.key("reactions").open_array();
  for (const rooms::Reaction& reaction : reactions) {
    json.open_object();
    json.key("emoji").string(reaction.emoji);
    json.key("count").integer(static_cast<std::int64_t>(reaction.people.size()));
    json.key("people").open_array();
    const std::size_t told = std::min(reaction.people.size(), rooms::limits::reaction_people_told);
    for (std::size_t i = 0; i < told; ++i) json.person(reaction.people[i]);
    json.close_array();
    json.close_object();
  }
  json.close_array();
}

void write_message(JsonWriter& json, const rooms::ChatMessage& m) {
  json.key("seq").integer(m.seq.value);
  json.key("id").string(m.id);
  json.key("author").person(m.author);
  json.key("name").string(m.author_name);
  json.key("text").string(m.text);
  json.key("at_ms").integer(m.at_ms);
  if (m.reply_to) json.key("reply_to").integer(m.reply_to->value);
  if (!m.media_url.empty()) json.key("media").string(m.media_url);
  if (m.media_time_ms >= 0) json.key("media_time_ms").integer(m.media_time_ms);
  if (m.edited_at_ms > 0) json.key("edited_at_ms").integer(m.edited_at_ms);
  if (m.deleted) json.key("deleted").boolean(true);
  if (!m.reactions.empty()) write_reactions(json, m.reactions);
}

void write_messages(JsonWriter& json, std::string_view key, std::span<const rooms::ChatMessage> messages) {
  json.key(key).open_array();
  for (const auto& message : messages) {
    json.open_object();
    write_message(json, message);
    json.close_object();
  }
  json.close_array();
}

void write_answer(JsonWriter& json, std::string_view ref, std::span<const rooms::ChatMessage> messages, bool more_before) {
  json.key("ref").string(ref);
  write_messages(json, "messages", messages);
  json.key("more_before").boolean(more_before);
  json.close_object();
}

void write_participant(JsonWriter& json, const rooms::ParticipantInfo& p) {
  json.open_object();
  json.key("id").person(p.id);
  json.key("name").string(p.name);
  json.key("kind").string(name_of(p.kind));
  json.key("role").string(rooms::to_string(p.role));
  if (!p.avatar.empty()) json.key("avatar").string(p.avatar);
  if (p.silenced_until_ms >= 0) json.key("silenced_until_ms").integer(p.silenced_until_ms);
  if (!p.state.empty()) {
    json.key("state").string(p.state);
    json.key("error_ms").integer(p.error_ms);
    json.key("ahead_ms").integer(p.ahead_ms);
    if (p.live_ms) json.key("live_ms").integer(*p.live_ms);
  }
  json.close_object();
}

void write_people(JsonWriter& json, const std::vector<rooms::PersonId>& people) {
  json.open_array();
  for (const rooms::PersonId person : people) json.person(person);
  json.close_array();
}

void write_participants(JsonWriter& json, const std::vector<rooms::ParticipantInfo>& people) {
  json.open_array();
  for (const auto& person : people) write_participant(json, person);
  json.close_array();
}

void write_room(JsonWriter& json, const rooms::RoomInfo& room) {
  json.open_object();
  json.key("code").string(room.code);
  json.key("name").string(room.name);
  json.key("preset").string(rooms::to_string(room.preset));
  json.key("grants");
  write_grants(json, room.grants);
  json.key("wait_policy").string(rooms::to_string(room.policy));
  json.key("owner").person(room.owner);
  json.key("guest_room").boolean(room.guest_room);
  json.key("slow_ms").integer(room.slow_ms);
  json.key("access").string(rooms::to_string(room.access));
  json.close_object();
}

void write_playback_fields(JsonWriter& json, const rooms::PlaybackState& state, std::int64_t epoch) {
  json.key("rev").integer(state.rev.value);
  json.key("epoch").integer(epoch);
  json.key("phase").string(rooms::to_string(state.phase));
  json.key("media");
  if (state.media) write_media(json, *state.media);
  else json.null();
  json.key("position_ms").integer(state.position_ms);
  json.key("at_ms").integer(state.at_ms);
  json.key("rate").number(state.rate);
  json.key("by").person(state.by);
  json.key("op").string(state.op);
  if (state.wait_until_ms > 0) json.key("wait_until_ms").integer(state.wait_until_ms);
}

void write_recording(JsonWriter& json, const rooms::LiveRecording& r) {
  json.open_object();
  json.key("by").person(r.by);
  json.key("name").string(r.by_name);
  json.key("since_ms").integer(r.since_ms);
  if (r.ended != rooms::RecordingEnd::none) json.key("ended").string(rooms::to_string(r.ended));
  json.close_object();
}

void write_stream(JsonWriter& json, const rooms::LiveStream& s) {
  json.open_object();
  json.key("id").integer(s.id);
  json.key("kind").string(name_of(s.kind));
  json.key("room_video").boolean(s.room_video);
  json.key("title").string(s.title);
  json.key("publisher").person(s.publisher);
  json.key("name").string(s.publisher_name);
  json.key("width").integer(s.width);
  json.key("height").integer(s.height);
  json.key("fps").integer(s.fps);
  json.key("sound").boolean(s.sound);
  json.key("online").boolean(s.online);
  json.key("viewers").integer(s.viewers);
  json.key("forms").open_array();
  for (const rooms::LiveForm form : s.forms) json.string(rooms::to_string(form));
  json.close_array();
  json.key("codecs").open_array();
  for (const std::string& codec : s.codecs) json.string(codec);
  json.close_array();
  if (s.still) json.key("still").boolean(true);
  if (s.recording) {
    json.key("recording");
    write_recording(json, *s.recording);
  }
  json.close_object();
}

void write_live(JsonWriter& json, const rooms::LiveState& live) {
  json.open_object();
  json.key("streams").open_array();
  for (const auto& stream : live.streams) write_stream(json, stream);
  json.close_array();
  json.key("desktops").integer(live.desktops);
  json.key("windows").integer(live.windows);
  json.key("frames").string(name_of(live.frames));
  json.close_object();
}

void write_item(JsonWriter& json, const rooms::QueueItem& item) {
  json.open_object();
  json.key("id").integer(item.id.value);
  json.key("media");
  write_media(json, item.media);
  json.key("title").string(item.title);
  json.key("by").person(item.by);
  json.key("name").string(item.by_name);
  json.close_object();
}

void write_queue(JsonWriter& json, const rooms::QueueView& view) {
  json.open_object();
  json.key("rev").integer(view.queue.rev.value);
  json.key("items").open_array();
  for (const auto& item : view.queue.items) write_item(json, item);
  json.close_array();
  json.key("autoplay").boolean(view.queue.autoplay);
  json.key("loop").string(rooms::to_string(view.queue.loop));
  json.key("votes");
  write_people(json, view.votes);
  json.key("votes_needed").integer(view.votes_needed);
  json.close_object();
}

void write_actions(JsonWriter& json, const std::vector<rooms::Action>& actions) {
  json.open_array();
  for (const auto& action : actions) {
    json.open_object();
    json.key("id").integer(action.id);
    json.key("what").string(rooms::to_string(action.what));
    json.key("by").person(action.by);
    json.key("name").string(action.by_name);
    json.key("detail").string(action.detail);
    json.key("at_ms").integer(action.at_ms);
    json.key("can_undo").boolean(action.can_undo);
    json.close_object();
  }
  json.close_array();
}

void write(JsonWriter& json, const rooms::Welcome& w) {
  type(json, "room.welcome");
  json.key("you").person(w.you);
  json.key("room");
  write_room(json, w.room);
  json.key("participants");
  write_participants(json, w.participants);
  json.key("playback");
  json.open_object();
  write_playback_fields(json, w.playback, w.epoch);
  json.close_object();
  json.key("live");
  write_live(json, w.live);
  json.key("queue");
  write_queue(json, w.queue);
  json.key("actions");
  write_actions(json, w.actions);
  write_messages(json, "messages", w.messages);
  json.key("more_before").boolean(w.more_before);
  json.key("epoch").integer(w.epoch);
  json.key("seq").integer(w.seq.value);
  json.key("server_time_ms").integer(w.server_time_ms);
  json.key("resumed").boolean(w.resumed);
  json.key("change").integer(w.change.value);
  if (!w.changed.empty()) write_messages(json, "changed", w.changed);
}

void write(JsonWriter& json, const rooms::ChatMessage& m) {
  type(json, "chat.message");
  write_message(json, m);
}

void write(JsonWriter& json, const rooms::ChatEdited& edited) {
  type(json, "chat.edited");
  json.key("seq").integer(edited.seq.value);
  json.key("text").string(edited.text);
  json.key("edited_at_ms").integer(edited.edited_at_ms);
  json.key("change").integer(edited.change.value);
}

void write(JsonWriter& json, const rooms::ChatDeleted& deleted) {
  type(json, "chat.deleted");
  json.key("seq").integer(deleted.seq.value);
  json.key("by").person(deleted.by);
  json.key("change").integer(deleted.change.value);
}

void write(JsonWriter& json, const rooms::ChatReactions& reactions) {
  type(json, "chat.reactions");
  json.key("seq").integer(reactions.seq.value);
  write_reactions(json, reactions.reactions);
  json.key("change").integer(reactions.change.value);
}

void write(JsonWriter& json, const rooms::PresenceDiff& diff) {
  type(json, "presence.diff");
  json.key("changed");
  write_participants(json, diff.changed);
  json.key("left");
  write_people(json, diff.left);
}

void write(JsonWriter& json, const rooms::TypingNow& typing) {
  type(json, "chat.typing");
  json.key("person").person(typing.person);
  json.key("on").boolean(typing.on);
}

void write(JsonWriter& json, const rooms::PlaybackChanged& changed) {
  type(json, "playback.state");
  write_playback_fields(json, changed.state, changed.epoch);
  if (changed.waiting_for.empty()) return;
  json.key("waiting_for");
  write_people(json, changed.waiting_for);
}

void write(JsonWriter& json, const rooms::RoomChanged& changed) {
  type(json, "room.changed");
  json.key("room");
  write_room(json, changed.room);
  json.key("by").person(changed.by);
}

void write(JsonWriter& json, const rooms::LiveChanged& changed) {
  type(json, "live.changed");
  json.key("live");
  write_live(json, changed.live);
}

void write(JsonWriter& json, const rooms::QueueChanged& changed) {
  type(json, "queue.state");
  json.key("queue");
  write_queue(json, changed.queue);
}

void write(JsonWriter& json, const rooms::ActionsChanged& changed) {
  type(json, "room.history");
  json.key("actions");
  write_actions(json, changed.actions);
}

void write(JsonWriter& json, const rooms::RoomClosed&) { type(json, "room.closed"); }

void write(JsonWriter& json, const rooms::SignalFrom& signal) {
  type(json, "room.signal");
  json.key("from").person(signal.from);
  json.key("data").raw(signal.data);
}

void write(JsonWriter& json, const rooms::YouWere& were) {
  type(json, "you.were");
  json.key("what").string(were.what);
  json.key("by").person(were.by);
}

void write(JsonWriter& json, const rooms::BlockedPeople& blocked) {
  type(json, "room.blocked");
  json.key("people").open_array();
  for (const auto& [id, name] : blocked.people) {
    json.open_object();
    json.key("id").person(id);
    json.key("name").string(name);
    json.close_object();
  }
  json.close_array();
}

void write(JsonWriter& json, const rooms::KnockedPeople& knocked) {
  type(json, "room.knocked");
  json.key("people").open_array();
  for (const auto& person : knocked.people) {
    json.open_object();
    json.key("id").person(person.id);
    json.key("name").string(person.name);
    json.key("kind").string(name_of(person.kind));
    json.close_object();
  }
  json.close_array();
}

void write(JsonWriter& json, const rooms::Admitted& admitted) {
  type(json, "room.admitted");
  json.key("on").boolean(admitted.on);
  if (!admitted.why.empty()) json.key("why").string(admitted.why);
}

void write(JsonWriter& json, const rooms::RoomMoved& moved) {
  type(json, "room.moved");
  json.key("code").string(moved.code);
}

}  // namespace

void encode(const rooms::Outgoing& message, std::string& out, std::string_view page_version) {
  JsonWriter json(out);
  std::visit([&](const auto& m) { write(json, m); }, message);
  if (std::holds_alternative<rooms::Welcome>(message) && !page_version.empty()) json.key("page_version").string(page_version);
  json.close_object();
}

void encode_ok(const rooms::ReplyOk& reply, std::string& out) {
  JsonWriter json(out);
  type(json, "ok");
  json.key("ref").string(reply.ref.client);
  if (reply.seq) json.key("seq").integer(reply.seq->value);
  if (reply.rev) json.key("rev").integer(reply.rev->value);
  json.close_object();
}

void encode_error(const rooms::Error& error, std::string_view ref, std::string_view message_id, std::string& out) {
  const rooms::ErrorInfo& about = rooms::info(error.code);
  JsonWriter json(out);
  type(json, "error");
  if (!ref.empty()) json.key("ref").string(ref);
  if (!message_id.empty()) json.key("id").string(message_id);
  json.key("code").string(about.wire_name);
  const bool media = error.code == rooms::ErrorCode::bad_media;
  json.key("message").string(media ? rooms::media_link_sentence(error.detail) : about.sentence);
  if (!error.detail.empty()) json.key("detail").string(error.detail);
  if (error.code == rooms::ErrorCode::slow_down) json.key("retry_ms").integer(error.retry_ms);
  json.close_object();
}

void encode_clock_reply(std::string_view t1, double t2_ms, double t3_ms, std::string& out) {
  JsonWriter json(out);
  type(json, "clock.reply");
  json.key("t1").raw(t1);
  json.key("t2").number(t2_ms);
  json.key("t3").number(t3_ms);
  json.close_object();
}

void encode_chat_page(std::string_view ref, std::span<const rooms::ChatMessage> messages, bool more_before, std::string& out) {
  JsonWriter json(out);
  type(json, "chat.page");
  write_answer(json, ref, messages, more_before);
}

void encode_chat_found(std::string_view ref, std::span<const rooms::ChatMessage> messages, bool more_before, std::string& out) {
  JsonWriter json(out);
  type(json, "chat.found");
  write_answer(json, ref, messages, more_before);
}

}  // namespace matinee::wire
