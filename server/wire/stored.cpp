#include "server/wire/stored.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include "rooms/emoji.h"
#include "rooms/limits.h"
#include "server/wire/decode.h"
#include "server/wire/fields.h"
#include "server/wire/json_writer.h"
#include "server/wire/names.h"
#include "server/wire/shapes.h"

namespace matinee::wire {
namespace json = boost::json;
namespace limits = rooms::limits;
namespace {

constexpr std::int64_t version = 1;
constexpr Bounds any{-integer_max, integer_max};
constexpr Bounds count{0, integer_max};
constexpr Lengths any_length{0, 64 * 1024};

std::optional<json::value> parse(std::string_view bytes) {
  json::error_code error;
  json::value value = json::parse(bytes, error);
  if (error || !value.is_object()) return std::nullopt;
  return value;
}

// Calls read(Fields&) for every object of an array; false when it is no such array or an entry is not fine.
template <class F>
bool each(const json::object& object, std::string_view key, std::size_t max, F read) {
  const json::value* list = object.if_contains(key);
  if (list == nullptr || !list->is_array() || list->get_array().size() > max) return false;
  for (const json::value& entry : list->get_array()) {
    if (!entry.is_object()) return false;
    Fields fields(entry.get_object());
    read(fields);
    if (!fields.fine()) return false;
  }
  return true;
}

void write_playback(JsonWriter& out, const rooms::PlaybackState& state) {
  out.open_object();
  out.key("rev").integer(state.rev.value);
  out.key("phase").string(rooms::to_string(state.phase));
  if (state.media) {
    out.key("media");
    write_media(out, *state.media);
  }
  out.key("position_ms").integer(state.position_ms);
  out.key("at_ms").integer(state.at_ms);
  out.key("rate").number(state.rate);
  out.key("by").integer(state.by.value);
  out.key("op").string(state.op);
  out.key("wait_until_ms").integer(state.wait_until_ms);
  out.close_object();
}

rooms::MediaRef read_media(Fields& fields) {
  rooms::MediaRef media;
  const auto kind = media_kind_from(fields.string("kind", {1, 16}));
  if (kind) media.kind = *kind;
  else fields.refuse("kind");
  media.url = fields.string("url", any_length);
  media.video_id = fields.maybe_string("video_id", any_length).value_or("");
  media.start_ms = fields.integer("start_ms", count);
  media.live = fields.boolean_or("live", false);
  return media;
}

rooms::PlaybackState read_playback(Fields& fields) {
  rooms::PlaybackState state;
  state.rev.value = fields.integer("rev", count);
  const auto phase = phase_from(fields.string("phase", {1, 16}));
  if (phase) state.phase = *phase;
  else fields.refuse("phase");
  if (const json::object* object = fields.maybe_object("media")) {
    Fields media(*object);
    state.media = read_media(media);
    if (!media.fine()) fields.refuse("media");
  }
  state.position_ms = fields.integer("position_ms", any);
  state.at_ms = fields.integer("at_ms", any);
  state.rate = fields.number("rate", limits::rate_min, limits::rate_max);
  state.by.value = fields.integer("by", count);
  state.op = fields.string("op", any_length);
  state.wait_until_ms = fields.integer("wait_until_ms", count);
  return state;
}

void write_queue(JsonWriter& out, const rooms::QueueState& queue) {
  out.open_object();
  out.key("autoplay").boolean(queue.autoplay);
  out.key("loop").string(rooms::to_string(queue.loop));
  out.key("items").open_array();
  for (const auto& item : queue.items) {
    out.open_object();
    out.key("media");
    write_media(out, item.media);
    out.key("title").string(item.title);
    out.key("by").integer(item.by.value);
    out.key("name").string(item.by_name);
    out.close_object();
  }
  out.close_array();
  out.close_object();
}

// A room saved before there was a queue has none. A damaged one is left out: the room itself matters more.
rooms::QueueState read_queue(Fields& room) {
  rooms::QueueState queue;
  const json::object* object = room.maybe_object("queue");
  if (object == nullptr) return queue;
  Fields fields(*object);
  queue.autoplay = fields.boolean_or("autoplay", true);
  queue.loop = rooms::loop_from(fields.maybe_string("loop", {0, 16}).value_or("off")).value_or(rooms::Loop::off);
  const bool fine = each(*object, "items", 2 * limits::queue_items_max, [&](Fields& entry) {
    rooms::QueueItem item;
    if (const json::object* media = entry.maybe_object("media")) {
      Fields media_fields(*media);
      item.media = read_media(media_fields);
      if (!media_fields.fine()) entry.refuse("media");
    } else {
      entry.refuse("media");
    }
    item.title = entry.string("title", any_length);
    item.by.value = entry.integer("by", count);
    item.by_name = entry.string("name", any_length);
    queue.items.push_back(std::move(item));
  });
  if (!fine) queue.items.clear();
  return queue;
}

void write_people(JsonWriter& out, const rooms::RoomSnapshot& snapshot) {
  out.key("roles").open_array();
  for (const auto& entry : snapshot.roles) {
    out.open_object();
    out.key("person").integer(entry.first.value);
    out.key("role").string(rooms::to_string(entry.second));
    out.close_object();
  }
  out.close_array();
  out.key("blocks").open_array();
  for (const auto& block : snapshot.blocks) {
    out.open_object();
    out.key("person").integer(block.person.value);
    out.key("name").string(block.name);
    out.key("until_ms").integer(block.until_ms);
    out.close_object();
  }
  out.close_array();
  out.key("silenced").open_array();
  for (const auto& entry : snapshot.silenced) {
    out.open_object();
    out.key("person").integer(entry.first.value);
    out.key("until_ms").integer(entry.second);
    out.close_object();
  }
  out.close_array();
}

bool read_people(const json::object& object, rooms::RoomSnapshot& snapshot) {
  // A room keeps a little more than its bounds allow to add: what is stored is never thrown away for being one too many.
  const auto person = [](Fields& fields) { return rooms::PersonId{fields.integer("person", {1, integer_max})}; };
  return each(object, "roles", 2 * limits::roles_max,
              [&](Fields& fields) {
                const auto role = rooms::role_from(fields.string("role", {1, 16}));
                if (!role) return fields.refuse("role");
                snapshot.roles.emplace_back(person(fields), *role);
              }) &&
         each(object, "blocks", 2 * limits::blocks_max,
              [&](Fields& fields) {
                snapshot.blocks.push_back(
                    {person(fields), std::string(fields.string("name", any_length)), fields.integer("until_ms", count)});
              }) &&
         each(object, "silenced", 2 * limits::roles_max, [&](Fields& fields) {
           const auto who = person(fields);
           snapshot.silenced.emplace_back(who, fields.integer("until_ms", count));
         });
}

void write_settings(JsonWriter& out, const rooms::RoomInfo& info) {
  out.key("preset").string(rooms::to_string(info.preset));
  out.key("grants");
  write_grants(out, info.grants);
  out.key("wait_policy").string(rooms::to_string(info.policy));
  if (info.slow_ms > 0) out.key("slow_ms").integer(info.slow_ms);
}

void read_settings(Fields& fields, rooms::RoomInfo& info) {
  if (const auto name = fields.maybe_string("preset", {0, 16}))
    if (const auto preset = rooms::preset_from(*name)) {
      info.preset = *preset;
      info.grants = rooms::grants_of(*preset);
    }
  if (const json::object* grants = fields.maybe_object("grants")) info.grants = read_grants(*grants).value_or(info.grants);
  if (const auto name = fields.maybe_string("wait_policy", {0, 16})) info.policy = policy_from(*name).value_or(info.policy);
  info.slow_ms = fields.maybe_integer("slow_ms", {0, limits::slow_ms_max}).value_or(info.slow_ms);
}

}  // namespace

std::string encode_snapshot(const rooms::RoomSnapshot& snapshot) {
  std::string bytes;
  JsonWriter out(bytes);
  out.open_object();
  out.key("version").integer(version);
  out.key("code").string(snapshot.info.code);
  out.key("name").string(snapshot.info.name);
  out.key("owner").integer(snapshot.info.owner.value);
  out.key("guest_room").boolean(snapshot.info.guest_room);
  write_settings(out, snapshot.info);
  write_people(out, snapshot);
  out.key("playback");
  write_playback(out, snapshot.playback);
  out.key("queue");
  write_queue(out, snapshot.queue);
  out.key("saved_at_ms").integer(snapshot.saved_at_ms);
  out.close_object();
  return bytes;
}

std::optional<rooms::RoomSnapshot> decode_snapshot(std::string_view bytes) {
  const auto value = parse(bytes);
  if (!value) return std::nullopt;
  Fields fields(value->get_object());
  rooms::RoomSnapshot snapshot;
  if (fields.integer("version", {version, version}) != version) return std::nullopt;
  snapshot.info.code = fields.string("code", {0, 64});
  snapshot.info.name = fields.string("name", any_length);
  snapshot.info.owner.value = fields.integer("owner", count);
  snapshot.info.guest_room = fields.boolean("guest_room");
  read_settings(fields, snapshot.info);
  if (!read_people(fields.raw(), snapshot)) return std::nullopt;
  const json::object* object = fields.maybe_object("playback");
  if (object == nullptr) return std::nullopt;
  Fields playback(*object);
  snapshot.playback = read_playback(playback);
  snapshot.queue = read_queue(fields);
  snapshot.saved_at_ms = fields.integer("saved_at_ms", count);
  if (!fields.fine() || !playback.fine()) return std::nullopt;
  return snapshot;
}

std::string encode_settings(const rooms::RoomInfo& info) {
  std::string bytes;
  JsonWriter out(bytes);
  out.open_object();
  write_settings(out, info);
  out.close_object();
  return bytes;
}

void decode_settings(std::string_view bytes, rooms::RoomInfo& info) {
  const auto value = parse(bytes);
  if (!value) return;
  Fields fields(value->get_object());
  read_settings(fields, info);
}

std::string encode_reactions(const std::vector<rooms::Reaction>& reactions) {
  std::string bytes;
  if (reactions.empty()) return bytes;
  JsonWriter out(bytes);
  out.open_object();
  for (const rooms::Reaction& reaction : reactions) {
    out.key(reaction.emoji).open_array();  // an emoji holds nothing that would have to be escaped
    for (const rooms::PersonId person : reaction.people) out.integer(person.value);
    out.close_array();
  }
  out.close_object();
  return bytes;
}

std::vector<rooms::Reaction> decode_reactions(std::string_view bytes) {
  std::vector<rooms::Reaction> reactions;
  const auto value = bytes.empty() ? std::nullopt : parse(bytes);
  if (!value) return reactions;
  for (const auto& [emoji, people] : value->get_object()) {
    if (!rooms::is_emoji({emoji.data(), emoji.size()}) || !people.is_array()) continue;
    rooms::Reaction reaction{std::string(emoji.data(), emoji.size()), {}};
    for (const json::value& person : people.get_array()) {
      if (const auto* id = person.if_int64(); id != nullptr && *id > 0) reaction.people.push_back({*id});
    }
    if (!reaction.people.empty()) reactions.push_back(std::move(reaction));
  }
  return reactions;
}

std::string encode_extra(const rooms::ChatMessage& message) {
  std::string bytes;
  JsonWriter out(bytes);
  out.open_object();
  out.key("name").string(message.author_name);
  if (message.reply_to) out.key("reply_to").integer(message.reply_to->value);
  if (!message.media_url.empty()) out.key("media").string(message.media_url);
  if (message.media_time_ms >= 0) out.key("media_time_ms").integer(message.media_time_ms);
  out.close_object();
  return bytes;
}

void decode_extra(std::string_view bytes, rooms::ChatMessage& message) {
  const auto value = parse(bytes);
  if (!value) return;
  Fields fields(value->get_object());
  message.author_name = fields.maybe_string("name", any_length).value_or("");
  if (const auto seq = fields.maybe_integer("reply_to", {1, integer_max})) message.reply_to = rooms::Seq{*seq};
  message.media_url = fields.maybe_string("media", any_length).value_or("");
  message.media_time_ms = fields.maybe_integer("media_time_ms", count).value_or(-1);
}

}  // namespace matinee::wire
