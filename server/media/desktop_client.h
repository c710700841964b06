// DesktopClient: one desktop program's connection from its AUTH on. In the room it is one more connection of its person (Attendee).
// It says what the messages mean; streams and their rules are the LiveRoom's.
//
//           credential holds            the room lets it in: AUTH_OK           BYE, ERROR, socket, sent away
//   ┌─────┐ ───────────────▶ ┌────────┐ ───────────────────────▶ ┌──────────┐ ─────────────▶ ┌──────┐
//   │shown│                  │knocking│                          │ attending│                │ gone │
//   └─────┘                  └────────┘                          └──────────┘                └──────┘
//      │  auth_failed            │  auth_failed, quota, shutting_down                            ▲
//      └─────────────────────────┴───────────────────────────────────────────────────────────────┘
//
// Gone by BYE, or sent away, its streams end; gone otherwise they are lost, and may be taken up again within 30 s.
// Thread rule: the loop's thread. Its connection owns it.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>
#include "server/media/clock_offset.h"
#include "server/media/relay.h"
#include "server/media/stream_hub.h"
#include "videoproto/connection.h"
#include "videoproto/rate.h"

namespace matinee::media {

class LiveRoom;
class RelayCore;

class DesktopClient final : public videoproto::ConnectionHandler,
                            public seams::Attendee,
                            public std::enable_shared_from_this<DesktopClient> {
 public:
  DesktopClient(std::shared_ptr<RelayCore> core, std::uint64_t id, Arrival arrival);
  ~DesktopClient() override;

  void start();
  [[nodiscard]] std::uint64_t id() const { return id_; }
  [[nodiscard]] rooms::PersonId person() const { return visit_.person.id; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] bool may_be_asked() const { return may_be_asked_; }  // for what others put on
  [[nodiscard]] bool may_publish() const { return may_publish_; }
  [[nodiscard]] bool watches(std::uint32_t stream) const;

  void say(const videoproto::Control& message, std::uint32_t request = 0, std::uint32_t stream = 0);
  void fail(videoproto::ErrorCode code, std::uint32_t request = 0, std::optional<std::int64_t> stream = std::nullopt);
  // It is going to send this stream.
  [[nodiscard]] std::optional<videoproto::ErrorCode> open_stream(std::uint32_t stream);
  // A stream of its own is over: what still comes of it is skipped.
  void drop_published(std::uint32_t stream);
  // Whether its streams' viewers can take more.
  void pause_for_viewers();
  // Its room is full, its session has ended, …: the last word, whatever its usual weight.
  void dismiss(videoproto::ErrorCode code);
  // Another connection has taken its place.
  void replaced();

 private:
  struct Window;
  enum class State : std::uint8_t { shown, knocking, attending, gone };

  // ConnectionHandler
  void on_control(const videoproto::Header& header, const videoproto::Control& message) override;
  [[nodiscard]] videoproto::FrameFill begin_frame(const videoproto::Header& header) override;
  void on_frame(const videoproto::Header& header, videoproto::Frame picture, videoproto::JpegHead head) override;
  void on_bad_picture(const videoproto::Header& header) override;
  void on_skipped_picture(const videoproto::Header& header) override;
  void on_dup(const videoproto::Header& header) override;
  void on_audio(const videoproto::Header& header, std::span<const std::byte> packet) override;
  void next_unit(videoproto::Outgoing& out) override;
  void on_closed(const videoproto::CloseReason& reason) override;
  // Attendee
  void on_admitted(const std::string& name, bool may_publish, const rooms::PlaybackState& playback) override;
  void on_refused(rooms::ErrorCode why) override;
  void on_playback(const rooms::PlaybackState& playback) override;
  void on_rights(bool may_publish) override;
  void on_name(const std::string& name) override;
  void on_sent_away(seams::SentAway why) override;

  void knock(seams::Result<seams::Visit> visit);
  void publish(const videoproto::Publish& wish, std::uint32_t request);
  void subscribe(const videoproto::Subscribe& wish, std::uint32_t request);
  void unsubscribe(std::uint32_t stream);
  void end_published(std::uint32_t stream);
  void end_all_published();
  void on_pong(const videoproto::Pong& pong);
  void ping();
  [[nodiscard]] StreamHub* published(std::uint32_t stream) const;
  [[nodiscard]] bool next_sound(videoproto::Outgoing& out, std::int64_t now_us);
  [[nodiscard]] bool next_picture(videoproto::Outgoing& out, std::int64_t now_us);

  std::shared_ptr<RelayCore> core_;  // shared by everything of this loop's relay
  const std::uint64_t id_;
  std::shared_ptr<videoproto::Connection> connection_;  // each holds the other until on_closed
  videoproto::Auth auth_;
  std::string room_key_;  // what the room is called here, whatever its code is
  std::uint32_t auth_request_;
  std::string address_;
  net::ConnectionLease lease_;
  seams::Visit visit_;
  std::string name_;
  State state_ = State::shown;
  bool may_be_asked_ = false, may_publish_ = false, said_bye_ = false, paused_ = false;
  std::shared_ptr<LiveRoom> room_;  // while attending
  std::vector<std::shared_ptr<StreamHub>> published_;
  std::vector<std::unique_ptr<Window>> windows_;  // what it watches
  std::size_t next_window_ = 0;                   // they take turns
  ClockOffset clock_;
};

}  // namespace matinee::media
