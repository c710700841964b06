#include "server/media/live_room.h"

#include <algorithm>
#include <utility>

#include "server/auth/random.h"
#include "server/media/desktop_client.h"
#include "server/media/relay_core.h"
#include "videoproto/connection.h"

namespace matinee::media {
namespace vp = videoproto;

LiveRoom::LiveRoom(RelayCore& core, std::string code) : core_(core), code_(std::move(code)) {}
LiveRoom::~LiveRoom() = default;

// ---- desktops

void LiveRoom::enter(std::shared_ptr<DesktopClient> client) {
  desktops_.push_back(client);
  for (const Stream& stream : std::vector(streams_)) {
    if (stream.publisher != client->id()) client->say(meta_of(stream));
  }
  on_change();
}

void LiveRoom::leave(const DesktopClient& client) {
  std::erase_if(desktops_, [&](const auto& each) { return each.get() == &client; });
  on_change();
}

void LiveRoom::on_playback(const rooms::PlaybackState& playback) {
  playback_ = playback;
  on_change();
}

void LiveRoom::on_name(const DesktopClient& client) {
  for (Stream& stream : streams_) {
    if (stream.hub->publisher() != client.person()) continue;
    stream.hub->set_publisher_name(client.name());
    vp::Meta meta;
    meta.stream = stream.hub->id();
    meta.publisher_name = client.name();
    tell_all(meta, stream.publisher);
  }
  on_change();
}

// Whoever's queue this fills leaves meanwhile: the list is walked as it was.
void LiveRoom::tell_all(const vp::Meta& meta, std::uint64_t except) {
  for (const auto& client : std::vector(desktops_)) {
    if (client->id() != except) client->say(meta);
  }
}

// ---- streams

LiveRoom::Stream* LiveRoom::entry(std::uint32_t stream) {
  const auto at = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& each) { return each.hub->id() == stream; });
  return at == streams_.end() ? nullptr : &*at;
}

std::shared_ptr<StreamHub> LiveRoom::find(std::uint32_t stream) const {
  const auto at = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& each) { return each.hub->id() == stream; });
  return at == streams_.end() ? nullptr : at->hub;
}

const LiveRoom::Stream* LiveRoom::room_video() const {
  const auto at = std::find_if(streams_.begin(), streams_.end(), [](const Stream& each) { return each.room_video; });
  return at == streams_.end() ? nullptr : &*at;
}

std::optional<vp::ErrorCode> LiveRoom::refusal(const DesktopClient& client, const vp::Publish& wish) const {
  if (wish.ask && (room_video() != nullptr || !asker_.was_asked(*wish.ask, client.id()))) return vp::ErrorCode::busy;
  const auto mine =
      std::count_if(streams_.begin(), streams_.end(), [&](const Stream& each) { return each.hub->publisher() == client.person(); });
  if (static_cast<std::size_t>(mine) >= core_.parts.bounds.streams_per_person) return vp::ErrorCode::busy;
  if (streams_.size() + media_.size() >= core_.parts.bounds.streams_per_room) return vp::ErrorCode::quota;
  return std::nullopt;
}

tl::expected<LiveRoom::Published, vp::ErrorCode> LiveRoom::publish(DesktopClient& client, const vp::Publish& wish) {
  if (!client.may_publish()) return tl::unexpected(vp::ErrorCode::forbidden);
  if (wish.resume) return take_up_again(client, wish);
  if (const auto error = refusal(client, wish)) return tl::unexpected(*error);
  auto pool = vp::FramePool::create(core_.parts.budget, {core_.parts.frame_bytes_max});
  if (!pool) return tl::unexpected(pool.error());
  const std::uint32_t id = core_.next_stream_id();
  if (const auto error = client.open_stream(id)) return tl::unexpected(*error);
  HubParts parts{id,
                 code_,
                 client.person(),
                 client.name(),
                 wish.source,
                 std::move(*pool),
                 core_.counters,
                 core_.parts.server_time_us,
                 [weak = weak_from_this()] {
                   if (const auto self = weak.lock()) self->on_change();
                 }};
  Stream stream{std::make_shared<StreamHub>(std::move(parts)), client.id(), auth::random_token(), 0, wish.ask.has_value(), std::nullopt};
  core_.add(stream.hub);
  Published published{stream.hub, stream.resume};
  streams_.push_back(stream);
  tell_all(meta_of(stream), client.id());
  on_change();
  return published;
}

