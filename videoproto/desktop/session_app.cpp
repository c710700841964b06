#include "videoproto/desktop/session_app.h"

#include <signal.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>

#include "videoproto/connection.h"
#include "videoproto/desktop/credentials.h"
#include "videoproto/desktop/overlay.h"
#include "videoproto/desktop/resolver.h"

namespace matinee::desktop {
namespace asio = boost::asio;
using videoproto::monotonic_us;

namespace {
constexpr std::int64_t idle_us = 20'000;  // how long a key press may wait while no picture comes

std::string source_name(const SourceChoice& source) {
  if (const auto* camera = std::get_if<CameraChoice>(&source)) return "camera " + std::to_string(camera->index);
  if (const auto* link = std::get_if<LinkChoice>(&source)) return "link " + link->link;
  if (const auto* file = std::get_if<FileChoice>(&source)) {
    std::error_code failed;
    const auto path = std::filesystem::weakly_canonical(file->path, failed);
    return "file " + (failed ? file->path : path.string());
  }
  return "screen";
}

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;
}  // namespace

struct SessionApp::Network {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  asio::signal_set signals{io, SIGINT, SIGTERM};
  std::shared_ptr<Room> room;
  std::thread thread;

  template <class Act>
  void post(Act act) {
    asio::post(io, [room = room, act = std::move(act)] { act(*room); });
  }
  ~Network() {
    io.stop();
    if (thread.joinable()) thread.join();
    if (room) room->clear();
  }
};

SessionApp::SessionApp(Options options) : options_(std::move(options)), windows_(options_.full_screen) {}
SessionApp::~SessionApp() = default;

// ---- on other threads

void SessionApp::on_connected(const std::string& name) { events_.put(Note{"Connected as " + name + "."}); }

void SessionApp::on_picture(DuePicture picture) {
  const std::uint32_t stream = picture.stream;
  const bool repeat = picture.repeat;
  // The newest picture wins; a repeat never replaces the picture it repeats.
  events_.put(std::move(picture), [stream, repeat](const Event& other) {
    const auto* pending = std::get_if<DuePicture>(&other);
    return pending != nullptr && pending->stream == stream && (!repeat || pending->repeat);
  });
}

void SessionApp::on_send_figures(const SendFigures& figures) {
  events_.put(figures, [](const Event& other) { return std::holds_alternative<SendFigures>(other); });
}

// ---- the main thread

void SessionApp::say(const std::string& text) {
  if (std::exchange(progress_shown_, false)) std::fputc('\n', stderr);
  std::fprintf(stderr, "matinee-video: %s\n", text.c_str());
}

void SessionApp::event_line(const char* name, std::uint32_t stream) {
  if (!options_.stats_json) return;
  std::printf("%s\n", event_json(name, stream).c_str());
  std::fflush(stdout);
}

void SessionApp::prepare_source(RoomOptions& room) const {
  const PictureWishes wishes = options_.wishes;
  const std::string given = options_.resolver;
  const auto direct_of = [given](const std::string& link) -> tl::expected<std::string, std::string> {
    const ReadLink read = read_link(link);
    if (read.kind == LinkKind::refused) return tl::unexpected(read.sentence);
    if (read.kind == LinkKind::direct) return read.url;
    const auto resolver = find_resolver(given);
    if (!resolver)
      return tl::unexpected(std::string(
          "YouTube links need yt-dlp, which is not installed here (a current one, for example by pipx install yt-dlp), or another "
          "--resolver; --screen shows the browser's player instead."));
    return resolve(*resolver, read.url);
  };
  const auto open_any = [direct_of](const std::string& link) { return direct_of(link).and_then(open_link); };
  // Resolved a second time: what a resolver answers may count once.
  const auto open_any_sound = [direct_of](const std::string& link, SoundSink sink) {
    return direct_of(link).and_then([&](const std::string& direct) { return open_film_sound(direct, std::move(sink)); });
  };
  room.open_ask = open_any;
  if (options_.sound) room.open_ask_sound = open_any_sound;
  room.may_open = [given](const std::string& link) -> std::optional<videoproto::DeclineReason> {
    const ReadLink read = read_link(link);
    if (read.kind == LinkKind::refused) return videoproto::DeclineReason::cannot_open;
    if (read.kind == LinkKind::youtube && !find_resolver(given)) return videoproto::DeclineReason::no_resolver;
    return std::nullopt;
  };
  room.sender.wishes = wishes;
  room.sender.title = options_.title;
  SenderOptions& sender = room.sender;
  if (options_.sound && options_.microphone)
    sender.open_sound = [name = *options_.microphone](SoundSink sink) { return open_microphone(name, std::move(sink)); };
  if (const auto* camera = std::get_if<CameraChoice>(&options_.source)) {
    sender.open = [index = camera->index, wishes] { return open_camera(index, wishes); };
  } else if (const auto* file = std::get_if<FileChoice>(&options_.source)) {
    sender.open = [path = file->path] { return open_file(path); };
    sender.loop = file->loop;
    if (options_.sound && !options_.microphone)
      sender.open_sound = [path = file->path](SoundSink sink) { return open_film_sound(path, std::move(sink)); };
  } else if (std::holds_alternative<ScreenChoice>(options_.source)) {
    sender.open = [wishes] { return open_screen(wishes); };
  } else if (const auto* link = std::get_if<LinkChoice>(&options_.source)) {
    sender.open = [open_any, text = link->link] { return open_any(text); };
    if (options_.sound && !options_.microphone)
      sender.open_sound = [open_any_sound, text = link->link](SoundSink sink) { return open_any_sound(text, std::move(sink)); };
  }
}

std::optional<Ending> SessionApp::prepare(LinkOptions& link, RoomOptions& room) {
  const bool shows = options_.command != Command::send;
  if (shows && !options_.headless) {
    if (auto sentence = why_no_windows()) return Ending{ExitCode::no_display, *sentence};
  }
  if (!options_.frames_to.empty() && ::access(options_.frames_to.c_str(), W_OK | X_OK) != 0)
    return Ending{ExitCode::usage, "Pictures cannot be written to " + options_.frames_to + ": make the folder first."};
  link = {{}, options_.pin, options_.plain, options_.room, {}, {}, {}, options_.allow_sending, options_.retry_s * 1'000'000};
  if (options_.server) link.server = *options_.server;
  if (options_.pair) {
    link.pair = options_.pair->code;
  } else {
    const auto kept = load_credentials(options_.token_file.empty() ? default_token_file() : options_.token_file);
    if (!kept) return Ending{ExitCode::refused, kept.error()};
    if (options_.server && *options_.server != kept->server)
      return Ending{ExitCode::refused, "The token file is for " + desktop::show(kept->server) + ", not for " +
                                           desktop::show(*options_.server) + ": log in there."};
    link.server = kept->server;
    link.token = kept->token;
    if (link.pin.empty()) link.pin = kept->pin;
    if (kept->pin.empty()) link.plain = true;
  }
  if (link.plain && !is_loopback(link.server)) return Ending{ExitCode::usage, "Without TLS only this machine is spoken to."};
  if (!link.plain && link.pin.empty())
    return Ending{ExitCode::usage, "The server's certificate is not known: use the whole line of Connect desktop, or --certificate."};
  room.watch = shows;
  room.send = options_.command == Command::send;
  // What somebody else puts on is only asked of who allowed it (link.may_be_asked); one's own click is permission enough.
  room.answers = options_.command == Command::join;
  room.decode = !options_.headless;
  room.sound = options_.sound;
  room.frames_to = options_.frames_to;
  prepare_source(room);
  if (room.send) prepare_resuming(link, room);
  return std::nullopt;
}

// A program before this one that was killed while it sent the same: its stream is taken up again. Its code counted once, so its connection
// is as well, but not with another code, which may be another person's.
void SessionApp::prepare_resuming(LinkOptions& link, RoomOptions& room) {
  resume_file_ = ResumeFile::open(default_state_folder(), {link.server, link.room, source_name(options_.source)});
  if (!resume_file_) return;
  const std::string pair = link.pair.value_or("");
  if (const auto& found = resume_file_->found()) {
    if (!found->stream.empty()) room.resume_stream = found->stream;
    if (!pair.empty() && found->pair == pair && !found->connection.empty()) link.resume = found->connection;
  }
  room.keep = [this, pair](const ResumeTokens& tokens) { resume_file_->keep({tokens.connection, tokens.stream, pair}); };
}

Ending SessionApp::run() {
  LinkOptions link;
  RoomOptions room;
  if (auto ending = prepare(link, room)) return *ending;
  shows_progress_ = options_.command == Command::send && !options_.stats_json;
  network_ = std::make_unique<Network>();
  network_->room = std::make_shared<Room>(network_->io, std::move(room), *this);
  network_->signals.async_wait([this](const boost::system::error_code& error, int number) {
    if (!error) events_.put(Signalled{number});
  });
  network_->post([link](Room& there) { there.start(link); });
  network_->thread = std::thread([this] { network_->io.run(); });
  reported_us_ = monotonic_us();
  while (!ending_) {
    for (Event& event : events_.take(monotonic_us() + idle_us)) handle(event);
    for (const std::uint32_t stream : [&] {
           Windows::Turn turn = windows_.turn();
           for (const std::string& note : turn.notes) say(note);
           return turn.closed;
         }())
      close_by_person(stream);
    const std::int64_t now = monotonic_us();
    if (now >= reported_us_ + limits::stats_interval_ms * 1'000) every_second(now);
  }
  network_.reset();
  // Who could not get there tries again later, perhaps soon enough.
  if (resume_file_ && ending_->code != ExitCode::unreachable) resume_file_->remove();
  if (std::exchange(progress_shown_, false)) std::fputc('\n', stderr);
  return *ending_;
}

void SessionApp::leave(Ending ending) {
  if (std::exchange(leaving_, true)) return;
  network_->post([ending = std::move(ending)](Room& room) { room.leave(ending); });
}

void SessionApp::handle(Event& event) {
  std::visit(Overload{[&](Note& note) { say(note.text); },
                      [&](WatchedStream& stream) {
                        Watching& watching = watching_[stream.stream];
                        watching.about = stream;
                        watching.waiting = false;
                        watching.report.stream = stream.stream;
                        watching.report.title = stream.title;
                        event_line("online", stream.stream);
                      },
                      [&](Waits& waits) {
                        const auto found = watching_.find(waits.stream);
                        if (found == watching_.end() || std::exchange(found->second.waiting, true)) return;
                        event_line("waiting", waits.stream);
                        if (options_.headless || found->second.last.empty()) return;
                        cv::Mat picture = found->second.last.clone();
                        draw_overlay(picture, overlay_text({0, {}, 0, 0, true}), true);
                        windows_.show(waits.stream, found->second.about.title, picture);
                      },
                      [&](Over& over) { handle_over(over.stream); }, [&](DuePicture& due) { handle_picture(due); },
                      [&](Published& published) {
                        sent_stream_ = published.stream;
                        event_line("published", published.stream);
                      },
                      [&](SendFigures& figures) { sending_ = figures; },
                      [&](Signalled& signalled) {
                        const bool term = signalled.number == SIGTERM;
                        leave({term ? ExitCode::terminated : ExitCode::interrupted, {}});
                      },
                      [&](Ending& ending) { ending_ = std::move(ending); }},
             event);
}

void SessionApp::handle_picture(DuePicture& due) {
  const auto found = watching_.find(due.stream);
  if (found == watching_.end() || leaving_) return;
  Watching& watching = found->second;
  watching.waiting = false;
  watching.report.received = due.figures.received;
  watching.report.repeated = due.figures.repeated;
  // Handed and not shown: a newer one came before this thread had time.
  const std::uint64_t replaced = due.figures.handed - watching.report.shown - (due.repeat ? 0 : 1);
  watching.report.dropped = due.figures.lost + due.figures.skipped + due.figures.damaged + replaced;
  if (due.repeat) return;
  if (due.figures.quality > 0) watching.report.quality = due.figures.quality;
  if (!due.image.empty()) show(watching, due);
  ++watching.report.shown;
  if (due.sound) watching.report.sound = due.sound;
  const std::int64_t now_us = monotonic_us();
  if (due.heard_us) watching.skews_ms.push_back(static_cast<double>(due.pts_us - (now_us + *due.heard_us)) / 1'000);
  if (due.captured_us) watching.latencies_ms.push_back(static_cast<double>(now_us - *due.captured_us) / 1'000);
  if (++shown_all_ == options_.frames_max) leave({ExitCode::done, {}});
}

void SessionApp::show(Watching& watching, DuePicture& due) {
  watching.report.width = due.image.cols;
  watching.report.height = due.image.rows;
  watching.last = due.image;
  cv::Mat picture = due.image;
  if (options_.overlay && !watching.overlay.empty()) draw_overlay(picture, watching.overlay);
  const std::string who = watching.about.publisher.empty() ? "" : watching.about.publisher + ": ";
  windows_.show(due.stream, who + watching.about.title + " - Matinee [" + std::to_string(due.stream) + "]", picture);
}

void SessionApp::handle_over(std::uint32_t stream) {
  if (watching_.erase(stream) == 0) return;
  windows_.close(stream);
  event_line("over", stream);
  if (options_.command == Command::watch && watching_.empty()) leave({ExitCode::done, {}});
}

void SessionApp::close_by_person(std::uint32_t stream) {
  watching_.erase(stream);
  windows_.close(stream);
  event_line("closed", stream);
  network_->post([stream](Room& room) { room.unwatch(stream); });
  if (options_.command == Command::watch && watching_.empty()) leave({ExitCode::done, {}});
}

void SessionApp::report(Watching& watching, double seconds) {
  WatchReport& report = watching.report;
  const std::uint64_t all = report.shown + report.repeated;
  report.fps = static_cast<double>(all - watching.shown_before) / seconds;
  watching.shown_before = all;
  report.latency_p50_ms = percentile(watching.latencies_ms, 0.5);
  report.latency_p99_ms = percentile(watching.latencies_ms, 0.99);
  watching.latencies_ms.clear();
  report.skew_min_ms = percentile(watching.skews_ms, 0);
  report.skew_p50_ms = percentile(watching.skews_ms, 0.5);
  report.skew_max_ms = percentile(watching.skews_ms, 1);
  watching.skews_ms.clear();
  watching.overlay = overlay_text({report.fps, report.latency_p50_ms, report.dropped, report.quality, false});
  if (options_.stats_json) std::printf("%s\n", stats_json(report).c_str());
  videoproto::Stats stats{report.stream,
                          static_cast<std::int64_t>(report.received),
                          static_cast<std::int64_t>(all),
                          static_cast<std::int64_t>(report.dropped),
                          {}};
  if (report.latency_p50_ms && *report.latency_p50_ms >= 0) stats.latency_us = static_cast<std::int64_t>(*report.latency_p50_ms * 1'000);
  network_->post([stats](Room& room) { room.say_stats(stats); });
}

void SessionApp::every_second(std::int64_t now_us) {
  const double seconds = static_cast<double>(now_us - reported_us_) / 1e6;
  reported_us_ = now_us;
  for (auto& [stream, watching] : watching_) report(watching, seconds);
  if (options_.stats_json && sent_stream_ != 0 && sending_.width > 0) std::printf("%s\n", stats_json(sent_stream_, sending_).c_str());
  std::fflush(stdout);
  if (options_.stats_json && std::ferror(stdout) != 0) leave({ExitCode::done, {}});  // whoever read has enough
  if (!shows_progress_ || sent_stream_ == 0 || sending_.width == 0) return;
  // One line that is written over on a terminal, a line a time in a log.
  const bool terminal = ::isatty(2) != 0;
  std::fprintf(stderr, terminal ? "\r%s\033[K" : "%s\n", progress_line(sending_).c_str());
  progress_shown_ = terminal;
}

}  // namespace matinee::desktop
