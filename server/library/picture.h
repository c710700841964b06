// One picture of a video, made by an ffmpeg child: at most 640 × 360, a JPEG.
// Thread rule: blocks; any thread.
#pragma once
#include <atomic>
#include <string>
#include <vector>

#include "server/library/child.h"

namespace matinee::library {

// `input`: what ffmpeg is told up to and including its -i. Empty: none could be made, or `stopping` ended it.
[[nodiscard]] std::string make_picture(const std::string& ffmpeg, const std::vector<std::string>& input, const ChildLimits& limits,
                                       const std::atomic<bool>& stopping);

}  // namespace matinee::library