// Lost, or its old connection only seems to be there still.
tl::expected<LiveRoom::Published, vp::ErrorCode> LiveRoom::take_up_again(DesktopClient& client, const vp::Publish& wish) {
  const auto at = std::find_if(streams_.begin(), streams_.end(), [&](const Stream& each) {
    return each.resume == *wish.resume && each.hub->publisher() == client.person() && each.publisher != client.id();
  });
  if (at == streams_.end()) return tl::unexpected(vp::ErrorCode::no_such_stream);
  const std::uint32_t id = at->hub->id();
  if (const auto error = client.open_stream(id)) return tl::unexpected(*error);
  if (at->publisher != 0) {
    const auto before = core_.client(at->publisher);
    lose(id);
    if (before) before->drop_published(id);
  }
  Stream* stream = entry(id);
  if (stream == nullptr) return tl::unexpected(vp::ErrorCode::no_such_stream);
  stream->publisher = client.id();
  stream->resume = auth::random_token();
  stream->offset_told_us.reset();
  const Stream back = *stream;
  back.hub->come_back(wish.source);
  tell_all(meta_of(back), client.id());
  on_change();
  return Published{back.hub, back.resume};
}

void LiveRoom::lose(std::uint32_t stream) {
  Stream* found = entry(stream);
  if (found == nullptr || found->publisher == 0) return;
  found->publisher = 0;
  found->lost_until_ms = core_.now_ms() + vp::limits::resume_us / 1'000;
  const auto hub = found->hub;
  hub->lose();
  vp::Meta meta;
  meta.stream = stream;
  meta.online = false;
  tell_all(meta, 0);
  on_change();
}

void LiveRoom::end(std::uint32_t stream, vp::EosReason why) {
  const auto hub = find(stream);
  if (!hub) return;
  std::erase_if(streams_, [&](const Stream& each) { return each.hub == hub; });
  core_.remove(stream);
  hub->end(why);
  vp::Meta meta;
  meta.stream = stream;
  meta.online = false;
  tell_all(meta, 0);
  on_change();
}

void LiveRoom::on_source(std::uint32_t stream, vp::Source source) {
  Stream* found = entry(stream);
  if (found == nullptr) return;
  found->hub->set_source(std::move(source));
  tell_all(meta_of(*found), found->publisher);
  on_change();
}

void LiveRoom::on_offset(std::uint32_t stream, std::int64_t offset_us) {
  Stream* found = entry(stream);
  if (found == nullptr) return;
  found->hub->set_publisher_offset_us(offset_us);
  const auto before = found->offset_told_us;
  if (before && std::abs(*before - offset_us) < limits::offset_tell_min_us) return;
  found->offset_told_us = offset_us;
  vp::Meta meta;
  meta.stream = stream;
  meta.publisher_offset_us = offset_us;
  tell_all(meta, found->publisher);
}

vp::Meta LiveRoom::meta_of(const Stream& stream) {
  vp::Meta meta;
  meta.stream = stream.hub->id();
  meta.online = stream.publisher != 0;
  meta.source = stream.hub->source();
  meta.publisher = std::to_string(stream.hub->publisher().value);
  meta.publisher_name = stream.hub->publisher_name();
  meta.publisher_offset_us = stream.hub->publisher_offset_us();
  return meta;
}

bool LiveRoom::may_announce(rooms::PersonId person) {
  constexpr videoproto::Rate rate{1, limits::announcements_burst};
  const std::int64_t now_us = core_.now_ms() * 1'000;
  const auto is_full = [&](videoproto::RateBucket bucket) { return bucket.take(now_us, limits::announcements_burst, rate); };
  if (announcements_.size() >= limits::desktops_per_room_max)
    std::erase_if(announcements_, [&](const auto& entry) { return is_full(entry.second); });
  return announcements_[person].take(now_us, 1, rate);
}

void LiveRoom::declined(std::int64_t ask, const DesktopClient& client) {
  asker_.declined(ask, client.id());
  on_change();
}

// ---- streams that come in containers

std::shared_ptr<MediaHub> LiveRoom::media_hub(const seams::StreamRecord& record) {
  const auto at = std::find_if(media_.begin(), media_.end(), [&](const auto& each) { return each->id() == record.id.value; });
  if (at != media_.end()) {
    const auto hub = *at;
    if (!hub->ended()) hub->update(record);
    if (!hub->ended()) return hub;
    forget_ended();
  }
  if (streams_.size() + media_.size() >= core_.parts.bounds.streams_per_room || !core_.has_room_for_media()) return nullptr;
  const auto hub = std::make_shared<MediaHub>(MediaHubParts{
      .record = record, .room = code_, .counters = core_.counters, .now_us = vp::monotonic_us, .on_changed = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->on_change();
      }});
  media_.push_back(hub);
  core_.add(hub);
  return hub;
}

void LiveRoom::forget_ended() {
  std::erase_if(media_, [this](const auto& hub) {
    if (hub->ended()) core_.remove(*hub);
    return hub->ended();
  });
}

// ---- what follows

void LiveRoom::on_change() {
  if (std::exchange(settling_, true)) return;
  core_.post([weak = weak_from_this()](RelayCore&) {
    if (const auto self = weak.lock()) self->settle();
  });
}

