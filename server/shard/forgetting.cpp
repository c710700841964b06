#include "server/shard/forgetting.h"

#include <algorithm>

#include "server/wire/stored.h"

namespace matinee::shard {

std::string nameless_extra(std::string_view extra) {
  rooms::ChatMessage message;
  wire::decode_extra(extra, message);
  message.author_name.clear();
  return wire::encode_extra(message);
}

std::string nameless_snapshot(std::string_view snapshot, rooms::PersonId person) {
  auto room = wire::decode_snapshot(snapshot);
  if (!room) return std::string(snapshot);
  for (rooms::QueueItem& item : room->queue.items)
    if (item.by == person) item.by_name.clear();
  std::erase_if(room->roles, [person](const auto& entry) { return entry.first == person; });
  std::erase_if(room->silenced, [person](const auto& entry) { return entry.first == person; });
  std::erase_if(room->blocks, [person](const auto& entry) { return entry.person == person; });
  return wire::encode_snapshot(*room);
}

}  // namespace matinee::shard
