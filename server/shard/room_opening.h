// What storage keeps of a room → a Room in memory, and the shapes in between. Pure.
#pragma once
#include <string>
#include <vector>
#include "rooms/room.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"

namespace matinee::shard {

// The directory's own columns say who owns the room, who has which role and who is blocked; the snapshot adds what only the room
// knows. A room that was never saved starts with its settings and an empty stage.
[[nodiscard]] rooms::RoomSnapshot snapshot_from(const seams::RoomRecord& record);
// A message or what is left of a removed one.
[[nodiscard]] rooms::ChatMessage message_from(const seams::StoredMessage& stored);
// Those that show something, in the order given: void rows are left out.
[[nodiscard]] std::vector<rooms::ChatMessage> messages_from(const std::vector<seams::StoredMessage>& stored);
[[nodiscard]] rooms::RoomOptions options_from(const seams::RoomRecord& record, const std::vector<seams::StoredMessage>& newest);
[[nodiscard]] seams::AppendRequest append_from(const rooms::Store& store, seams::RoomWriter writer);
[[nodiscard]] seams::AppendRequest append_from(const rooms::StoreChange& store, seams::RoomWriter writer);

}  // namespace matinee::shard
