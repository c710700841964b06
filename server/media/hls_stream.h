// HlsStream: one stream as HLS, from when somebody first asks until nobody has for a while: a place in the hub's ring whose units go to a
// worker, and the playlist and files of what comes back.
//
//   ┌────────┐  first segment  ┌────┐  the stream ends, a key frame comes too late   ┌─────┐
//   │starting│ ──────────────▶ │open│ ─────────────────────────────────────────────▶ │ended│  the playlist says so, files stay
//   └────────┘                 └────┘                                                └─────┘
//        └── unfit coding, unreadable ──▶ failed                  any ── stop() ──▶ its worker ends
//
// What is longer than the target duration cannot be listed (RFC 8216, 4.3.3.1, 6.2.1: it never changes): then this one ends, and the next
// one is made for key frames that lie as far apart.
// Thread rule: the loop of the stream's home.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "server/media/hls_worker.h"
#include "server/media/limits.h"
#include "streams/hls_playlist.h"

namespace matinee::media {

enum class HlsRefusal : std::uint8_t {
  none,      // no such stream, or not for who asks
  unfit,     // its coding is not for HLS
  broken,    // what comes cannot be read
  full,      // too many at once
  not_yet,   // nothing came in time
  stopping,  // the server restarts
};

struct HlsStreamParts {
  net::Loop& loop;
  std::shared_ptr<MediaHub> hub;
  std::shared_ptr<MediaCounters> counters;
  std::function<std::int64_t()> server_time_us;  // from any thread
  std::function<std::int64_t()> now_us;          // monotonic
  std::int64_t key_gap_us = 0;                   // known from before
  streams::HlsOptions options{2, limits::hls_window_us};
};

class HlsStream final : public std::enable_shared_from_this<HlsStream>, MediaViewer, public HlsListener {
 public:
  using OnPlaylist = std::function<void(tl::expected<std::string, HlsRefusal> playlist)>;

  explicit HlsStream(HlsStreamParts parts);
  void start();
  // At once, or when there is a first segment. `query` goes behind every URI.
  void playlist(std::string query, OnPlaylist then);
  // An init or media segment by its name; null: none.
  [[nodiscard]] net::SharedFrame file(const std::string& name);
  void look();  // at deadlines
  void stop(HlsRefusal why);

  [[nodiscard]] const std::string& room() const { return room_; }
  [[nodiscard]] std::int64_t target_s() const { return playlist_ ? playlist_->target_s() : streams::limits::hls_target_s_min; }
  [[nodiscard]] bool ended() const { return phase_ == Phase::ended; }  // its playlist says so
  [[nodiscard]] bool stopped() const { return stopped_; }              // nothing more comes
  [[nodiscard]] bool running() const { return worker_running_; }       // its thread
  [[nodiscard]] bool idle() const;                                     // nobody asks any more
  [[nodiscard]] std::int64_t key_gap_us() const { return key_gap_us_; }

 private:
  enum class Phase : std::uint8_t { starting, open, ended, failed };
  struct Waiting {
    std::string query;
    OnPlaylist then;
    std::int64_t until_us = 0;
  };
  void on_unit() override;
  void on_end() override;
  void on_segment(HlsMade made) override;
  void on_broken(streams::RemuxEnd why) override;
  void on_worker_end() override;
  void watch();
  [[nodiscard]] RemuxPiece next_piece(const MediaViewing::Taken& taken);
  [[nodiscard]] std::string name_of(std::string_view ending);
  void add(HlsMade made);
  void fail(HlsRefusal why);
  void end();
  void answer(std::size_t count);

  HlsStreamParts parts_;
  std::shared_ptr<MediaHub> hub_;  // null after the end
  std::string room_;
  std::string prefix_;  // of its files: other ones of the same stream have other names
  std::unique_ptr<HlsWorker> worker_;
  bool worker_running_ = false, stopped_ = false;
  MediaViewing viewing_;
  std::optional<RemuxPiece> held_;  // the worker did not take it yet
  std::int64_t run_began_us_ = 0;
  int breaks_ = 0;
  std::optional<streams::HlsPlaylist> playlist_;
  std::unordered_map<std::string, net::SharedFrame> files_;
  std::uint64_t next_file_ = 0;
  std::vector<Waiting> waiting_;
  Phase phase_ = Phase::starting;
  HlsRefusal failure_ = HlsRefusal::none;
  std::int64_t key_gap_us_ = 0;
  std::int64_t asked_us_ = 0;
};

}  // namespace matinee::media
