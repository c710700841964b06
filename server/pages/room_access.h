// The way from a typed code to a room: throttled against guessing, and with one answer for unknown rooms and blocked people.
// Thread rule: the loop of the visit; the handler may not be called before find_room() returns.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include "server/pages/visit.h"
#include "server/seams/room_directory.h"

namespace matinee::pages {

struct FoundRoom {
  enum class What : std::uint8_t {
    open,
    closed,       // its owner ended it
    none,         // unknown, or this person is blocked there
    slow_down,    // too many unknown codes; retry_after_s
    unavailable,  // the store does not answer
  };
  What what = What::none;
  seams::RoomRecord room;
  std::int64_t retry_after_s = 0;
};
// `code` is canonical (rooms::read_room_code).
void find_room(const VisitPtr& visit, std::string code, std::function<void(FoundRoom)> done);

// What the room's door lets this person see before they are inside. The room itself decides who gets in; pages only keep quiet.
struct DoorView {
  bool needs_account = false;  // no page of the room without one
  bool sees_inside = true;     // its name, who is here, what plays
};
[[nodiscard]] DoorView door_view(const seams::RoomRecord& room, const auth::Identity* who);

// Guests are blocked by person and by address, because a new guest costs nothing; accounts by person.
[[nodiscard]] bool is_blocked(const seams::RoomRecord& room, const auth::Identity* who, std::string_view address, std::int64_t now_ms);

}  // namespace matinee::pages
