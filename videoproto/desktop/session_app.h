// SessionApp: join, send and watch: the network thread with the room, and on the main thread windows, keys, progress and statistics.
// Thread rule: run() on the main thread; RoomListener's calls come from other threads and become events in a bounded inbox.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/limits.h"
#include "videoproto/desktop/options.h"
#include "videoproto/desktop/report.h"
#include "videoproto/desktop/resume_file.h"
#include "videoproto/desktop/room.h"
#include "videoproto/desktop/windows.h"

namespace matinee::desktop {

class SessionApp final : public RoomListener {
 public:
  explicit SessionApp(Options options);
  ~SessionApp() override;
  SessionApp(const SessionApp&) = delete;
  SessionApp& operator=(const SessionApp&) = delete;

  [[nodiscard]] Ending run();

 private:
  struct Note {
    std::string text;
  };
  struct Waits {
    std::uint32_t stream = 0;
  };
  struct Over {
    std::uint32_t stream = 0;
  };
  struct Published {
    std::uint32_t stream = 0;
  };
  struct Signalled {
    int number = 0;
  };
  using Event = std::variant<Note, WatchedStream, Waits, Over, DuePicture, Published, SendFigures, Signalled, Ending>;
  struct Watching {
    WatchedStream about;
    WatchReport report;
    std::uint64_t replaced = 0, shown_before = 0;
    std::vector<double> latencies_ms, skews_ms;
    std::string overlay;
    cv::Mat last;
    bool waiting = false;
  };
  struct Network;

  // RoomListener, on other threads.
  void on_connected(const std::string& name) override;
  void on_note(const std::string& sentence) override { events_.put(Note{sentence}); }
  void on_stream(const WatchedStream& stream) override { events_.put(stream); }
  void on_stream_waits(std::uint32_t stream) override { events_.put(Waits{stream}); }
  void on_stream_over(std::uint32_t stream) override { events_.put(Over{stream}); }
  void on_picture(DuePicture picture) override;
  void on_published(std::uint32_t stream) override { events_.put(Published{stream}); }
  void on_send_figures(const SendFigures& figures) override;
  void on_end(Ending ending) override { events_.put(std::move(ending)); }

  [[nodiscard]] std::optional<Ending> prepare(LinkOptions& link, RoomOptions& room);
  void prepare_source(RoomOptions& room) const;
  void prepare_resuming(LinkOptions& link, RoomOptions& room);
  void handle(Event& event);
  void handle_picture(DuePicture& due);
  void handle_over(std::uint32_t stream);
  void close_by_person(std::uint32_t stream);
  void show(Watching& watching, DuePicture& due);
  void every_second(std::int64_t now_us);
  void report(Watching& watching, double seconds);
  void leave(Ending ending);
  void say(const std::string& text);
  void event_line(const char* name, std::uint32_t stream);

  const Options options_;
  Inbox<Event> events_{limits::ui_events_max};
  Windows windows_;
  std::map<std::uint32_t, Watching> watching_;
  std::unique_ptr<ResumeFile> resume_file_;
  std::unique_ptr<Network> network_;
  std::optional<Ending> ending_;
  SendFigures sending_;
  std::uint32_t sent_stream_ = 0;
  std::int64_t reported_us_ = 0;
  std::int64_t shown_all_ = 0;
  bool leaving_ = false, progress_shown_ = false, shows_progress_ = false;
};

}  // namespace matinee::desktop
