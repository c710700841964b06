#include "videoproto/desktop/room.h"

#include <boost/asio/post.hpp>
#include <utility>

#include "videoproto/desktop/limits.h"
#include "videoproto/desktop/room_parts.h"

namespace matinee::desktop {
namespace asio = boost::asio;
namespace proto = videoproto;
using boost::system::error_code;
using proto::monotonic_us;

namespace {
constexpr int first_pings = 5;  // so that the clocks agree before the first pictures are shown
constexpr std::int64_t ping_gap_ms = 100;
}  // namespace

Room::Room(asio::io_context& io, RoomOptions options, RoomListener& listener)
    : io_(io), options_(std::move(options)), listener_(listener), ping_timer_(io), announce_timer_(io), leave_timer_(io) {
  tokens_.stream = options_.resume_stream.value_or("");
}
Room::~Room() = default;

void Room::start(LinkOptions link) {
  link_ = std::make_shared<Link>(io_, std::move(link), *this);
  if (!options_.send) return link_->start();
  // The source first: a camera that is not there must not cost a code that can be used once.
  begin_sending(options_.sender, std::nullopt);
  publication_->resume = options_.resume_stream;
}

void Room::clear() {
  publication_.reset();
  old_sender_.reset();
  watched_.clear();
}

// ---- the connection

void Room::on_open(const proto::AuthOk& who, std::uint32_t frame_bytes_max) {
  frame_bytes_max_ = frame_bytes_max;
  may_publish_ = who.may_publish;
  tokens_.connection = who.resume;
  keep_tokens();
  listener_.on_connected(who.name);
  ping(first_pings);
  for (auto& [stream, watched] : watched_) watched->confirmed = watched->subscribed = false;
  announce_timer_.expires_after(std::chrono::milliseconds(limits::announce_ms_max));
  announce_timer_.async_wait([this, hold = shared_from_this()](const error_code& error) {
    if (error || connection() == nullptr) return;
    std::vector<std::uint32_t> over;
    for (const auto& [stream, watched] : watched_) {
      if (!watched->confirmed) over.push_back(stream);
    }
    for (const std::uint32_t stream : over) forget(stream);
  });
  if (options_.send && !std::exchange(was_open_, true) && !may_publish_)
    return leave({ExitCode::not_allowed, "You may not send in this room; its owner gives the right to go live."});
  if (!publication_) return;
  publication_->stream = 0;
  publication_->mailbox = {};
  if (publication_->source) publish();
}

void Room::ping(int left) {
  if (connection() == nullptr) return;
  connection()->send(proto::Ping{monotonic_us()});
  if (left <= 1) return;
  ping_timer_.expires_after(std::chrono::milliseconds(ping_gap_ms));
  ping_timer_.async_wait([this, left, hold = shared_from_this()](const error_code& error) {
    if (!error) ping(left - 1);
  });
}

void Room::on_lost(const std::string& sentence, std::int64_t retry_ms) {
  for (const auto& [stream, watched] : watched_) listener_.on_stream_waits(stream);
  if (publication_) publication_->stream = 0;
  listener_.on_note(sentence + " Trying again in " + std::to_string((retry_ms + 50) / 100 / 10) + "." +
                    std::to_string((retry_ms + 50) / 100 % 10) + " s.");
}

void Room::on_end(Ending ending) {
  if (std::exchange(ended_, true)) return;
  ping_timer_.cancel();
  announce_timer_.cancel();
  leave_timer_.cancel();
  listener_.on_end(leaving_ ? *leaving_ : std::move(ending));
}

void Room::leave(Ending ending) {
  if (ended_ || leaving_) return;
  leaving_ = std::move(ending);
  leave_timer_.expires_after(std::chrono::milliseconds(limits::goodbye_ms_max));
  leave_timer_.async_wait([this, hold = shared_from_this()](const error_code& error) {
    if (!error) finish_leaving();
  });
  if (publication_ == nullptr || publication_->stream == 0 || connection() == nullptr) return finish_leaving();
  end_publication(leaving_->code == ExitCode::done ? proto::EosReason::ended : proto::EosReason::stopped);
}

void Room::finish_leaving() {
  if (ended_) return;
  link_->close();
  on_end({});
}

// ---- messages

void Room::on_message(const proto::Header& header, const proto::Control& message) {
  if (const auto* meta = std::get_if<proto::Meta>(&message)) on_meta(*meta);
  else if (const auto* pong = std::get_if<proto::Pong>(&message)) on_pong(*pong);
  else if (const auto* subscribed = std::get_if<proto::SubscribeOk>(&message)) on_subscribed(*subscribed);
  else if (const auto* published = std::get_if<proto::PublishOk>(&message)) on_published(*published);
  else if (const auto* ask = std::get_if<proto::Ask>(&message)) on_ask(*ask);
  else if (const auto* stop = std::get_if<proto::Stop>(&message)) on_stop(static_cast<std::uint32_t>(stop->stream));
  else if (const auto* eos = std::get_if<proto::Eos>(&message)) on_eos(header.stream, eos->reason);
  else if (const auto* error = std::get_if<proto::ErrorMessage>(&message)) on_error(header, *error);
  else if (const auto* advice = std::get_if<proto::Adapt>(&message)) {
    if (publication_ && publication_->stream == advice->stream && publication_->sender) publication_->sender->adapt(*advice);
  } else if (std::holds_alternative<proto::EosAck>(message) && publication_ && publication_->said_eos) {
    end_publication(std::nullopt);
    if (leaving_) finish_leaving();
  }
}

void Room::on_pong(const proto::Pong& pong) {
  clock_.on_pong(pong, monotonic_us());
  for (const auto& [stream, watched] : watched_) tell_offset(*watched);
  on_playback();
}

void Room::on_meta(const proto::Meta& meta) {
  if (meta.playback) {
    playback_ = *meta.playback;
    on_playback();
  }
  if (!meta.stream) return;
  const auto stream = static_cast<std::uint32_t>(*meta.stream);
  if (!options_.watch || unwanted_.contains(stream) || (publication_ && publication_->stream == stream)) return;
  const auto known = watched_.find(stream);
  if (meta.online && !*meta.online) {  // EOS tells viewers why
    if (known != watched_.end()) known->second->away = true;
    return;
  }
  if (known == watched_.end()) {
    if (!meta.online || watched_.size() >= limits::windows_max) return;
    WatchedStream about{stream, meta.source ? meta.source->title : "", meta.publisher_name.value_or(""), 0, 0};
    watched_[stream] = std::make_unique<Watched>(std::move(about));
  }
  Watched& watched = *watched_[stream];
  watched.confirmed = true;
  if (meta.publisher_offset_us) watched.publisher_offset_us = meta.publisher_offset_us;
  tell_offset(watched);
  if (meta.online && std::exchange(watched.away, false) && watched.viewer) {
    if (meta.source) watched.about.title = meta.source->title;
    listener_.on_stream(watched.about);
  }
  if (!watched.subscribed && connection() != nullptr) {
    watched.subscribed = true;
    connection()->send(proto::Subscribe{stream, options_.sound}, ++request_);
  }
}

void Room::tell_offset(Watched& watched) {
  const auto ours = clock_.offset_us();
  if (watched.viewer && watched.publisher_offset_us && ours) watched.viewer->on_offset(*watched.publisher_offset_us - *ours);
}

// Small corrections of the clock are none of the playhead's business.
void Room::on_playback() {
  if (!publication_ || !publication_->follows || !publication_->sender || !playback_ || !clock_.offset_us()) return;
  const Playhead fresh = playhead_of(*playback_, *clock_.offset_us());
  const Playhead& told = publication_->playhead;
  const std::int64_t now = monotonic_us();
  const bool near = std::abs(fresh.position_at(now) - told.position_at(now)) < 5'000;
  if (publication_->playhead_told && near && fresh.playing == told.playing && fresh.rate == told.rate) return;
  publication_->playhead = fresh;
  publication_->playhead_told = true;
  publication_->sender->follow(fresh);
}

void Room::on_error(const proto::Header& header, const proto::ErrorMessage& error) {
  if (publication_ && header.aux != 0 && header.aux == publication_->request) {
    if (std::exchange(publication_->resume, std::nullopt)) return publish();  // too late for the old stream: a new one
    listener_.on_note(error.text);
    end_publication(std::nullopt);
    if (options_.send) leave({ExitCode::not_allowed, error.text});
    return;
  }
  if (!error.stream) return;
  const auto watched = watched_.find(static_cast<std::uint32_t>(*error.stream));
  if (error.code == proto::ErrorCode::no_such_stream && watched != watched_.end()) forget(watched->first);
}

// ---- watching

void Room::on_subscribed(const proto::SubscribeOk& ok) {
  const auto stream = static_cast<std::uint32_t>(ok.stream);
  const auto found = watched_.find(stream);
  if (found == watched_.end() || connection() == nullptr) return;
  Watched& watched = *found->second;
  static_cast<void>(connection()->session().open_stream(stream));
  watched.about.title = ok.source.title;
  watched.about.width = ok.source.width;
  watched.about.height = ok.source.height;
  if (watched.viewer) watched.viewer->on_new_sender();
  else {
    ViewerOptions viewer;
    viewer.stream = stream;
    viewer.decode = options_.decode;
    viewer.folder = options_.frames_to;
    viewer.frame_bytes_max = frame_bytes_max_;
    if (options_.sound) viewer.sound = ok.source.audio;
    viewer.sound_channels = ok.source.channels;
    viewer.room_video = ok.source.kind == proto::SourceKind::link;
    viewer.show = [this](DuePicture due) { listener_.on_picture(std::move(due)); };
    viewer.note = [this](const std::string& sentence) { listener_.on_note(sentence); };
    watched.viewer = std::make_unique<Viewer>(std::move(viewer));
  }
  tell_offset(watched);
  listener_.on_stream(watched.about);
}

void Room::on_eos(std::uint32_t stream, proto::EosReason reason) {
  if (!watched_.contains(stream)) return;
  if (reason == proto::EosReason::lost) return listener_.on_stream_waits(stream);
  if (connection() != nullptr) {
    connection()->send(proto::EosAck{}, 0, stream);
    connection()->session().close_stream(stream);
  }
  forget(stream);
}

void Room::forget(std::uint32_t stream) {
  if (watched_.erase(stream) > 0) listener_.on_stream_over(stream);
}

void Room::unwatch(std::uint32_t stream) {
  unwanted_.insert(stream);
  if (unwanted_.size() > 1'000) unwanted_.erase(unwanted_.begin());  // ids grow: the oldest
  if (watched_.erase(stream) == 0 || connection() == nullptr) return;
  connection()->send(proto::Unsubscribe{stream}, ++request_);
  connection()->session().close_stream(stream);
}

void Room::say_stats(const proto::Stats& stats) {
  if (connection() != nullptr && watched_.contains(static_cast<std::uint32_t>(stats.stream))) connection()->send(stats);
}

proto::FrameFill Room::begin_frame(const proto::Header& header) {
  const auto found = watched_.find(header.stream);
  return found == watched_.end() || !found->second->viewer ? proto::FrameFill() : found->second->viewer->begin_frame();
}

void Room::on_frame(const proto::Header& header, proto::Frame picture) {
  const auto found = watched_.find(header.stream);
  if (found != watched_.end() && found->second->viewer) found->second->viewer->on_frame(header, std::move(picture));
}

void Room::on_dup(const proto::Header& header) {
  const auto found = watched_.find(header.stream);
  if (found != watched_.end() && found->second->viewer) found->second->viewer->on_dup(header);
}

void Room::on_audio(const proto::Header& header, std::span<const std::byte> packet) {
  const auto found = watched_.find(header.stream);
  if (found != watched_.end() && found->second->viewer) found->second->viewer->on_audio(header, packet);
}

}  // namespace matinee::desktop
