// "Firefox on Linux" of a User-Agent field, for the list of a person's devices. Pure; never more than a few known words come out.
#pragma once
#include <string>
#include <string_view>

namespace matinee::pages {

inline constexpr std::string_view some_browser = "A browser";  // of no name that is known

[[nodiscard]] std::string describe_client(std::string_view user_agent);

}  // namespace matinee::pages
