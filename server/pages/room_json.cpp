#include "server/pages/room_json.h"

#include <array>

namespace matinee::pages {
namespace {

std::string quoted(std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace

std::string room_json(const RoomPageData& data) {
  const bool account = data.you.kind == rooms::PersonKind::account;
  return "{\"code\":" + quoted(data.code) + ",\"name\":" + quoted(data.name) +
         ",\"you\":{\"id\":" + quoted(std::to_string(data.you.user.value)) + ",\"name\":" + quoted(data.you.name) +
         ",\"kind\":" + (account ? "\"account\"" : "\"guest\"") + "},\"share_url\":" + quoted(data.share_url) +
         ",\"csrf\":" + quoted(data.csrf) + ",\"socket_path\":" + quoted("/rooms/" + data.code + "/socket") +
         ",\"version\":" + quoted(data.version) + "}";
}

}  // namespace matinee::pages
