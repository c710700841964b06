#include "server/library/picture.h"

namespace matinee::library {

std::string make_picture(const std::string& ffmpeg, const std::vector<std::string>& input, const ChildLimits& limits,
                         const std::atomic<bool>& stopping) {
  static const std::vector<std::string> output{"-frames:v",
                                               "1",
                                               "-an",
                                               "-sn",
                                               "-dn",
                                               "-vf",
                                               "scale=640:360:force_original_aspect_ratio=decrease:force_divisible_by=2,setsar=1",
                                               "-threads",
                                               "1",
                                               "-c:v",
                                               "mjpeg",
                                               "-q:v",
                                               "5",
                                               "-pix_fmt",
                                               "yuvj420p",
                                               "-f",
                                               "image2pipe",
                                               "pipe:1"};
  std::vector<std::string> words{ffmpeg, "-nostdin"};
  words.insert(words.end(), input.begin(), input.end());
  words.insert(words.end(), output.begin(), output.end());
  const ChildResult result = run_child(words, limits, stopping);
  const bool is_jpeg = result.output.starts_with("\xFF\xD8\xFF");
  return result.end == ChildResult::End::succeeded && is_jpeg ? result.output : std::string();
}

}  // namespace matinee::library
