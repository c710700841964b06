// DesktopClient: what it publishes and what it watches.
#include <algorithm>
#include <utility>

#include "server/media/desktop_window.h"
#include "server/media/live_room.h"
#include "server/media/relay_core.h"

namespace matinee::media {
namespace vp = videoproto;

void DesktopClient::Window::on_unit() {
  if (const auto connection = client.connection_) connection->wake();  // may end with the client and this
}

void DesktopClient::Window::on_online(bool online) {
  if (!online) client.say(vp::Eos{vp::EosReason::lost}, 0, stream);  // the room's META tells when it is back
}

void DesktopClient::Window::on_end(vp::EosReason why, bool too_slow) {
  const auto owner = client.shared_from_this();
  const std::uint32_t id = stream;
  if (too_slow) return owner->fail(vp::ErrorCode::slow_consumer);
  owner->say(vp::Eos{why}, 0, id);
  owner->unsubscribe(id);
}

void DesktopClient::on_control(const vp::Header& header, const vp::Control& message) {
  if (std::holds_alternative<vp::Bye>(message)) said_bye_ = true;
  if (state_ != State::attending) return;
  const std::uint32_t request = header.aux;
  if (const auto* wish = std::get_if<vp::Publish>(&message)) return publish(*wish, request);
  if (const auto* wish = std::get_if<vp::Subscribe>(&message)) return subscribe(*wish, request);
  if (const auto* wish = std::get_if<vp::Unsubscribe>(&message)) return unsubscribe(static_cast<std::uint32_t>(wish->stream));
  if (const auto* answer = std::get_if<vp::Decline>(&message)) return room_->declined(answer->ask, *this);
  if (const auto* answer = std::get_if<vp::Pong>(&message)) return on_pong(*answer);
  if (std::holds_alternative<vp::Eos>(message)) return end_published(header.stream);
  if (const auto* news = std::get_if<vp::Meta>(&message); news != nullptr && news->stream && news->source) {
    const auto stream = static_cast<std::uint32_t>(*news->stream);
    if (published(stream) != nullptr && room_->may_announce(person())) room_->on_source(stream, *news->source);
  }
  // STATS, EOS_ACK and the peer's ERRORs change nothing here.
}

// ---- publishing

void DesktopClient::publish(const vp::Publish& wish, std::uint32_t request) {
  if (!room_->may_announce(person())) return fail(vp::ErrorCode::quota, request);
  auto done = room_->publish(*this, wish);
  if (!done) return fail(done.error(), request);
  const auto id = done->hub->id();
  published_.push_back(done->hub);
  if (const auto offset = clock_.best_us()) done->hub->set_publisher_offset_us(*offset);
  say(vp::PublishOk{id, done->resume}, request);
  ping();  // a second sample of the clock, now that it counts
}

StreamHub* DesktopClient::published(std::uint32_t stream) const {
  const auto at = std::find_if(published_.begin(), published_.end(), [&](const auto& hub) { return hub->id() == stream; });
  return at == published_.end() ? nullptr : at->get();
}

std::optional<vp::ErrorCode> DesktopClient::open_stream(std::uint32_t stream) {
  return connection_ ? connection_->session().open_stream(stream) : vp::ErrorCode::internal;
}

void DesktopClient::drop_published(std::uint32_t stream) {
  std::erase_if(published_, [&](const auto& hub) { return hub->id() == stream; });
  if (connection_) connection_->session().close_stream(stream);
  pause_for_viewers();
}

void DesktopClient::end_published(std::uint32_t stream) {
  if (published(stream) == nullptr) return;
  drop_published(stream);
  say(vp::EosAck{}, 0, stream);
  if (room_) room_->end(stream, vp::EosReason::ended);
}

void DesktopClient::end_all_published() {
  for (const auto& hub : std::vector(published_)) {
    drop_published(hub->id());
    if (room_) room_->end(hub->id(), vp::EosReason::stopped);
  }
}

void DesktopClient::pause_for_viewers() {
  if (!connection_) return;
  const bool pause = std::any_of(published_.begin(), published_.end(), [](const auto& hub) { return hub->pause_publisher(); });
  if (std::exchange(paused_, pause) == pause) return;
  if (pause) connection_->pause_reading();
  else connection_->resume_reading();
}

vp::FrameFill DesktopClient::begin_frame(const vp::Header& header) {
  StreamHub* hub = published(header.stream);
  return hub != nullptr ? hub->begin_picture() : vp::FrameFill{};
}

void DesktopClient::on_frame(const vp::Header& header, vp::Frame picture, vp::JpegHead) {
  if (StreamHub* hub = published(header.stream)) hub->picture(header, std::move(picture), vp::monotonic_us());
}

void DesktopClient::on_bad_picture(const vp::Header&) { ++core_->counters->bad_jpegs; }

void DesktopClient::on_skipped_picture(const vp::Header&) { ++core_->counters->pictures_skipped; }

void DesktopClient::on_dup(const vp::Header& header) {
  if (StreamHub* hub = published(header.stream)) hub->dup(header, vp::monotonic_us());
}

void DesktopClient::on_audio(const vp::Header& header, std::span<const std::byte> packet) {
  if (StreamHub* hub = published(header.stream)) hub->audio(header, packet, vp::monotonic_us());
}

// ---- watching

bool DesktopClient::watches(std::uint32_t stream) const {
  return std::any_of(windows_.begin(), windows_.end(), [&](const auto& window) { return window->stream == stream; });
}

void DesktopClient::subscribe(const vp::Subscribe& wish, std::uint32_t request) {
  const auto stream = static_cast<std::uint32_t>(wish.stream);
  const auto hub = room_->find(stream);
  if (!hub) return fail(vp::ErrorCode::no_such_stream, request, wish.stream);
  if (const auto error = connection_->session().open_outgoing_stream(stream)) return fail(*error, request, wish.stream);
  auto window = std::make_unique<Window>(*this, stream);
  window->viewing = hub->watch(*window, wish.audio);
  windows_.push_back(std::move(window));
  const bool lost = hub->phase() == StreamHub::Phase::lost;
  say(vp::SubscribeOk{wish.stream, hub->source()}, request);
  if (lost) say(vp::Eos{vp::EosReason::lost}, 0, stream);
}

void DesktopClient::unsubscribe(std::uint32_t stream) {
  const auto at = std::find_if(windows_.begin(), windows_.end(), [&](const auto& window) { return window->stream == stream; });
  if (at == windows_.end()) return;
  const auto window = std::move(*at);
  windows_.erase(at);
  if (connection_) connection_->session().close_outgoing_stream(stream);
}

// Sound first, since it is small and nobody forgives its gaps; then the windows' pictures in turn.
void DesktopClient::next_unit(vp::Outgoing& out) {
  const std::int64_t now_us = vp::monotonic_us();
  for (const auto& window : windows_) window->viewing.sent();  // we are asked when everything before is written
  if (!next_sound(out, now_us)) static_cast<void>(next_picture(out, now_us));
}

bool DesktopClient::next_sound(vp::Outgoing& out, std::int64_t now_us) {
  for (const auto& window : windows_) {
    if (const auto packet = window->viewing.take_audio(now_us)) {
      out.set_audio(packet->header, packet->bytes);
      return true;
    }
  }
  return false;
}

bool DesktopClient::next_picture(vp::Outgoing& out, std::int64_t now_us) {
  for (std::size_t i = 0; i < windows_.size(); ++i) {
    const std::size_t at = (next_window_ + i) % windows_.size();
    if (auto unit = windows_[at]->viewing.take_picture(now_us)) {
      out.set_picture(unit->header, std::move(unit->picture));
      next_window_ = at + 1;
      return true;
    }
  }
  return false;
}

}  // namespace matinee::media
