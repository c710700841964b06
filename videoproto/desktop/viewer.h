// Viewer: one watched stream. Its thread opens the sound, waits until a picture is due (Playout), leaves out those that a newer due one has
// overtaken, decodes and hands the picture on to be shown; headless it writes the JPEG as it came. Pictures wait compressed and only as
// long as the sound needs.
// Thread rule: the network thread tells it things; `show` is called on the viewer's thread.
#pragma once
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <thread>

#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/jpeg.h"
#include "videoproto/desktop/limits.h"
#include "videoproto/desktop/playout.h"
#include "videoproto/desktop/sound_output.h"
#include "videoproto/frame_pool.h"
#include "videoproto/header.h"

namespace matinee::desktop {

struct ViewFigures {
  std::uint64_t received = 0, repeated = 0, lost = 0, skipped = 0, damaged = 0;  // lost: gaps in the sequence
  std::uint64_t handed = 0;                                                      // pictures given to be shown, this one included
  int quality = 0, width = 0, height = 0;
};

struct DuePicture {
  std::uint32_t stream = 0, sequence = 0;
  cv::Mat image;  // empty: headless
  bool repeat = false;
  std::int64_t pts_us = 0;
  std::optional<std::int64_t> captured_us;  // on our clock
  std::optional<std::int64_t> heard_us;     // add to our clock: the pts that is heard then; absent while there is no sound
  std::optional<SoundFigures> sound;
  ViewFigures figures;
};

struct ViewerOptions {
  std::uint32_t stream = 0;
  bool decode = true;
  std::string folder;  // empty: nothing is written
  std::uint32_t frame_bytes_max = videoproto::limits::frame_bytes_default;
  videoproto::AudioFormat sound = videoproto::AudioFormat::none;  // none: without
  std::int64_t sound_channels = 2;
  bool room_video = false;  // shown at its pts, as in the browsers
  std::function<void(DuePicture)> show;
  std::function<void(const std::string&)> note;
};

class Viewer {
 public:
  explicit Viewer(ViewerOptions options);
  ~Viewer();
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;

  [[nodiscard]] videoproto::FrameFill begin_frame();
  void on_frame(const videoproto::Header& header, videoproto::Frame picture);
  void on_dup(const videoproto::Header& header);
  void on_audio(const videoproto::Header& header, std::span<const std::byte> packet);
  void on_offset(std::int64_t pts_to_ours_us);  // add to pts: our clock
  void on_new_sender();                         // sequence numbers begin anew

 private:
  struct Item {
    videoproto::Header header;
    videoproto::Frame picture;  // empty: a repeat, or (stop) the end
    bool stop = false;
  };
  void count(const videoproto::Header& header);
  void put(Item item);
  void run();
  void open_sound();
  void take_in(std::deque<Item> items);
  [[nodiscard]] std::int64_t show_due();
  void present(const Item& item);
  void write(const Item& item);

  ViewerOptions options_;
  std::optional<videoproto::FramePool> pool_;
  Inbox<Item> inbox_{limits::waiting_pictures_max};
  std::optional<std::uint32_t> next_sequence_;  // network thread
  std::atomic<std::uint64_t> received_{0}, repeated_{0}, lost_{0}, skipped_{0};
  std::atomic<std::int64_t> offset_us_{INT64_MIN};
  std::uint64_t damaged_ = 0, handed_ = 0;  // the viewer's thread
  JpegDecoder decoder_;
  Playout playout_;
  std::deque<Item> waiting_;
  bool stopped_ = false;
  std::unique_ptr<SoundOutput> sound_;
  std::atomic<SoundOutput*> open_sound_{nullptr};  // for the network thread, once it is open
  std::thread thread_;
};

// The quality (1–100) that libjpeg's tables would have had; 0 when the bytes do not tell.
[[nodiscard]] int jpeg_quality(std::span<const std::byte> jpeg);

}  // namespace matinee::desktop
