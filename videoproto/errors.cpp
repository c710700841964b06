#include "videoproto/errors.h"

#include <array>

namespace matinee::videoproto {
namespace {

// In the order of their numbers; docs/videoproto.md is the same table for people who write clients.
constexpr std::array<ErrorInfo, 17> table{{
    {ErrorCode::magic, "magic", true, "This is not the video protocol."},
    {ErrorCode::version, "version", true, "The two programs have no protocol version in common. Update the older one."},
    {ErrorCode::malformed, "malformed", true, "A message was not in the form that the protocol gives it."},
    {ErrorCode::too_large, "too_large", true, "A message was larger than allowed."},
    {ErrorCode::wrong_state, "wrong_state", true, "A message came at a moment where it has no meaning."},
    {ErrorCode::auth_required, "auth_required", true, "Join a room first, within five seconds."},
    {ErrorCode::auth_failed, "auth_failed", true, "The code is not valid, or no longer. Copy a new line from Connect desktop."},
    {ErrorCode::forbidden, "forbidden", false, "You do not have the right to do this in this room."},
    {ErrorCode::no_such_stream, "no_such_stream", false, "This stream does not exist, or has ended."},
    {ErrorCode::busy, "busy", false, "Somebody else is sending already."},
    {ErrorCode::rate, "rate", true, "Too many frames a second."},
    {ErrorCode::bad_jpeg, "bad_jpeg", false, "A frame was not one whole JPEG picture of at most 4096 × 4096."},
    {ErrorCode::slow_consumer, "slow_consumer", true, "This connection did not take its data in time."},
    {ErrorCode::idle, "idle", true, "Nothing was heard for too long."},
    {ErrorCode::shutting_down, "shutting_down", true, "The server is restarting. The program reconnects by itself."},
    {ErrorCode::quota, "quota", false, "The server has no room for another stream."},
    {ErrorCode::internal, "internal", true, "Something went wrong on the server."},
}};

}  // namespace

const ErrorInfo& info(ErrorCode code) { return table.at(static_cast<std::size_t>(code) - 1); }

std::optional<ErrorCode> error_code(std::int64_t number) {
  if (number < 1 || number > static_cast<std::int64_t>(table.size())) return std::nullopt;
  return static_cast<ErrorCode>(number);
}

}  // namespace matinee::videoproto
