// Small files that hold secrets: one "name = value" a line, mode 0600, written in one step (a new file renamed over the old one). A file
// that others may read is not used, because its secret may be known already.
// Thread rule: any; nothing is kept. Errors (also for what is longer than the limits allow) say why, without the file's name.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace matinee::desktop {

using FileLines = std::map<std::string, std::string>;

struct FileProblem {
  enum class What : std::uint8_t { missing, unreadable, others_may_read };
  What what = What::unreadable;
  std::string why;
};

[[nodiscard]] tl::expected<FileLines, FileProblem> read_private_file(const std::string& file);
// Values hold no line breaks. Folders that are missing are made, the last one for the person alone.
[[nodiscard]] tl::expected<void, std::string> write_private_file(const std::string& file, const FileLines& lines);

// Printable, without blanks, not empty, at most token_bytes_max: what the server gives out as a token.
[[nodiscard]] bool is_token(std::string_view text);
// $VARIABLE, else ~/OTHERWISE; then /matinee.
[[nodiscard]] std::string own_folder(const char* variable, const char* otherwise);

}  // namespace matinee::desktop
