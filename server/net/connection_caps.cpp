#include "server/net/connection_caps.h"

#include <arpa/inet.h>

#include <mutex>
#include <unordered_map>

namespace matinee::net {

struct ConnectionLease::Table {
  Table(std::size_t total, std::size_t each) : total_max(total), per_address_max(each) {}
  const std::size_t total_max;
  const std::size_t per_address_max;
  mutable std::mutex mutex;  // guards what follows
  std::size_t open = 0;
  std::unordered_map<std::string, std::size_t> by_address;
};

namespace {

// One household or server of IPv6 has a /64 at least.
std::string key_of(std::string_view address) {
  std::string text(address);
  in6_addr six{};
  if (::inet_pton(AF_INET6, text.c_str(), &six) != 1) return text;
  return std::string(reinterpret_cast<const char*>(six.s6_addr), 8);
}

}  // namespace

ConnectionLease& ConnectionLease::operator=(ConnectionLease&& other) noexcept {
  std::swap(table_, other.table_);
  std::swap(key_, other.key_);
  return *this;
}

ConnectionLease::~ConnectionLease() { give_back(); }

void ConnectionLease::give_back() {
  if (!table_) return;
  const std::lock_guard lock(table_->mutex);
  --table_->open;
  const auto place = table_->by_address.find(key_);
  if (--place->second == 0) table_->by_address.erase(place);
}

ConnectionCaps::ConnectionCaps(std::size_t total_max, std::size_t per_address_max)
    : table_(std::make_shared<ConnectionLease::Table>(total_max, per_address_max)) {}

std::optional<ConnectionLease> ConnectionCaps::acquire(std::string_view address) {
  std::string key = key_of(address);
  const std::lock_guard lock(table_->mutex);
  if (table_->open >= table_->total_max) return std::nullopt;
  const auto place = table_->by_address.find(key);
  const std::size_t here = place == table_->by_address.end() ? 0 : place->second;
  if (here >= table_->per_address_max) return std::nullopt;
  ++table_->open;
  ++table_->by_address[key];
  return ConnectionLease(table_, std::move(key));
}

std::size_t ConnectionCaps::open() const {
  const std::lock_guard lock(table_->mutex);
  return table_->open;
}

}  // namespace matinee::net
