// Checks a WebSocket opening handshake (RFC 6455 §4.2.1) more strictly than the engine does. Pure.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "server/net/exchange.h"

namespace matinee::net {

struct UpgradeVerdict {
  int status = 0;  // 0 = fine, else 400, 403 or 426
  std::string_view reason = {};
  std::string_view key = {};
};

struct UpgradeRules {
  std::string subprotocol = "matinee.v1";  // must be among those offered; empty = any or none
  bool check_origin = true;                // exactly one Origin, which must equal scheme://Host of this very request …
  // … or be what this accepts instead (behind a proxy that ends TLS, only the configured public URL knows the scheme).
  std::function<bool(std::string_view origin, const RequestHead& head)> accepts_origin = {};
};

// True when the request asks for a WebSocket at all (an Upgrade field that names it).
[[nodiscard]] bool asks_for_websocket(const RequestHead& head);
[[nodiscard]] UpgradeVerdict check_upgrade(const RequestHead& head, bool has_body, const UpgradeRules& rules);

}  // namespace matinee::net
