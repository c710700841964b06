#include "server/previews/preview.h"

#include <algorithm>
#include <array>
#include "rooms/text.h"
#include "server/previews/limits.h"
#include "server/wire/json_writer.h"

namespace matinee::previews {
namespace {

constexpr std::array<RefusalText, 13> texts{{
    {"", ""},
    {"not_embeddable", "Its owner does not allow other sites to play it."},
    {"private_video", "This video is private."},
    {"no_video", "This video does not exist."},
    {"no_file", "There is no video at this address."},
    {"not_allowed", "Its site does not give this file to others."},
    {"not_media", "This is not a video file."},
    {"trouble", "Its site has trouble with this link just now."},
    {"no_site", "No site was found under this name. Check the link."},
    {"no_answer", "Its site does not answer."},
    {"bad_link", "This link cannot be opened. It should start with https://"},
    {"not_subtitles", "These are no subtitles. Use a .vtt or .srt file."},
    {"too_large", "This file is too large for subtitles."},
}};

std::string_view kind_name(rooms::MediaKind kind) {
  switch (kind) {
    case rooms::MediaKind::youtube: return "youtube";
    case rooms::MediaKind::file: return "file";
    case rooms::MediaKind::hls: return "hls";
    case rooms::MediaKind::stream: return "stream";
  }
  return "file";
}

void write_refusal(wire::JsonWriter& json, RefusalText refusal) {
  json.key("refusal").open_object();
  json.key("code").string(refusal.code);
  json.key("text").string(refusal.sentence);
  json.close_object();
}

}  // namespace

RefusalText text_of(Refusal refusal) { return texts[static_cast<std::size_t>(refusal)]; }

std::string clean_title(std::string_view text) {
  if (!rooms::shape_of(text)) return {};
  std::string title;
  std::size_t code_points = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool begins = (byte & 0xC0) != 0x80;
    if (begins && code_points++ == limits::title_code_points_max) break;
    title.push_back(byte < 0x20 || byte == 0x7F ? ' ' : c);
  }
  const std::size_t first = title.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return title.substr(first, title.find_last_not_of(' ') - first + 1);
}

std::string preview_json(const Preview& preview) {
  std::string out;
  wire::JsonWriter json(out);
  json.open_object();
  json.key("kind").string(kind_name(preview.kind));
  json.key("host").string(preview.host);
  json.key("known").boolean(preview.known);
  if (!preview.title.empty()) json.key("title").string(preview.title);
  if (!preview.author.empty()) json.key("author").string(preview.author);
  if (preview.duration_ms) json.key("duration_ms").integer(*preview.duration_ms);
  if (preview.size_bytes)
    json.key("size_bytes").integer(static_cast<std::int64_t>(std::min<std::uint64_t>(*preview.size_bytes, 1ULL << 53)));
  if (!preview.picture_key.empty()) json.key("picture").string("/previews/" + preview.picture_key + ".jpg");
  if (preview.refusal != Refusal::none) write_refusal(json, text_of(preview.refusal));
  json.close_object();
  return out;
}

std::string refusal_json(RefusalText refusal) {
  std::string out;
  wire::JsonWriter json(out);
  json.open_object();
  write_refusal(json, refusal);
  json.close_object();
  return out;
}

}  // namespace matinee::previews
