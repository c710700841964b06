#include "server/pages/room_json.h"

#include <array>
#include <utility>

#include "rooms/person.h"

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

std::string presets_json() {
  std::string out;
  for (const rooms::Preset preset : {rooms::Preset::friends, rooms::Preset::classroom, rooms::Preset::stage}) {
    const rooms::GrantTable table = rooms::grants_of(preset);
    out += (out.empty() ? "{" : ",") + json_text(rooms::to_string(preset)) + ":{";
    for (const rooms::Role role : {rooms::Role::moderator, rooms::Role::member, rooms::Role::guest}) {
      out += (role == rooms::Role::moderator ? "" : ",") + json_text(rooms::to_string(role)) + ":[";
      const rooms::GrantSet& grants = table.at(static_cast<std::size_t>(role));
      bool first = true;
      for (std::size_t grant = 0; grant < rooms::grant_count; ++grant) {
        if (!grants.test(grant)) continue;
        out += (std::exchange(first, false) ? "" : ",") + json_text(rooms::to_string(static_cast<rooms::Grant>(grant)));
      }
      out += "]";
    }
    out += "}";
  }
  return out + "}";
}

std::string room_json(const RoomPageData& data) {
  static const std::string presets = presets_json();
  const bool account = data.you.kind == rooms::PersonKind::account;
  return "{\"code\":" + json_text(data.code) + ",\"name\":" + json_text(data.name) +
         ",\"you\":{\"id\":" + json_text(std::to_string(data.you.user.value)) + ",\"name\":" + json_text(data.you.name) +
         ",\"kind\":" + (account ? "\"account\"" : "\"guest\"") + "},\"share_url\":" + json_text(data.share_url) +
         ",\"csrf\":" + json_text(data.csrf) + ",\"socket_path\":" + json_text("/rooms/" + data.code + "/socket") +
         ",\"version\":" + json_text(data.version) + (data.file.empty() ? std::string() : ",\"file\":" + json_text(data.file)) +
         ",\"presets\":" + presets +
         (account ? ",\"preferences\":" + preferences_json(preferences_saved(data.you.preferences)) : std::string()) + "}";
}

}  // namespace matinee::pages
