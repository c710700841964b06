// Where we may send a browser: our own paths only. Pure.
#pragma once
#include <string>
#include <string_view>

namespace matinee::http {

// "/rooms/X?y=1#z" yes; "//host", "/\host", schemes, blanks, control characters and anything not starting with '/' no.
[[nodiscard]] bool is_own_path(std::string_view path);
// `wanted` when it is an own path, else `otherwise`.
[[nodiscard]] std::string own_path_or(std::string_view wanted, std::string_view otherwise);

}  // namespace matinee::http
