#include "server/media/relay.h"

#include <utility>

#include "server/media/live_room.h"
#include "server/media/relay_core.h"

namespace matinee::media {

Relay::Relay(RelayParts parts) : core_(std::make_shared<RelayCore>(std::move(parts))) {}

Relay::~Relay() { core_->stop(); }

void Relay::adopt(Arrival arrival) {
  core_->parts.loop.post([weak = std::weak_ptr(core_), arrival = std::move(arrival)]() mutable {
    if (const auto core = weak.lock()) core->adopt(std::move(arrival));
  });
}

std::string Relay::make_pair(const std::string& code, seams::Visit visit) {
  return core_->pairs.make(code, std::move(visit), core_->now_ms());
}

std::shared_ptr<StreamHub> Relay::find(std::uint32_t stream) const { return core_->find(stream); }

std::shared_ptr<MediaHub> Relay::find_media(std::int64_t stream) const { return core_->find_media(stream); }

std::shared_ptr<MediaHub> Relay::media_hub(const seams::StreamRecord& record) {
  return core_->stopped() ? nullptr : core_->room(core_->parts.gate.key_of(record.room_code))->media_hub(record);
}

void Relay::check_media(seams::StreamId stream) {
  core_->post([stream](RelayCore& core) { core.check_media(stream.value); });
}

std::optional<seams::RoomGate::Standing> Relay::standing(const std::string& code, rooms::PersonId person) const {
  return core_->parts.gate.standing(code, person);
}

bool Relay::stopped() const { return core_->stopped(); }

MediaCounters& Relay::counters() const { return *core_->counters; }

const std::shared_ptr<LiveViewers>& Relay::viewers() const { return core_->viewers; }

HlsStreams& Relay::hls() const { return *core_->hls; }

Recorders& Relay::recorders() const { return *core_->recorders; }

const std::string* Relay::room_of(std::uint32_t stream) const {
  const auto hub = core_->find(stream);
  return hub ? &hub->room() : nullptr;
}

void Relay::end_session(seams::SessionId session) {
  core_->post([session](RelayCore& core) { core.end_session(session); });
}

void Relay::stop(std::function<void()> done) {
  core_->post([done = std::move(done)](RelayCore& core) {
    core.stop();
    done();
  });
}

void Relay::with_counters(std::function<void(const MediaCounters&)> read) {
  core_->post([read = std::move(read)](RelayCore& core) { read(*core.counters); });
}

net::Loop& Relay::loop() { return core_->parts.loop; }

}  // namespace matinee::media
