#include "server/pages/room_json.h"

#include <array>

#include "server/pages/preferences.h"

namespace matinee::pages {

std::string json_text(std::string_view text) {
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

std::string room_json(const RoomPageData& data) {
  const bool account = data.you.kind == rooms::PersonKind::account;
  return "{\"code\":" + json_text(data.code) + ",\"name\":" + json_text(data.name) +
         ",\"you\":{\"id\":" + json_text(std::to_string(data.you.user.value)) + ",\"name\":" + json_text(data.you.name) +
         ",\"kind\":" + (account ? "\"account\"" : "\"guest\"") + "},\"share_url\":" + json_text(data.share_url) +
         ",\"csrf\":" + json_text(data.csrf) + ",\"socket_path\":" + json_text("/rooms/" + data.code + "/socket") +
         ",\"version\":" + json_text(data.version) + (data.file.empty() ? std::string() : ",\"file\":" + json_text(data.file)) +
         (account ? ",\"preferences\":" + preferences_json(preferences_saved(data.you.preferences)) : std::string()) + "}";
}

}  // namespace matinee::pages
