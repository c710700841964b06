#include "server/library/index.h"

#include <string>
#include <system_error>
#include <vector>

#include "server/library/child.h"
#include "server/library/limits.h"

namespace matinee::library {
namespace {

bool copy(const Tools& tools, const std::filesystem::path& from, const std::filesystem::path& to, std::uint64_t bytes_max,
          const std::atomic<bool>& stopping) {
  std::vector<std::string> words{tools.ffmpeg, "-nostdin", "-y"};
  const std::vector<std::string>& input = only_this_file();
  words.insert(words.end(), input.begin(), input.end());
  for (const std::string& word :
       {std::string("-i"), "file:" + from.string(), std::string("-map"), std::string("0"), std::string("-c"), std::string("copy"),
        std::string("-movflags"), std::string("+faststart"), std::string("-f"), std::string("mp4"), "file:" + to.string()})
    words.push_back(word);
  const ChildResult result = run_child(words,
                                       {.wall = limits::copy_max,
                                        .cpu_s = limits::copy_cpu_s,
                                        .memory_bytes = limits::child_memory_bytes_max,
                                        .file_bytes = bytes_max,
                                        .output_bytes = limits::probe_output_bytes_max,
                                        .nice = limits::look_nice},
                                       stopping);
  return result.end == ChildResult::End::succeeded;
}

}  // namespace

std::optional<std::uint64_t> give_index(const Tools& tools, const std::filesystem::path& file, const std::filesystem::path& scratch,
                                        std::uint64_t free_bytes, const std::atomic<bool>& stopping) {
  std::error_code error;
  const std::uint64_t before = std::filesystem::file_size(file, error);
  // The index of short samples may be larger than the heads of their fragments.
  const std::uint64_t bytes_max = before + before / 8 + 1024 * 1024;
  if (error || tools.ffmpeg.empty() || free_bytes < bytes_max + limits::disk_reserve_bytes) return std::nullopt;
  std::filesystem::create_directories(scratch, error);
  const std::filesystem::path output = scratch / "recording.mp4";
  bool made = copy(tools, file, output, bytes_max, stopping);
  const std::uint64_t after = made ? std::filesystem::file_size(output, error) : 0;
  made = made && !error && after > 0;
  if (made) std::filesystem::permissions(output, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, error);
  if (made) std::filesystem::rename(output, file, error);
  made = made && !error;
  std::filesystem::remove_all(scratch, error);
  return made ? std::optional(after) : std::nullopt;
}

}  // namespace matinee::library
