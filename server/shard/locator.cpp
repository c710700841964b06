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

std::size_t Homes::of(std::string_view code) const {
  const auto canonical = rooms::read_room_code(code);
  const std::lock_guard lock(mutex_);
  const auto kept = kept_.find(canonical.value_or(std::string()));
  return kept == kept_.end() ? home_index(code, shard_count_) : kept->second;
}

void Homes::keep(const std::string& code, std::size_t home) {
  const std::lock_guard lock(mutex_);
  kept_[code] = home;
}

void Homes::release(const std::string& code) {
  const std::lock_guard lock(mutex_);
  kept_.erase(code);
}

Locator::Locator(std::vector<Shard*> shards) : shards_(std::move(shards)) {
  if (shards_.empty()) std::abort();
}

Shard& Locator::home_of(std::string_view code) const { return *shards_[home_index(code, shards_.size())]; }

}  // namespace matinee::shard
