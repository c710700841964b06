// Identities of the room library: strong types, so that a sequence number is never passed for a revision. Pure values.
#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace matinee::rooms {

template <class Tag>
struct Id {
  std::int64_t value = 0;
  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return value != 0; }
};
using PersonId = Id<struct PersonTag>;          // users.id: random, positive, < 2^53; accounts and guests alike
using ConnectionId = Id<struct ConnectionTag>;  // one open WebSocket; unique within a process
using Seq = Id<struct SeqTag>;                  // chat: 1, 2, 3 … without holes, per room
using ChangeNumber = Id<struct ChangeTag>;      // edits, deletes, reactions: 1, 2, 3 … without holes, per room
using Revision = Id<struct RevisionTag>;        // playback: grows by one with each accepted change, per epoch

}  // namespace matinee::rooms

template <class Tag>
struct std::hash<matinee::rooms::Id<Tag>> {
  std::size_t operator()(const matinee::rooms::Id<Tag>& id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};
