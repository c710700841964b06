#include "server/media/stream_hub.h"

#include <algorithm>
#include <utility>

#include "videoproto/connection.h"

namespace matinee::media {
namespace vp = videoproto;
namespace {

constexpr std::uint64_t pts_max = std::uint64_t{1} << 53;  // beyond it no clock counts µs: the publisher made it up

// The quality is the encoder's business until the room asks for less.
vp::AdaptBounds bounds_of(const vp::Source& source) {
  return {vp::Advice{vp::limits::quality_max, static_cast<int>(source.fps), static_cast<int>(source.width)}};
}

}  // namespace

struct Viewing::Place {
  Place(StreamViewer& v, bool audio) : viewer(&v), wants_sound(audio) {}
  StreamViewer* viewer;  // null: left
  bool wants_sound;
  vp::Mailbox box;
  std::optional<vp::AudioCursor> sound;
  std::int64_t held_since_us = 0;  // a picture is being written; 0 = none
  std::uint64_t offered = 0;       // units since the last sample
  std::uint64_t dropped_before = 0;
  bool too_slow = false;
};

Viewing& Viewing::operator=(Viewing&& other) noexcept {
  if (this == &other) return *this;
  leave();
  hub_ = std::move(other.hub_);
  place_ = std::move(other.place_);
  return *this;
}

Viewing::~Viewing() { leave(); }

void Viewing::leave() {
  const auto hub = std::exchange(hub_, nullptr);
  const auto place = std::exchange(place_, nullptr);
  if (place && hub) hub->leave(*place);
}

std::optional<vp::Unit> Viewing::take_picture(std::int64_t now_us) {
  if (!place_) return std::nullopt;
  place_->held_since_us = 0;
  auto unit = place_->box.take(now_us);
  if (!unit) return unit;
  ++hub_->parts_.counters->pictures_out;
  hub_->parts_.counters->bytes_out += vp::limits::header_bytes + unit->picture.bytes().size();
  if (unit->picture) place_->held_since_us = now_us;
  return unit;
}

std::optional<vp::AudioPacket> Viewing::take_audio(std::int64_t now_us) {
  if (!place_ || !place_->sound || !hub_->ring_) return std::nullopt;
  auto packet = hub_->ring_->read(*place_->sound, now_us);
  if (packet) hub_->parts_.counters->bytes_out += vp::limits::header_bytes + packet->bytes.size();
  return packet;
}

void Viewing::sent() {
  if (place_) place_->held_since_us = 0;
}

StreamHub::StreamHub(HubParts parts) : parts_(std::move(parts)), adapt_(bounds_of(parts_.source)) {
  if (parts_.source.audio != vp::AudioFormat::none) ring_.emplace();
  ++parts_.counters->streams;
  ++parts_.counters->streams_total;
}

StreamHub::~StreamHub() {
  if (phase_ != Phase::ended) --parts_.counters->streams;
}

std::int64_t StreamHub::capture_server_us(const vp::Unit& unit) const {
  const std::int64_t server_us = parts_.server_time_us();  // read first: what comes out never lies ahead of it
  const std::int64_t now_us = vp::monotonic_us();
  std::int64_t captured_us = unit.arrived_us;
  if (publisher_offset_us_ && unit.header.pts_us <= pts_max)
    captured_us = std::min(now_us, static_cast<std::int64_t>(unit.header.pts_us) + *publisher_offset_us_);
  return server_us - now_us + captured_us;
}

// ---- viewers

template <class Call>
void StreamHub::tell(const Call& call) {
  const auto hold = shared_from_this();  // the last viewer may let go of us
  ++telling_;
  const std::size_t count = places_.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (places_[i]->viewer != nullptr) call(*places_[i]);
  }
  if (--telling_ == 0) std::erase_if(places_, [](const auto& place) { return place->viewer == nullptr; });
}

Viewing StreamHub::watch(StreamViewer& viewer, bool audio) {
  if (phase_ == Phase::ended) return {};
  auto place = std::make_shared<Viewing::Place>(viewer, audio);
  if (audio && ring_) place->sound = ring_->cursor();
  if (auto unit = last_picture()) place->box.put(std::move(*unit));
  places_.push_back(place);
  ++viewers_;
  ++parts_.counters->viewers;
  parts_.on_viewers_changed();
  return {shared_from_this(), std::move(place)};
}

void StreamHub::leave(Viewing::Place& place) {
  place.viewer = nullptr;
  parts_.counters->pictures_dropped += place.box.dropped() - place.dropped_before;
  place.box = {};
  --viewers_;
  --parts_.counters->viewers;
  if (telling_ == 0) std::erase_if(places_, [&](const auto& each) { return each.get() == &place; });
  parts_.on_viewers_changed();
}

// A DUP since then has moved its time on: the newcomer gets the picture with the time of the DUP.
std::optional<vp::Unit> StreamHub::last_picture() const {
  if (!last_picture_) return std::nullopt;
  vp::Unit unit{last_header_, last_picture_, picture_number_, vp::monotonic_us()};
  unit.header.flags = vp::flags::key;
  unit.header.payload_bytes = static_cast<std::uint32_t>(last_picture_.bytes().size());
  unit.header.aux = 0;
  return unit;
}

