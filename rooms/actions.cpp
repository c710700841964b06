#include "rooms/actions.h"

#include <algorithm>
#include <utility>
#include "rooms/limits.h"

namespace matinee::rooms {

void ActionBook::note(ActionKind what, PersonId by, std::string by_name, std::string detail, Before before, std::int64_t now_ms) {
  if (what == ActionKind::jumped && !past_.empty()) {
    Past& last = past_.back();
    const bool same = last.action.what == ActionKind::jumped && last.action.by == by && !last.settled;
    if (same && now_ms - last.action.at_ms <= limits::jump_merged_ms) {
      last.action.detail = std::move(detail);
      last.action.at_ms = now_ms;
      return;
    }
  }
  const bool settled = !before.stage && !before.queue;
  past_.push_back({Action{++last_id_, what, by, std::move(by_name), std::move(detail), now_ms, false}, std::move(before), settled});
  if (past_.size() > limits::actions_max) past_.pop_front();
}

bool ActionBook::is_followed(const Past& past) const {
  return std::any_of(past_.begin(), past_.end(), [&past](const Past& other) {
    if (other.settled || other.action.id <= past.action.id) return false;
    return (past.before.stage && other.before.stage) || (past.before.queue && other.before.queue);
  });
}

bool ActionBook::can_undo(const Past& past, std::int64_t now_ms) const {
  return !past.settled && now_ms - past.action.at_ms <= limits::undo_ms && !is_followed(past);
}

std::vector<Action> ActionBook::list(std::int64_t now_ms) const {
  std::vector<Action> actions;
  actions.reserve(past_.size());
  for (const Past& past : past_) {
    actions.push_back(past.action);
    actions.back().can_undo = can_undo(past, now_ms);
  }
  return actions;
}

Result<Action> ActionBook::find(std::int64_t id, std::int64_t now_ms) const {
  const auto found = std::find_if(past_.begin(), past_.end(), [id](const Past& past) { return past.action.id == id; });
  if (found == past_.end()) return fail(ErrorCode::not_found, "action");
  if (!can_undo(*found, now_ms)) return fail(ErrorCode::conflict, "undo");
  return found->action;
}

std::optional<MediaRef> ActionBook::video_before(std::int64_t id) const {
  const auto found = std::find_if(past_.begin(), past_.end(), [id](const Past& past) { return past.action.id == id; });
  return found == past_.end() || !found->before.stage ? std::nullopt : found->before.stage->media;
}

Before ActionBook::take(std::int64_t id) {
  const auto found = std::find_if(past_.begin(), past_.end(), [id](const Past& past) { return past.action.id == id; });
  if (found == past_.end()) return {};
  found->settled = true;
  return std::exchange(found->before, {});
}

void ActionBook::settle_all() {
  for (Past& past : past_) {
    past.settled = true;
    past.before = {};
  }
}

}  // namespace matinee::rooms
