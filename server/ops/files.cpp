#include "server/ops/files.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace matinee::ops {
namespace {

std::string reason(int error_number) { return std::strerror(error_number); }  // NOLINT(concurrency-mt-unsafe): before threads

}  // namespace

void protect_files() { ::umask(077); }

std::size_t raise_descriptor_limit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  rlimit raised{wanted, std::max<rlim_t>(limit.rlim_max, wanted)};  // only root may raise the hard limit
  if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) return wanted;
  raised = {std::min<rlim_t>(wanted, limit.rlim_max), limit.rlim_max};
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

std::string prepare_data_folder(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    std::filesystem::create_directories(path, error);
    if (error) return "The data folder " + path + " cannot be made (" + error.message() + "). Give another one with --data.";
  }
  if (!std::filesystem::is_directory(path, error)) return path + " is not a folder. Give another one with --data.";
  if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0) {
    return "The data folder " + path + " cannot be used (" + reason(errno) + "). Change its owner, or give another one with --data.";
  }
  return {};
}

std::string listen_problem(const std::string& address, std::int64_t port, int error_number) {
  const std::string where = "port " + std::to_string(port) + (address.empty() ? "" : " of " + address);
  switch (error_number) {
    case EADDRINUSE:
      return "Another program already uses " + where + ". Stop it, or start with --port " + std::to_string(port < 65535 ? port + 1 : 8080) +
             ".";
    case EACCES:
      return "No right to listen on " + where + ": ports below 1024 belong to the system. Start with --port 8080, or behind a proxy.";
    case EADDRNOTAVAIL: return "This machine has no address " + address + ". Start with another --address.";
    default: return "Cannot listen on " + where + ": " + reason(error_number) + ".";
  }
}

std::string write_private_file(const std::string& path, const std::string& content) {
  const std::string temporary = path + ".new";
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return "The file " + temporary + " cannot be written: " + reason(errno) + ".";
  std::size_t written = 0;
  int failure = 0;
  while (written < content.size() && failure == 0) {
    const ssize_t n = ::write(fd, content.data() + written, content.size() - written);
    if (n > 0) written += static_cast<std::size_t>(n);
    else if (errno != EINTR) failure = errno;
  }
  if (failure == 0 && ::fsync(fd) != 0) failure = errno;  // a name must not point at bytes that a power cut takes
  if (::close(fd) != 0 && failure == 0) failure = errno;
  if (failure == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) failure = errno;
  if (failure == 0) return {};
  ::unlink(temporary.c_str());
  return "The file " + path + " cannot be written: " + reason(failure) + ".";
}

}  // namespace matinee::ops
