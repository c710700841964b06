// Bytes of one client message → what it asks for, or a refusal. Why: everything a browser can send is checked here, once, so that
// the room and the shard see only well-formed values within their bounds. docs/protocol.md is the table this file follows.
// Strict about types, bounds, ids and UTF-8; an optional field may also be null; unknown fields are ignored.
// Thread rule: pure, any thread (a scratch buffer per thread); never throws.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include "rooms/event.h"
#include "rooms/result.h"

namespace matinee::wire {

inline constexpr std::size_t client_message_bytes_max = 16 * 1024;
inline constexpr std::size_t json_depth_max = 8;
inline constexpr std::int64_t integer_max = 1LL << 53;  // exact in JavaScript
inline constexpr std::size_t tab_bytes_min = 8;
inline constexpr std::size_t tab_bytes_max = 36;

// What the shard answers itself, without the room.
struct JoinRoom {
  std::optional<rooms::Since> since;
  std::string tab;
  std::optional<std::string> password;
};
struct ClockProbe {
  std::string t1;
  std::optional<std::int64_t> rtt_ms;
};  // t1 as it was spelt: echoed, never computed with
struct ReadHistory {
  rooms::Seq before;
  std::size_t limit = 0;
};
struct SearchChat {
  std::string query;
  std::optional<rooms::Seq> before;
  std::size_t limit = 0;
};

struct Knock {
  bool on = true;
};  // at the door: asks to be let in, or asks no longer
// room.settings with a password: it is hashed before the room hears of the change.
struct SetPassword {
  rooms::ChangeSettings change;
  std::string password;
};

struct ClientMessage {
  std::string ref;  // empty = none
  std::variant<JoinRoom, ClockProbe, ReadHistory, SearchChat, Knock, SetPassword, rooms::Event> body;
};

struct Refusal {
  rooms::Error error;      // bad_request: detail is the field, or one of size, json, utf8, depth, object
  std::string ref;         // what could be read of it, so that the asker can match the answer
  std::string message_id;  // likewise the id of a chat.post
};

[[nodiscard]] tl::expected<ClientMessage, Refusal> decode(std::string_view bytes);

}  // namespace matinee::wire
