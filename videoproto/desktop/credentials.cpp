#include "videoproto/desktop/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>
#include <string_view>

namespace matinee::desktop {
namespace {

constexpr std::size_t file_bytes_max = 8 * 1024;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string why() { return std::strerror(errno); }
tl::unexpected<std::string> refuse(std::string sentence) { return tl::unexpected(std::move(sentence)); }

std::map<std::string, std::string> read_lines(const std::string& text) {
  std::map<std::string, std::string> values;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t equals = line.find(" = ");
    if (equals != std::string::npos) values[line.substr(0, equals)] = line.substr(equals + 3);
  }
  return values;
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 512 && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
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

std::string default_token_file() {
  const std::string config = environment("XDG_CONFIG_HOME"), home = environment("HOME");
  return (config.empty() ? (home.empty() ? "." : home) + "/.config" : config) + "/matinee/video-token";
}

tl::expected<Credentials, std::string> load_credentials(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT)
      return refuse("You have not logged in here yet: use matinee-video login, or --pair with the line of Connect desktop.");
    return refuse("The token file " + file + " cannot be read: " + why() + ".");
  }
  struct stat about {};
  std::string text(file_bytes_max, '\0');
  const bool known = ::fstat(descriptor, &about) == 0;
  const ssize_t got = ::read(descriptor, text.data(), text.size());
  ::close(descriptor);
  if (!known || got < 0) return refuse("The token file " + file + " cannot be read.");
  if ((about.st_mode & 077U) != 0)
    return refuse("Others may read the token file " + file + ", so it is not used: end that login on the account page and log in again.");
  text.resize(static_cast<std::size_t>(got));
  auto values = read_lines(text);
  const auto server = read_address(values["server"]);
  const auto pin = values["certificate"] == "none" ? Pin() : read_pin(values["certificate"]);
  if (!server || !pin || !is_token(values["token"]))
    return refuse("The token file " + file + " is damaged: log in again with matinee-video login.");
  return Credentials{*server, *pin, values["token"]};
}

tl::expected<void, std::string> save_credentials(const std::string& file, const Credentials& credentials) {
  const std::filesystem::path path(file);
  std::error_code failed;
  if (path.has_parent_path() && std::filesystem::create_directories(path.parent_path(), failed))
    std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, failed);
  std::string fresh = file + ".XXXXXX";
  const int descriptor = ::mkstemp(fresh.data());  // makes it with mode 0600
  if (descriptor < 0) return refuse("The token file " + file + " cannot be written: " + why() + ".");
  const std::string text = "server = " + show(credentials.server) +
                           "\ncertificate = " + (credentials.pin.empty() ? "none" : to_hex(credentials.pin)) +
                           "\ntoken = " + credentials.token + "\n";
  const bool written = write_all(descriptor, text);
  ::close(descriptor);
  if (written && std::rename(fresh.c_str(), file.c_str()) == 0) return {};
  const std::string reason = why();
  ::unlink(fresh.c_str());
  return refuse("The token file " + file + " cannot be written: " + reason + ".");
}

}  // namespace matinee::desktop
