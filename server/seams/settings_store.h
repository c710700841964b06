// SettingsStore: the few values a server must remember about itself (its secret, the hash of the set-up link). Not for what people
// change often. ThrottleStore: what the rate limits must remember over a restart. Values are opaque bytes.
// Thread rule: every method from any thread; answers come through the executor.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>
#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::seams {

class SettingsStore {
 public:
  virtual ~SettingsStore() = default;
  virtual void get(std::string key, Executor executor, Done<std::optional<std::string>> done) = 0;
  virtual void put(std::string key, std::string value, Executor executor, Done<void> done) = 0;
  virtual void put_if_absent(std::string key, std::string value, Executor executor,
                             Done<std::string> done) = 0;  // answers what is stored now
  // Removes the value if it is `expected`, at most once over all callers: false when it is another value or gone.
  virtual void take(std::string key, std::string expected, Executor executor, Done<bool> done) = 0;
};

struct ThrottleRecord {
  std::string key;              // "log_in.account:…": the limit's name and whom it counts
  std::int64_t free_at_ms = 0;  // the moment at which everything this key has used is given back; the record is void from then on
};

class ThrottleStore {
 public:
  virtual ~ThrottleStore() = default;
  virtual void load(std::int64_t now_ms, std::size_t limit, Executor executor,
                    Done<std::vector<ThrottleRecord>> done) = 0;                     // the longest-lasting first
  virtual void save(ThrottleRecord record, Executor executor, Done<void> done) = 0;  // free_at_ms 0 removes it
  virtual void prune(std::int64_t now_ms, Executor executor, Done<void> done) = 0;
};

}  // namespace matinee::seams
