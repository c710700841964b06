#include "server/media/hls_streams.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/media/limits.h"
#include "videoproto/connection.h"

namespace matinee::media {
namespace {

constexpr std::chrono::milliseconds look_every{250};

std::string key_of(const LiveAsker& asker) {
  return asker.token.empty() ? std::to_string(asker.who.visit.session.value) : "token " + asker.token;
}

std::shared_ptr<HlsView> find(const std::unordered_map<std::string, std::weak_ptr<HlsView>>& views, const std::string& key) {
  const auto at = views.find(key);
  return at == views.end() ? nullptr : at->second.lock();
}

}  // namespace

std::size_t HlsStreams::size() const {
  std::size_t count = 0;
  for (const auto& [stream, entry] : entries_) count += entry.earlier.size() + (entry.now ? 1 : 0);
  return count;
}

// One that has ended is what there is until the stream is live again.
tl::expected<HlsStreams::Made, HlsRefusal> HlsStreams::stream_for(Entry& entry, const std::shared_ptr<MediaHub>& hub) {
  if (entry.now && (!entry.now->ended() || !hub)) return entry.now;  // one that failed as well, until it is tried again
  if (!hub) return tl::unexpected(HlsRefusal::none);
  if (size() >= streams_max_) return tl::unexpected(HlsRefusal::full);
  const std::int64_t key_gap_us = entry.now ? entry.now->key_gap_us() : 0;
  if (entry.now) entry.earlier.push_back(std::exchange(entry.now, nullptr));
  entry.now = std::make_shared<HlsStream>(HlsStreamParts{.loop = loop_,
                                                         .hub = hub,
                                                         .counters = counters_,
                                                         .server_time_us = server_time_us_,
                                                         .now_us = videoproto::monotonic_us,
                                                         .key_gap_us = key_gap_us});
  entry.now->start();
  return entry.now;
}

tl::expected<std::shared_ptr<HlsView>, HlsRefusal> HlsStreams::view_for(Entry& entry, const std::string& key, const LiveAsker& asker,
                                                                        const std::shared_ptr<MediaHub>& hub) {
  auto view = find(entry.views, key);
  // Whoever has been told the end begins anew with their next question, when there is something again.
  const bool over = view && (view->stream()->ended() ? view->knows_end() : view->stream()->stopped());
  if (view && (!over || !hub)) return view;
  if (!view && (asker.too_late || !hub)) return tl::unexpected(HlsRefusal::none);
  if (!view && entry.views.size() >= limits::hls_views_max) return tl::unexpected(HlsRefusal::full);
  const auto stream = stream_for(entry, hub);
  if (!stream) return tl::unexpected(stream.error());
  if (!view) {
    view = std::make_shared<HlsView>(viewers_, asker.who, *stream);
    viewers_->keep(view);
    entry.views[key] = view;
  }
  view->read(*stream, hub);
  return view;
}

void HlsStreams::playlist(std::int64_t stream, const std::shared_ptr<MediaHub>& hub, LiveAsker asker, HlsStream::OnPlaylist then) {
  if (stopped_) return then(tl::unexpected(HlsRefusal::stopping));
  const auto at = entries_.find(stream);
  const std::string room = hub ? hub->room() : at != entries_.end() && at->second.now ? at->second.now->room() : "";
  const bool known = at != entries_.end() && find(at->second.views, key_of(asker)) != nullptr;
  if (room.empty() || (!known && !viewers_->admits(room, asker.who))) return then(tl::unexpected(HlsRefusal::none));
  if (hub && !is_fit_for_hls(hub->program()->codecs)) return then(tl::unexpected(HlsRefusal::unfit));
  Entry& entry = entries_[stream];
  if (!timer_.running()) arm();
  const auto view = view_for(entry, key_of(asker), asker, hub);
  if (!view) return then(tl::unexpected(view.error()));
  (*view)->asked(videoproto::monotonic_us());
  const Made read = (*view)->stream();
  if (read->ended()) (*view)->told_end();
  read->playlist(asker.token.empty() ? "" : "?token=" + asker.token, std::move(then));
}

net::SharedFrame HlsStreams::file(std::int64_t stream, const LiveAsker& asker, const std::string& name) {
  const auto at = entries_.find(stream);
  if (stopped_ || at == entries_.end()) return nullptr;
  const Entry& entry = at->second;
  const auto view = find(entry.views, key_of(asker));
  const Made& any = entry.now ? entry.now : entry.earlier.back();
  if (!view && (asker.too_late || !viewers_->admits(any->room(), asker.who))) return nullptr;
  if (view) view->asked(videoproto::monotonic_us());
  auto found = entry.now ? entry.now->file(name) : nullptr;
  for (const Made& made : entry.earlier) {
    if (!found) found = made->file(name);
  }
  if (found) counters_->bytes_out += found->bytes.size();
  return found;
}

void HlsStreams::stop() {
  stopped_ = true;
  timer_.cancel();
  for (auto& [stream, entry] : entries_) {
    if (entry.now) entry.now->stop(HlsRefusal::stopping);
    for (const Made& made : entry.earlier) made->stop(HlsRefusal::stopping);
  }
}

void HlsStreams::arm() {
  timer_ = loop_.start_timer(look_every, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->look();
  });
}

void HlsStreams::look() {
  for (auto& [stream, entry] : entries_) look(entry);
  std::erase_if(entries_, [](const auto& each) { return !each.second.now && each.second.earlier.empty(); });
  if (!entries_.empty() && !stopped_) arm();
}

// A worker that has been told to stop is waited for here, so that letting go of it does not wait.
void HlsStreams::look(Entry& entry) {
  std::erase_if(entry.views, [](const auto& each) { return each.second.expired(); });
  if (entry.now) entry.now->look();
  if (entry.now && entry.now->idle()) {
    entry.now->stop(HlsRefusal::not_yet);
    entry.earlier.push_back(std::exchange(entry.now, nullptr));
  }
  std::erase_if(entry.earlier, [](const Made& made) { return made->idle() && !made->running(); });
}

}  // namespace matinee::media
