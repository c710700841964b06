// What the parts of one shard share. Internal to server/shard. Thread rule: the loop's thread.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include "rooms/effect.h"
#include "server/seams/message_log.h"
#include "server/seams/room_directory.h"
#include "server/seams/room_gate.h"
#include "server/shard/counters.h"
#include "server/shard/fanout.h"
#include "server/shard/shard.h"
#include "server/shard/visitor.h"

namespace matinee::shard {

class Attendance;
class Client;
class RoomHost;

[[nodiscard]] rooms::ConnectionId next_connection_id();  // unique within the process

struct ShardContext {
  ShardContext(ShardParts given, ShardOptions chosen)
      : parts(std::move(given)),
        options(std::move(chosen)),
        executor([&loop = parts.loop](seams::Executor::Work work) { loop.post(std::move(work)); }),
        flushes(parts.loop, counters, options.io_uring) {}

  ShardParts parts;
  ShardOptions options;
  seams::Executor executor;
  ShardCounters counters;
  FlushQueue flushes;
  rooms::EffectList effects;                                 // reused by all rooms of the shard
  std::string text;                                          // reused for encoding: what goes out is copied into a batch or the socket
  std::unordered_map<rooms::ConnectionId, Client*> clients;  // every socket, from open to close
  std::unordered_map<const seams::Attendee*, std::shared_ptr<Attendance>> attendances;  // every attendee, until he is told the last
  std::unordered_map<std::string, std::string> keys;     // a room's later codes → the one it was opened with, under which it is kept
  std::unordered_map<std::string, std::int64_t> epochs;  // rooms this process has taken over: raised once each
  bool stopping = false;

  [[nodiscard]] const std::string& key_of(const std::string& code) const {
    const auto found = keys.find(code);
    return found == keys.end() ? code : found->second;
  }
  [[nodiscard]] net::Loop& loop() { return parts.loop; }
  [[nodiscard]] double now() const { return parts.clock.now_fine_ms(); }
  [[nodiscard]] std::int64_t now_ms() const { return parts.clock.now_ms(); }
};

}  // namespace matinee::shard
