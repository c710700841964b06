// Makes what people paste readable for a URL library: takes blanks, quotes and brackets off, adds a missing scheme, and
// percent-encodes what browsers accept but RFC 3986 does not. Internal to rooms_links; pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include "rooms/result.h"

namespace matinee::rooms::link {

enum class Scheme : std::uint8_t { http, https };

struct CleanLink {
  Scheme scheme = Scheme::https;
  std::string authority;  // host and port as pasted: no user-info, ASCII, no blanks
  std::string rest;       // path, query and fragment, percent-encoded; begins with / ? # or is empty
};

[[nodiscard]] Result<CleanLink> clean(std::string_view pasted);   // fails with bad_media and its detail
[[nodiscard]] std::string_view trim(std::string_view pasted);     // blanks of all kinds, quotes, angle brackets around
[[nodiscard]] std::string lower(std::string_view text);           // ASCII only
[[nodiscard]] std::string percent_decode(std::string_view text);  // what is not an escape stays as it is

}  // namespace matinee::rooms::link
