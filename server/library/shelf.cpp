#include "server/library/shelf.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "rooms/text.h"
#include "server/library/limits.h"
#include "server/library/sniff.h"

namespace matinee::library {
namespace {

constexpr std::size_t id_digits = 32;

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::string cut(std::string_view text, std::size_t code_points_max) {
  std::size_t code_points = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (begins && code_points++ == code_points_max) return std::string(trim(text.substr(0, i)));
  }
  return std::string(text);
}

bool is_plain(std::string_view text) {
  const auto shape = rooms::shape_of(text);
  return shape && !shape->controls && !shape->line_breaks && !shape->unseen && text.find('\t') == text.npos;
}

}  // namespace

std::string draw_id() {
  std::array<unsigned char, id_digits / 2> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();  // a guessable id would be worse
  constexpr char digits[] = "0123456789abcdef";
  std::string id;
  for (const unsigned char byte : bytes) id.append({digits[byte >> 4], digits[byte & 15]});
  return id;
}

bool is_id(std::string_view text) {
  return text.size() == id_digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string title_of(std::string_view file_name) {
  const std::size_t dot = file_name.rfind('.');
  std::string_view name = dot == file_name.npos || dot == 0 ? file_name : file_name.substr(0, dot);
  std::string title;
  for (const char c : name) title.push_back(c == '_' ? ' ' : c);
  if (!is_plain(title)) title.clear();
  title = cut(trim(title), limits::title_code_points_max);
  return title.empty() ? "Video" : title;
}

std::optional<std::string> clean_title(std::string_view typed) {
  const std::string_view title = trim(typed);
  if (title.empty() || !is_plain(title) || cut(title, limits::title_code_points_max).size() != title.size()) return std::nullopt;
  return std::string(title);
}

std::string Shelf::prepare() const {
  std::error_code error;
  std::filesystem::create_directories(refused(), error);
  if (error) return "The folder of the library " + folder_.string() + " cannot be made: " + error.message() + ".";
  if (::access(folder_.c_str(), R_OK | W_OK | X_OK) != 0)
    return "The folder of the library " + folder_.string() + " cannot be written. Give it to the account that runs this program.";
  return {};
}

std::optional<OpenFile> Shelf::open(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) return std::nullopt;
  struct stat what {};
  if (::fstat(fd, &what) != 0 || !S_ISREG(what.st_mode)) {
    ::close(fd);
    return std::nullopt;
  }
  return OpenFile{fd, static_cast<std::uint64_t>(what.st_size)};
}

std::string Shelf::beginning(const std::filesystem::path& path) {
  const auto file = open(path);
  if (!file) return {};
  std::string bytes(sniffed_bytes, '\0');
  const ssize_t n = ::pread(file->fd, bytes.data(), bytes.size(), 0);
  ::close(file->fd);
  bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return bytes;
}

void Shelf::remove(const std::string& id) const {
  std::error_code ignored;
  std::filesystem::remove(picture(id), ignored);
  std::filesystem::remove(file(id), ignored);
}

std::uint64_t Shelf::free_bytes() const {
  struct statvfs what {};
  if (::statvfs(folder_.c_str(), &what) != 0) return 0;
  return static_cast<std::uint64_t>(what.f_bavail) * what.f_frsize;
}

}  // namespace matinee::library
