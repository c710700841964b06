// YouTube's oEmbed answer (https://oembed.com, section 2.3): the address to ask and what is taken from the JSON. Pure, fuzzed.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace matinee::previews {

struct OEmbed {
  std::string title;  // as clean_title()
  std::string author;
  std::string picture_url;  // not checked yet; may be empty
};

[[nodiscard]] std::string oembed_address(std::string_view base, std::string_view video_id);
[[nodiscard]] std::optional<OEmbed> read_oembed(std::string_view json);

}  // namespace matinee::previews