void LiveRoom::settle() {
  settling_ = false;
  const std::int64_t now_ms = core_.now_ms();
  forget_ended();
  ask_for_frames(now_ms);
  tell_room(now_ms);
  if (desktops_.empty() && streams_.empty() && media_.empty() && told_ == rooms::LiveState{}) core_.forget_room(code_);
}

void LiveRoom::on_tick(std::int64_t now_ms) {
  const auto self = shared_from_this();
  for (const Stream& stream : std::vector(streams_)) {
    if (stream.publisher == 0 && now_ms >= stream.lost_until_ms) end(stream.hub->id(), vp::EosReason::ended);
  }
  for (const auto& hub : std::vector(media_)) hub->look();
  const std::int64_t now_us = vp::monotonic_us();
  if (now_us - sampled_at_us_ >= 1'000'000) {
    sampled_at_us_ = now_us;
    sample_streams(now_us);
  }
  settle();
}

void LiveRoom::sample_streams(std::int64_t now_us) {
  for (const Stream& stream : std::vector(streams_)) {
    if (stream.publisher == 0) continue;
    const auto publisher = core_.client(stream.publisher);
    if (!publisher) {  // it went while it was being told that it may send
      lose(stream.hub->id());
      continue;
    }
    const auto advice = stream.hub->sample(now_us);
    if (advice) publisher->say(vp::Adapt{stream.hub->id(), advice->quality, advice->fps, advice->width});
    publisher->pause_for_viewers();
  }
}

void LiveRoom::ask_for_frames(std::int64_t now_ms) {
  std::vector<AskCandidate> candidates;
  for (const auto& client : desktops_)
    candidates.push_back({client->id(), client->person(), client->may_publish(), client->may_be_asked()});
  // A stream of the room is not asked for again as frames.
  const bool on = playback_.media && playback_.media->kind != rooms::MediaKind::stream && playback_.phase != rooms::Phase::idle;
  const Stream* video = room_video();
  const AskStep step = asker_.update({on ? playback_.media->url : std::string_view(), playback_.by, candidates, video != nullptr}, now_ms);
  if (step.stop_stream && video != nullptr) {
    const std::uint32_t id = video->hub->id();
    if (const auto publisher = core_.client(video->publisher)) {
      publisher->drop_published(id);
      publisher->say(vp::Stop{id});
    }
    end(id, vp::EosReason::stopped);
  }
  if (!step.question) return;
  const auto client = core_.client(step.question->client);
  const std::int64_t position_ms = std::max<std::int64_t>(0, playback_.position_at(core_.parts.server_time_us() / 1'000));
  if (client && on) client->say(vp::Ask{step.question->ask, playback_.media->url, position_ms});
}

void LiveRoom::tell_room(std::int64_t now_ms) {
  auto now = state();
  const std::int64_t opening = core_.parts.gate.opening_of(code_);
  if (opening != std::exchange(told_opening_, opening)) told_ = {};
  if (now == told_ || (told_at_ms_ != 0 && now_ms - told_at_ms_ < limits::tell_live_every_ms)) return;
  told_at_ms_ = now_ms;
  told_ = now;
  core_.parts.gate.tell_live(code_, std::move(now));
}

rooms::LiveState LiveRoom::state() const {
  rooms::LiveState state;
  for (const Stream& each : streams_) {
    const auto& source = each.hub->source();
    state.streams.push_back({each.hub->id(),
                             static_cast<rooms::LiveKind>(source.kind),
                             each.room_video,
                             source.title,
                             each.hub->publisher(),
                             each.hub->publisher_name(),
                             source.width,
                             source.height,
                             source.fps,
                             source.audio != vp::AudioFormat::none,
                             each.publisher != 0,
                             static_cast<std::int64_t>(each.hub->viewers()),
                             {rooms::LiveForm::mjpeg},
                             {"jpeg"},
                             each.hub->last_picture().has_value()});
  }
  for (const auto& hub : media_) {
    if (hub->program()) state.streams.push_back(hub->told());
  }
  state.desktops = static_cast<std::int64_t>(desktops_.size());
  if (const Stream* video = room_video()) {
    state.windows = std::count_if(desktops_.begin(), desktops_.end(), [&](const auto& each) { return each->watches(video->hub->id()); });
  }
  state.frames = asker_.frames();
  return state;
}

void LiveRoom::stop() {
  for (const Stream& stream : std::exchange(streams_, {})) {
    core_.remove(stream.hub->id());
    stream.hub->end(vp::EosReason::stopped);
  }
  for (const auto& hub : std::exchange(media_, {})) {
    core_.remove(*hub);
    hub->end();
  }
  desktops_.clear();
}

}  // namespace matinee::media
