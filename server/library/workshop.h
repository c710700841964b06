// The workshop: one thread on which everything slow about the library happens, one thing at a time: the look into each file that has
// arrived, the drop folder, removing what was deleted, the samples of a first start. What it is told to do is only a hint: every few
// minutes, and at start, it finds by itself what was left undone.
// Thread rule: check() and remove() from any thread; the rest on its own. It asks the store and waits, so the store outlives it.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "server/library/limits.h"
#include "server/library/look.h"
#include "server/library/shelf.h"
#include "server/seams/library_store.h"
#include "server/seams/settings_store.h"

namespace matinee::library {

struct WorkshopParts {
  Shelf shelf;
  seams::LibraryStore& store;
  seams::SettingsStore& settings;
  seams::LibraryQuota quota;
  std::function<std::int64_t()> now_ms;
  Tools tools;
  bool samples = true;
  std::chrono::milliseconds drop_look_every = limits::drop_look_every;
};

class Workshop {
 public:
  explicit Workshop(WorkshopParts parts);
  ~Workshop();  // ends a child that runs; what it was at is done after the next start
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  void check(std::string id);   // its row says `checking`
  void remove(std::string id);  // its row says `going`

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace matinee::library
