// The error codes 1–17 of videoproto/1: their number on the wire, their name, whether the connection ends with them, and a sentence.
// Pure values; no thread rule.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace matinee::videoproto {

enum class ErrorCode : std::uint8_t {
  magic = 1,          // not this protocol
  version = 2,        // no version in common
  malformed = 3,      // unknown type, forbidden flags or stream id, payload that is not what the type carries
  too_large = 4,      // declared length over the type's limit, or over what is heard before AUTH
  wrong_state = 5,    // a known type at a moment or from a side where it has no meaning
  auth_required = 6,  // also: AUTH did not come in time
  auth_failed = 7,
  forbidden = 8,  // detail in the text: the missing grant
  no_such_stream = 9,
  busy = 10,      // somebody else publishes
  rate = 11,      // over 120 frames a second
  bad_jpeg = 12,  // the picture is dropped, the stream goes on
  slow_consumer = 13,
  idle = 14,
  shutting_down = 15,
  quota = 16,  // over 16 streams, or no memory left for one more
  internal = 17,
};

struct ErrorInfo {
  ErrorCode code;
  std::string_view name;      // "too_large"
  bool fatal;                 // the sender of ERROR closes after it
  std::string_view sentence;  // for a person
};

[[nodiscard]] const ErrorInfo& info(ErrorCode code);
// The code of a number read from the wire.
[[nodiscard]] std::optional<ErrorCode> error_code(std::int64_t number);

}  // namespace matinee::videoproto
