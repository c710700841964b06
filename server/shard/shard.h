// Shard: one thread's world. It owns the rooms whose home it is and the sockets of the people in them, carries out what the rooms
// decide, and talks to storage through the seams. A socket comes in by adopt() right after its upgrade; everything else follows
// from what the client says. One Shard per Loop; Locator says which one is a room's home.
// Thread rule: the methods marked [any] may be called from any thread and run later on the loop; the rest only on the loop's thread.
// Destroy it after its loop has stopped running; the stores must have stopped answering by then.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include "rooms/event.h"
#include "rooms/limits.h"
#include "rooms/live.h"
#include "rooms/person.h"
#include "server/net/exchange.h"
#include "server/net/limits.h"
#include "server/ops/server_time.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"
#include "server/seams/room_gate.h"
#include "server/seams/room_passwords.h"
#include "server/shard/counters.h"
#include "server/shard/limits.h"
#include "server/shard/visitor.h"

namespace matinee::shard {

struct ShardOptions {
  bool unlimited_rates = false;  // bench mode only: no flood rules
  bool io_uring = true;          // where the kernel allows it
  std::string page_version;      // of the pages that this server gives out: a page learns from it that it is an old one
  std::size_t participants_max = rooms::limits::participants_max;
  net::WebSocketLimits websocket;
  std::chrono::milliseconds door_max = limits::door_max;
  std::chrono::milliseconds refusal_after = limits::refusal_after;
  std::chrono::milliseconds absence = limits::absence;
  std::chrono::milliseconds unload_after = limits::unload_after;
  std::chrono::milliseconds save_retry = limits::save_retry;
  std::chrono::milliseconds stop_max = limits::stop_max;
};

// Where new codes come from, and who keeps a room's home while it is in memory: its code decides that no longer once it has a new one.
struct CodeParts {
  std::function<std::uint64_t()> random_bits;
  std::function<void(const std::string& code)> keep_home = [](const std::string&) {};     // this shard is the code's home
  std::function<void(const std::string& code)> release_home = [](const std::string&) {};  // its hash decides again
};

struct ShardParts {
  net::Loop& loop;
  ops::ServerTime clock;  // the same one for every shard of the process
  seams::MessageLog& log;
  seams::RoomDirectory& directory;
  seams::RoomPasswords& passwords;
  CodeParts codes;
  FindVisitor find_visitor;
};

// What a room tells people who are not in it yet.
struct RoomSummary {
  std::size_t people = 0;
  std::string media_url;  // what is on the stage; empty = nothing
  bool file = false;      // it is a video file
  std::vector<rooms::LiveStream> live = {};
};

class Shard {
 public:
  Shard(ShardParts parts, ShardOptions options);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // [any] A checked upgrade for /rooms/{code}/socket. `code` as in the URL; one that cannot be a code is treated as an unknown room.
  void adopt(std::string code, net::UpgradeRequest request);
  // [any] Closes the sockets of a session that has ended (4001), and sends its attendees away.
  void close_session(seams::SessionId session);
  // [any] Somebody has another name or picture now, or a guest has become an account.
  void rename(rooms::Renamed change);
  // [any] What is stored of this room has been changed beside it, and its epoch raised: everybody in it comes back (1012) and finds it
  // read anew. A room that is not in memory: nothing happens.
  void reopen(std::string code);
  // [any] Tells everybody to come back later (1012, attendees: restart), saves every room, then calls done on the loop. Nobody gets in any
  // more.
  void stop(std::function<void()> done);
  // [any] Calls back on the loop with what the counters are then.
  void with_counters(std::function<void(const ShardCounters&)> read);

  // [any] Calls back on the loop; nothing when the room is not in memory. `code` canonical.
  void with_summary(std::string code, std::optional<rooms::Person> viewer, std::function<void(std::optional<RoomSummary>)> read);

  [[nodiscard]] const ShardCounters& counters() const;
  [[nodiscard]] bool has_room(const std::string& code) const;  // in memory now
  [[nodiscard]] net::Loop& loop();
  [[nodiscard]] seams::RoomGate& gate();  // how desktop programs enter the rooms of this loop

 private:
  struct State;
  std::shared_ptr<State> state_;  // shared with posted calls, which find it gone after destruction
};

}  // namespace matinee::shard
