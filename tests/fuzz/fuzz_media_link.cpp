// Whatever is pasted, the link parser answers with a sound MediaRef or one of its reasons, and a normal form is stable.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include "rooms/limits.h"
#include "rooms/media_link.h"

namespace {

using namespace matinee::rooms;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_video(const MediaRef& media) {
  require(media.video_id.size() == 11);
  require(media.video_id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos);
  require(media.url == "https://www.youtube.com/watch?v=" + media.video_id);
}

void check_file(const MediaRef& media) {
  const std::string_view url = media.url;
  require(media.video_id.empty() && !media.live);
  if (url.substr(0, 9) == "/library/") {
    require(url.size() == 41 && url.find_first_not_of("0123456789abcdef", 9) == std::string_view::npos);
    return;
  }
  require(url.substr(0, 7) == "http://" || url.substr(0, 8) == "https://");
  require(url.size() <= limits::link_bytes_max);
  for (const char c : url) require(c > ' ' && c < '\x7F' && c != '"' && c != '<' && c != '>');
  const std::string_view authority = url.substr(url.find("//") + 2, url.find('/', url.find("//") + 2) - url.find("//") - 2);
  require(authority.find('@') == std::string_view::npos);
}

void check_stream(const MediaRef& media) {
  require(media.video_id.empty() && media.live && media.start_ms == 0);
  const std::string_view id = std::string_view(media.url).substr(6);
  require(media.url.compare(0, 6, "/live/") == 0 && !id.empty() && id.size() <= 16 && id.front() != '0');
  require(id.find_first_not_of("0123456789") == std::string_view::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view pasted(reinterpret_cast<const char*>(data), size);
  const auto media = parse_media_link(pasted);
  if (!media) {
    require(media.error().code == ErrorCode::bad_media);
    require(media_link_sentence(media.error().detail) != media_link_sentence("no such detail"));
    return 0;
  }
  require(media->start_ms >= 0 && media->start_ms <= limits::position_ms_max);
  if (media->kind == MediaKind::youtube) check_video(*media);
  else if (media->kind == MediaKind::stream) check_stream(*media);
  else check_file(*media);
  const auto again = parse_media_link(media->url);
  require(again.has_value());
  require(again->url == media->url && again->kind == media->kind && again->start_ms == 0);
  return 0;
}
