// The look into one file that is whole: its first bytes, then ffprobe, then one picture by ffmpeg, each a child process with bounds that
// may open this file and no other, and no network. Without these programs the first bytes alone decide, and nothing is known of length and
// picture.
// Thread rule: blocks; runs on the workshop's thread.
#pragma once
#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "server/library/probe.h"

namespace matinee::library {

struct Tools {
  std::string ffprobe;  // paths; empty = not there
  std::string ffmpeg;
  [[nodiscard]] static Tools find();
};

// The arguments of ffprobe and ffmpeg that keep them to one file: two readers of containers, decoders by name, no protocol but that of
// local files.
[[nodiscard]] const std::vector<std::string>& only_this_file();

struct Looked {
  seams::LibraryFacts facts;
  std::string picture;  // a JPEG, or empty
};

// broken when `stopping` ended it: the caller asks.
[[nodiscard]] tl::expected<Looked, NotPlayable> look_into(const Tools& tools, const std::filesystem::path& file,
                                                          const std::atomic<bool>& stopping);

}  // namespace matinee::library
