// What a shard has done and holds. Plain values: read them on the shard's thread (Shard::with_counters).
#pragma once
#include <cstdint>

namespace matinee::shard {

struct ShardCounters {
  std::uint64_t rooms = 0;         // open now
  std::uint64_t participants = 0;  // connected people now, each room counted by itself
  std::uint64_t connections = 0;   // sockets now, those at the door included
  std::uint64_t connections_total = 0;
  std::uint64_t messages = 0;      // heard from clients
  std::uint64_t refused = 0;       // … of those answered with an error
  std::uint64_t broadcasts = 0;    // frames made for a whole room
  std::uint64_t deliveries = 0;    // frames × members
  std::uint64_t flushes = 0;       // batches sent
  std::uint64_t dropped_slow = 0;  // sockets closed because they did not take their bytes
  std::uint64_t stored = 0;        // chat messages committed
  std::uint64_t store_failures = 0;
};

}  // namespace matinee::shard
