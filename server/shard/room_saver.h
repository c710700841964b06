// Writes a room's state behind its back: what the directory keeps in columns (name, settings, owner, roles, blocks) where it has
// changed, and the snapshot. At most one save is under way; wishes made meanwhile become one more. What could not be written is
// tried again a little later.
// Thread rule: the loop's thread. Owned by a RoomHost.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include "rooms/room.h"
#include "server/net/loop.h"
#include "server/seams/room_directory.h"

namespace matinee::shard {

struct ShardContext;

class RoomSaver {
 public:
  struct Listener {
    std::function<rooms::RoomSnapshot()> take;  // the state now
    std::function<void()> saved;                // nothing is under way or wished any more
    std::function<void()> lost;                 // somebody else serves the room
  };
  RoomSaver(ShardContext& context, const seams::RoomRecord& record, std::weak_ptr<void> alive, Listener listener);

  void save();
  void end(std::int64_t at_ms);  // the owner has closed the room
  [[nodiscard]] bool idle() const { return under_way_ == 0 && !wanted_; }

 private:
  void write(const rooms::RoomSnapshot& snapshot);
  void write_people(const rooms::RoomSnapshot& snapshot);
  void write_access(const rooms::RoomSnapshot& snapshot);
  [[nodiscard]] seams::Done<void> then(std::function<void()> stored);
  void answered(const seams::Result<void>& result, const std::function<void()>& stored);

  ShardContext& context_;
  seams::RoomWriter writer_;
  std::weak_ptr<void> alive_;
  Listener listener_;
  // What the directory is known to hold.
  std::string name_;
  std::string settings_;
  seams::UserId owner_;
  std::map<seams::UserId, rooms::Role> roles_;
  std::map<seams::UserId, std::int64_t> blocks_;
  seams::AccessRecord access_;
  std::set<seams::UserId> admitted_;
  net::Timer retry_;
  std::int64_t end_at_ms_ = 0;
  std::size_t under_way_ = 0;
  bool wanted_ = false;
  bool retrying_ = false;  // retry_ is running
  bool failed_ = false;    // something of the save under way was not written
  bool lost_ = false;
};

}  // namespace matinee::shard
