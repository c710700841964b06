// Bench mode: guests and rooms made at start, their cookies and codes written to files, so that a load generator can enter without
// filling in forms. Only for measuring: rates are lifted while it is on.
// Thread rule: at start, before the shards run.
#pragma once
#include <string>
#include "server/app/shard_thread.h"
#include "server/ops/config.h"

namespace matinee::app {

// Empty = done, else one sentence.
[[nodiscard]] std::string prepare_bench(const ops::Config& config, ShardThread& first, Shared shared, bool secure);

}  // namespace matinee::app
