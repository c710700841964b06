// The clips that a new installation has to play: how ffmpeg is asked to draw them. Pure but for the captions it writes into files, which
// ffmpeg reads: no text passes through a filter's own language.
// Thread rule: any thread.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace matinee::library {

struct Sample {
  std::string key;  // what is remembered of it once it was made
  std::string title;
  int seconds = 0;
};
[[nodiscard]] const std::vector<Sample>& samples();

// A font that captions can be drawn with, or empty.
[[nodiscard]] std::string find_font();

// The words of the child that makes `output`. Captions go into `scratch`, a folder that is there.
[[nodiscard]] std::vector<std::string> sample_words(const Sample& sample, const std::string& ffmpeg, const std::string& font,
                                                    const std::filesystem::path& scratch, const std::filesystem::path& output);

}  // namespace matinee::library
