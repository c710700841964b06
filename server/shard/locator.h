// Which shard is a room's home: a hash of its code, so every thread knows it without asking.
// Homes are the exceptions: a room that got a new code stays where it is as long as it is in memory.
// Thread rule: any thread. The locator is immutable after construction; Homes has one mutex, held for a look-up.
#pragma once
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace matinee::shard {

class Shard;

class Locator {
 public:
  explicit Locator(std::vector<Shard*> shards);  // at least one; they outlive the locator
  // `code` in any spelling: one that cannot be a code has a home as well, where it is refused.
  [[nodiscard]] Shard& home_of(std::string_view code) const;
  [[nodiscard]] const std::vector<Shard*>& all() const { return shards_; }

 private:
  std::vector<Shard*> shards_;
};

// The same for the same room, whatever its spelling.
[[nodiscard]] std::size_t home_index(std::string_view code, std::size_t shard_count);

class Homes {
 public:
  explicit Homes(std::size_t shard_count) : shard_count_(shard_count) {}
  [[nodiscard]] std::size_t of(std::string_view code) const;  // in any spelling
  void keep(const std::string& code, std::size_t home);       // canonical. Bounded by the rooms in memory: limits::later_codes_max each
  void release(const std::string& code);

 private:
  std::size_t shard_count_;
  mutable std::mutex mutex_;  // guards kept_
  std::unordered_map<std::string, std::size_t> kept_;
};

}  // namespace matinee::shard
