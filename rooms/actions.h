// The book of what people did to the whole room: for History, and to take a step back. An action is undone by putting back what was
// there before it: the stage, the queue, or both; so only the newest action on each of them can be undone.
// Pure; belongs to its Room's thread.
#pragma once
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>
#include "rooms/effect.h"
#include "rooms/playback.h"
#include "rooms/queue.h"

namespace matinee::rooms {

// What an action replaced. The stage's position is that of the moment: position_at(at_ms).
struct Before {
  std::optional<PlaybackState> stage;
  std::optional<QueueState> queue;
};

class ActionBook {
 public:
  // Jumps of one person shortly after one another are one action, from where the first began.
  void note(ActionKind what, PersonId by, std::string by_name, std::string detail, Before before, std::int64_t now_ms);
  [[nodiscard]] std::vector<Action> list(std::int64_t now_ms) const;
  // not_found: no such action. conflict "undo": too old, undone already, or something followed it.
  [[nodiscard]] Result<Action> find(std::int64_t id, std::int64_t now_ms) const;
  [[nodiscard]] std::optional<MediaRef> video_before(std::int64_t id) const;  // what undoing it would put on the stage
  // Takes what is to be put back; the action counts as undone. After find() said yes.
  [[nodiscard]] Before take(std::int64_t id);
  void settle_all();  // the room itself moved on: nothing before this can be undone

 private:
  struct Past {
    Action action;
    Before before;
    bool settled = false;  // undone, or nothing to put back any more
  };
  [[nodiscard]] bool can_undo(const Past& past, std::int64_t now_ms) const;
  [[nodiscard]] bool is_followed(const Past& past) const;

  std::deque<Past> past_;  // oldest first
  std::int64_t last_id_ = 0;
};

}  // namespace matinee::rooms
