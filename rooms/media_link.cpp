#include "rooms/media_link.h"
#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include "rooms/limits.h"
#include "rooms/link_among_words.h"
#include "rooms/link_text.h"
#include "rooms/youtube_link.h"

namespace matinee::rooms {
namespace {

namespace urls = boost::urls;
using link::CleanLink;
using link::HostKind;

constexpr std::string_view library_path = "/library/";
constexpr std::size_t library_id_digits = 32;
constexpr std::string_view live_path = "/live/";
constexpr std::size_t stream_id_digits_max = 16;  // below 2^53

constexpr int nested_max = 2;  // a consent page around a sharing page around a video

tl::unexpected<Error> refuse(const char* detail) { return fail(ErrorCode::bad_media, detail); }

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// RFC 1123 names, plus the underscore that home networks use. No escapes: a host that needs them hides something.
bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : host) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!letter && c != '.') return false;
    if (c == '.' && label == 0) return false;
    label = c == '.' ? 0 : label + 1;
    if (label > 63) return false;
  }
  return label > 0;
}

// Browsers read 127.1 and 0x7f.1 as addresses, others as names: only the full dotted form is taken.
bool is_odd_address(std::string_view host) {
  const std::string_view last_label = host.substr(host.rfind('.') == std::string_view::npos ? 0 : host.rfind('.') + 1);
  return is_digits(last_label) || last_label.substr(0, 2) == "0x";
}

struct Authority {
  std::string host;
  std::string port;
};  // host lower case, no trailing dot; port without the default one

Result<Authority> read_authority(const CleanLink& clean) {
  const std::string_view text = clean.authority;
  const std::size_t bracket = text.rfind(']');
  if (text.front() == '[' && bracket == std::string_view::npos) return refuse("bad_host");
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  Authority authority{link::lower(text.substr(0, colon)), {}};
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    const bool in_range =
        port.size() <= 5 && is_digits(port) && std::stoi(std::string(port)) >= 1 && std::stoi(std::string(port)) <= 65'535;
    if (!port.empty() && !in_range) return refuse("bad_port");
    authority.port = std::string(port);
  }
  if (authority.port == (clean.scheme == link::Scheme::http ? "80" : "443")) authority.port.clear();
  if (!authority.host.empty() && authority.host.front() == '[') return authority;  // IPv6: the URL library judges it
  if (!authority.host.empty() && authority.host.back() == '.') authority.host.pop_back();
  if (!is_host_name(authority.host)) return refuse("bad_host");
  return authority;
}

Result<urls::url> read_url(const CleanLink& clean, const Authority& authority) {
  std::string text = clean.scheme == link::Scheme::http ? "http://" : "https://";
  text += authority.host;
  if (!authority.port.empty()) text += ":" + authority.port;
  const auto parsed_host = urls::parse_uri(text);
  if (!parsed_host) return refuse("bad_host");
  const bool is_address = parsed_host->host_type() == urls::host_type::ipv4 || parsed_host->host_type() == urls::host_type::ipv6;
  if (!is_address && (authority.host.front() == '[' || is_odd_address(authority.host))) return refuse("bad_host");
  text += clean.rest;
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return refuse("not_a_link");
  return urls::url(*parsed);
}

std::string_view view(urls::string_view text) { return {text.data(), text.size()}; }

link::YouTubeParts parts_of(const urls::url_view_base& url, HostKind kind) {
  link::YouTubeParts parts;
  parts.host = kind;
  for (const auto segment : url.encoded_segments()) {
    if (!segment.empty()) parts.segments.push_back(link::percent_decode(view(segment)));
  }
  parts.query = link::read_params(view(url.encoded_query()));
  parts.fragment = link::percent_decode(view(url.encoded_fragment()));
  return parts;
}

// "mp4" of ".../Film.MP4"; empty when its last part has none.
std::string extension_of(const urls::url_view_base& url) {
  if (url.encoded_segments().empty()) return {};
  const std::string name = link::lower(link::percent_decode(view(url.encoded_segments().back())));
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? std::string() : name.substr(dot + 1);
}

