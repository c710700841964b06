// Sender: one sent stream. Its thread opens the source, paces, finds repeated pictures, scales, encodes into pool slots and hands units
// to its listener. Cameras and screens go out as they come; a film follows a playhead: its own, or the room's, so that a pause becomes
// repeats and a jump a DISCONT.
// Thread rule: made, told things and destroyed by one thread; the listener is called on the sender's own threads.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "videoproto/adapt.h"
#include "videoproto/control.h"
#include "videoproto/desktop/clocks.h"
#include "videoproto/desktop/exit_codes.h"
#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/jpeg.h"
#include "videoproto/desktop/limits.h"
#include "videoproto/desktop/pacing.h"
#include "videoproto/desktop/picture_source.h"
#include "videoproto/desktop/sound_source.h"
#include "videoproto/frame_pool.h"

namespace matinee::desktop {

struct SentUnit {
  std::uint16_t flags = 0;
  std::int64_t pts_us = 0;
  videoproto::Frame picture;  // of a DUP: the one it repeats
  std::uint64_t number = 0;   // of the picture
};

struct SendFigures {
  std::int64_t film_us = 0, length_us = 0;  // where a film is
  std::uint64_t sent = 0, repeated = 0, dropped = 0, bytes = 0;
  double fps = 0;
  int quality = 0, width = 0, height = 0;
};

class SenderListener {
 public:
  virtual ~SenderListener() = default;
  virtual void on_opened(const videoproto::Source& source) = 0;
  virtual void on_unit(SentUnit unit) = 0;
  virtual void on_sound(const SoundPacket& packet) = 0;
  virtual void on_figures(const SendFigures& figures) = 0;
  virtual void on_note(const std::string& sentence) = 0;
  // Last. no_source: it could not be opened, or broke; done: the film is over.
  virtual void on_ended(Ending ending) = 0;
};

struct SenderOptions {
  std::function<OpenedPictures()> open;
  std::function<OpenedSound(SoundSink)> open_sound;  // after the pictures; absent: without sound
  PictureWishes wishes;
  std::string title;     // empty: the source's name
  bool loop = false;     // of a film with its own timeline
  bool follows = false;  // the room's timeline; it then never ends by itself
  std::uint32_t frame_bytes_max = videoproto::limits::frame_bytes_default;
};

class Sender {
 public:
  Sender(SenderOptions options, std::shared_ptr<SenderListener> listener);
  ~Sender();  // stops and waits
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void go();  // the stream is published: pictures may come
  void adapt(const videoproto::Adapt& advice);
  void follow(const Playhead& playhead);
  void stop();

 private:
  struct Command {
    enum class Kind : std::uint8_t { go, adapt, follow, stop };
    Kind kind = Kind::go;
    videoproto::Adapt advice;
    Playhead playhead;
  };
  void put(Command command);
  void run();
  void open_sound();
  void tell_sound();
  void run_live();
  void run_film();
  bool play_film();
  bool rest_film();
  bool seek_film(std::int64_t position_us);
  // Takes commands until the moment, or the first one. False: stop.
  bool listen(std::int64_t until_us);
  void apply(const Command& command);
  void send(const cv::Mat& picture, std::int64_t pts_us);
  void repeat(std::int64_t pts_us);
  [[nodiscard]] std::optional<videoproto::Frame> encode(const cv::Mat& picture);
  void count();
  [[nodiscard]] videoproto::Source announced() const;

  SenderOptions options_;
  std::shared_ptr<SenderListener> listener_;  // shared with the network thread, which answers it
  Inbox<Command> commands_{limits::sender_commands_max};

  // The thread's own.
  std::unique_ptr<PictureSource> source_;
  std::unique_ptr<SoundSource> sound_;
  std::optional<videoproto::FramePool> pool_;
  JpegEncoder encoder_;
  FilmPacer pacer_;
  PictureRate rate_;
  Playhead playhead_;
  bool stopped_ = false, going_ = false, discont_ = false, moved_ = false;
  int quality_ = 80, fps_max_ = 0, width_max_ = 0;
  cv::Mat last_;  // as it came, to find repeats
  videoproto::Frame last_frame_;
  std::uint64_t number_ = 0;
  std::int64_t counted_us_ = 0;
  std::uint64_t counted_ = 0;
  SendFigures figures_;
  std::thread thread_;
};

// The same size, kind and pixels.
[[nodiscard]] bool same_picture(const cv::Mat& a, const cv::Mat& b);

}  // namespace matinee::desktop
