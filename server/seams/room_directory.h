// RoomDirectory: which rooms exist, who may do what in them, and what a room must remember beyond its process. One owner at a time:
// whoever serves a room raises its epoch first, and every later write with an older epoch is refused as fenced.
// Thread rule: every method from any thread; answers come through the executor. Writes share one order with MessageLog::append.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include "rooms/person.h"
#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::seams {

enum class RoomKind : std::uint8_t {
  normal = 0,  // kept until closed
  guest = 1,   // opened without an account: ends a while after the last person left, unless kept
};

struct NewRoom {
  std::string code;  // canonical: eight letters, no dash
  std::string name;
  UserId owner;  // becomes rooms::Role::owner as well
  RoomKind kind = RoomKind::normal;
  std::string settings;  // opaque JSON of the caller: preset, grants, policy …
  std::int64_t at_ms = 0;
};

struct RoleEntry {
  UserId user;
  rooms::Role role = rooms::Role::guest;
};
struct BlockEntry {
  UserId user;
  std::string name;           // as it was when blocked, for the list
  std::string address;        // empty = by id only
  std::int64_t until_ms = 0;  // 0 = until lifted
};

struct AccessRecord {
  rooms::Access access = rooms::Access::open;
  std::string password_hash;  // access password only
  bool operator==(const AccessRecord&) const = default;
};

struct RoomRecord {
  RoomId id;
  std::string code;
  std::string name;
  UserId owner;  // 0 when that person's account is gone
  RoomKind kind = RoomKind::normal;
  std::string settings;
  std::vector<RoleEntry> roles;  // everybody with a role above guest
  AccessRecord access;
  std::vector<UserId> admitted;    // let in once, the first one first
  std::vector<BlockEntry> blocks;  // those that had not run out at the time of asking are the caller's to tell apart
  std::int64_t epoch = 0;          // 0 = nobody has served it yet
  rooms::Seq last_seq;
  rooms::ChangeNumber last_change;
  std::string snapshot;  // opaque: the room's state as last saved; empty = never
  std::int64_t snapshot_at_ms = 0;
  std::int64_t created_at_ms = 0;
  std::int64_t ended_at_ms = 0;  // 0 = open. A closed room keeps its code: nobody else gets it
};

struct RoomOfUser {
  RoomId id;
  std::string code;
  std::string name;
  RoomKind kind = RoomKind::normal;
  rooms::Role role = rooms::Role::guest;
  std::int64_t last_activity_ms = 0;  // newest of: last message, last snapshot, this person's last visit, creation
};

struct RoomWriter {
  RoomId room;
  std::int64_t epoch = 0;
};  // who writes: refused as fenced when the epoch is not the room's

class RoomDirectory {
 public:
  virtual ~RoomDirectory() = default;
  virtual void create(NewRoom room, Executor executor, Done<RoomRecord> done) = 0;  // code_taken
  virtual void lookup(std::string code, Executor executor, Done<RoomRecord> done) = 0;
  // Takes the room over: epoch + 1, and the record as of that moment, after every append that was queued before. Closed rooms too.
  virtual void raise_epoch(std::string code, Executor executor, Done<RoomRecord> done) = 0;

  virtual void save_snapshot(RoomWriter writer, std::string snapshot, std::int64_t at_ms, Executor executor, Done<void> done) = 0;
  virtual void save_settings(RoomWriter writer, std::string name, std::string settings, Executor executor, Done<void> done) = 0;
  virtual void set_owner(RoomWriter writer, UserId owner, Executor executor, Done<void> done) = 0;
  virtual void set_role(RoomWriter writer, RoleEntry entry, Executor executor, Done<void> done) = 0;
  virtual void set_block(RoomWriter writer, BlockEntry entry, Executor executor, Done<void> done) = 0;  // replaces an older one
  virtual void lift_block(RoomWriter writer, UserId user, Executor executor, Done<void> done) = 0;
  virtual void set_access(RoomWriter writer, AccessRecord access, Executor executor, Done<void> done) = 0;
  virtual void set_admitted(RoomWriter writer, UserId user, bool on, Executor executor, Done<void> done) = 0;
  virtual void set_code(RoomWriter writer, std::string code, Executor executor, Done<void> done) = 0;  // code_taken
  virtual void keep(RoomWriter writer, Executor executor, Done<void> done) = 0;                        // guest room → normal
  virtual void end(RoomWriter writer, std::int64_t at_ms, Executor executor, Done<void> done) = 0;

  // A person entered: the room is in their list from now on. No epoch: it changes nothing that the room decides.
  virtual void record_visit(RoomId room, UserId user, std::int64_t at_ms, Executor executor, Done<void> done) = 0;
  // Not in this person's list any more, until the next visit. Roles stay; wrong_kind: the owner, who can only end it.
  virtual void forget_visit(RoomId room, UserId user, Executor executor, Done<void> done) = 0;
  // Open rooms this person owns, has a role in or visited; the liveliest first.
  virtual void rooms_of(UserId user, std::size_t limit, Executor executor, Done<std::vector<RoomOfUser>> done) = 0;
  // Open guest rooms in which nothing happened since the given moment: the caller knows whether anybody is inside.
  virtual void idle_guest_rooms(std::int64_t before_ms, std::size_t limit, Executor executor, Done<std::vector<RoomOfUser>> done) = 0;
};

}  // namespace matinee::seams
