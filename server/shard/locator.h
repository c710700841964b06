// Which shard is a room's home: a hash of its code, so every thread knows it without asking.
// Thread rule: immutable after construction, any thread.
#pragma once
#include <cstddef>
#include <string_view>
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

}  // namespace matinee::shard
