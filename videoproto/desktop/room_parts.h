// The parts of a Room that only its two .cpp files see: one watched stream, the one that is published, and what a sender's thread says
// on its way to the network thread. Thread rule: the network thread, but for Room::Ears.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "videoproto/desktop/room.h"

namespace matinee::desktop {

struct Room::Watched {
  explicit Watched(WatchedStream stream) : about(std::move(stream)) {}
  WatchedStream about;
  std::unique_ptr<Viewer> viewer;
  std::optional<std::int64_t> publisher_offset_us;
  bool confirmed = false, subscribed = false;
  bool away = false;  // its sender is lost
};

struct Room::Publication {
  std::uint64_t number = 0;
  std::optional<std::int64_t> ask;
  std::unique_ptr<Sender> sender;
  std::optional<videoproto::Source> source;  // once it is open
  std::optional<std::string> resume;
  std::uint32_t stream = 0;  // 0: not published, or the connection is lost
  std::uint32_t request = 0;
  videoproto::Mailbox mailbox;
  videoproto::AudioRing sound;
  videoproto::AudioCursor sound_at = sound.cursor();
  std::uint32_t sequence = 0, sound_sequence = 0;
  bool follows = false, playhead_told = false;
  Playhead playhead;
  std::optional<videoproto::EosReason> ending;  // EOS goes when the last unit went
  bool said_eos = false;
};

// Everything goes through the io_context; a room that is gone hears nothing.
class Room::Ears final : public SenderListener {
 public:
  Ears(boost::asio::io_context& io, std::weak_ptr<Room> room, std::uint64_t number, RoomListener& listener)
      : io_(io), room_(std::move(room)), number_(number), listener_(listener) {}
  void on_opened(const videoproto::Source& source) override;
  void on_unit(SentUnit unit) override;
  void on_sound(const SoundPacket& packet) override;
  void on_figures(const SendFigures& figures) override { listener_.on_send_figures(figures); }
  void on_note(const std::string& sentence) override;
  void on_ended(Ending ending) override;

 private:
  template <class Act>
  void post(Act act);

  boost::asio::io_context& io_;
  std::weak_ptr<Room> room_;
  std::uint64_t number_;
  RoomListener& listener_;
};

}  // namespace matinee::desktop
