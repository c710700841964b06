#include "videoproto/desktop/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "videoproto/desktop/limits.h"

namespace matinee::desktop {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string why() { return std::strerror(errno); }

FileLines read_lines(const std::string& text) {
  FileLines values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find(" = ");
    if (equals != std::string::npos) values[line.substr(0, equals)] = line.substr(equals + 3);
  }
  return values;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return ::fsync(descriptor) == 0;
}

}  // namespace

tl::expected<FileLines, FileProblem> read_private_file(const std::string& file) {
  using What = FileProblem::What;
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(FileProblem{errno == ENOENT ? What::missing : What::unreadable, why()});
  struct stat about {};
  std::string text(limits::private_file_bytes_max + 1, '\0');
  const bool known = ::fstat(descriptor, &about) == 0;
  const ssize_t got = ::read(descriptor, text.data(), text.size());
  const std::string reason = why();
  ::close(descriptor);
  if (!known || got < 0) return tl::unexpected(FileProblem{What::unreadable, reason});
  if ((about.st_mode & 077U) != 0) return tl::unexpected(FileProblem{What::others_may_read, "others may read it"});
  if (static_cast<std::size_t>(got) > limits::private_file_bytes_max)
    return tl::unexpected(FileProblem{What::unreadable, "it is too long"});
  text.resize(static_cast<std::size_t>(got));
  return read_lines(text);
}

tl::expected<void, std::string> write_private_file(const std::string& file, const FileLines& lines) {
  std::string text;
  for (const auto& [name, value] : lines) text.append(name).append(" = ").append(value).append("\n");
  if (text.size() > limits::private_file_bytes_max) return tl::unexpected(std::string("it would be too long"));
  const std::filesystem::path path(file);
  std::error_code failed;
  if (path.has_parent_path() && std::filesystem::create_directories(path.parent_path(), failed))
    std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, failed);
  std::string fresh = file + ".XXXXXX";
  const int descriptor = ::mkstemp(fresh.data());  // makes it with mode 0600
  if (descriptor < 0) return tl::unexpected(why());
  bool written = write_all(descriptor, text);
  std::string reason = why();
  ::close(descriptor);
  if (written && std::rename(fresh.c_str(), file.c_str()) == 0) return {};
  if (written) reason = why();
  ::unlink(fresh.c_str());
  return tl::unexpected(reason);
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= limits::token_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string own_folder(const char* variable, const char* otherwise) {
  const std::string given = environment(variable), home = environment("HOME");
  return (given.empty() ? (home.empty() ? "." : home) + "/" + otherwise : given) + "/matinee";
}

}  // namespace matinee::desktop
