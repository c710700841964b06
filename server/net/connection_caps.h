// Counts open connections, in total and per address (IPv6: per /64), and refuses those beyond the caps.
// Thread rule: any thread; a mutex guards the table, taken once when a connection opens and once when it closes.
#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::net {

class ConnectionCaps;

// Holds one place; gives it back when destroyed. Move only.
class ConnectionLease {
 public:
  ConnectionLease() = default;
  ConnectionLease(ConnectionLease&&) noexcept = default;
  ConnectionLease& operator=(ConnectionLease&& other) noexcept;
  ~ConnectionLease();

 private:
  friend class ConnectionCaps;
  struct Table;
  ConnectionLease(std::shared_ptr<Table> table, std::string key) : table_(std::move(table)), key_(std::move(key)) {}
  void give_back();
  std::shared_ptr<Table> table_;  // shared with the caps and all leases: the last one out frees it
  std::string key_;
};

class ConnectionCaps {
 public:
  ConnectionCaps(std::size_t total_max, std::size_t per_address_max);
  [[nodiscard]] std::optional<ConnectionLease> acquire(std::string_view address);
  [[nodiscard]] std::size_t open() const;

 private:
  std::shared_ptr<ConnectionLease::Table> table_;
};

}  // namespace matinee::net
