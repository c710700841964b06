// Result<T>: what can go wrong in operation, as a value. Codes are stable on the wire; sentences are made where a person reads them.
// Pure values; no thread rule.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace matinee::rooms {

// Every code has one wire name, one HTTP status and one log level: the table in result.cpp (docs/protocol.md lists it).
enum class ErrorCode : std::uint8_t {
  bad_request,   // a field has the wrong type, is missing, or is outside its bounds
  unknown_type,  // no message type of this name
  not_joined,    // only room.join, room.knock and clock.probe are heard at the door
  already_joined,
  no_such_room,  // also the answer to a blocked person
  room_full,
  room_closed,
  forbidden,  // detail: the missing grant
  silenced,   // chat was stopped for this person; detail: until, Unix ms (0 = until lifted)
  slow_down,  // retry_ms says when
  too_long,
  empty_text,
  bad_text,   // not UTF-8, or control characters other than newline and tab
  stale,      // made against an older playback revision; the current state follows
  bad_media,  // detail: the parser's reason
  no_media,   // a playback command while nothing is set
  unknown_person,
  cannot_target,  // owners and one's own person cannot be removed, blocked or silenced; nobody acts on a higher role
  storage_unavailable,
  not_found,
  unauthorised,
  conflict,
  account_needed,   // the room is for people with an account
  password_needed,  // the room has a password: join with it
  wrong_password,   // not this one
  ask_first,        // somebody inside lets people in: knock
  internal,
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string detail;         // machine-readable extra named above, never a sentence
  std::int64_t retry_ms = 0;  // slow_down only
  bool operator==(const Error&) const = default;
};

template <class T>
using Result = tl::expected<T, Error>;

struct ErrorInfo {
  std::string_view wire_name;  // "slow_down"
  int http_status;
  std::string_view sentence;  // plain English, for a person
};
[[nodiscard]] const ErrorInfo& info(ErrorCode code);

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string detail = {}, std::int64_t retry_ms = 0) {
  return tl::unexpected<Error>(Error{code, std::move(detail), retry_ms});
}

}  // namespace matinee::rooms
