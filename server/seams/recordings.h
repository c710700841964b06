// Recordings: where what is recorded of a live stream is kept. The library implements it, the live media use it; they know each other only
// by this.
// Thread rule: open() from any thread, a file on one thread at a time; both wait for the disk and the store, so never on a loop.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include "rooms/live.h"
#include "server/seams/result.h"

namespace matinee::seams {

// Why nothing is recorded. Of the library: quota_person, quota_all, disk_full, unavailable. Of the live media: not_live, unfit (a coding
// that no recording can be made of), busy (it is being recorded), full (as many are recorded as may be), no_library, stopping.
enum class RecordRefusal : std::uint8_t {
  quota_person,
  quota_all,
  disk_full,
  unavailable,
  not_live,
  unfit,
  busy,
  full,
  no_library,
  stopping,
};

struct NewRecording {
  UserId owner;       // an account
  std::string title;  // clean
};

// One recording while it grows: fragmented MP4, from its init data on. It can be played by now, and what was written survives whoever is
// killed: without finish() it is found, and taken in, at the next start.
class RecordingFile {
 public:
  virtual ~RecordingFile() = default;
  [[nodiscard]] virtual const std::string& id() const = 0;  // of its item in the library
  // Whole fragments; all of them are kept, or none. none: written. Anything else is final: there is nothing to do but finish().
  [[nodiscard]] virtual rooms::RecordingEnd append(std::span<const std::byte> fragments) = 0;
  // Nothing follows: it is looked into, as any video. One that nothing was written to is no more.
  virtual void finish() = 0;
};

class Recordings {
 public:
  virtual ~Recordings() = default;
  [[nodiscard]] virtual tl::expected<std::unique_ptr<RecordingFile>, RecordRefusal> open(NewRecording recording) = 0;
};

}  // namespace matinee::seams
