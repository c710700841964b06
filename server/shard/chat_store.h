// The way of a room's numbered messages and changes into the log and of the outcomes back to the room, in order. Its one subtlety: when a
// message or change could not be stored the room takes its number and all later ones back and gives them again; outcomes of appends made
// before that are about messages that no longer exist and must not be heard. Thread rule: the loop's thread. Owned by a RoomHost.
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
    std::function<void(const rooms::Event&)> outcome;  // Stored, ChangeStored, StoredVoid, StoreFailed
    std::function<void()> lost;                        // the log has another owner, or other numbers than we: stop serving the room
  };
  ChatStore(ShardContext& context, seams::RoomWriter writer, std::weak_ptr<void> alive, Listener listener);

  void append(const rooms::Store& store);
  void append(const rooms::StoreChange& store);
  [[nodiscard]] bool idle() const { return under_way_.empty(); }

 private:
  struct Append {
    std::uint64_t ticket;
    rooms::Seq seq;              // of a new message; 0: it is a change
    rooms::ChangeNumber change;  // of a change; 0: it is a message
  };
  using UnderWay = std::list<Append>;
  void append(seams::AppendRequest request, rooms::Seq seq, rooms::ChangeNumber change);
  void heard(std::uint64_t ticket, const seams::AppendOutcome& outcome);
  void fail_from(UnderWay::iterator first);

  ShardContext& context_;
  seams::RoomWriter writer_;
  std::weak_ptr<void> alive_;  // the host: outcomes may come after it has gone
  Listener listener_;
  UnderWay under_way_;  // those whose outcome still matters, in the order they were numbered
  std::uint64_t last_ticket_ = 0;
  bool lost_ = false;
};

}  // namespace matinee::shard
