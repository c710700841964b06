// Recordings of live streams, on their way to the disk: files of the library that grow, and count towards its quotas while they do.
// What is written is whole fragments, so that whatever ends this process ends the recording at most one second early. Whether somebody
// still writes one is told by a lock on its file (flock(2)), which goes with whoever held it.
// Thread rule: see server/seams/recordings.h. Files are finished, or gone, before the Library that made them.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "server/library/shelf.h"
#include "server/seams/library_store.h"
#include "server/seams/recordings.h"

namespace matinee::library {

struct RecordingsParts {
  Shelf shelf;
  seams::LibraryStore& store;
  seams::LibraryQuota quota;
  std::uint64_t disk_reserve_bytes = 0;
  std::uint64_t bytes_max = 0;  // of one
  std::function<std::int64_t()> now_ms;
  std::function<void(const std::string& id)> check;   // its row says `checking`
  std::function<void(const std::string& id)> remove;  // its row says `going`
};

class Recordings final : public seams::Recordings {
 public:
  explicit Recordings(RecordingsParts parts) : parts_(std::move(parts)) {}
  [[nodiscard]] tl::expected<std::unique_ptr<seams::RecordingFile>, seams::RecordRefusal> open(seams::NewRecording recording) override;

 private:
  const RecordingsParts parts_;
};

inline constexpr std::string_view from_recording = "recording";  // the source of its item

// ---- what a process that is no more has left
// False: somebody still writes it.
[[nodiscard]] bool is_left_behind(int fd);
// How far the file's whole boxes reach, of which the last is the samples of a fragment: what is behind it is half a fragment. 0: there is
// nothing to play.
[[nodiscard]] std::uint64_t whole_bytes(int fd, std::uint64_t size_bytes);

}  // namespace matinee::library
