// The sending half of Room: one publication, its units, and ASK.
#include <boost/asio/post.hpp>
#include <utility>

#include "videoproto/desktop/room_parts.h"

namespace matinee::desktop {
namespace asio = boost::asio;
namespace proto = videoproto;
using proto::monotonic_us;

template <class Act>
void Room::Ears::post(Act act) {
  asio::post(io_, [room = room_, act = std::move(act)]() mutable {
    if (const auto there = room.lock()) act(*there);
  });
}
void Room::Ears::on_opened(const proto::Source& source) {
  post([number = number_, source](Room& room) { room.opened(number, source); });
}
void Room::Ears::on_unit(SentUnit unit) {
  post([number = number_, unit = std::move(unit)](Room& room) mutable { room.unit(number, std::move(unit)); });
}
void Room::Ears::on_sound(const SoundPacket& packet) {
  post([number = number_, pts_us = packet.pts_us, flags = packet.flags,
        bytes = std::vector<std::byte>(packet.opus.begin(), packet.opus.end())](Room& room) { room.sound(number, pts_us, flags, bytes); });
}
void Room::Ears::on_note(const std::string& sentence) {
  post([sentence](Room& room) { room.listener_.on_note(sentence); });
}
void Room::Ears::on_ended(Ending ending) {
  post([number = number_, ending = std::move(ending)](Room& room) mutable { room.sending_ended(number, std::move(ending)); });
}

void Room::begin_sending(SenderOptions options, std::optional<std::int64_t> ask) {
  publication_ = std::make_unique<Publication>();
  publication_->number = ++publications_;
  publication_->ask = ask;
  publication_->follows = options.follows;
  options.frame_bytes_max = frame_bytes_max_;
  auto ears = std::make_shared<Ears>(io_, weak_from_this(), publication_->number, listener_);
  publication_->sender = std::make_unique<Sender>(std::move(options), std::move(ears));
}

void Room::opened(std::uint64_t number, const proto::Source& source) {
  if (!publication_ || publication_->number != number) return;
  publication_->source = source;
  if (options_.send && !std::exchange(link_started_, true)) return link_->start();  // on_open publishes
  publish();
}

void Room::publish() {
  if (connection() == nullptr) return;  // on_open comes back here
  publication_->request = ++request_;
  connection()->send(proto::Publish{*publication_->source, publication_->resume ? std::nullopt : publication_->ask, publication_->resume},
                     publication_->request);
}

void Room::keep_tokens() {
  if (options_.send && options_.keep) options_.keep(tokens_);
}

void Room::on_published(const proto::PublishOk& ok) {
  if (!publication_ || connection() == nullptr) return;
  const auto stream = static_cast<std::uint32_t>(ok.stream);
  static_cast<void>(connection()->session().open_outgoing_stream(stream));
  publication_->stream = stream;
  publication_->resume = ok.resume;
  tokens_.stream = ok.resume;
  keep_tokens();
  watched_.erase(stream);  // META may have been quicker
  publication_->sender->go();
  on_playback();
  listener_.on_published(stream);
}

void Room::unit(std::uint64_t number, SentUnit unit) {
  if (!publication_ || publication_->number != number) return;
  const proto::Header header{
      proto::Type::frame, unit.flags, 0, publication_->stream, publication_->sequence++, 0, static_cast<std::uint64_t>(unit.pts_us)};
  if (publication_->stream == 0) return;  // offline: nothing is kept for later
  publication_->mailbox.put({header, std::move(unit.picture), unit.number, monotonic_us()});
  if (connection() != nullptr) connection()->wake();
}

void Room::sound(std::uint64_t number, std::int64_t pts_us, std::uint16_t flags, const std::vector<std::byte>& packet) {
  if (!publication_ || publication_->number != number || publication_->stream == 0) return;
  const proto::Header header{
      proto::Type::audio, flags, 0, publication_->stream, publication_->sound_sequence++, 0, static_cast<std::uint64_t>(pts_us)};
  if (publication_->sound.push(header, packet, monotonic_us()) && connection() != nullptr) connection()->wake();
}

void Room::next_unit(proto::Outgoing& out) {
  if (!publication_ || publication_->stream == 0 || publication_->said_eos) return;
  Publication& publication = *publication_;
  const std::int64_t now = monotonic_us();
  if (const auto packet = publication.sound.read(publication.sound_at, now)) {
    proto::Header header = packet->header;
    header.aux = 0;
    return out.set_audio(header, packet->bytes);
  }
  if (auto unit = publication.mailbox.take(now)) {
    unit->header.aux = 0;  // the time in the relay, which begins there
    return out.set_picture(unit->header, std::move(unit->picture));
  }
  if (publication.ending) {
    publication.said_eos = true;
    connection()->send(proto::Eos{*publication.ending}, 0, publication.stream);
  }
}

// With a reason: EOS after the last unit, and EOS_ACK comes back here without one.
void Room::end_publication(std::optional<proto::EosReason> reason) {
  if (!publication_) return;
  if (publication_->sender) {
    publication_->sender->stop();
    old_sender_ = std::move(publication_->sender);  // waits for the one before, which has been stopped long ago
  }
  if (reason && publication_->stream != 0 && connection() != nullptr) {
    publication_->ending = reason;
    return connection()->wake();
  }
  if (publication_->stream != 0 && connection() != nullptr) connection()->session().close_outgoing_stream(publication_->stream);
  publication_.reset();
}

void Room::sending_ended(std::uint64_t number, Ending ending) {
  if (!publication_ || publication_->number != number) return;
  if (options_.send) return leave(std::move(ending));
  if (!publication_->source && publication_->ask && connection() != nullptr)
    connection()->send(proto::Decline{*publication_->ask, proto::DeclineReason::cannot_open}, ++request_);
  if (!ending.sentence.empty()) listener_.on_note(ending.sentence);
  end_publication(proto::EosReason::ended);
}

void Room::on_stop(std::uint32_t stream) {
  if (!publication_ || publication_->stream != stream) return;
  if (options_.send) return leave({ExitCode::done, "The room has ended what you send."});
  end_publication(proto::EosReason::stopped);
}

void Room::on_ask(const proto::Ask& ask) {
  const auto decline = [&](proto::DeclineReason reason) {
    if (connection() != nullptr) connection()->send(proto::Decline{ask.ask, reason}, ++request_);
  };
  if (!options_.answers || !options_.open_ask) return decline(proto::DeclineReason::refused);
  if (publication_) {
    // A new video replaces the old one; anything else we send is not given up.
    if (!publication_->ask) return decline(proto::DeclineReason::busy);
    end_publication(std::nullopt);
  }
  if (const auto reason = options_.may_open ? options_.may_open(ask.link) : std::nullopt) {
    listener_.on_note(
        *reason == proto::DeclineReason::no_resolver
            ? "Asked for a YouTube video, which needs yt-dlp (or another --resolver): install a current one, or share the screen instead."
            : "Asked for a video whose link is not opened here.");
    return decline(*reason);
  }
  SenderOptions sender = options_.sender;
  sender.follows = true;
  sender.loop = false;
  sender.open = [open = options_.open_ask, link = ask.link] { return open(link); };
  sender.open_sound = nullptr;
  if (options_.open_ask_sound)
    sender.open_sound = [open = options_.open_ask_sound, link = ask.link](SoundSink sink) { return open(link, std::move(sink)); };
  listener_.on_note("Sending the room's video to the other desktops.");
  begin_sending(std::move(sender), ask.ask);
  const Playhead start{false, ask.position_ms * 1'000, monotonic_us(), 1};
  publication_->sender->follow(start);
  on_playback();
}

}  // namespace matinee::desktop
