#include "server/http/content_types.h"

#include <algorithm>
#include <array>
#include <utility>

namespace matinee::http {

ContentType content_type_of(std::string_view file_name) {
  static constexpr std::array<std::pair<std::string_view, ContentType>, 26> table{{
      {"html", {"text/html; charset=utf-8", true}},
      {"css", {"text/css; charset=utf-8", true}},
      {"js", {"text/javascript; charset=utf-8", true}},
      {"mjs", {"text/javascript; charset=utf-8", true}},
      {"json", {"application/json", true}},
      {"map", {"application/json", true}},
      {"webmanifest", {"application/manifest+json", true}},
      {"txt", {"text/plain; charset=utf-8", true}},
      {"svg", {"image/svg+xml", true}},
      {"vtt", {"text/vtt; charset=utf-8", true}},
      {"wasm", {"application/wasm", true}},
      {"ico", {"image/x-icon", true}},
      {"png", {"image/png", false}},
      {"jpg", {"image/jpeg", false}},
      {"jpeg", {"image/jpeg", false}},
      {"gif", {"image/gif", false}},
      {"webp", {"image/webp", false}},
      {"avif", {"image/avif", false}},
      {"woff2", {"font/woff2", false}},
      {"woff", {"font/woff", false}},
      {"mp4", {"video/mp4", false}},
      {"webm", {"video/webm", false}},
      {"mp3", {"audio/mpeg", false}},
      {"ogg", {"audio/ogg", false}},
      {"m3u8", {"application/vnd.apple.mpegurl", true}},
      {"ts", {"video/mp2t", false}},
  }};
  const std::size_t dot = file_name.rfind('.');
  if (dot != file_name.npos) {
    const std::string_view ending = file_name.substr(dot + 1);
    const auto found = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == ending; });
    if (found != table.end()) return found->second;
  }
  return {"application/octet-stream", false};
}

}  // namespace matinee::http
