// Arbitrary bytes as what another site may send: the beginning of a file, a picture, subtitles, an oEmbed answer. Lengths stay within
// their bounds and titles stay valid text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "rooms/text.h"
#include "server/previews/limits.h"
#include "server/previews/media_head.h"
#include "server/previews/oembed.h"
#include "server/previews/preview.h"

using namespace matinee::previews;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)looks_like_media(bytes);
  (void)looks_like_subtitles(bytes);
  (void)picture_type(bytes);
  if (const auto ms = duration_ms_of(bytes); ms && (*ms < 0 || *ms > limits::duration_ms_max)) std::abort();
  const std::string title = clean_title(bytes);
  const auto shape = matinee::rooms::shape_of(title);
  if (!shape || shape->line_breaks || shape->code_points > limits::title_code_points_max) std::abort();
  if (const auto answer = read_oembed(bytes)) {
    if (!matinee::rooms::shape_of(answer->title) || answer->picture_url.size() > limits::link_bytes_max) std::abort();
    Preview preview;
    preview.title = answer->title;
    preview.author = answer->author;
    if (preview_json(preview).empty()) std::abort();
  }
  return 0;
}
