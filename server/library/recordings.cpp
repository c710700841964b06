#include "server/library/recordings.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "server/library/ask.h"
#include "server/library/limits.h"

namespace matinee::library {
namespace {

using rooms::RecordingEnd;
using seams::RecordRefusal;
using seams::Result;
using seams::StoreError;
using std::chrono::steady_clock;

bool is_full(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

RecordRefusal refusal_of(StoreError error) {
  if (error == StoreError::quota_person) return RecordRefusal::quota_person;
  return error == StoreError::quota_all ? RecordRefusal::quota_all : RecordRefusal::unavailable;
}

RecordingEnd end_of(StoreError error) {
  if (error == StoreError::quota_person || error == StoreError::quota_all) return RecordingEnd::quota;
  return error == StoreError::not_found ? RecordingEnd::deleted : RecordingEnd::trouble;
}

bool has_room(const RecordingsParts& parts, std::uint64_t bytes) {
  const std::uint64_t free = parts.shelf.free_bytes();
  return free >= parts.disk_reserve_bytes && free - parts.disk_reserve_bytes >= bytes;
}

class File final : public seams::RecordingFile {
 public:
  File(const RecordingsParts& parts, std::string id, int fd) : parts_(parts), id_(std::move(id)), fd_(fd) {}
  ~File() override { ::close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& id() const override { return id_; }

  RecordingEnd append(std::span<const std::byte> fragments) override {
    if (fragments.size() > parts_.bytes_max - std::min(size_, parts_.bytes_max)) return RecordingEnd::too_large;
    if (!has_room(parts_, fragments.size())) return RecordingEnd::disk_full;
    if (const auto counted = resize(size_ + fragments.size()); !counted) return end_of(counted.error());
    const int error = write(fragments);
    if (error != 0) {
      // Half a fragment is not counted; where it cannot be cut off, more than a full disk is wrong.
      const bool cut = ::ftruncate(fd_, static_cast<off_t>(size_)) == 0;
      return is_full(error) && cut ? RecordingEnd::disk_full : RecordingEnd::trouble;
    }
    size_ += fragments.size();
    sync_sometimes();
    return RecordingEnd::none;
  }

  void finish() override {
    if (size_ == 0) return forget();
    (void)::fdatasync(fd_);
    (void)resize(size_);
    const seams::LibraryStep step{
        .id = id_, .from = seams::LibraryState::recording, .to = seams::LibraryState::checking, .at_ms = parts_.now_ms()};
    const auto taken = ask<void>([&](auto executor, auto done) { parts_.store.advance(step, executor, done); });
    if (taken) parts_.check(id_);
  }

 private:
  Result<void> resize(std::uint64_t bytes) {
    return ask<void>(
        [&](auto executor, auto done) { parts_.store.resize(id_, static_cast<std::int64_t>(bytes), parts_.quota, executor, done); });
  }

  void forget() {
    const auto retired = ask<void>([&](auto executor, auto done) { parts_.store.retire(id_, executor, done); });
    if (retired) parts_.remove(id_);
  }

  int write(std::span<const std::byte> bytes) {
    std::uint64_t at = size_;
    while (!bytes.empty()) {
      const ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return n < 0 ? errno : EIO;
      at += static_cast<std::uint64_t>(n);
      bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
    return 0;
  }

  // A flush a second would be felt by whoever waits for the database on the same disk.
  void sync_sometimes() {
    const auto now = steady_clock::now();
    if (now - synced_ < limits::recording_sync_every) return;
    synced_ = now;
    (void)::fdatasync(fd_);
  }

  const RecordingsParts& parts_;
  const std::string id_;
  const int fd_;
  std::uint64_t size_ = 0;
  steady_clock::time_point synced_ = steady_clock::now();
};

bool read_whole(int fd, std::uint64_t at, std::span<unsigned char> into) {
  return ::pread(fd, into.data(), into.size(), static_cast<off_t>(at)) == static_cast<ssize_t>(into.size());
}

std::uint64_t number(std::span<const unsigned char> bytes) {
  std::uint64_t value = 0;
  for (const unsigned char byte : bytes) value = value << 8 | byte;
  return value;
}

}  // namespace

// The file before its row, and locked: a row without either was left behind.
tl::expected<std::unique_ptr<seams::RecordingFile>, RecordRefusal> Recordings::open(seams::NewRecording recording) {
  if (!has_room(parts_, limits::recording_first_bytes)) return tl::unexpected(RecordRefusal::disk_full);
  seams::LibraryItem item{.id = draw_id(),
                          .owner = recording.owner,
                          .owner_name = {},
                          .title = std::move(recording.title),
                          .state = seams::LibraryState::recording,
                          .size_bytes = static_cast<std::int64_t>(limits::recording_first_bytes),
                          .source = std::string(from_recording),
                          .note = {},
                          .facts = {},
                          .created_at_ms = parts_.now_ms(),
                          .changed_at_ms = 0};
  const std::string id = item.id;
  const int fd = ::open(parts_.shelf.file(id).c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return tl::unexpected(is_full(errno) ? RecordRefusal::disk_full : RecordRefusal::unavailable);
  auto file = std::make_unique<File>(parts_, id, fd);
  (void)::flock(fd, LOCK_EX | LOCK_NB);
  const auto added = ask<void>([&](auto executor, auto done) { parts_.store.add(std::move(item), parts_.quota, executor, done); });
  if (added) return std::unique_ptr<seams::RecordingFile>(std::move(file));
  parts_.shelf.remove(id);
  return tl::unexpected(refusal_of(added.error()));
}

bool is_left_behind(int fd) { return ::flock(fd, LOCK_SH | LOCK_NB) == 0; }

// Source: ISO/IEC 14496-12, 4.2.
std::uint64_t whole_bytes(int fd, std::uint64_t size_bytes) {
  std::uint64_t whole = 0;
  for (std::uint64_t at = 0; size_bytes - at >= 8;) {
    std::array<unsigned char, 16> head{};
    if (!read_whole(fd, at, std::span(head).first(8))) break;
    std::uint64_t size = number(std::span(head).first(4));
    const bool wide = size == 1;
    if (wide && (size_bytes - at < 16 || !read_whole(fd, at, head))) break;
    if (wide) size = number(std::span(head).subspan(8));
    if (size < 8 || size > size_bytes - at) break;
    at += size;
    if (std::memcmp(&head[4], "mdat", 4) == 0) whole = at;
  }
  return whole;
}

}  // namespace matinee::library