// ---- publisher

vp::Header StreamHub::Numbering::next(const vp::Header& theirs) {
  if (std::exchange(fresh, false)) offset = last + 1 - theirs.sequence;
  vp::Header ours = theirs;
  ours.sequence = last = theirs.sequence + offset;
  ours.aux = 0;
  if (std::exchange(jumped, false)) ours.flags |= vp::flags::discont;
  return ours;
}

vp::FrameFill StreamHub::begin_picture() {
  picture_missing_ = true;
  make_room_in_pool();
  auto fill = parts_.pool.begin();
  if (!fill) ++parts_.counters->pictures_skipped;
  return fill;
}

// One a picture: a slot may come back a little later than its viewer goes, and a single picture must not cost everybody.
void StreamHub::make_room_in_pool() {
  if (parts_.pool.free_slots() >= vp::limits::pool_free_low) return;
  holdings_.clear();
  for (std::size_t i = 0; i < places_.size(); ++i) {
    const auto& place = *places_[i];
    if (place.viewer != nullptr && place.held_since_us != 0 && !place.too_slow) holdings_.push_back({i, place.held_since_us});
  }
  const auto chosen = vp::viewer_to_close(parts_.pool.free_slots(), holdings_);
  if (!chosen) return;
  const auto place = places_[*chosen];
  place->too_slow = true;
  ++parts_.counters->slow_viewers_closed;
  place->viewer->on_end(vp::EosReason::stopped, true);
}

void StreamHub::picture(const vp::Header& header, vp::Frame picture, std::int64_t now_us) {
  if (phase_ != Phase::online) return;
  picture_missing_ = false;
  last_picture_ = std::move(picture);
  ++picture_number_;
  parts_.counters->bytes_in += vp::limits::header_bytes + last_picture_.bytes().size();
  put(header, now_us);
}

// A DUP of a picture that was announced and did not make it would repeat the one before: it says nothing to anybody.
void StreamHub::dup(const vp::Header& header, std::int64_t now_us) {
  if (phase_ != Phase::online || picture_missing_) return;
  parts_.counters->bytes_in += vp::limits::header_bytes;
  put(header, now_us);
}

void StreamHub::put(const vp::Header& header, std::int64_t now_us) {
  ++parts_.counters->pictures_in;
  last_header_ = picture_numbers_.next(header);
  const vp::Unit unit{last_header_, last_picture_, picture_number_, now_us};
  tell([&](Viewing::Place& place) {
    ++place.offered;
    place.box.put(unit);
    place.viewer->on_unit();
  });
}

void StreamHub::audio(const vp::Header& header, std::span<const std::byte> packet, std::int64_t now_us) {
  if (phase_ != Phase::online || !ring_) return;
  const vp::Header numbered = audio_numbers_.next(header);
  parts_.counters->bytes_in += vp::limits::header_bytes + packet.size();
  if (!ring_->push(numbered, packet, now_us)) return;
  tell([](Viewing::Place& place) {
    if (place.sound) place.viewer->on_unit();
  });
}

void StreamHub::lose() {
  if (phase_ != Phase::online) return;
  phase_ = Phase::lost;
  parts_.pool.trim();
  tell([](Viewing::Place& place) { place.viewer->on_online(false); });
}

void StreamHub::come_back(vp::Source source) {
  if (phase_ != Phase::lost) return;
  phase_ = Phase::online;
  parts_.source = std::move(source);
  if (parts_.source.audio != vp::AudioFormat::none && !ring_) ring_.emplace();
  adapt_ = vp::AdaptController(bounds_of(parts_.source));
  for (Numbering* numbers : {&picture_numbers_, &audio_numbers_}) numbers->fresh = numbers->jumped = true;
  picture_missing_ = true;
  publisher_offset_us_.reset();
  tell([this](Viewing::Place& place) {
    if (place.wants_sound && ring_ && !place.sound) place.sound = ring_->cursor();
    place.viewer->on_online(true);
  });
}

void StreamHub::end(vp::EosReason why) {
  if (phase_ == Phase::ended) return;
  phase_ = Phase::ended;
  --parts_.counters->streams;
  last_picture_ = {};
  tell([&](Viewing::Place& place) { place.viewer->on_end(why, false); });
}

// A viewer is behind when he lost over 5 % of what came in this second.
std::optional<vp::Advice> StreamHub::sample(std::int64_t now_us) {
  vp::AdaptSample sample;
  for (const auto& place : places_) {
    if (place->viewer == nullptr) continue;
    const std::uint64_t dropped = place->box.dropped() - std::exchange(place->dropped_before, place->box.dropped());
    parts_.counters->pictures_dropped += dropped;
    ++sample.viewers;
    if (dropped * 20 > std::exchange(place->offered, 0)) ++sample.behind;
  }
  return adapt_.on_sample(sample, now_us);
}

}  // namespace matinee::media
