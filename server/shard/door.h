// The door: a socket before its welcome. Only room.join, room.knock and clock.probe are heard there, for a limited time. It finds out who
// the socket belongs to and hands it to the room; a room that does not exist and one that has blocked the person answer alike. Thread rule:
// the loop's thread.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include "rooms/result.h"
#include "server/net/exchange.h"

namespace matinee::wire {
struct JoinRoom;
}

namespace matinee::shard {

class Client;
class RoomHost;
struct ShardContext;

class Door {
 public:
  // room_of opens the room when it is not in memory.
  Door(ShardContext& context, std::function<RoomHost&(const std::string& code)> room_of)
      : context_(context), room_of_(std::move(room_of)) {}

  void arrive(Client& client, const net::RequestHead& head);
  void join(Client& client, wire::JoinRoom join, std::string ref);
  void knock(Client& client, bool on, std::string ref);
  // How long it may stay from now on.
  void stay(Client& client, std::chrono::milliseconds longer = {});
  // The room did not take it: closed with 4004, or told why and left at the door.
  void turn_away(Client& client, const rooms::Error& error, const std::string& ref);

 private:
  // The room of the code the socket was opened with; null: it was told that there is none, or where the room is now.
  [[nodiscard]] RoomHost* room_for(Client& client, const std::string& ref);
  void refuse_later(Client& client);

  ShardContext& context_;
  std::function<RoomHost&(const std::string&)> room_of_;
};

}  // namespace matinee::shard
