#include "server/previews/look_up.h"

#include <algorithm>
#include <array>
#include "rooms/link_text.h"
#include "rooms/text.h"
#include "server/previews/media_head.h"
#include "server/previews/oembed.h"

namespace matinee::previews {
namespace {

// Nothing for what a reader of the link cannot mend: an address in their own network, which only their browsers reach.
Refusal refusal_of(FetchError error) {
  switch (error) {
    case FetchError::no_such_name: return Refusal::no_site;
    case FetchError::no_answer: return Refusal::no_answer;
    case FetchError::broken:
    case FetchError::too_many_redirects: return Refusal::trouble;
    case FetchError::bad_link:
    case FetchError::address_refused:
    case FetchError::stopped: return Refusal::none;
  }
  return Refusal::none;
}

Refusal refusal_of_file(int status) {
  if (status == 404 || status == 410) return Refusal::no_file;
  if (status == 401 || status == 403) return Refusal::not_allowed;
  return Refusal::trouble;
}

// Types that no player takes. What is only missing or vague is left to the player.
bool is_no_media_type(std::string_view type) {
  constexpr std::array<std::string_view, 5> others{"text/html", "application/xhtml+xml", "application/json", "application/pdf", "text/css"};
  return type.starts_with("image/") || std::find(others.begin(), others.end(), type) != others.end();
}

LookedUp look_up_file(const Fetcher& fetcher, const rooms::MediaRef& media) {
  LookedUp found{preview_of_link(media), {}, {}};
  Preview& preview = found.preview;
  const auto answer = fetcher.fetch({.url = media.url, .beginning_only = true});
  if (!answer) {
    preview.refusal = refusal_of(answer.error());
    return found;
  }
  preview.known = true;
  const bool empty_file = answer->status == 416;
  if ((answer->status < 200 || answer->status > 299) && !empty_file) {
    preview.refusal = refusal_of_file(answer->status);
    return found;
  }
  const bool playlist = looks_like_playlist(answer->body);
  const bool wrong =
      media.kind == rooms::MediaKind::hls ? !playlist : is_no_media_type(answer->content_type) && !looks_like_media(answer->body);
  if (wrong || empty_file || answer->body.empty()) {
    preview.refusal = Refusal::not_media;
    return found;
  }
  if (media.kind == rooms::MediaKind::file) {
    preview.size_bytes = answer->size_bytes;
    preview.duration_ms = duration_ms_of(answer->body);
  }
  return found;
}

void add_picture(const Fetcher& fetcher, LookedUp& found, const std::string& url) {
  if (url.empty()) return;
  auto answer = fetcher.fetch({.url = url, .bytes_max = limits::picture_bytes_max, .time_max = limits::picture_max});
  if (!answer || answer->status != 200 || answer->cut) return;
  found.picture_type = picture_type(answer->body);
  if (!found.picture_type.empty()) found.picture = std::move(answer->body);
}

LookedUp look_up_youtube(const Fetcher& fetcher, const rooms::MediaRef& media, const std::string& oembed_url) {
  LookedUp found{preview_of_link(media), {}, {}};
  Preview& preview = found.preview;
  const auto answer =
      fetcher.fetch({.url = oembed_address(oembed_url, media.video_id), .bytes_max = limits::oembed_bytes_max, .operators_own = true});
  if (!answer || answer->cut) return found;
  preview.known = true;
  switch (answer->status) {
    case 200: break;
    case 401: preview.refusal = Refusal::not_embeddable; return found;
    case 403: preview.refusal = Refusal::private_video; return found;
    case 400:
    case 404: preview.refusal = Refusal::no_video; return found;
    default: preview.known = false; return found;
  }
  const auto read = read_oembed(answer->body);
  preview.known = read.has_value();
  if (!read) return found;
  preview.title = read->title;
  preview.author = read->author;
  add_picture(fetcher, found, read->picture_url);
  return found;
}

}  // namespace

Preview preview_of_link(const rooms::MediaRef& media) {
  Preview preview;
  preview.kind = media.kind;
  const std::size_t begin = media.url.find("://") + 3;
  const std::size_t path = std::min(media.url.find_first_of("/?#", begin), media.url.size());
  preview.host = media.url.substr(begin, path - begin);
  if (media.kind == rooms::MediaKind::youtube) return preview;
  const std::size_t end = std::min(media.url.find_first_of("?#", path), media.url.size());
  const std::string name = rooms::link::percent_decode(std::string_view(media.url).substr(path, end - path));
  const std::string_view last = std::string_view(name).substr(name.rfind('/') + 1);
  const auto shape = rooms::shape_of(last);
  if (shape && !shape->controls && !shape->unseen) preview.title = clean_title(last);
  return preview;
}

LookedUp look_up(const Fetcher& fetcher, const rooms::MediaRef& media, const std::string& oembed_url) {
  if (media.kind == rooms::MediaKind::youtube) return look_up_youtube(fetcher, media, oembed_url);
  return look_up_file(fetcher, media);
}

tl::expected<std::string, Refusal> fetch_subtitles(const Fetcher& fetcher, const std::string& url) {
  auto answer = fetcher.fetch({.url = url, .bytes_max = limits::subtitle_bytes_max});
  if (!answer) {
    const Refusal refusal = refusal_of(answer.error());
    return tl::unexpected(refusal == Refusal::none ? Refusal::bad_link : refusal);
  }
  if (answer->status != 200)
    return tl::unexpected(answer->status == 404 || answer->status == 410 ? Refusal::no_file : refusal_of_file(answer->status));
  if (!looks_like_subtitles(answer->body)) return tl::unexpected(Refusal::not_subtitles);
  if (answer->cut) return tl::unexpected(Refusal::too_large);
  return std::move(answer->body);
}

}  // namespace matinee::previews
