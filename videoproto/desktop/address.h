// Where a server's video port is: HOST:PORT, [IPV6]:PORT. Pure values.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::desktop {

struct Address {
  std::string host;  // without brackets
  std::uint16_t port = 0;
  bool operator==(const Address&) const = default;
};

[[nodiscard]] std::optional<Address> read_address(std::string_view text);
[[nodiscard]] std::string show(const Address& address);
// 127.0.0.0/8, ::1 and localhost: nobody listens on the way.
[[nodiscard]] bool is_loopback(const Address& address);

}  // namespace matinee::desktop
