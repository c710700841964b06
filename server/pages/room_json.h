// The data the room page hands to its script (docs/protocol.md, "Pages and forms"), as JSON text for an attribute: the template
// escapes it there. Pure.
#pragma once
#include <string>
#include <string_view>
#include "server/auth/identity.h"

namespace matinee::pages {

struct RoomPageData {
  std::string code;
  std::string name;
  auth::Identity you;
  std::string share_url;
  std::string csrf;
  std::string version;
  std::string file;  // of what is on the stage: the page begins to load it before its scripts are there; may be empty
};
[[nodiscard]] std::string json_text(std::string_view text);  // in quotes, escaped
[[nodiscard]] std::string presets_json();  // {friends: {moderator: [grant…], member: […], guest: […]}, class: …, stage: …}
[[nodiscard]] std::string room_json(const RoomPageData& data);

}  // namespace matinee::pages
