#include "server/shard/door.h"

#include <algorithm>
#include <chrono>
#include "rooms/room_code.h"
#include "server/shard/client.h"
#include "server/shard/close_codes.h"
#include "server/shard/context.h"
#include "server/shard/room_host.h"
#include "server/wire/decode.h"
#include "server/wire/encode.h"

namespace matinee::shard {

void Door::arrive(Client& client, const net::RequestHead& head) {
  stay(client);
  context_.parts.find_visitor(head, [weak = client.weak_from_this()](seams::Result<seams::Visit> visitor) {
    const auto arriving = weak.lock();
    if (!arriving || !arriving->open()) return;
    if (visitor) return arriving->arrived(std::move(*visitor));
    if (visitor.error() == seams::StoreError::not_found) return arriving->close(close_code::logged_out, "no session");
    arriving->close(close_code::try_later, "try again");
  });
}

void Door::stay(Client& client, std::chrono::milliseconds longer) {
  client.set_deadline(context_.loop().start_timer(context_.options.door_max + longer, [weak = client.weak_from_this()] {
    if (const auto waiting = weak.lock()) waiting->close(close_code::policy, "not joined in time");
  }));
}

// An old code leads nowhere, but for those who were inside when the room got its new one: a tab that was just away is told it.
RoomHost* Door::room_for(Client& client, const std::string& ref) {
  const auto code = rooms::read_room_code(client.code());
  RoomHost* host = code ? &room_of_(*code) : nullptr;
  if (host != nullptr && host->code_now() == *code) return host;
  if (host != nullptr && host->came_along(client.visit().person)) {
    context_.text.clear();
    wire::encode(rooms::RoomMoved{host->code_now()}, context_.text);
    client.send(context_.text);
    client.close(close_code::moved, "moved");
    return nullptr;
  }
  turn_away(client, {rooms::ErrorCode::no_such_room, {}, 0}, ref);
  return nullptr;
}

void Door::join(Client& client, wire::JoinRoom join, std::string ref) {
  switch (client.stage()) {
    case Client::Stage::arriving: return client.join_when_arrived(std::move(join), std::move(ref));
    case Client::Stage::asking: client.host()->leave_queue(client); [[fallthrough]];
    case Client::Stage::at_door: client.asked(); break;
    case Client::Stage::joining:
    case Client::Stage::member: return client.refuse({rooms::ErrorCode::already_joined, {}, 0}, ref);
    case Client::Stage::refused:
    case Client::Stage::leaving: return;
  }
  RoomHost* host = room_for(client, ref);
  if (host == nullptr) return;
  client.joining(*host, std::move(join.tab));
  host->join(client, {join.since, std::move(join.password), std::move(ref)});
}

void Door::knock(Client& client, bool on, std::string ref) {
  switch (client.stage()) {
    case Client::Stage::arriving:
      if (on) return client.knock_when_arrived(std::move(ref));
      return client.refuse({rooms::ErrorCode::not_joined, {}, 0}, ref);
    case Client::Stage::asking:
      if (!on) return client.host()->stop_asking(client, std::move(ref));
      return client.refuse({rooms::ErrorCode::already_joined, {}, 0}, ref);
    case Client::Stage::at_door: client.asked(); break;
    case Client::Stage::joining:
    case Client::Stage::member: return client.refuse({rooms::ErrorCode::already_joined, {}, 0}, ref);
    case Client::Stage::refused:
    case Client::Stage::leaving: return;
  }
  if (!on) return client.refuse({rooms::ErrorCode::not_joined, {}, 0}, ref);
  RoomHost* host = room_for(client, ref);
  if (host == nullptr) return;
  client.asking(*host);
  host->knock(client, std::move(ref));
}

void Door::turn_away(Client& client, const rooms::Error& error, const std::string& ref) {
  const bool unknown = error.code == rooms::ErrorCode::no_such_room || error.code == rooms::ErrorCode::room_closed;
  client.turned_away(unknown ? Client::Stage::refused : Client::Stage::at_door);
  if (unknown) return refuse_later(client);
  client.refuse(error, ref);
  if (error.code == rooms::ErrorCode::storage_unavailable) client.close(close_code::try_later, "try again");
}

// Counted from the attempt, so that neither the answer nor the time it takes tells a block from a wrong code.
void Door::refuse_later(Client& client) {
  const auto passed = std::chrono::milliseconds(context_.now_ms() - client.asked_at_ms());
  const auto left = std::max(context_.options.refusal_after - passed, std::chrono::milliseconds(1));
  client.set_deadline(context_.loop().start_timer(left, [weak = client.weak_from_this()] {
    if (const auto refused = weak.lock()) refused->close(close_code::no_such_room, "no such room");
  }));
}

}  // namespace matinee::shard
