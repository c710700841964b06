#include "server/previews/oembed.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include "server/previews/limits.h"
#include "server/previews/preview.h"

namespace matinee::previews {
namespace json = boost::json;
namespace {

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  const json::string& text = value->get_string();
  return {text.data(), text.size()};
}

}  // namespace

std::string oembed_address(std::string_view base, std::string_view video_id) {
  // A video id has nothing to escape (rooms/media_ref.h).
  std::string address(base);
  address += base.find('?') == std::string_view::npos ? '?' : '&';
  return address + "format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D" + std::string(video_id);
}

std::optional<OEmbed> read_oembed(std::string_view text) {
  json::parse_options options;
  options.max_depth = 4;
  json::error_code error;
  const json::value value = json::parse(text, error, {}, options);
  const json::object* object = error ? nullptr : value.if_object();
  if (object == nullptr) return std::nullopt;
  OEmbed answer{clean_title(text_at(*object, "title")), clean_title(text_at(*object, "author_name")), text_at(*object, "thumbnail_url")};
  if (answer.picture_url.size() > limits::link_bytes_max) answer.picture_url.clear();
  return answer;
}

}  // namespace matinee::previews
