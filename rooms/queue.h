// What the room wants to watch next: an ordered list with a loop, votes to skip, and one revision for the whole. It knows nothing of
// what plays now: the room puts a finished video back when the loop wants it, and takes the next one out.
// Pure; belongs to its Room's thread.
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>
#include "rooms/ids.h"
#include "rooms/media_ref.h"
#include "rooms/result.h"

namespace matinee::rooms {

using ItemId = Id<struct QueueItemTag>;  // 1, 2, 3 … per room, never used twice in an epoch

struct QueueItem {
  ItemId id;
  MediaRef media;
  std::string title;  // as the person who added it saw it; empty = not known
  PersonId by;
  std::string by_name;
  bool operator==(const QueueItem&) const = default;
};

enum class Loop : std::uint8_t { off, all, one };

struct QueueState {
  Revision rev;  // grows with each change; counts from 0 in each epoch
  std::vector<QueueItem> items;
  bool autoplay = true;  // when a video ends the next one starts
  Loop loop = Loop::off;
  bool operator==(const QueueState&) const = default;
};

class Queue {
 public:
  [[nodiscard]] const QueueState& state() const { return state_; }
  // From a snapshot: ids and revision count from 0 again. What is over the bounds is left out.
  void restore(QueueState state);
  // As it was before some change: a new revision, ids stay.
  void put_back(const QueueState& earlier);

  // Errors: conflict "queue" (full), bad_request "title".
  [[nodiscard]] Result<ItemId> add(MediaRef media, std::string title, PersonId by, std::string by_name, bool first);
  // Errors: not_found "item", "before". `before` absent = to the end. False: it stood there already.
  [[nodiscard]] Result<bool> move(ItemId item, std::optional<ItemId> before);
  [[nodiscard]] Result<QueueItem> take(ItemId item);  // not_found "item"
  [[nodiscard]] std::optional<QueueItem> take_first();
  bool clear();                                            // false: it was empty
  bool shuffle(std::uint64_t seed);                        // false: fewer than two
  bool set_autoplay(bool on);                              // false: it was so
  bool set_loop(Loop loop);                                // likewise
  bool renamed(PersonId person, const std::string& name);  // false: nothing of theirs is here
  [[nodiscard]] const QueueItem* find(ItemId item) const;

 private:
  void changed() { ++state_.rev.value; }
  [[nodiscard]] std::vector<QueueItem>::iterator at(ItemId item);

  QueueState state_;
  std::int64_t last_item_ = 0;
};

[[nodiscard]] std::string_view to_string(Loop loop);
[[nodiscard]] std::optional<Loop> loop_from(std::string_view name);

}  // namespace matinee::rooms
