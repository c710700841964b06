// Which addresses this server may be led to by a link somebody pasted: the public internet, and on request the local network; never
// link-local (there cloud machines keep their secrets), multicast, reserved or translated forms that hide another address.
// Sources: the IANA special-purpose address registries for IPv4 and IPv6 (RFC 6890 and what updated it). Pure.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>

struct sockaddr;

namespace matinee::previews {

using Address = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d

[[nodiscard]] std::optional<Address> read_address(const std::string& text);           // numeric, without brackets or zone
[[nodiscard]] std::optional<Address> address_of(const sockaddr& where);               // IPv4 and IPv6 only
[[nodiscard]] bool is_public(const Address& address);                                 // globally reachable unicast
[[nodiscard]] bool is_local_network(const Address& address);                          // loopback, private, shared, unique local
[[nodiscard]] bool may_be_asked(const Address& address, bool local_network_allowed);  // one of the two above

}  // namespace matinee::previews
