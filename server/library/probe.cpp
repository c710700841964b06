#include "server/library/probe.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "server/library/limits.h"

namespace matinee::library {
namespace {

using Why = NotPlayable::Why;

constexpr std::size_t streams_max = 32;

struct Stream {
  std::string type;
  std::string codec;
  std::string pixels;
  std::int64_t width = 0;
  std::int64_t height = 0;
  bool cover = false;  // a picture on the sleeve, no film
};

struct Probed {
  std::array<Stream, streams_max> streams;
  std::string duration;
};

std::int64_t whole(std::string_view digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() && value > 0 ? value : 0;
}

void put(Stream& stream, std::string_view name, std::string_view value) {
  if (name == "codec_type") stream.type = value;
  else if (name == "codec_name") stream.codec = value;
  else if (name == "pix_fmt") stream.pixels = value;
  else if (name == "width") stream.width = whole(value);
  else if (name == "height") stream.height = whole(value);
  else if (name == "disposition.attached_pic") stream.cover = value == "1";
}

// streams.stream.0.codec_name="h264"
void read_line(Probed& probed, std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == line.npos) return;
  std::string_view name = line.substr(0, equals);
  std::string_view value = line.substr(equals + 1);
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
  constexpr std::string_view of_stream = "streams.stream.";
  if (name == "format.duration") probed.duration = value;
  if (!name.starts_with(of_stream)) return;
  name.remove_prefix(of_stream.size());
  const std::size_t dot = std::min(name.find('.'), name.size());
  std::size_t index = streams_max;
  const auto [end, error] = std::from_chars(name.data(), name.data() + dot, index);
  if (error != std::errc() || end != name.data() + dot || index >= streams_max || dot == name.size()) return;
  put(probed.streams[index], name.substr(dot + 1), value);
}

Probed read(std::string_view output) {
  Probed probed;
  while (!output.empty()) {
    const std::size_t end = std::min(output.find('\n'), output.size());
    read_line(probed, output.substr(0, end));
    output.remove_prefix(std::min(end + 1, output.size()));
  }
  return probed;
}

// "30.000000"; anything else, or a time that no room knows, is not known.
std::int64_t duration_ms_of(std::string_view text) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !(seconds > 0)) return 0;
  const double ms = seconds * 1'000;
  return ms <= static_cast<double>(limits::duration_ms_max) ? static_cast<std::int64_t>(ms + 0.5) : 0;
}

template <std::size_t count>
bool is_one_of(std::string_view word, const std::array<std::string_view, count>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool plays_picture(Container container, std::string_view codec) {
  constexpr std::array<std::string_view, 3> mp4{"h264", "av1", "vp9"};
  constexpr std::array<std::string_view, 3> webm{"vp8", "vp9", "av1"};
  return container == Container::mp4 ? is_one_of(codec, mp4) : is_one_of(codec, webm);
}

bool plays_sound(Container container, std::string_view codec) {
  constexpr std::array<std::string_view, 4> mp4{"aac", "mp3", "opus", "flac"};
  constexpr std::array<std::string_view, 2> webm{"opus", "vorbis"};
  return container == Container::mp4 ? is_one_of(codec, mp4) : is_one_of(codec, webm);
}

bool plays_pixels(const Stream& stream) {
  constexpr std::array<std::string_view, 3> eight_bits{"yuv420p", "yuvj420p", "unknown"};
  return stream.codec != "h264" || stream.pixels.empty() || is_one_of(stream.pixels, eight_bits);
}

std::string shown(std::string_view codec) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names{{{"hevc", "HEVC (H.265)"},
                                                                                {"mpeg4", "MPEG-4 Part 2"},
                                                                                {"mpeg2video", "MPEG-2"},
                                                                                {"prores", "ProRes"},
                                                                                {"ac3", "Dolby Digital"},
                                                                                {"eac3", "Dolby Digital Plus"}}};
  const auto found = std::find_if(names.begin(), names.end(), [&](const auto& name) { return name.first == codec; });
  if (found != names.end()) return std::string(found->second);
  std::string name;
  for (const char c : codec.substr(0, 20)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (plain) name.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

}  // namespace

std::string note_of(const NotPlayable& reason) {
  std::string_view code;
  switch (reason.why) {
    case Why::not_video: code = "not_video"; break;
    case Why::container: code = "container"; break;
    case Why::sound: code = "sound"; break;
    case Why::codec: code = "codec"; break;
    case Why::depth: code = "depth"; break;
    case Why::sound_codec: code = "sound_codec"; break;
    case Why::broken:
    case Why::slow: code = "broken"; break;
  }
  return std::string(code) + (reason.what.empty() ? "" : ":" + reason.what);
}

tl::expected<Container, NotPlayable> judge_beginning(std::string_view beginning) {
  const Container container = sniff(beginning);
  if (is_playable(container)) return container;
  if (container == Container::other) return tl::unexpected(NotPlayable{Why::not_video, {}});
  if (container == Container::sound) return tl::unexpected(NotPlayable{Why::sound, {}});
  return tl::unexpected(NotPlayable{Why::container, std::string(name_of(container))});
}

tl::expected<seams::LibraryFacts, NotPlayable> judge(Container container, std::string_view output) {
  const Probed probed = read(output);
  const auto of_type = [&](std::string_view type) {
    return std::find_if(probed.streams.begin(), probed.streams.end(),
                        [type](const Stream& stream) { return stream.type == type && !stream.cover; });
  };
  const auto* const picture = of_type("video");
  const auto* const sound = of_type("audio");
  if (picture == probed.streams.end()) return tl::unexpected(NotPlayable{sound == probed.streams.end() ? Why::broken : Why::sound, {}});
  if (picture->codec.empty()) return tl::unexpected(NotPlayable{Why::broken, {}});
  if (!plays_picture(container, picture->codec)) return tl::unexpected(NotPlayable{Why::codec, shown(picture->codec)});
  if (!plays_pixels(*picture)) return tl::unexpected(NotPlayable{Why::depth, {}});
  if (sound != probed.streams.end() && !plays_sound(container, sound->codec))
    return tl::unexpected(NotPlayable{Why::sound_codec, shown(sound->codec)});
  return seams::LibraryFacts{.type = container == Container::mp4 ? "video/mp4" : "video/webm",
                             .duration_ms = duration_ms_of(probed.duration),
                             .width = picture->width,
                             .height = picture->height,
                             .picture = false};
}

}  // namespace matinee::library
