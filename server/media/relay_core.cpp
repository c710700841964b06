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
  if (!timer_.running()) arm();
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
  for (const auto& [code, room] : std::unordered_map(rooms_)) room->on_tick(now);
  if (!rooms_.empty() && !stopped_) arm();
}

}  // namespace matinee::media
