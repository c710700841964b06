// What the directory and the log keep for a room as opaque bytes: JSON, so that an operator can read it, with a version, so that a
// later program can. Reading is as strict as for a stranger's bytes: a damaged value is an answer, never a crash.
// Thread rule: pure, any thread; never throws.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include "rooms/effect.h"
#include "rooms/room.h"

namespace matinee::wire {

// RoomRecord::snapshot: everything of the room but its messages.
[[nodiscard]] std::string encode_snapshot(const rooms::RoomSnapshot& snapshot);
[[nodiscard]] std::optional<rooms::RoomSnapshot> decode_snapshot(std::string_view bytes);

// RoomRecord::settings: {preset, grants, wait_policy, slow_ms}. Fields that are missing or damaged leave `info` as it is.
[[nodiscard]] std::string encode_settings(const rooms::RoomInfo& info);
void decode_settings(std::string_view bytes, rooms::RoomInfo& info);

// StoredMessage::reactions; empty bytes when there are none, and what is damaged is none.
[[nodiscard]] std::string encode_reactions(const std::vector<rooms::Reaction>& reactions);
[[nodiscard]] std::vector<rooms::Reaction> decode_reactions(std::string_view bytes);

// StoredMessage::extra: what a message is beside number, author, id, text and time.
[[nodiscard]] std::string encode_extra(const rooms::ChatMessage& message);
void decode_extra(std::string_view bytes, rooms::ChatMessage& message);

}  // namespace matinee::wire
