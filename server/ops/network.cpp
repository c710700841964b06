#include "server/ops/network.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

namespace matinee::ops {
namespace {

bool is_bridge(std::string_view interface) {
  static constexpr std::array<std::string_view, 7> prefixes{"docker", "br-", "veth", "virbr", "vmnet", "vboxnet", "cni"};
  return std::any_of(prefixes.begin(), prefixes.end(), [&](std::string_view p) { return interface.rfind(p, 0) == 0; });
}

LocalAddress read_ipv4(const sockaddr_in& address) {
  LocalAddress result;
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  result.text = text;
  const std::uint32_t bits = ntohl(address.sin_addr.s_addr);
  result.loopback = (bits >> 24) == 127;
  result.link_local = (bits >> 16) == 0xA9FE;
  result.is_private = (bits >> 24) == 10 || (bits >> 20) == 0xAC1 || (bits >> 16) == 0xC0A8;
  return result;
}

LocalAddress read_ipv6(const sockaddr_in6& address) {
  LocalAddress result;
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof text);
  result.text = text;
  result.ipv6 = true;
  result.loopback = IN6_IS_ADDR_LOOPBACK(&address.sin6_addr);
  result.link_local = IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr);
  result.is_private = (address.sin6_addr.s6_addr[0] & 0xFE) == 0xFC;
  return result;
}

int rank(const LocalAddress& address) {  // lower is better
  const int base = address.ipv6 ? 2 : (address.is_private ? 0 : 1);
  return base + (is_bridge(address.interface) ? 3 : 0);
}

}  // namespace

std::vector<LocalAddress> local_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
  std::vector<LocalAddress> result;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const int family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    result.push_back(family == AF_INET ? read_ipv4(*reinterpret_cast<const sockaddr_in*>(entry->ifa_addr))     // NOLINT: how the
                                       : read_ipv6(*reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)));  // NOLINT: API is
    result.back().interface = entry->ifa_name;
  }
  return result;
}

std::vector<std::string> local_names() {
  std::vector<std::string> names{"localhost"};
  char buffer[256] = {};
  if (::gethostname(buffer, sizeof buffer - 1) != 0 || buffer[0] == '\0') return names;
  std::string name = buffer;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::string bare = name.substr(0, name.find('.'));
  names.push_back(bare);
  names.push_back(bare + ".local");  // mDNS
  if (name != bare) names.push_back(name);
  return names;
}

std::string pick_lan_address(const std::vector<LocalAddress>& addresses) {
  const LocalAddress* best = nullptr;
  for (const LocalAddress& address : addresses) {
    if (address.loopback || address.link_local) continue;
    if (best == nullptr || rank(address) < rank(*best)) best = &address;
  }
  return best == nullptr ? std::string() : best->text;
}

std::string lan_address() { return pick_lan_address(local_addresses()); }

bool is_loopback(std::string_view address) {
  if (address.starts_with("::ffff:")) address.remove_prefix(7);
  return address == "::1" || address.starts_with("127.");
}

}  // namespace matinee::ops
