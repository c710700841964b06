#include "server/net/upgrade.h"

#include <algorithm>

namespace matinee::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

// Calls `fits` with every element of a comma-separated list; true when one fits.
template <class Fits>
bool any_in_list(std::string_view list, Fits fits) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view item = list.substr(0, comma);
    list = comma == list.npos ? std::string_view{} : list.substr(comma + 1);
    while (!item.empty() && (item.front() == ' ' || item.front() == '\t')) item.remove_prefix(1);
    while (!item.empty() && (item.back() == ' ' || item.back() == '\t')) item.remove_suffix(1);
    if (fits(item)) return true;
  }
  return false;
}

bool any_field_lists(const RequestHead& head, std::string_view name, std::string_view token, bool any_case) {
  return std::any_of(head.fields.begin(), head.fields.end(), [&](const HeaderField& field) {
    return field.name == name &&
           any_in_list(field.value, [&](std::string_view item) { return any_case ? equals_ignoring_case(item, token) : item == token; });
  });
}

// 16 bytes in base64: 22 characters, the last of which carries 2 bits only, and "==".
bool is_key(std::string_view key) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (key.size() != 24 || !key.ends_with("==")) return false;
  const std::string_view digits = key.substr(0, 22);
  if (!std::all_of(digits.begin(), digits.end(), [&](char c) { return alphabet.find(c) != alphabet.npos; })) return false;
  return std::string_view("AQgw").find(digits.back()) != std::string_view::npos;
}

}  // namespace

bool asks_for_websocket(const RequestHead& head) { return any_field_lists(head, "upgrade", "websocket", true); }

UpgradeVerdict check_upgrade(const RequestHead& head, bool has_body, const UpgradeRules& rules) {
  if (head.method != "GET" || head.version_minor < 1) return {400, "A WebSocket is opened by GET over HTTP/1.1."};
  if (!asks_for_websocket(head) || !any_field_lists(head, "connection", "upgrade", true)) return {426, "This address is for WebSockets."};
  if (has_body) return {400, "The request that opens a WebSocket has no body."};
  if (head.count("sec-websocket-version") != 1 || head.field("sec-websocket-version") != "13")
    return {426, "Only WebSocket version 13 is spoken here."};
  const std::string_view key = head.field("sec-websocket-key");
  if (head.count("sec-websocket-key") != 1 || !is_key(key)) return {400, "Sec-WebSocket-Key is not 16 bytes in base64."};
  if (rules.check_origin) {
    const std::string_view origin = head.field("origin");
    const bool ours = rules.accepts_origin ? rules.accepts_origin(origin, head)
                                           : equals_ignoring_case(origin, (head.secure ? "https://" : "http://") + head.host);
    if (head.count("origin") != 1 || !ours) return {403, "WebSockets are opened from this site's own pages only."};
  }
  if (!rules.subprotocol.empty() && !any_field_lists(head, "sec-websocket-protocol", rules.subprotocol, false))
    return {400, "The WebSocket subprotocol is not one that is spoken here."};
  return {0, {}, key};
}

}  // namespace matinee::net
