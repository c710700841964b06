#include "server/media/live_viewers.h"

#include <chrono>
#include <utility>

#include "videoproto/connection.h"

namespace matinee::media {
namespace vp = videoproto;

bool LiveViewers::admits(const std::string& room, const Watcher& who) const {
  const rooms::Person& person = who.visit.person;
  if (!gate_.may_watch(room, person)) return false;
  return who.by_token || gate_.is_present(room, person.id);
}

void LiveViewers::keep(const std::shared_ptr<LiveWatch>& view) {
  views_.emplace(view.get(), view);
  if (!timer_.running()) arm();
}

void LiveViewers::add(const std::shared_ptr<LiveView>& view, const std::shared_ptr<StreamHub>& hub) {
  keep(view);
  view->start(hub);
}

void LiveViewers::forget(const LiveWatch& view) { views_.erase(&view); }

std::optional<BrowserPicture> LiveViewers::picture_of(const StreamHub& hub, const vp::Unit& unit) {
  Made& made = made_[hub.id()];
  made.used = true;
  if (made.picture.message && made.number == unit.picture_number && made.sequence == unit.header.sequence) return made.picture;
  made.picture = {};
  if (held_bytes_->load(std::memory_order_relaxed) + unit.picture.bytes().size() > bytes_max_) {
    if (LiveWatch* slowest = longest_busy()) {
      loop_.post([weak = slowest->weak_from_this()] {  // not inside another one's turn
        if (const auto view = weak.lock()) view->end(LiveWatch::End::too_slow);
      });
    }
    return std::nullopt;
  }
  made.number = unit.picture_number;
  made.sequence = unit.header.sequence;
  made.picture = make_browser_picture(unit, hub.capture_server_us(unit), held_bytes_);
  return made.picture;
}

LiveWatch* LiveViewers::longest_busy() const {
  LiveWatch* longest = nullptr;
  for (const auto& [address, view] : views_) {
    if (view->busy_since_us() == 0 || !view->holds_pictures()) continue;
    if (longest == nullptr || view->busy_since_us() < longest->busy_since_us()) longest = view.get();
  }
  return longest;
}

template <class Which>
void LiveViewers::end_those(LiveWatch::End why, const Which& which) {
  std::vector<std::shared_ptr<LiveWatch>> chosen;  // whoever ends leaves the table, so it is read first
  for (const auto& [address, view] : views_) {
    if (which(*view)) chosen.push_back(view);
  }
  for (const auto& view : chosen) view->end(why);
}

void LiveViewers::end_session(seams::SessionId session) {
  end_those(LiveWatch::End::not_allowed, [session](const LiveWatch& view) { return view.who().visit.session == session; });
}

void LiveViewers::stop() {
  timer_.cancel();
  end_those(LiveWatch::End::stopping, [](const LiveWatch&) { return true; });
  made_.clear();
}

// Only while somebody watches.
void LiveViewers::arm() {
  timer_ = loop_.start_timer(std::chrono::milliseconds(limits::view_check_ms), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->check();
  });
}

void LiveViewers::check() {
  const std::int64_t now_us = vp::monotonic_us();
  end_those(LiveWatch::End::not_allowed,
            [this](const LiveWatch& view) { return view.room() != nullptr && !gate_.may_watch(*view.room(), view.who().visit.person); });
  end_those(LiveWatch::End::too_slow, [now_us](LiveWatch& view) { return view.is_stuck(now_us); });
  std::erase_if(made_, [](const auto& entry) { return !entry.second.used; });
  for (auto& [stream, made] : made_) made.used = false;
  if (!views_.empty()) arm();
  else made_.clear();
}

}  // namespace matinee::media
