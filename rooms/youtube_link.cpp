#include "rooms/youtube_link.h"
#include <algorithm>
#include <array>
#include "rooms/limits.h"
#include "rooms/link_text.h"

namespace matinee::rooms::link {
namespace {

constexpr std::size_t video_id_bytes = 11;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool is_domain_or_below(std::string_view host, std::string_view domain) {
  if (host == domain) return true;
  return ends_with(host, domain) && host[host.size() - domain.size() - 1] == '.';
}

// A host as the eye sees it: digits that pass for letters read as those, dashes gone.
std::string skeleton(std::string_view host) {
  std::string seen;
  for (const char c : host) {
    if (c == '-' || c == '_') continue;
    seen.push_back(c == '0' ? 'o' : c == '1' ? 'l' : c == '3' ? 'e' : c);
  }
  return seen;
}

bool is_video_id(std::string_view id) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  return id.size() == video_id_bytes && std::all_of(id.begin(), id.end(), is_letter);
}

const std::string* find_param(const Params& params, std::string_view name) {
  const auto found =
      std::find_if(params.begin(), params.end(), [name](const auto& param) { return param.first == name && !param.second.empty(); });
  return found == params.end() ? nullptr : &found->second;
}

// "ID&t=90" or "ID?t=90" where only an ID belongs, as older embed codes and hands write it: the rest are parameters.
std::string split_off_params(std::string value, Params& query) {
  const std::size_t cut = value.find_first_of("&?");
  if (cut == std::string::npos) return value;
  const Params more = read_params(std::string_view(value).substr(cut + 1));
  query.insert(query.end(), more.begin(), more.end());
  value.resize(cut);
  return value;
}

// The fragment of older pages: "#!v=ID", "#/watch?v=ID"; of newer ones: "#t=90".
Params params_of_fragment(std::string_view fragment) {
  const std::size_t begin = fragment.find_first_not_of("!/");
  if (begin == std::string_view::npos) return {};
  fragment.remove_prefix(begin);
  if (fragment.substr(0, 6) == "watch?") fragment.remove_prefix(6);
  return read_params(fragment);
}

bool carries_id(std::string_view segment) {
  constexpr std::array<std::string_view, 7> names{"shorts", "live", "embed", "v", "e", "vi", "watch"};
  return std::find(names.begin(), names.end(), segment) != names.end();
}

struct Found {
  std::string id;
  bool live = false;
};

// Where the id stands, before it is known to be a good one; empty = nowhere.
Found find_id(const YouTubeParts& parts, Params& params) {
  const auto segment = [&parts](std::size_t i) { return i < parts.segments.size() ? parts.segments[i] : std::string(); };
  const std::string first = split_off_params(segment(0), params);
  const std::string second = segment(1);
  if (carries_id(first) && !second.empty()) {
    // embed/videoseries is a playlist and embed/live_stream a channel: both name no video by themselves.
    if (second != "videoseries" && second != "live_stream") return {split_off_params(second, params), first == "live"};
  } else if (parts.host == HostKind::youtube_short && !first.empty() && !carries_id(first)) {
    return {first, false};
  }
  const bool is_watch = first.empty() || carries_id(first);
  if (const std::string* id = find_param(params, "v"); id != nullptr && is_watch)
    return {split_off_params(std::string(*id), params), false};
  const Params of_fragment = params_of_fragment(parts.fragment);
  if (const std::string* id = find_param(of_fragment, "v"); id != nullptr && is_watch) return {*id, false};
  return {};
}

std::int64_t start_of(const Params& params, std::string_view fragment) {
  for (const std::string_view name : {"t", "start", "time_continue"}) {
    if (const std::string* value = find_param(params, name)) return read_start_ms(*value);
  }
  const Params of_fragment = params_of_fragment(fragment);
  if (const std::string* value = find_param(of_fragment, "t")) return read_start_ms(*value);
  return 0;
}

// A sharing page carries the link in u=, log-in and consent pages in continue= or next=.
std::string nested_link(const YouTubeParts& parts) {
  for (const std::string_view name : {"u", "continue", "next"}) {
    const std::string* value = find_param(parts.query, name);
    if (value == nullptr) continue;
    return value->front() == '/' && value->substr(0, 2) != "//" ? "https://www.youtube.com" + *value : *value;
  }
  return {};
}

bool take_number(std::string_view& text, double& number) {
  std::size_t digits = 0;
  number = 0;
  while (digits < text.size() && digits < 9 && text[digits] >= '0' && text[digits] <= '9') number = number * 10 + (text[digits++] - '0');
  if (digits == 0) return false;
  text.remove_prefix(digits);
  if (text.empty() || text.front() != '.') return true;
  text.remove_prefix(1);
  for (double place = 0.1; !text.empty() && text.front() >= '0' && text.front() <= '9'; place /= 10, text.remove_prefix(1))
    number += place * (text.front() - '0');
  return true;
}

}  // namespace

HostKind host_kind(std::string_view host) {
  if (host == "youtu.be" || host == "www.youtu.be") return HostKind::youtube_short;
  if (is_domain_or_below(host, "youtube.com") || is_domain_or_below(host, "youtube-nocookie.com")) return HostKind::youtube;
  const std::string seen = skeleton(host);
  const bool alike = seen.find("youtube") != std::string::npos || seen.find("youtu.be") != std::string::npos;
  return alike ? HostKind::look_alike : HostKind::other;
}

Params read_params(std::string_view text) {
  Params params;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    std::string_view param = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (param.substr(0, 4) == "amp;") param.remove_prefix(4);  // copied out of a page's source
    const std::size_t equals = param.find('=');
    if (equals == std::string_view::npos) continue;
    params.emplace_back(percent_decode(param.substr(0, equals)), percent_decode(param.substr(equals + 1)));
  }
  return params;
}

std::int64_t read_start_ms(std::string_view value) {
  double seconds = 0;
  bool colons = false;
  while (!value.empty()) {
    double number = 0;
    if (!take_number(value, number)) return 0;
    const char unit = value.empty() ? 's' : value.front();
    if (!value.empty()) value.remove_prefix(1);
    switch (unit) {
      case 'h':
      case 'H': seconds += number * 3600; break;
      case 'm':
      case 'M': seconds += number * 60; break;
      case ':':
        seconds = (seconds + number) * 60;
        colons = true;
        break;
      case 's':
      case 'S': seconds += number; break;
      default: return 0;
    }
    if (colons && unit != ':' && !value.empty()) return 0;
  }
  const double ms = seconds * 1000;
  return ms <= static_cast<double>(limits::position_ms_max) ? static_cast<std::int64_t>(ms + 0.5) : 0;
}

Result<YouTubeTarget> read_youtube(YouTubeParts parts) {
  Params params = parts.query;
  const Found found = find_id(parts, params);
  if (found.id.empty()) {
    std::string nested = nested_link(parts);
    if (nested.empty()) return fail(ErrorCode::bad_media, "no_video_id");
    return YouTubeTarget{std::nullopt, std::move(nested)};
  }
  if (!is_video_id(found.id)) return fail(ErrorCode::bad_media, "bad_video_id");
  MediaRef media;
  media.kind = MediaKind::youtube;
  media.video_id = found.id;
  media.url = "https://www.youtube.com/watch?v=" + found.id;
  media.start_ms = start_of(params, parts.fragment);
  media.live = found.live;
  return YouTubeTarget{std::move(media), {}};
}

}  // namespace matinee::rooms::link
