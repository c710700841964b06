// Library: the videos that this server keeps, as its pages see it: begin, go on with and finish an upload, delete, open for reading.
// Rows are in the LibraryStore, bytes on the Shelf; Uploads writes them, the Workshop looks into them.
// Thread rule: every method from any thread; answers come through the executor. Destroyed before the store, after the loops have stopped
// asking; the loops still take posts then.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "server/library/recordings.h"
#include "server/library/shelf.h"
#include "server/library/uploads.h"
#include "server/library/workshop.h"
#include "server/seams/library_store.h"
#include "server/seams/settings_store.h"

namespace matinee::library {

struct LibraryOptions {
  std::filesystem::path folder;  // made when missing
  seams::LibraryQuota quota;
  std::uint64_t disk_reserve_bytes = 0;
  std::function<std::int64_t()> now_ms;
  bool samples = true;
  Tools tools;
  std::chrono::milliseconds drop_look_every = limits::drop_look_every;
};

struct NewUpload {
  seams::UserId owner;
  std::string title;        // clean
  std::string fingerprint;  // what the page knows its file by
  std::uint64_t size_bytes = 0;
};

enum class BeginError : std::uint8_t { quota_person, quota_all, disk_full, unavailable };

class Library {
 public:
  [[nodiscard]] static std::unique_ptr<Library> open(LibraryOptions options, seams::LibraryStore& store, seams::SettingsStore& settings,
                                                     std::string& error);
  Library(LibraryOptions options, seams::LibraryStore& store, seams::SettingsStore& settings);

  void begin(NewUpload upload, seams::Executor executor, std::function<void(tl::expected<std::string, BeginError>)> done);  // its id
  [[nodiscard]] Uploads& uploads() { return uploads_; }
  [[nodiscard]] Recordings& recordings() { return recordings_; }
  // Bytes have come: whole, it is looked into; else it is only noted.
  void received(const std::string& id, bool whole, seams::Executor executor, seams::Done<void> done);
  void remove(const std::string& id, seams::Executor executor, seams::Done<void> done);

  [[nodiscard]] seams::LibraryStore& store() { return store_; }
  [[nodiscard]] const seams::LibraryQuota& quota() const { return options_.quota; }
  [[nodiscard]] std::optional<OpenFile> file(const std::string& id) const { return Shelf::open(shelf_.file(id)); }
  [[nodiscard]] std::optional<OpenFile> picture(const std::string& id) const { return Shelf::open(shelf_.picture(id)); }

 private:
  LibraryOptions options_;
  seams::LibraryStore& store_;
  Shelf shelf_;
  Uploads uploads_;
  Recordings recordings_;
  Workshop workshop_;
};

// What a page says of its own upload: the file that it may be gone on with.
[[nodiscard]] std::string fingerprint_of(const seams::LibraryItem& item);

}  // namespace matinee::library
