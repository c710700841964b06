// How others can reach this machine: its addresses and names.
// Thread rule: any thread; each call asks the system (microseconds, no network traffic).
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace matinee::ops {

struct LocalAddress {
  std::string text;  // "192.168.1.20", "fe80::1" without zone
  bool ipv6 = false;
  bool loopback = false;
  bool link_local = false;
  bool is_private = false;  // RFC 1918 or fc00::/7
  std::string interface;
};
[[nodiscard]] std::vector<LocalAddress> local_addresses();
[[nodiscard]] std::vector<std::string> local_names();  // lower case: "localhost", the host name, NAME.local

// "127.0.0.1" and its block, "::1", "::ffff:127.0.0.1".
[[nodiscard]] bool is_loopback(std::string_view address);

// The address to tell people at home: private IPv4 before other IPv4 before global IPv6; bridges of containers and virtual machines
// last; never loopback or link-local. Empty = there is none.
[[nodiscard]] std::string lan_address();
[[nodiscard]] std::string pick_lan_address(const std::vector<LocalAddress>& addresses);

}  // namespace matinee::ops
