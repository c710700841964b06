#include "server/wire/shapes.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include "server/wire/names.h"

namespace matinee::wire {
namespace json = boost::json;
namespace {
constexpr rooms::Role roles[] = {rooms::Role::owner, rooms::Role::moderator, rooms::Role::member, rooms::Role::guest};
}

void write_grants(JsonWriter& out, const rooms::GrantTable& grants) {
  out.open_object();
  for (const rooms::Role role : roles) {
    out.key(rooms::to_string(role)).open_array();
    const rooms::GrantSet& row = grants[static_cast<std::size_t>(role)];
    for (std::size_t i = 0; i < rooms::grant_count; ++i)
      if (row.test(i)) out.string(rooms::to_string(static_cast<rooms::Grant>(i)));
    out.close_array();
  }
  out.close_object();
}

void write_media(JsonWriter& out, const rooms::MediaRef& media) {
  out.open_object();
  out.key("kind").string(name_of(media.kind));
  out.key("url").string(media.url);
  if (!media.video_id.empty()) out.key("video_id").string(media.video_id);
  out.key("start_ms").integer(media.start_ms);
  if (media.live) out.key("live").boolean(true);
  out.close_object();
}

std::optional<rooms::GrantTable> read_grants(const json::object& object) {
  rooms::GrantTable table{};
  table[0].set();
  for (const rooms::Role role : {rooms::Role::moderator, rooms::Role::member, rooms::Role::guest}) {
    const json::value* row = object.if_contains(rooms::to_string(role));
    if (row == nullptr || !row->is_array()) return std::nullopt;
    for (const json::value& name : row->get_array()) {
      const json::string* text = name.if_string();
      const auto grant = text == nullptr ? std::nullopt : rooms::grant_from(std::string_view(text->data(), text->size()));
      if (!grant) return std::nullopt;
      table[static_cast<std::size_t>(role)].set(static_cast<std::size_t>(*grant));
    }
  }
  return table;
}

}  // namespace matinee::wire
