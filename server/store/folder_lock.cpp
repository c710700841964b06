#include "server/store/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace matinee::store {
namespace {

std::string holder_of(int descriptor) {
  std::array<char, 32> text{};
  const ssize_t size = ::pread(descriptor, text.data(), text.size() - 1, 0);
  std::string digits(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  const auto end = digits.find_first_not_of("0123456789");
  return digits.substr(0, end);
}

}  // namespace

tl::expected<FolderLock, FolderLock::Refusal> FolderLock::take(const std::filesystem::path& folder) {
  const auto file = folder / "lock";
  const int descriptor = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) {
    return tl::unexpected(
        Refusal{false, "Cannot write to the data folder " + folder.string() + ": " + std::generic_category().message(errno) + "."});
  }
  FolderLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const std::string holder = holder_of(descriptor);
    return tl::unexpected(Refusal{true, "The data folder " + folder.string() + " is in use by another running server" +
                                            (holder.empty() ? "" : " (process " + holder + ")") +
                                            ". Stop it first, or choose another folder."});
  }
  const std::string self = std::to_string(::getpid()) + "\n";
  // Only a help for the sentence above: the lock holds whether or not the number could be written.
  if (::ftruncate(descriptor, 0) == 0 && ::pwrite(descriptor, self.data(), self.size(), 0) < 0) errno = 0;
  return lock;
}

FolderLock::~FolderLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace matinee::store
