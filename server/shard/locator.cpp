#include "server/shard/locator.h"

#include <cstdint>
#include <cstdlib>
#include "rooms/room_code.h"

namespace matinee::shard {

std::size_t home_index(std::string_view code, std::size_t shard_count) {
  const auto canonical = rooms::read_room_code(code);
  const std::string_view text = canonical ? std::string_view(*canonical) : code;
  std::uint64_t hash = 14695981039346656037ULL;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return static_cast<std::size_t>((hash >> 32) % shard_count);
}

Locator::Locator(std::vector<Shard*> shards) : shards_(std::move(shards)) {
  if (shards_.empty()) std::abort();
}

Shard& Locator::home_of(std::string_view code) const { return *shards_[home_index(code, shards_.size())]; }

}  // namespace matinee::shard
