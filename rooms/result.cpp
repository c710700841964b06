#include "rooms/result.h"
#include <array>

namespace matinee::rooms {
namespace {

// In the order of ErrorCode; docs/protocol.md is the same table for people who write clients.
constexpr std::array<ErrorInfo, 27> table{{
    {"bad_request", 400, "Something in this request is missing or out of bounds."},
    {"unknown_type", 400, "The server does not know this kind of message."},
    {"not_joined", 409, "Join the room first."},
    {"already_joined", 409, "This connection is in the room already."},
    {"no_such_room", 404, "No room with this code, or you cannot enter it."},
    {"room_full", 503, "This room is full. Try again when somebody has left."},
    {"room_closed", 410, "This room was closed by its owner."},
    {"forbidden", 403, "You do not have the right to do this here."},
    {"silenced", 403, "Your chat is stopped in this room."},
    {"slow_down", 429, "That was a little fast. Wait a moment."},
    {"too_long", 400, "This message is too long."},
    {"empty_text", 400, "This message is empty."},
    {"bad_text", 400, "This text holds characters that cannot be shown."},
    {"stale", 409, "Somebody else was quicker. This is the room's state now."},
    {"bad_media", 400, "This link cannot be watched here."},
    {"no_media", 409, "Nothing is playing yet. Paste a link first."},
    {"unknown_person", 404, "This person is not in the room."},
    {"cannot_target", 403, "You cannot do this to this person."},
    {"storage_unavailable", 503, "The message could not be stored. Send it again."},
    {"not_found", 404, "There is nothing here."},
    {"unauthorised", 401, "Log in first."},
    {"conflict", 409, "This clashes with something that is there already."},
    {"account_needed", 403, "This room is for people with an account. Log in first."},
    {"password_needed", 401, "This room has a password."},
    {"wrong_password", 403, "That is not the password of this room."},
    {"ask_first", 403, "Somebody inside has to let you in."},
    {"internal", 500, "Something went wrong on the server."},
}};
static_assert(table.size() == static_cast<std::size_t>(ErrorCode::internal) + 1);

}  // namespace

const ErrorInfo& info(ErrorCode code) { return table.at(static_cast<std::size_t>(code)); }

}  // namespace matinee::rooms
