// LibraryStore: which videos this server keeps, whose they are and how far each has come. The bytes lie in files beside the database
// (server/library), named by the item's id; here is everything else, and the count of what is used.
//
//             all bytes are here         it plays in browsers
//   arriving ───────────────────▶ checking ───────────────────▶ ready
//   recording ─────────────────▶    │ it does not
//             it is over             └──────────▶ refused              any ──▶ going ──▶ (no row)
//
// Thread rule: every method from any thread; answers come through the executor.
#pragma once
#include <cstdint>
#include <string>
#include <vector>
#include "server/seams/executor.h"
#include "server/seams/result.h"

namespace matinee::seams {

enum class LibraryState : std::uint8_t {
  arriving = 0,  // an upload: of size_bytes some are in the file
  checking = 1,  // whole, not yet looked into
  ready = 2,
  refused = 3,    // `note` says why; the bytes are gone, the row tells its owner
  going = 4,      // deleted, its files are not yet: found by unfinished() only
  recording = 5,  // of a live stream: size_bytes grows with it
};

// What a look into the file has found.
struct LibraryFacts {
  std::string type;              // "video/mp4"
  std::int64_t duration_ms = 0;  // 0 = not known
  std::int64_t width = 0;        // 0 = not known
  std::int64_t height = 0;
  bool picture = false;  // there is a thumbnail
  bool operator==(const LibraryFacts&) const = default;
};

struct LibraryItem {
  std::string id;          // 32 hexadecimal digits, random
  UserId owner;            // 0 = nobody: the drop folder, a sample, an account that has ended
  std::string owner_name;  // of reads
  std::string title;
  LibraryState state = LibraryState::arriving;
  std::int64_t size_bytes = 0;  // of the whole file, also while it arrives: it is reserved. refused: 0
  std::string source;           // opaque: what the uploader's page knows the file by, or the name in the drop folder
  std::string note;             // refused: the code of the reason
  LibraryFacts facts;
  std::int64_t created_at_ms = 0;
  std::int64_t changed_at_ms = 0;  // when it came to this state; arriving: when bytes last came
};

// Checked in the transaction that adds an item, so that uploads that begin at the same moment cannot pass it together.
struct LibraryQuota {
  std::int64_t person_bytes = 0;  // of one owner; nobody's items are not counted
  std::int64_t all_bytes = 0;
  std::int64_t items = 0;
  std::int64_t person_items = 0;
};

struct LibraryUsage {
  std::int64_t person_bytes = 0;
  std::int64_t all_bytes = 0;
  std::int64_t items = 0;
  std::int64_t person_items = 0;
};

struct LibraryStep {
  std::string id;
  LibraryState from = LibraryState::arriving;  // not_found when it is in another state
  LibraryState to = LibraryState::checking;
  LibraryFacts facts = {};  // to ready
  std::string note = {};    // to refused
  std::int64_t at_ms = 0;
};

struct LibraryPage {
  std::vector<LibraryItem> items;
  bool more = false;
};

class LibraryStore {
 public:
  virtual ~LibraryStore() = default;
  // id_taken; quota_person and quota_all, of bytes or of items.
  virtual void add(LibraryItem item, LibraryQuota quota, Executor executor, Done<void> done) = 0;
  virtual void find(std::string id, Executor executor, Done<LibraryItem> done) = 0;  // not one that is going
  // What this person sees, the newest first: everything that is ready, and their own in every state.
  virtual void list(UserId viewer, std::size_t offset, std::size_t limit, Executor executor, Done<LibraryPage> done) = 0;
  virtual void unfinished(std::size_t limit, Executor executor,
                          Done<std::vector<LibraryItem>> done) = 0;  // what is not ready, the oldest first
  virtual void usage(UserId owner, Executor executor, Done<LibraryUsage> done) = 0;

  virtual void advance(LibraryStep step, Executor executor, Done<void> done) = 0;  // not_found; never to going
  // Of whatever is there: not_found; quota_person and quota_all when it would grow beyond them.
  virtual void resize(std::string id, std::int64_t size_bytes, LibraryQuota quota, Executor executor, Done<void> done) = 0;
  virtual void touch(std::string id, std::int64_t at_ms, Executor executor, Done<void> done) = 0;
  virtual void rename(std::string id, std::string title, Executor executor, Done<void> done) = 0;
  // From whatever state: nobody sees it from now on, and it counts no more. forget() takes the row away when the files are gone.
  virtual void retire(std::string id, Executor executor, Done<void> done) = 0;
  virtual void forget(std::string id, Executor executor, Done<void> done) = 0;
};

}  // namespace matinee::seams
