// Percent-decoding of request targets and of query and form text, bounded and strict. Pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace matinee::http {

// A path: "%2F", "%00", broken escapes and bytes that are not UTF-8 are refused.
[[nodiscard]] std::optional<std::string> decode_path(std::string_view encoded);
// A query or form value: '+' is a blank; broken escapes, NUL and invalid UTF-8 are refused.
[[nodiscard]] std::optional<std::string> decode_form_text(std::string_view encoded);
// For building links: everything but unreserved characters becomes %XX.
[[nodiscard]] std::string encode_component(std::string_view text);

}  // namespace matinee::http
