// What is known of a link before it plays. A value; a refusal is a sentence for the person who pasted it and stops nobody.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include "rooms/media_ref.h"

namespace matinee::previews {

enum class Refusal : std::uint8_t {
  none,
  not_embeddable,  // YouTube: its owner does not allow other sites
  private_video,
  no_video,     // YouTube does not know it
  no_file,      // 404, 410
  not_allowed,  // 401, 403
  not_media,    // a page, a picture
  trouble,      // any other status
  no_site,      // the name does not resolve
  no_answer,
  // of subtitles only
  bad_link,
  not_subtitles,
  too_large,
};
struct RefusalText {
  std::string_view code;
  std::string_view sentence;
};
[[nodiscard]] RefusalText text_of(Refusal refusal);

struct Preview {
  rooms::MediaKind kind = rooms::MediaKind::file;
  std::string title;  // YouTube's, or the name of the file; empty = not known
  std::string author;
  std::string host;
  std::optional<std::int64_t> duration_ms;
  std::optional<std::uint64_t> size_bytes;
  std::string picture_key;  // of GET /previews/{key}.jpg; empty = no picture
  Refusal refusal = Refusal::none;
  bool known = false;  // the site answered; else nothing but the link itself is told
};

[[nodiscard]] std::string preview_json(const Preview& preview);
[[nodiscard]] std::string refusal_json(RefusalText refusal);
// One line of at most title_code_points_max, without control characters; empty when it is not UTF-8.
[[nodiscard]] std::string clean_title(std::string_view text);

}  // namespace matinee::previews
