// Finds out what a link is: YouTube through oEmbed, files through their first bytes. Blocks; runs on a worker.
// Thread rule: any thread; nothing is kept.
#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include "rooms/media_ref.h"
#include "server/previews/fetcher.h"
#include "server/previews/preview.h"

namespace matinee::previews {

struct LookedUp {
  Preview preview;
  std::string picture;  // bytes of a JPEG, PNG or WebP; empty = none
  std::string picture_type;
};
[[nodiscard]] LookedUp look_up(const Fetcher& fetcher, const rooms::MediaRef& media, const std::string& oembed_url);
// What the link alone says, before anybody was asked.
[[nodiscard]] Preview preview_of_link(const rooms::MediaRef& media);
// The bytes of a subtitle file as they are; `checked` link rules are the fetcher's.
[[nodiscard]] tl::expected<std::string, Refusal> fetch_subtitles(const Fetcher& fetcher, const std::string& url);

}  // namespace matinee::previews
