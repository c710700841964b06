// The last step of a recording: fragments without an index become a file that every player knows the length of and seeks in, by an ffmpeg
// child that copies and decodes nothing. The file is exchanged for the new one at once, or stays as it was.
// Thread rule: blocks; runs on the workshop's thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>

#include "server/library/look.h"

namespace matinee::library {

// scratch: a folder on the same disk, made and removed here. Its new size; nothing when it is as it was: no ffmpeg, no room for a second
// copy, no such video.
[[nodiscard]] std::optional<std::uint64_t> give_index(const Tools& tools, const std::filesystem::path& file,
                                                      const std::filesystem::path& scratch, std::uint64_t free_bytes,
                                                      const std::atomic<bool>& stopping);

}  // namespace matinee::library
