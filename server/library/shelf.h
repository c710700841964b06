// Shelf: where the library's files lie, by names of our own alone: FOLDER/{id}, FOLDER/{id}.jpg, and FOLDER/drop for files that somebody
// puts there by hand. Nothing that a person typed is ever part of a path.
// Thread rule: any thread; a value.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace matinee::library {

[[nodiscard]] std::string draw_id();  // 32 hexadecimal digits, 128 random bits
[[nodiscard]] bool is_id(std::string_view text);
// What a file is called in the library: without its ending, one line of at most title_code_points_max, "Video" when nothing is left.
[[nodiscard]] std::string title_of(std::string_view file_name);
// One line as a person typed it, trimmed; nothing when it is empty, too long or no text.
[[nodiscard]] std::optional<std::string> clean_title(std::string_view typed);

struct OpenFile {
  int fd = -1;  // the caller's to close
  std::uint64_t size_bytes = 0;
};

class Shelf {
 public:
  explicit Shelf(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // Makes the folders. Empty = usable, else a sentence for the operator.
  [[nodiscard]] std::string prepare() const;
  [[nodiscard]] std::filesystem::path file(const std::string& id) const { return folder_ / id; }
  [[nodiscard]] std::filesystem::path picture(const std::string& id) const { return folder_ / (id + ".jpg"); }
  [[nodiscard]] std::filesystem::path drop() const { return folder_ / "drop"; }
  [[nodiscard]] std::filesystem::path refused() const { return folder_ / "drop" / "refused"; }

  // A regular file, for reading.
  [[nodiscard]] static std::optional<OpenFile> open(const std::filesystem::path& path);
  [[nodiscard]] static std::string beginning(const std::filesystem::path& path);  // sniffed_bytes at most
  void remove(const std::string& id) const;                                       // both files; what is not there is fine
  [[nodiscard]] std::uint64_t free_bytes() const;                                 // 0 when it cannot be told

 private:
  std::filesystem::path folder_;
};

}  // namespace matinee::library
