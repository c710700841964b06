#include "rooms/queue.h"

#include <algorithm>
#include <array>
#include <utility>
#include "rooms/limits.h"
#include "rooms/text.h"

namespace matinee::rooms {
namespace {

constexpr std::array<std::string_view, 3> loop_names{"off", "all", "one"};

bool is_title(const std::string& title) {
  if (title.empty()) return true;
  const auto shape = shape_of(title);
  return shape && !shape->controls && !shape->line_breaks && title.size() <= limits::queue_title_bytes_max;
}

// splitmix64 (Steele, Lea, Flood 2014): the room may not ask for randomness, so the caller gives a seed.
std::uint64_t next_random(std::uint64_t& state) {
  state += 0x9E3779B97F4A7C15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31);
}

}  // namespace

std::vector<QueueItem>::iterator Queue::at(ItemId item) {
  return std::find_if(state_.items.begin(), state_.items.end(), [item](const QueueItem& entry) { return entry.id == item; });
}

const QueueItem* Queue::find(ItemId item) const {
  const auto found = std::find_if(state_.items.begin(), state_.items.end(), [item](const QueueItem& entry) { return entry.id == item; });
  return found == state_.items.end() ? nullptr : &*found;
}

void Queue::restore(QueueState state) {
  if (state.items.size() > limits::queue_items_max) state.items.resize(limits::queue_items_max);
  last_item_ = 0;
  for (QueueItem& item : state.items) {
    item.id = ItemId{++last_item_};
    if (!is_title(item.title)) item.title.clear();
  }
  state.rev = Revision{0};
  state_ = std::move(state);
}

void Queue::put_back(const QueueState& earlier) {
  const Revision rev = state_.rev;
  state_ = earlier;
  state_.rev = rev;
  changed();
}

Result<ItemId> Queue::add(MediaRef media, std::string title, PersonId by, std::string by_name, bool first) {
  if (!is_title(title)) return fail(ErrorCode::bad_request, "title");
  std::size_t bytes = media.url.size() + title.size();
  for (const QueueItem& item : state_.items) bytes += item.media.url.size() + item.title.size();
  if (state_.items.size() >= limits::queue_items_max || bytes > limits::queue_bytes_max) return fail(ErrorCode::conflict, "queue");
  QueueItem item{ItemId{++last_item_}, std::move(media), std::move(title), by, std::move(by_name)};
  const ItemId id = item.id;
  state_.items.insert(first ? state_.items.begin() : state_.items.end(), std::move(item));
  changed();
  return id;
}

Result<bool> Queue::move(ItemId item, std::optional<ItemId> before) {
  const auto from = at(item);
  if (from == state_.items.end()) return fail(ErrorCode::not_found, "item");
  const auto to = before ? at(*before) : state_.items.end();
  if (before && to == state_.items.end()) return fail(ErrorCode::not_found, "before");
  if (to == from || to == from + 1) return false;
  if (to > from) std::rotate(from, from + 1, to);
  else std::rotate(to, from, from + 1);
  changed();
  return true;
}

Result<QueueItem> Queue::take(ItemId item) {
  const auto found = at(item);
  if (found == state_.items.end()) return fail(ErrorCode::not_found, "item");
  QueueItem taken = std::move(*found);
  state_.items.erase(found);
  changed();
  return taken;
}

std::optional<QueueItem> Queue::take_first() {
  if (state_.items.empty()) return std::nullopt;
  QueueItem taken = std::move(state_.items.front());
  state_.items.erase(state_.items.begin());
  changed();
  return taken;
}

bool Queue::clear() {
  if (state_.items.empty()) return false;
  state_.items.clear();
  changed();
  return true;
}

bool Queue::shuffle(std::uint64_t seed) {
  if (state_.items.size() < 2) return false;
  for (std::size_t left = state_.items.size(); left > 1; --left) std::swap(state_.items[left - 1], state_.items[next_random(seed) % left]);
  changed();
  return true;
}

bool Queue::set_autoplay(bool on) {
  if (state_.autoplay == on) return false;
  state_.autoplay = on;
  changed();
  return true;
}

bool Queue::set_loop(Loop loop) {
  if (state_.loop == loop) return false;
  state_.loop = loop;
  changed();
  return true;
}

bool Queue::renamed(PersonId person, const std::string& name) {
  bool any = false;
  for (QueueItem& item : state_.items) {
    if (item.by != person || item.by_name == name) continue;
    item.by_name = name;
    any = true;
  }
  if (any) changed();
  return any;
}

std::string_view to_string(Loop loop) { return loop_names.at(static_cast<std::size_t>(loop)); }

std::optional<Loop> loop_from(std::string_view name) {
  const auto found = std::find(loop_names.begin(), loop_names.end(), name);
  if (found == loop_names.end()) return std::nullopt;
  return static_cast<Loop>(found - loop_names.begin());
}

}  // namespace matinee::rooms
