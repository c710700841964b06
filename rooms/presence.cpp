#include "rooms/presence.h"
#include <algorithm>
#include "rooms/limits.h"

namespace matinee::rooms {

std::int64_t Presence::due_at_ms(std::int64_t now_ms) const { return std::max(now_ms, last_diff_ms_ + limits::presence_diff_interval_ms); }

Presence::Batch Presence::take(std::int64_t now_ms) {
  Batch batch;
  for (std::size_t taken = 0; taken < limits::presence_diff_people_max && !told_next_.empty(); ++taken) {
    const auto first = told_next_.begin();
    (first->second ? batch.changed : batch.left).push_back(first->first);
    told_next_.erase(first);
  }
  last_diff_ms_ = now_ms;
  return batch;
}

}  // namespace matinee::rooms