template <std::size_t n>
bool is_among(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::optional<MediaKind> kind_of_file(std::string_view extension) {
  constexpr std::array<std::string_view, 10> files{"mp4", "m4v", "webm", "mov", "ogv", "mp3", "m4a", "ogg", "opus", "wav"};
  if (extension == "m3u8") return MediaKind::hls;
  return is_among(files, extension) ? std::optional(MediaKind::file) : std::nullopt;
}

// Videos, but of kinds that no browser plays: to call them a page would send people looking for another link.
bool is_foreign_video(std::string_view extension) {
  constexpr std::array<std::string_view, 23> files{"avi",  "mkv", "flv", "f4v", "wmv",  "asf",  "mpg", "mpeg", "m2v", "vob", "ts", "mts",
                                                   "m2ts", "3gp", "3g2", "rm",  "rmvb", "divx", "mxf", "mpd",  "swf", "wma", "iso"};
  return is_among(files, extension);
}

// The start of a media fragment (W3C Media Fragments 1.0): t=10, t=10,20, t=npt:10.
std::int64_t start_of_fragment(const urls::url_view_base& url) {
  for (const auto& [name, value] : link::read_params(view(url.encoded_fragment()))) {
    if (name != "t") continue;
    std::string_view time = value;
    if (time.substr(0, 4) == "npt:") time.remove_prefix(4);
    return link::read_start_ms(time.substr(0, time.find(',')));
  }
  return 0;
}

bool is_library_path(std::string_view path) {
  if (path.size() != library_path.size() + library_id_digits || path.substr(0, library_path.size()) != library_path) return false;
  const std::string_view id = path.substr(library_path.size());
  return std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

MediaRef library_video(std::string_view path, std::int64_t start_ms) {
  MediaRef media;
  media.kind = MediaKind::file;
  media.url = std::string(path);
  media.start_ms = start_ms;
  return media;
}

// A number has one spelling.
bool is_stream_path(std::string_view path) {
  if (path.substr(0, live_path.size()) != live_path) return false;
  const std::string_view id = path.substr(live_path.size());
  return is_digits(id) && id.size() <= stream_id_digits_max && id.front() != '0';
}

MediaRef stream(std::string_view path) {
  MediaRef media;
  media.kind = MediaKind::stream;
  media.url = std::string(path);
  media.live = true;
  return media;
}

Result<MediaRef> read_file(urls::url url) {
  // Whatever name of this server somebody copied it under: everybody in the room asks their own.
  const std::string_view path = view(url.encoded_path());
  if (is_library_path(path)) return library_video(path, start_of_fragment(url));
  if (is_stream_path(path)) return stream(path);
  const std::string extension = extension_of(url);
  const auto kind = kind_of_file(extension);
  if (!kind) return refuse(is_foreign_video(extension) ? "not_playable" : "not_media");
  MediaRef media;
  media.kind = *kind;
  media.start_ms = start_of_fragment(url);
  url.remove_fragment();
  // Path and query stay byte for byte: signatures are made over them, and %2F is not the slash that a normal form makes of it.
  if (url.buffer().size() > limits::link_bytes_max) return refuse("too_long");
  media.url = std::string(view(url.buffer()));
  return media;
}

// "/library/ID#t=90" and "/live/ID", as our own pages say it.
std::optional<MediaRef> read_own_path(std::string_view pasted) {
  const std::string_view text = link::trim(pasted);
  if (is_stream_path(text)) return stream(text);
  const std::size_t end = std::min(text.find('#'), text.size());
  if (!is_library_path(text.substr(0, end))) return std::nullopt;
  const auto fragment = urls::parse_uri_reference(text);
  return library_video(text.substr(0, end), fragment ? start_of_fragment(*fragment) : 0);
}

Result<MediaRef> parse(std::string_view pasted, int nested) {
  const Result<CleanLink> clean = link::clean(pasted);
  if (!clean) return tl::unexpected<Error>(clean.error());
  const Result<Authority> authority = read_authority(*clean);
  if (!authority) return tl::unexpected<Error>(authority.error());
  const HostKind kind = link::host_kind(authority->host);
  if (kind == HostKind::look_alike) return refuse("look_alike");
  const Result<urls::url> url = read_url(*clean, *authority);
  if (!url) return tl::unexpected<Error>(url.error());
  if (kind == HostKind::other) return nested == 0 ? read_file(*url) : refuse("no_video_id");
  if (!authority->port.empty() && authority->port != "80" && authority->port != "443") return refuse("bad_port");
  const Result<link::YouTubeTarget> target = link::read_youtube(parts_of(*url, kind));
  if (!target) return tl::unexpected<Error>(target.error());
  if (target->media) return *target->media;
  if (nested == nested_max) return refuse("no_video_id");
  const Result<MediaRef> inside = parse(target->nested, nested + 1);
  // Whatever is wrong with a link inside a link, what the person pasted simply shows no video.
  if (!inside && inside.error().detail != "bad_video_id") return refuse("no_video_id");
  return inside;
}

// A link that people sent with words around it. The first that plays is meant; two that play are for the person to choose from.
Result<MediaRef> parse_among_words(std::string_view pasted) {
  const std::vector<std::string_view> links = link::among_words(pasted);
  std::optional<MediaRef> found;
  for (const std::string_view link : links) {
    auto media = parse(link, 0);
    if (!media) continue;
    if (found && found->url != media->url) return refuse("several_links");
    if (!found) found = std::move(*media);
  }
  if (found) return std::move(*found);
  if (links.empty() || links.front().find("://") == std::string_view::npos) return parse(pasted, 0);
  // A name of a file with blanks in it; else what is wrong is told of the link, not of the words in front of it.
  auto rest = parse(pasted.substr(static_cast<std::size_t>(links.front().data() - pasted.data())), 0);
  return !rest && rest.error().detail == "not_media" ? parse(links.front(), 0) : rest;
}

struct Sentence {
  std::string_view detail;
  std::string_view text;
};
constexpr std::array<Sentence, 16> sentences{{
    {"empty", "Paste a link first."},
    {"too_long", "This link is too long."},
    {"not_a_link", "This does not look like a link."},
    {"scheme", "Only links that begin with http:// or https:// can be watched."},
    {"user_info", "This link hides another address behind an @ sign."},
    {"look_alike", "This link's host only looks like YouTube."},
    {"no_video_id", "This YouTube link does not name a video."},
    {"bad_video_id", "This YouTube link's video id is damaged. Copy the link again."},
    {"not_media", "This link is neither a YouTube video nor a video file such as .mp4, .webm or .m3u8."},
    {"not_playable", "Browsers do not play this kind of file. Use a YouTube link, or one that ends in .mp4, .webm or .m3u8."},
    {"several_links", "There are several links here. Paste one."},
    {"bad_host", "This link's host name is not valid."},
    {"bad_port", "This link's port number is not valid."},
    {"no_stream", "This stream is not live in this room. A stream can be watched together in the room that it belongs to."},
    {"stream_pictures", "Single pictures cannot be watched together."},
    {"stream_coding", "Only H.264, VP9 and AV1 can be watched together."},
}};

}  // namespace

Result<MediaRef> parse_media_link(std::string_view pasted) {
  if (auto own = read_own_path(pasted)) return std::move(*own);
  const std::string_view text = link::trim(pasted);
  const bool among_words = text.find_first_of(" \t\r\n") != std::string_view::npos;
  if (text.size() > limits::link_bytes_max) return parse(text, 0);
  if (among_words) return parse_among_words(text);
  auto alone = parse(text, 0);  // taken to the letter, if it plays: a signature may end in a full stop
  return alone ? alone : parse_among_words(text);
}

std::string_view media_link_sentence(std::string_view detail) {
  const auto found =
      std::find_if(sentences.begin(), sentences.end(), [detail](const Sentence& sentence) { return sentence.detail == detail; });
  return found == sentences.end() ? info(ErrorCode::bad_media).sentence : found->text;
}

}  // namespace matinee::rooms
