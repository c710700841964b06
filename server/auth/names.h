// What people may call themselves, what looks like an e-mail address, and what a password must be. Pure functions; each
// refusal has a stable word, under which the pages find the sentence that the form shows beside the field.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include "rooms/limits.h"

namespace matinee::auth {

inline constexpr std::size_t name_code_points_max = rooms::limits::person_name_code_points_max;
inline constexpr std::size_t name_bytes_max = 4 * name_code_points_max;  // checked after normalisation
inline constexpr std::size_t name_input_bytes_max = 1'024;               // before it: what is looked at all
inline constexpr std::size_t stacked_marks_max = 3;                      // accents on one letter
inline constexpr std::size_t email_bytes_max = 254;                      // RFC 5321
inline constexpr std::size_t password_bytes_min = 8;
inline constexpr std::size_t password_bytes_max = 256;

enum class FieldError : std::uint8_t {
  name_empty,
  name_too_long,
  name_not_text,
  name_bad_character,
  name_has_at,
  name_taken,
  name_missing,  // where one logs in
  email_malformed,
  email_too_long,
  email_taken,
  password_too_short,
  password_too_long,
  password_missing,
};
[[nodiscard]] std::string_view to_string(FieldError error);  // "name_empty": stable, and the end of its sentence's key

struct Name {
  std::string shown;  // NFC, trimmed, each run of blanks one space
  std::string key;    // NFKC, case folded: equal for names that only differ in case, width or form
};
// Letters, digits, symbols, punctuation and single spaces of any script. Refused: control and format characters (zero-width, bidi),
// unassigned and private ones, line breaks, invisible letters, a mark without a letter, towers of marks, and @ (a log-in field takes
// a name or an e-mail, and the two must not be mistaken for each other).
[[nodiscard]] tl::expected<Name, FieldError> check_name(std::string_view typed);

// What stands for a name in a small circle: its first letter, as a capital.
[[nodiscard]] std::string initial(std::string_view name);

struct Email {
  std::string shown;  // as typed, trimmed
  std::string key;    // case folded
};
// Shape only: one @, something before it, a domain with a dot after it, no blanks or control characters. Empty is an error here:
// whether an e-mail is wanted is the caller's question.
[[nodiscard]] tl::expected<Email, FieldError> check_email(std::string_view typed);

[[nodiscard]] tl::expected<void, FieldError> check_password(std::string_view typed);  // 8–256 bytes, kept as typed

// What was typed where a name or an e-mail is asked for, as the keys to look up; both are empty when it can be neither.
struct LogInKeys {
  std::string name_key;
  std::string email_key;
};
[[nodiscard]] LogInKeys log_in_keys(std::string_view typed);

}  // namespace matinee::auth
