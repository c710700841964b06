#include "server/shard/context.h"

#include <atomic>

namespace matinee::shard {

rooms::ConnectionId next_connection_id() {
  static std::atomic<std::int64_t> last{0};  // over all shards of the process
  return rooms::ConnectionId{last.fetch_add(1, std::memory_order_relaxed) + 1};
}

}  // namespace matinee::shard
