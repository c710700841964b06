// Takes a person's name out of what is stored of a room: what stays of somebody whose account has ended. The blobs are the shard's own
// (room_opening.h). Pure; bytes that cannot be read stay as they are.
#pragma once
#include <string>
#include <string_view>
#include "rooms/ids.h"

namespace matinee::shard {

[[nodiscard]] std::string nameless_extra(std::string_view extra);  // of one of the person's messages
[[nodiscard]] std::string nameless_snapshot(std::string_view snapshot, rooms::PersonId person);

}  // namespace matinee::shard
