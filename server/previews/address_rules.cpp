#include "server/previews/address_rules.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace matinee::previews {
namespace {

struct Block {
  Address prefix;
  unsigned bits;
};

constexpr Block v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, unsigned bits) {
  return {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, 0}, 96 + bits};
}
constexpr Block v6(std::array<std::uint16_t, 3> head, unsigned bits) {
  Block block{{}, bits};
  for (std::size_t i = 0; i < head.size(); ++i) {
    block.prefix[2 * i] = static_cast<std::uint8_t>(head[i] >> 8);
    block.prefix[2 * i + 1] = static_cast<std::uint8_t>(head[i] & 0xff);
  }
  return block;
}

bool is_in(const Address& address, const Block& block) {
  const std::size_t whole = block.bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), block.prefix.begin())) return false;
  const unsigned rest = block.bits % 8;
  return rest == 0 || (address[whole] >> (8 - rest)) == (block.prefix[whole] >> (8 - rest));
}

constexpr Block mapped = v4(0, 0, 0, 0);
constexpr Block global_unicast = v6({0x2000, 0, 0}, 3);
constexpr Block translated = v6({0x64, 0xff9b, 0}, 96);  // NAT64: the last four bytes are the IPv4 address

constexpr Block special[] = {
    v4(0, 0, 0, 8),
    v4(10, 0, 0, 8),
    v4(100, 64, 0, 10),
    v4(127, 0, 0, 8),
    v4(169, 254, 0, 16),
    v4(172, 16, 0, 12),
    v4(192, 0, 0, 24),
    v4(192, 0, 2, 24),
    v4(192, 88, 99, 24),
    v4(192, 168, 0, 16),
    v4(198, 18, 0, 15),
    v4(198, 51, 100, 24),
    v4(203, 0, 113, 24),
    v4(224, 0, 0, 4),
    v4(240, 0, 0, 4),
    v6({0x2001, 0, 0}, 23),      // protocol assignments, Teredo among them
    v6({0x2001, 0xdb8, 0}, 32),  // documentation
    v6({0x2002, 0, 0}, 16),      // 6to4
    v6({0x3fff, 0, 0}, 20),      // documentation
};

constexpr Block local[] = {v4(10, 0, 0, 8),    v4(100, 64, 0, 10),  v4(127, 0, 0, 8),
                           v4(172, 16, 0, 12), v4(192, 168, 0, 16), v6({0xfc00, 0, 0}, 7)};
constexpr Address loopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
// A cloud's metadata service that stands among unique local addresses.
constexpr Address metadata6{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};

// What a translator would reach.
Address unwrapped(Address address) {
  if (!is_in(address, translated)) return address;
  std::copy_n(mapped.prefix.begin(), 12, address.begin());
  return address;
}

}  // namespace

std::optional<Address> read_address(const std::string& text) {
  Address address = mapped.prefix;
  if (::inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) return address;
  if (::inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

std::optional<Address> address_of(const sockaddr& where) {
  Address address = mapped.prefix;
  if (where.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &where, sizeof in);
    std::memcpy(address.data() + 12, &in.sin_addr, 4);
    return address;
  }
  if (where.sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, &where, sizeof in);
  std::memcpy(address.data(), &in.sin6_addr, 16);
  return address;
}

bool is_public(const Address& given) {
  const Address address = unwrapped(given);
  if (!is_in(address, mapped) && !is_in(address, global_unicast)) return false;
  return std::none_of(std::begin(special), std::end(special), [&](const Block& block) { return is_in(address, block); });
}

bool is_local_network(const Address& address) {
  if (address == metadata6) return false;
  return address == loopback6 || std::any_of(std::begin(local), std::end(local), [&](const Block& block) { return is_in(address, block); });
}

bool may_be_asked(const Address& address, bool local_network_allowed) {
  return is_public(address) || (local_network_allowed && is_local_network(address));
}

}  // namespace matinee::previews
