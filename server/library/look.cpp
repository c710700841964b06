#include "server/library/look.h"

#include <algorithm>
#include <vector>

#include "server/library/child.h"
#include "server/library/limits.h"
#include "server/library/picture.h"
#include "server/library/shelf.h"
#include "server/ops/log.h"

namespace matinee::library {
namespace {

using Words = std::vector<std::string>;

Words joined(std::initializer_list<Words> groups) {
  Words all;
  for (const Words& group : groups) all.insert(all.end(), group.begin(), group.end());
  return all;
}

ChildLimits bounds(std::chrono::milliseconds wall, std::size_t output_bytes) {
  return {.wall = wall,
          .cpu_s = limits::child_cpu_s,
          .memory_bytes = limits::child_memory_bytes_max,
          .file_bytes = 0,
          .output_bytes = output_bytes,
          .nice = limits::look_nice};
}

std::string picture_at(const Tools& tools, const std::filesystem::path& file, std::int64_t at_ms, const std::atomic<bool>& stopping) {
  const Words input = joined(
      {only_this_file(),
       {"-threads", "1", "-ss", std::to_string(at_ms / 1'000) + "." + std::to_string(at_ms % 1'000 / 100), "-i", "file:" + file.string()}});
  return make_picture(tools.ffmpeg, input, bounds(limits::picture_max, limits::picture_bytes_max), stopping);
}

// A little into the film, where the titles are over.
std::string picture_of(const Tools& tools, const std::filesystem::path& file, std::int64_t duration_ms, const std::atomic<bool>& stopping) {
  constexpr std::int64_t far_enough_ms = 60'000;
  std::string picture = picture_at(tools, file, std::min(duration_ms / 10, far_enough_ms), stopping);
  return picture.empty() && duration_ms > 0 ? picture_at(tools, file, 0, stopping) : picture;
}

}  // namespace

// A file that is a playlist, or names another file, leads nowhere. The last row of decoders is of codecs that are only read to be named in
// the refusal.
const std::vector<std::string>& only_this_file() {
  static const Words words{"-v",
                           "error",
                           "-protocol_whitelist",
                           "file",
                           "-format_whitelist",
                           "mov,matroska",
                           "-codec_whitelist",
                           "h264,vp8,vp9,av1,libdav1d,libaom-av1,aac,mp3,mp3float,opus,libopus,vorbis,libvorbis,flac,"
                           "hevc,mpeg4,mpeg2video,prores,mjpeg,ac3,eac3,alac"};
  return words;
}

Tools Tools::find() { return {find_program("ffprobe"), find_program("ffmpeg")}; }

tl::expected<Looked, NotPlayable> look_into(const Tools& tools, const std::filesystem::path& file, const std::atomic<bool>& stopping) {
  const auto container = judge_beginning(Shelf::beginning(file));
  if (!container) return tl::unexpected(container.error());
  if (tools.ffprobe.empty()) return Looked{{.type = *container == Container::mp4 ? "video/mp4" : "video/webm"}, {}};
  const ChildResult probed = run_child(joined({{tools.ffprobe},
                                               only_this_file(),
                                               {"-show_entries",
                                                "format=duration:stream=codec_type,codec_name,pix_fmt,width,height:"
                                                "stream_disposition=attached_pic",
                                                "-of", "flat", "file:" + file.string()}}),
                                       bounds(limits::probe_max, limits::probe_output_bytes_max), stopping);
  const bool out_of_time = probed.end == ChildResult::End::timed_out || probed.end == ChildResult::End::not_started;
  if (out_of_time) return tl::unexpected(NotPlayable{NotPlayable::Why::slow, {}});
  if (probed.end != ChildResult::End::succeeded) return tl::unexpected(NotPlayable{NotPlayable::Why::broken, {}});
  auto facts = judge(*container, probed.output);
  if (!facts) return tl::unexpected(facts.error());
  Looked looked{std::move(*facts), {}};
  if (!tools.ffmpeg.empty()) looked.picture = picture_of(tools, file, looked.facts.duration_ms, stopping);
  looked.facts.picture = !looked.picture.empty();
  return looked;
}

}  // namespace matinee::library
