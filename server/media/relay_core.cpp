#include "server/media/relay_core.h"

#include <utility>

#include "server/media/desktop_client.h"
#include "server/media/live_room.h"

namespace matinee::media {

RelayCore::RelayCore(RelayParts given)
    : parts(std::move(given)),
      pairs(parts.bounds.pairs),
      resumes(parts.bounds.resume_tokens),
      viewers(std::make_shared<LiveViewers>(parts.loop, parts.gate)),
      hls(std::make_shared<HlsStreams>(parts.loop, viewers, counters, parts.server_time_us, parts.bounds.hls_streams)),
      recorders(std::make_shared<Recorders>(parts.loop, parts.server_time_us, parts.bounds.recordings)),
      next_stream_(parts.first_stream) {}

void RelayCore::adopt(Arrival arrival) {
  if (stopped_) return;  // the descriptor closes
  const auto client = std::make_shared<DesktopClient>(shared_from_this(), ++last_client_, std::move(arrival));
  clients_.emplace(client->id(), client);
  client->start();
}

// Their last words first, then the rooms: who is told that a stream ended has been told why.
void RelayCore::stop() {
  stopped_ = true;
  timer_.cancel();
  hls->stop();
  recorders->stop();
  viewers->stop();
  for (const auto& [id, weak] : std::exchange(clients_, {})) {
    if (const auto client = weak.lock()) client->fail(videoproto::ErrorCode::shutting_down);
  }
  for (const auto& [code, room] : std::exchange(rooms_, {})) room->stop();
}

void RelayCore::end_session(seams::SessionId session) {
  pairs.end_session(session);
  resumes.end_session(session);
  viewers->end_session(session);
}

std::shared_ptr<LiveRoom> RelayCore::room(const std::string& code) {
  auto& room = rooms_[code];
  if (!room) room = std::make_shared<LiveRoom>(*this, code);
  if (!timer_.running()) {
    media_checked_ms_ = now_ms();
    arm();
  }
  return room;
}

void RelayCore::forget_client(std::uint64_t client) { clients_.erase(client); }

std::shared_ptr<DesktopClient> RelayCore::client(std::uint64_t client) const {
  const auto at = clients_.find(client);
  return at == clients_.end() ? nullptr : at->second.lock();
}

std::uint32_t RelayCore::next_stream_id() { return std::exchange(next_stream_, next_stream_ + parts.stream_step); }

std::shared_ptr<StreamHub> RelayCore::find(std::uint32_t stream) const {
  const auto at = streams_.find(stream);
  return at == streams_.end() ? nullptr : at->second;
}

std::shared_ptr<MediaHub> RelayCore::find_media(std::int64_t stream) const {
  const auto at = media_.find(stream);
  return at == media_.end() ? nullptr : at->second;
}

// A store that does not answer ends nothing. A room that got a new code and left memory may open elsewhere: then its streams come in
// there from now on, and who publishes connects again.
void RelayCore::check_media(std::int64_t stream) {
  if (!parts.find_stream || !media_.contains(stream)) return;
  parts.find_stream(seams::StreamId{stream}, [weak = weak_from_this(), stream](seams::Result<seams::StreamRecord> found) {
    const auto self = weak.lock();
    const auto hub = self ? self->find_media(stream) : nullptr;
    if (!hub || (!found && found.error() != seams::StoreError::not_found)) return;
    if (!found || self->parts.gate.key_of(found->room_code) != hub->room()) return hub->end();
    // Of who is away the room does not know.
    const auto standing = self->parts.gate.standing(hub->room(), found->owner);
    if (standing && !standing->may_publish) return hub->end();
    hub->update(std::move(*found));
  });
}

void RelayCore::post(std::function<void(RelayCore&)> task) {
  parts.loop.post([weak = weak_from_this(), task = std::move(task)] {
    if (const auto self = weak.lock()) task(*self);
  });
}

// Only while a room is live: a server without desktops has no timer here.
void RelayCore::arm() {
  timer_ = parts.loop.start_timer(parts.bounds.tick, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->tick();
  });
}

void RelayCore::tick() {
  const std::int64_t now = now_ms();
  if (now - media_checked_ms_ >= limits::media_check_ms) {
    media_checked_ms_ = now;
    for (const auto& [stream, hub] : media_) check_media(stream);
  }
  for (const auto& [code, room] : std::unordered_map(rooms_)) room->on_tick(now);
  if (!rooms_.empty() && !stopped_) arm();
}

}  // namespace matinee::media
