#include "server/wire/decode.h"

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/value.hpp>
#include <cstring>
#include "rooms/limits.h"
#include "rooms/media_link.h"
#include "rooms/person.h"
#include "server/wire/fields.h"
#include "server/wire/names.h"
#include "server/wire/raw_member.h"
#include "server/wire/shapes.h"

namespace matinee::wire {
namespace json = boost::json;
namespace limits = rooms::limits;
using rooms::ErrorCode;
namespace {

using Body = decltype(ClientMessage::body);
using Decoded = rooms::Result<Body>;

constexpr Bounds any_positive{1, integer_max};
constexpr Bounds any_count{0, integer_max};
constexpr Bounds any_position{0, limits::position_ms_max};
constexpr Bounds any_error{-limits::position_ms_max, limits::position_ms_max};
constexpr std::size_t number_bytes_max = 32;

template <class E>
Body event(E value) {
  return Body(rooms::Event(std::move(value)));
}

constexpr Lengths password_bytes{limits::room_password_bytes_min, limits::room_password_bytes_max};

Decoded room_join(Fields& fields, std::string_view) {
  JoinRoom join;
  if (const json::object* object = fields.maybe_object("since")) {
    Fields since(*object, "since.");
    join.since = rooms::Since{since.integer("epoch", any_count), rooms::Seq{since.integer("seq", any_count)},
                              rooms::Revision{since.integer("rev", any_count)}};
    if (const auto change = since.maybe_integer("change", any_count)) join.since->change = rooms::ChangeNumber{*change};
    if (!since.fine()) fields.refuse(since.bad());
  }
  join.tab = fields.token("tab", {tab_bytes_min, tab_bytes_max});
  if (const auto password = fields.maybe_string("password", password_bytes)) join.password = std::string(*password);
  return Body(std::move(join));
}

// The text's own rules (length in code points, control characters) are the room's: it refuses them by name.
Decoded chat_post(Fields& fields, std::string_view) {
  rooms::PostChat post;
  post.id = fields.token("id", {limits::message_id_bytes_min, limits::message_id_bytes_max});
  post.text = fields.string("text", {0, client_message_bytes_max});
  if (const auto seq = fields.maybe_integer("reply_to", any_positive)) post.reply_to = rooms::Seq{*seq};
  post.again = fields.boolean_or("again", false);
  return event(std::move(post));
}

rooms::Seq seq_of(Fields& fields) { return rooms::Seq{fields.integer("seq", any_positive)}; }

Decoded chat_edit(Fields& fields, std::string_view) {
  const rooms::Seq seq = seq_of(fields);
  return event(rooms::EditChat{seq, std::string(fields.string("text", {0, client_message_bytes_max}))});
}

Decoded chat_delete(Fields& fields, std::string_view) { return event(rooms::DeleteChat{seq_of(fields)}); }

// Whether it is an emoji is for the room to say.
Decoded chat_react(Fields& fields, std::string_view) {
  const rooms::Seq seq = seq_of(fields);
  std::string emoji(fields.string("emoji", {1, limits::emoji_bytes_max}));
  return event(rooms::React{seq, std::move(emoji), fields.boolean("on")});
}

Decoded chat_typing(Fields& fields, std::string_view) { return event(rooms::Typing{fields.boolean("on")}); }

Decoded chat_history(Fields& fields, std::string_view) {
  if (fields.maybe_string("ref", {1, limits::client_ref_bytes_max}) == std::nullopt) fields.refuse("ref");
  const auto before = fields.integer("before", any_positive);
  const auto limit = fields.integer("limit", {1, static_cast<std::int64_t>(limits::history_page_max)});
  return Body(ReadHistory{rooms::Seq{before}, static_cast<std::size_t>(limit)});
}

Decoded chat_search(Fields& fields, std::string_view) {
  if (fields.maybe_string("ref", {1, limits::client_ref_bytes_max}) == std::nullopt) fields.refuse("ref");
  SearchChat search;
  search.query = fields.string("query", {1, limits::search_query_bytes_max});
  if (const auto before = fields.maybe_integer("before", any_positive)) search.before = rooms::Seq{*before};
  search.limit = static_cast<std::size_t>(fields.integer("limit", {1, static_cast<std::int64_t>(limits::search_page_max)}));
  return Body(std::move(search));
}

struct Base {
  rooms::Revision rev;
  std::string op;
};
Base base_of(Fields& fields) {
  return {rooms::Revision{fields.integer("base_rev", any_count)}, std::string(fields.string("op", {0, limits::op_bytes_max}))};
}

Decoded playback_set(Fields& fields, std::string_view) {
  const std::string_view url = fields.string("url", {0, client_message_bytes_max});
  Base base = base_of(fields);
  rooms::SetMedia set{std::nullopt, base.rev, std::move(base.op)};
  if (!fields.fine() || url.empty()) return event(std::move(set));
  auto media = rooms::parse_media_link(url);
  if (!media) return tl::unexpected(std::move(media.error()));
  set.media = std::move(*media);
  return event(std::move(set));
}

template <rooms::Command command>
Decoded playback_command(Fields& fields, std::string_view) {
  rooms::PlaybackCommand out;
  out.command = command;
  if constexpr (command == rooms::Command::rate) out.rate = fields.number("rate", limits::rate_min, limits::rate_max);
  if constexpr (command != rooms::Command::timeout) out.position_ms = fields.milliseconds("position_ms", any_position);
  Base base = base_of(fields);
  out.base_rev = base.rev;
  out.op = std::move(base.op);
  return event(std::move(out));
}

Decoded playback_ready(Fields& fields, std::string_view) { return event(rooms::Ready{rooms::Revision{fields.integer("rev", any_count)}}); }

Decoded participant_status(Fields& fields, std::string_view) {
  static constexpr std::array<std::string_view, 8> states{"playing", "paused", "buffering", "ad", "blocked", "failed", "hidden", "alone"};
  rooms::Status status;
  status.position_ms = fields.milliseconds("position_ms", any_position);
  status.ahead_ms = fields.milliseconds("ahead_ms", any_position);
  status.state = fields.string("state", {1, 16});
  status.error_ms = fields.milliseconds("error_ms", any_error);
  status.live_ms = fields.maybe_milliseconds("live_ms", any_error);
  if (std::find(states.begin(), states.end(), status.state) == states.end()) fields.refuse("state");
  return event(std::move(status));
}

Decoded participant_role(Fields& fields, std::string_view) {
  rooms::SetRole set;
  set.person = fields.person("person");
  const auto role = rooms::role_from(fields.string("role", {1, 16}));
  if (role) set.role = *role;
  else fields.refuse("role");
  return event(set);
}

template <class E>
Decoded about_person(Fields& fields, std::string_view) {
  return event(E{fields.person("person")});
}

Decoded participant_silence(Fields& fields, std::string_view) {
  rooms::Silence silence;
  silence.person = fields.person("person");
  silence.on = fields.boolean("on");
  silence.for_ms = fields.maybe_integer("for_ms", any_count).value_or(0);
  return event(silence);
}

Decoded room_settings(Fields& fields, std::string_view) {
  rooms::ChangeSettings change;
  if (const auto name = fields.maybe_string("name", {0, client_message_bytes_max})) change.name = std::string(*name);
  if (const auto preset = fields.maybe_string("preset", {1, 16})) {
    change.preset = rooms::preset_from(*preset);
    if (!change.preset) fields.refuse("preset");
  }
  if (const json::object* table = fields.maybe_object("grants")) {
    change.grants = read_grants(*table);
    if (!change.grants) fields.refuse("grants");
  }
  if (const auto policy = fields.maybe_string("wait_policy", {1, 16})) {
    change.policy = policy_from(*policy);
    if (!change.policy) fields.refuse("wait_policy");
  }
  change.slow_ms = fields.maybe_integer("slow_ms", {0, limits::slow_ms_max});
  if (const auto access = fields.maybe_string("access", {1, 16})) {
    change.access = rooms::access_from(*access);
    if (!change.access) fields.refuse("access");
  }
  if (const auto password = fields.maybe_string("password", password_bytes))
    return Body(SetPassword{std::move(change), std::string(*password)});
  return event(std::move(change));
}

Decoded room_knock(Fields& fields, std::string_view) { return Body(Knock{fields.boolean_or("on", true)}); }

Decoded room_admit(Fields& fields, std::string_view) {
  const rooms::PersonId person = fields.person("person");
  return event(rooms::LetIn{person, fields.boolean("on")});
}

Decoded room_new_code(Fields&, std::string_view) { return event(rooms::NewCode{}); }

rooms::ItemId item_of(Fields& fields) { return rooms::ItemId{fields.integer("item", any_positive)}; }

Decoded queue_add(Fields& fields, std::string_view) {
  rooms::QueueAdd add;
  const std::string_view url = fields.string("url", {1, client_message_bytes_max});
  add.title = fields.maybe_string("title", {0, limits::queue_title_bytes_max}).value_or("");
  add.first = fields.boolean_or("first", false);
  if (!fields.fine()) return event(std::move(add));
  auto media = rooms::parse_media_link(url);
  if (!media) return tl::unexpected(std::move(media.error()));
  add.media = std::move(*media);
  return event(std::move(add));
}

Decoded queue_move(Fields& fields, std::string_view) {
  rooms::QueueMove move{item_of(fields), std::nullopt};
  if (const auto before = fields.maybe_integer("before", any_positive)) move.before = rooms::ItemId{*before};
  return event(move);
}

Decoded queue_remove(Fields& fields, std::string_view) { return event(rooms::QueueRemove{item_of(fields)}); }

Decoded queue_play(Fields& fields, std::string_view) {
  const rooms::ItemId item = item_of(fields);
  Base base = base_of(fields);
  return event(rooms::QueuePlay{item, base.rev, std::move(base.op)});
}

Decoded queue_skip(Fields& fields, std::string_view) {
  Base base = base_of(fields);
  return event(rooms::QueueSkip{base.rev, std::move(base.op)});
}

Decoded queue_clear(Fields&, std::string_view) { return event(rooms::QueueClear{}); }
Decoded queue_shuffle(Fields&, std::string_view) { return event(rooms::QueueShuffle{}); }

Decoded queue_settings(Fields& fields, std::string_view) {
  rooms::QueueSettings settings;
  const json::value* autoplay = fields.raw().if_contains("autoplay");
  if (autoplay != nullptr && !autoplay->is_null()) settings.autoplay = fields.boolean("autoplay");
  if (const auto loop = fields.maybe_string("loop", {1, 16})) {
    settings.loop = rooms::loop_from(*loop);
    if (!settings.loop) fields.refuse("loop");
  }
  return event(settings);
}

Decoded queue_vote(Fields& fields, std::string_view) {
  const rooms::Revision rev{fields.integer("rev", any_count)};
  return event(rooms::VoteSkip{rev, fields.boolean("on")});
}

Decoded playback_ended(Fields& fields, std::string_view) { return event(rooms::Ended{rooms::Revision{fields.integer("rev", any_count)}}); }
Decoded room_undo(Fields& fields, std::string_view) { return event(rooms::Undo{fields.integer("action", any_positive)}); }

Decoded room_close(Fields&, std::string_view) { return event(rooms::CloseRoom{}); }

Decoded room_signal(Fields& fields, std::string_view bytes) {
  const std::string_view data = raw_member(bytes, "data");
  if (data.empty() || data.size() > limits::signal_bytes_max) {
    fields.refuse("data");
    return event(rooms::Signal{});
  }
  return event(rooms::Signal{std::string(data)});
}

Decoded clock_probe(Fields& fields, std::string_view bytes) {
  ClockProbe probe;
  const json::value* t1 = fields.raw().if_contains("t1");
  const std::string_view spelt = raw_member(bytes, "t1");
  if (t1 == nullptr || !t1->is_number() || spelt.empty() || spelt.size() > number_bytes_max) fields.refuse("t1");
  else probe.t1 = spelt;
  probe.rtt_ms = fields.maybe_milliseconds("rtt_ms", any_count);
  return Body(std::move(probe));
}

struct MessageType {
  std::string_view name;
  Decoded (*decode)(Fields&, std::string_view bytes);
};
constexpr std::array message_types{
    MessageType{"room.signal", room_signal},
    MessageType{"clock.probe", clock_probe},
    MessageType{"chat.post", chat_post},
    MessageType{"chat.typing", chat_typing},
    MessageType{"chat.react", chat_react},
    MessageType{"chat.edit", chat_edit},
    MessageType{"chat.delete", chat_delete},
    MessageType{"participant.status", participant_status},
    MessageType{"playback.ready", playback_ready},
    MessageType{"playback.play", playback_command<rooms::Command::play>},
    MessageType{"playback.pause", playback_command<rooms::Command::pause>},
    MessageType{"playback.seek", playback_command<rooms::Command::seek>},
    MessageType{"playback.rate", playback_command<rooms::Command::rate>},
    MessageType{"playback.start_now", playback_command<rooms::Command::timeout>},
    MessageType{"playback.set", playback_set},
    MessageType{"room.join", room_join},
    MessageType{"chat.history", chat_history},
    MessageType{"chat.search", chat_search},
    MessageType{"participant.role", participant_role},
    MessageType{"participant.remove", about_person<rooms::RemovePerson>},
    MessageType{"participant.block", about_person<rooms::Block>},
    MessageType{"participant.unblock", about_person<rooms::Unblock>},
    MessageType{"participant.silence", participant_silence},
    MessageType{"room.settings", room_settings},
    MessageType{"room.close", room_close},
    MessageType{"queue.add", queue_add},
    MessageType{"queue.move", queue_move},
    MessageType{"queue.remove", queue_remove},
    MessageType{"queue.play", queue_play},
    MessageType{"queue.skip", queue_skip},
    MessageType{"queue.clear", queue_clear},
    MessageType{"queue.shuffle", queue_shuffle},
    MessageType{"queue.settings", queue_settings},
    MessageType{"queue.vote", queue_vote},
    MessageType{"playback.ended", playback_ended},
    MessageType{"room.undo", room_undo},
    MessageType{"room.knock", room_knock},
    MessageType{"room.admit", room_admit},
    MessageType{"room.new_code", room_new_code},
};

std::string_view reason_of(const json::error_code& error) { return error == json::error::too_deep ? "depth" : "json"; }

// The whole message, not only its strings: bytes that are no UTF-8 are refused wherever they stand (RFC 3629).
bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = at + text.size();
  while (at < end) {
    std::uint64_t eight = 0;
    if (end - at >= 8 && (std::memcpy(&eight, at, 8), (eight & 0x8080808080808080U) == 0)) {  // mostly it is ASCII
      at += 8;
      continue;
    }
    if (*at < 0x80) {
      ++at;
      continue;
    }
    const int more = *at >= 0xC2 && *at <= 0xDF ? 1 : (*at & 0xF0) == 0xE0 ? 2 : *at >= 0xF0 && *at <= 0xF4 ? 3 : 0;
    if (more == 0 || end - at <= more) return false;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (*at == 0xE0) low = 0xA0;        // overlong
    else if (*at == 0xED) high = 0x9F;  // surrogates
    else if (*at == 0xF0) low = 0x90;   // overlong
    else if (*at == 0xF4) high = 0x8F;  // beyond U+10FFFF
    if (at[1] < low || at[1] > high) return false;
    for (int i = 2; i <= more; ++i)
      if ((at[i] & 0xC0) != 0x80) return false;
    at += more + 1;
  }
  return true;
}

Refusal bad_request(std::string_view detail) { return Refusal{{ErrorCode::bad_request, std::string(detail), 0}, {}, {}}; }

tl::expected<ClientMessage, Refusal> decode_object(const json::object& object, std::string_view bytes) {
  Fields fields(object);
  Refusal refusal;
  ClientMessage message;
  if (const auto ref = fields.maybe_string("ref", {0, limits::client_ref_bytes_max})) message.ref = *ref;
  const std::string_view type = fields.string("type", {1, client_message_bytes_max});
  if (fields.fine()) {
    const auto entry = std::find_if(message_types.begin(), message_types.end(), [&](const MessageType& t) { return t.name == type; });
    if (entry == message_types.end()) return tl::unexpected(Refusal{{ErrorCode::unknown_type, {}, 0}, std::move(message.ref), {}});
    auto body = entry->decode(fields, bytes);
    if (body && fields.fine()) {
      message.body = std::move(*body);
      return message;
    }
    if (!body) refusal.error = std::move(body.error());
  }
  if (!fields.fine()) refusal.error = rooms::Error{ErrorCode::bad_request, fields.bad(), 0};
  refusal.ref = std::move(message.ref);
  if (const json::value* id = object.if_contains("id"); type == "chat.post" && id != nullptr && id->is_string()) {
    const std::string_view text(id->get_string().data(), id->get_string().size());
    if (text.size() <= limits::message_id_bytes_max && is_token(text)) refusal.message_id = text;
  }
  return tl::unexpected(std::move(refusal));
}

}  // namespace

tl::expected<ClientMessage, Refusal> decode(std::string_view bytes) {
  if (bytes.size() > client_message_bytes_max) return tl::unexpected(bad_request("size"));
  if (!is_utf8(bytes)) return tl::unexpected(bad_request("utf8"));
  static constexpr json::parse_options options = [] {
    json::parse_options o;
    o.max_depth = json_depth_max;
    return o;
  }();
  // Ordinary messages are parsed without touching the heap.
  thread_local std::array<unsigned char, 16 * 1024> values;
  std::array<unsigned char, 2 * 1024> work;
  json::monotonic_resource resource(values.data(), values.size());
  json::parser parser(json::storage_ptr{}, options, work.data(), work.size());
  parser.reset(&resource);
  json::error_code error;
  parser.write(bytes.data(), bytes.size(), error);
  if (error) return tl::unexpected(bad_request(reason_of(error)));
  const json::value value = parser.release();
  if (!value.is_object()) return tl::unexpected(bad_request("object"));
  return decode_object(value.get_object(), bytes);
}

}  // namespace matinee::wire
