#include <algorithm>
#include "rooms/person.h"

namespace matinee::rooms {
namespace {

constexpr std::array<std::string_view, role_count> role_names{"owner", "moderator", "member", "guest"};
constexpr std::array<std::string_view, grant_count> grant_names{
    "chat",   "react", "queue_add", "play_now",  "control",         "reorder", "skip",
    "remove", "block", "stop_chat", "edit_room", "delete_messages", "go_live"};
constexpr std::array<std::string_view, 4> preset_names{"friends", "class", "stage", "custom"};
constexpr std::array<std::string_view, 4> access_names{"open", "accounts", "password", "ask"};

template <class Enum, std::size_t Size>
std::optional<Enum> find_name(const std::array<std::string_view, Size>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

GrantSet set_of(std::initializer_list<Grant> grants) {
  GrantSet set;
  for (const Grant grant : grants) set.set(static_cast<std::size_t>(grant));
  return set;
}

GrantSet all_grants() { return GrantSet{}.set(); }

// Everything that acts on the film, nothing that acts on other people or on the room itself.
GrantSet film_grants() {
  return set_of(
      {Grant::chat, Grant::react, Grant::queue_add, Grant::play_now, Grant::control, Grant::reorder, Grant::skip, Grant::go_live});
}

}  // namespace

GrantTable grants_of(Preset preset) {
  const GrantSet suggest = set_of({Grant::chat, Grant::react, Grant::queue_add});
  const GrantSet talk = set_of({Grant::chat, Grant::react});
  const GrantSet keep_order = suggest | set_of({Grant::remove, Grant::block, Grant::stop_chat, Grant::delete_messages});
  switch (preset) {
    case Preset::friends:
    case Preset::custom: return {all_grants(), all_grants(), film_grants(), film_grants()};
    case Preset::classroom: return {all_grants(), all_grants(), suggest, suggest};
    case Preset::stage: return {all_grants(), keep_order, talk, talk};
  }
  return {all_grants(), talk, talk, talk};
}

std::string_view to_string(Role role) { return role_names.at(static_cast<std::size_t>(role)); }
std::string_view to_string(Grant grant) { return grant_names.at(static_cast<std::size_t>(grant)); }
std::string_view to_string(Preset preset) { return preset_names.at(static_cast<std::size_t>(preset)); }
std::string_view to_string(Access access) { return access_names.at(static_cast<std::size_t>(access)); }
std::optional<Role> role_from(std::string_view name) { return find_name<Role>(role_names, name); }
std::optional<Grant> grant_from(std::string_view name) { return find_name<Grant>(grant_names, name); }
std::optional<Preset> preset_from(std::string_view name) { return find_name<Preset>(preset_names, name); }
std::optional<Access> access_from(std::string_view name) { return find_name<Access>(access_names, name); }

}  // namespace matinee::rooms
