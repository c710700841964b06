// What a seam can refuse, as a value. The meaning is the same for every implementation; sentences for people and codes on the wire
// are made by the callers. Pure values.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>
#include <tl/expected.hpp>
#include "rooms/ids.h"

namespace matinee::seams {

enum class StoreError : std::uint8_t {
  unavailable,   // queue full, disk full, file locked, stopping, or an I/O fault: nothing was changed; asking again later may work
  not_found,     // no such row; for a session also: ended or expired
  fenced,        // the room's epoch is not the caller's: somebody else has taken the room over; stop serving it
  name_taken,    // another account has this name once case is folded
  email_taken,   // another account has this e-mail
  id_taken,      // the random id is in use: draw another
  code_taken,    // a room has, or once had, this code: draw another
  wrong_kind,    // the operation is for guests only, or for accounts only, or for guest rooms only
  only_admin,    // the last admin there is cannot go
  too_many,      // as many as the caller's bound allows are there already
  quota_person,  // this person keeps as much as one may
  quota_all,     // the server keeps as much as it may
};

[[nodiscard]] constexpr std::string_view to_string(StoreError error) {
  switch (error) {
    case StoreError::unavailable: return "unavailable";
    case StoreError::not_found: return "not_found";
    case StoreError::fenced: return "fenced";
    case StoreError::name_taken: return "name_taken";
    case StoreError::email_taken: return "email_taken";
    case StoreError::id_taken: return "id_taken";
    case StoreError::code_taken: return "code_taken";
    case StoreError::wrong_kind: return "wrong_kind";
    case StoreError::only_admin: return "only_admin";
    case StoreError::too_many: return "too_many";
    case StoreError::quota_person: return "quota_person";
    case StoreError::quota_all: return "quota_all";
  }
  return "unknown";
}

template <class T>
using Result = tl::expected<T, StoreError>;

// A completion handler. It is called exactly once, by the executor that was given beside it, never inside the call itself.
template <class T>
using Done = std::function<void(Result<T>)>;

using UserId = rooms::PersonId;                     // random, positive, < 2^53: exact in JavaScript
using RoomId = rooms::Id<struct RoomRowTag>;        // stays when a room gets a new code
using SessionId = rooms::Id<struct SessionRowTag>;  // for lists and for ending; never the secret in the cookie; never used twice

}  // namespace matinee::seams
