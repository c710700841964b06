// The way of a room's numbered messages into the log and of the outcomes back to the room, in order. Its one subtlety: when a message
// could not be stored the room takes its number and all later ones back and gives them again; outcomes of appends made before that
// are about messages that no longer exist and must not be heard.
// Thread rule: the loop's thread. Owned by a RoomHost.
#pragma once
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include "rooms/effect.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"

namespace matinee::shard {

struct ShardContext;

class ChatStore {
 public:
  struct Listener {
    std::function<void(const rooms::Event&)> outcome;  // Stored, StoredVoid, StoreFailed
    std::function<void()> lost;                        // the log has another owner, or other numbers than we: stop serving the room
  };
  ChatStore(ShardContext& context, seams::RoomWriter writer, std::weak_ptr<void> alive, Listener listener);

  void append(const rooms::Store& store);
  [[nodiscard]] bool idle() const { return under_way_.empty(); }

 private:
  struct Append {
    std::uint64_t ticket;
    rooms::Seq seq;
  };
  void heard(std::uint64_t ticket, const seams::AppendOutcome& outcome);
  void fail_from(rooms::Seq seq);

  ShardContext& context_;
  seams::RoomWriter writer_;
  std::weak_ptr<void> alive_;  // the host: outcomes may come after it has gone
  Listener listener_;
  std::list<Append> under_way_;  // those whose outcome still matters, by rising seq
  std::uint64_t last_ticket_ = 0;
  bool lost_ = false;
};

}  // namespace matinee::shard
