// Coalesces who came, changed and left into a few diffs per second, whatever happens in between: a person who comes and goes
// within one interval is told once. Belongs to its Room's thread.
#pragma once
#include <cstdint>
#include <map>
#include <vector>
#include "rooms/ids.h"

namespace matinee::rooms {

class Presence {
 public:
  void changed(PersonId person) { told_next_[person] = true; }
  void left(PersonId person) { told_next_[person] = false; }

  [[nodiscard]] bool empty() const { return told_next_.empty(); }
  [[nodiscard]] std::int64_t due_at_ms(std::int64_t now_ms) const;  // when the next diff may go

  struct Batch {
    std::vector<PersonId> changed;
    std::vector<PersonId> left;
  };
  // At most presence_diff_people_max people; the rest stays for the next diff.
  [[nodiscard]] Batch take(std::int64_t now_ms);

 private:
  std::map<PersonId, bool> told_next_;  // true: here (new or changed), false: left
  std::int64_t last_diff_ms_ = 0;
};

}  // namespace matinee::rooms
