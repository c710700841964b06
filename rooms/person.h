// Who is in a room, what role they have there, and what a role may do. Pure values.
#pragma once
#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include "rooms/ids.h"

namespace matinee::rooms {

enum class PersonKind : std::uint8_t { account, guest };

struct Person {
  PersonId id;
  std::string name;  // NFC, printable: checked where it was entered
  PersonKind kind = PersonKind::guest;
  bool fresh = false;         // guest, or an account younger than a day: half the chat rate
  std::string avatar = {};    // the key of the person's picture; empty = none
  std::string address = {};   // where a block on a guest holds besides the id; empty = unknown. Never shown to anybody
  std::string name_key = {};  // equal for names that only differ in case, width or form; empty = the name itself
};

enum class Role : std::uint8_t { owner, moderator, member, guest };  // from most to least
inline constexpr std::size_t role_count = 4;

enum class Grant : std::uint8_t {
  chat,
  react,
  queue_add,
  play_now,
  control,
  reorder,
  skip,
  remove,
  block,
  stop_chat,
  edit_room,
  delete_messages,
  go_live,
};
inline constexpr std::size_t grant_count = 13;
using GrantSet = std::bitset<grant_count>;
using GrantTable = std::array<GrantSet, role_count>;  // indexed by Role; the owner has every grant

// Who gets in with the code alone; everybody else is asked for something at the door, or turned away. Owner and moderators always get in.
enum class Access : std::uint8_t { open, accounts, password, ask };

enum class Preset : std::uint8_t { friends, classroom, stage, custom };  // wire: friends, class, stage, custom

[[nodiscard]] GrantTable grants_of(Preset preset);  // custom = friends as a starting point
[[nodiscard]] std::string_view to_string(Role role);
[[nodiscard]] std::string_view to_string(Grant grant);
[[nodiscard]] std::string_view to_string(Preset preset);
[[nodiscard]] std::string_view to_string(Access access);
[[nodiscard]] std::optional<Role> role_from(std::string_view name);
[[nodiscard]] std::optional<Grant> grant_from(std::string_view name);
[[nodiscard]] std::optional<Preset> preset_from(std::string_view name);
[[nodiscard]] std::optional<Access> access_from(std::string_view name);

}  // namespace matinee::rooms
