#include "server/media/desktop_client.h"

#include <algorithm>
#include <utility>

#include "server/media/desktop_window.h"
#include "server/media/live_room.h"
#include "server/media/relay_core.h"
#include "server/media/room_clock.h"
#include "server/ops/log.h"

namespace matinee::media {
namespace vp = videoproto;

DesktopClient::DesktopClient(std::shared_ptr<RelayCore> core, std::uint64_t id, Arrival arrival)
    : core_(std::move(core)),
      id_(id),
      connection_(vp::Connection::adopt(core_->parts.loop.io(), std::move(arrival.connection), {core_->parts.frame_bytes_max})),
      auth_(std::move(arrival.auth)),
      room_key_(core_->parts.gate.key_of(auth_.room)),
      auth_request_(arrival.request),
      address_(std::move(arrival.address)),
      lease_(std::move(arrival.lease)),
      may_be_asked_(auth_.may_be_asked) {}

DesktopClient::~DesktopClient() = default;

// ---- shown, knocking

void DesktopClient::start() {
  connection_->start(shared_from_this());
  if (auth_.pair) {
    const auto visit = core_->pairs.take(*auth_.pair, room_key_, core_->now_ms());
    return knock(visit ? seams::Result<seams::Visit>(*visit) : tl::unexpected(seams::StoreError::not_found));
  }
  if (auth_.resume) {
    const auto place = core_->resumes.take(*auth_.resume, room_key_, core_->now_ms());
    if (!place) return knock(tl::unexpected(seams::StoreError::not_found));
    if (const auto before = core_->client(place->client)) before->replaced();
    return knock(place->visit);
  }
  core_->parts.find_token(auth_.token.value_or(""), [weak = weak_from_this()](seams::Result<seams::Visit> visit) {
    if (const auto self = weak.lock()) self->knock(std::move(visit));
  });
}

void DesktopClient::knock(seams::Result<seams::Visit> visit) {
  if (state_ != State::shown) return;
  auth_.pair = auth_.token = auth_.resume = std::nullopt;  // a secret is kept no longer than needed
  if (!visit) {
    const bool unknown = visit.error() == seams::StoreError::not_found;
    if (unknown) ++core_->counters->auth_failures;
    return fail(unknown ? vp::ErrorCode::auth_failed : vp::ErrorCode::shutting_down, auth_request_);
  }
  visit_ = std::move(*visit);
  state_ = State::knocking;
  core_->parts.gate.attend(auth_.room, visit_, shared_from_this());
}

void DesktopClient::on_admitted(const std::string& name, bool may_publish, const rooms::PlaybackState& playback) {
  if (state_ != State::knocking) return;
  const auto self = shared_from_this();  // whatever is said may be the last drop for a full queue
  const auto room = core_->room(room_key_);
  if (room->desktops() >= core_->parts.bounds.desktops_per_room) {
    core_->parts.gate.leave(*this);
    return dismiss(vp::ErrorCode::quota);
  }
  state_ = State::attending;
  room_ = room;
  name_ = name;
  may_publish_ = may_publish;
  ++core_->counters->desktops;
  ++core_->counters->desktops_total;
  const std::string resume = core_->resumes.make(room_key_, visit_, id_);
  say(vp::AuthOk{std::to_string(person().value), name_, resume, may_publish_}, auth_request_);
  ping();
  on_playback(playback);
  if (state_ == State::attending) room->enter(shared_from_this());
  ops::log_debug("a desktop came into a room", {{"person", person().value}, {"address", address_}});
}

void DesktopClient::on_refused(rooms::ErrorCode why) {
  if (state_ != State::knocking) return;
  state_ = State::shown;  // the gate does not hold us any more
  if (why == rooms::ErrorCode::room_full) return dismiss(vp::ErrorCode::quota);
  const bool door =
      why == rooms::ErrorCode::account_needed || why == rooms::ErrorCode::password_needed || why == rooms::ErrorCode::ask_first;
  if (door) return dismiss(vp::ErrorCode::forbidden);  // in by the page first
  fail(why == rooms::ErrorCode::storage_unavailable ? vp::ErrorCode::shutting_down : vp::ErrorCode::auth_failed, auth_request_);
}

// ---- what the room says

void DesktopClient::on_playback(const rooms::PlaybackState& playback) {
  if (state_ != State::attending) return;
  const auto room = room_;
  vp::Meta meta;
  meta.playback = room_playback(playback, core_->parts.server_time_us(), vp::monotonic_us());
  say(meta);
  room->on_playback(playback);
}

void DesktopClient::on_rights(bool may_publish) {
  if (state_ != State::attending) return;
  const auto self = shared_from_this();
  may_publish_ = may_publish;
  const auto room = room_;
  if (!may_publish) {
    for (const auto& hub : std::vector(published_)) {
      fail(vp::ErrorCode::forbidden, 0, hub->id());
      say(vp::Stop{hub->id()});
    }
    end_all_published();
  }
  room->on_change();
}

void DesktopClient::on_name(const std::string& name) {
  name_ = name;
  if (state_ == State::attending) room_->on_name(*this);
}

void DesktopClient::on_sent_away(seams::SentAway why) {
  if (state_ == State::gone) return;
  const auto self = shared_from_this();
  core_->resumes.forget(id_);
  end_all_published();
  switch (why) {
    case seams::SentAway::removed:
    case seams::SentAway::blocked_or_closed: return dismiss(vp::ErrorCode::forbidden);
    case seams::SentAway::logged_out: return dismiss(vp::ErrorCode::auth_failed);
    case seams::SentAway::restart: return dismiss(vp::ErrorCode::shutting_down);
    case seams::SentAway::replaced:
    case seams::SentAway::too_many: return dismiss(vp::ErrorCode::quota);
  }
}

// ---- the connection

void DesktopClient::say(const vp::Control& message, std::uint32_t request, std::uint32_t stream) {
  if (const auto connection = connection_) connection->send(message, request, stream);
}

void DesktopClient::fail(vp::ErrorCode code, std::uint32_t request, std::optional<std::int64_t> stream) {
  if (const auto connection = connection_) connection->fail(code, request, stream);
}

void DesktopClient::dismiss(vp::ErrorCode code) {
  const auto self = shared_from_this();
  if (vp::info(code).fatal) return fail(code);
  auto last_word = vp::error_message(code);
  last_word.fatal = true;
  say(last_word);
  if (const auto connection = connection_) connection->bye();
}

void DesktopClient::replaced() {
  if (const auto connection = connection_) connection->bye();
}

void DesktopClient::on_closed(const vp::CloseReason& reason) {
  const auto self = shared_from_this();
  const State before = std::exchange(state_, State::gone);
  const auto connection = std::exchange(connection_, nullptr);
  windows_.clear();
  if (before == State::attending) {
    --core_->counters->desktops;
    const auto room = std::exchange(room_, nullptr);
    for (const auto& hub : std::exchange(published_, {})) {
      if (said_bye_) room->end(hub->id(), vp::EosReason::ended);
      else room->lose(hub->id());
    }
    core_->resumes.release(id_, core_->now_ms());
    room->leave(*this);
  }
  if (before == State::attending || before == State::knocking) core_->parts.gate.leave(*this);
  core_->forget_client(id_);
  lease_ = {};
  ops::log_debug("a desktop connection ended", {{"code", reason.code ? vp::info(*reason.code).name : "none"}, {"by_peer", reason.by_peer}});
}

void DesktopClient::ping() { say(vp::Ping{vp::monotonic_us()}); }

void DesktopClient::on_pong(const vp::Pong& pong) {
  clock_.on_pong(pong, vp::monotonic_us());
  const auto offset = clock_.best_us();
  if (!offset || !room_) return;
  for (const auto& hub : std::vector(published_)) room_->on_offset(hub->id(), *offset);
}

}  // namespace matinee::media
