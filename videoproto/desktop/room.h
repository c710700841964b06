// Room: what the client does in a room, over its link: subscribes to what comes online, publishes one stream, answers when it is asked
// for the room's video, passes on the room's playback, and takes everything up again after a lost connection.
// Thread rule: the network thread (its io_context's); RoomListener is called there.
#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "videoproto/audio_ring.h"
#include "videoproto/desktop/clocks.h"
#include "videoproto/desktop/link.h"
#include "videoproto/desktop/options.h"
#include "videoproto/desktop/resume_file.h"
#include "videoproto/desktop/sender.h"
#include "videoproto/desktop/viewer.h"
#include "videoproto/mailbox.h"

namespace matinee::desktop {

struct WatchedStream {
  std::uint32_t stream = 0;
  std::string title, publisher;
  std::int64_t width = 0, height = 0;
};

class RoomListener {
 public:
  virtual ~RoomListener() = default;
  virtual void on_connected(const std::string& name) = 0;
  virtual void on_note(const std::string& sentence) = 0;
  virtual void on_stream(const WatchedStream& stream) = 0;
  virtual void on_stream_waits(std::uint32_t stream) = 0;  // its sender is lost, and may come back
  virtual void on_stream_over(std::uint32_t stream) = 0;
  virtual void on_picture(DuePicture picture) = 0;  // on a viewer's thread
  virtual void on_published(std::uint32_t stream) = 0;
  virtual void on_send_figures(const SendFigures& figures) = 0;  // on the sender's thread
  virtual void on_end(Ending ending) = 0;                        // last, once
};

struct RoomOptions {
  bool watch = false;    // subscribe to what comes online
  bool send = false;     // one stream of our own, and end with it
  bool answers = false;  // ASK
  bool decode = true;
  bool sound = true;
  std::string frames_to;
  SenderOptions sender;                                                                // send
  std::optional<std::string> resume_stream;                                            // send: of the program before this one
  std::function<void(const ResumeTokens&)> keep;                                       // send: hears the tokens, each time they change
  std::function<OpenedPictures(const std::string& link)> open_ask;                     // answers; on the sender's thread
  std::function<OpenedSound(const std::string& link, SoundSink sink)> open_ask_sound;  // likewise
  std::function<std::optional<videoproto::DeclineReason>(const std::string& link)> may_open;  // looks at the link only
};

class Room final : public LinkListener, public std::enable_shared_from_this<Room> {
 public:
  Room(boost::asio::io_context& io, RoomOptions options, RoomListener& listener);
  ~Room() override;
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  void start(LinkOptions link);
  // The window was closed: no more of this stream.
  void unwatch(std::uint32_t stream);
  void say_stats(const videoproto::Stats& stats);
  // Ends what is sent (its last picture still goes), says good-bye, then on_end with this ending.
  void leave(Ending ending);
  // Sender and viewers stopped and waited for; the io_context runs no more.
  void clear();

 private:
  struct Publication;
  struct Watched;
  class Ears;

  void on_open(const videoproto::AuthOk& who, std::uint32_t frame_bytes_max) override;
  void on_message(const videoproto::Header& header, const videoproto::Control& message) override;
  videoproto::FrameFill begin_frame(const videoproto::Header& header) override;
  void on_frame(const videoproto::Header& header, videoproto::Frame picture) override;
  void on_dup(const videoproto::Header& header) override;
  void on_audio(const videoproto::Header& header, std::span<const std::byte> packet) override;
  void next_unit(videoproto::Outgoing& out) override;
  void on_lost(const std::string& sentence, std::int64_t retry_ms) override;
  void on_end(Ending ending) override;

  void on_meta(const videoproto::Meta& meta);
  void on_pong(const videoproto::Pong& pong);
  void on_playback();
  void on_subscribed(const videoproto::SubscribeOk& ok);
  void on_published(const videoproto::PublishOk& ok);
  void on_ask(const videoproto::Ask& ask);
  void on_stop(std::uint32_t stream);
  void on_eos(std::uint32_t stream, videoproto::EosReason reason);
  void on_error(const videoproto::Header& header, const videoproto::ErrorMessage& error);

  void ping(int left);
  void begin_sending(SenderOptions options, std::optional<std::int64_t> ask);
  void publish();
  void keep_tokens();
  void opened(std::uint64_t publication, const videoproto::Source& source);
  void unit(std::uint64_t publication, SentUnit unit);
  void sound(std::uint64_t publication, std::int64_t pts_us, std::uint16_t flags, const std::vector<std::byte>& packet);
  void sending_ended(std::uint64_t publication, Ending ending);
  void end_publication(std::optional<videoproto::EosReason> reason);
  void finish_leaving();
  void forget(std::uint32_t stream);
  void tell_offset(Watched& watched);
  [[nodiscard]] videoproto::Connection* connection() const { return link_ ? link_->connection() : nullptr; }

  boost::asio::io_context& io_;
  RoomOptions options_;
  RoomListener& listener_;
  std::shared_ptr<Link> link_;
  boost::asio::steady_timer ping_timer_, announce_timer_, leave_timer_;
  RelayClock clock_;
  std::optional<videoproto::RoomPlayback> playback_;
  std::uint32_t frame_bytes_max_ = videoproto::limits::frame_bytes_default;
  std::map<std::uint32_t, std::unique_ptr<Watched>> watched_;
  std::set<std::uint32_t> unwanted_;  // windows that were closed
  std::unique_ptr<Publication> publication_;
  std::unique_ptr<Sender> old_sender_;  // stopped, not waited for on this thread
  std::uint64_t publications_ = 0;
  std::uint32_t request_ = 10;
  ResumeTokens tokens_;
  std::optional<Ending> leaving_;
  bool may_publish_ = false, ended_ = false, was_open_ = false, link_started_ = false;
};

}  // namespace matinee::desktop
