#include "videoproto/desktop/sound_source.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <thread>
#include <utility>

#include "videoproto/connection.h"
#include "videoproto/desktop/film_sound.h"
#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/opus_codec.h"
#include "videoproto/desktop/sound_limits.h"
#include "videoproto/header.h"

namespace matinee::desktop {
namespace {

namespace flags = videoproto::flags;
using videoproto::monotonic_us;
constexpr std::int64_t lead_us = limits::film_lead_ms * 1'000;
constexpr std::int64_t correction_us = 20'000;  // the room's clock is measured anew now and then: no jump
constexpr std::int64_t rest_us = 1'000'000;

constexpr std::int64_t us_of(std::size_t frames) { return static_cast<std::int64_t>(frames) * 1'000'000 / sound_rate; }
constexpr std::size_t frames_of(std::int64_t us) { return static_cast<std::size_t>(us * sound_rate / 1'000'000); }

// Decoded frames of a film in a row: what is missing between two pieces is silent, what overlaps is cut.
class FilmFrames {
 public:
  explicit FilmFrames(FilmSound& film) : film_(film) {}
  [[nodiscard]] std::int64_t begin_us() const { return begin_us_; }
  [[nodiscard]] std::size_t size() const { return frames_.size() / sound_channels; }
  [[nodiscard]] bool end() const { return end_; }
  [[nodiscard]] std::span<const std::int16_t> first(std::size_t frames) const { return std::span(frames_).first(frames * sound_channels); }

  // One more piece. False: there was a hole too large to fill, and the frames are those behind it.
  bool read() {
    const DecodedSound some = film_.read();
    end_ = some.end;
    if (some.frames.empty()) return true;
    const std::int64_t gap_us = some.position_us - (begin_us_ + us_of(size()));
    const bool follows = size() > 0 && gap_us <= limits::film_hole_ms_max * 1'000 && gap_us >= -limits::film_hole_ms_max * 1'000;
    if (!follows) {
      const bool hole = size() > 0;
      frames_.assign(some.frames.begin(), some.frames.end());
      begin_us_ = some.position_us;
      return !hole;
    }
    std::size_t cut = 0;
    if (gap_us > 5'000) frames_.resize(frames_.size() + frames_of(gap_us) * sound_channels, 0);  // less is rounding of containers
    if (gap_us < -5'000) cut = std::min(frames_of(-gap_us) * sound_channels, some.frames.size());
    frames_.insert(frames_.end(), some.frames.begin() + static_cast<std::ptrdiff_t>(cut), some.frames.end());
    return true;
  }
  void drop(std::size_t frames) {
    const std::size_t some = std::min(frames, size());
    frames_.erase(frames_.begin(), frames_.begin() + static_cast<std::ptrdiff_t>(some * sound_channels));
    begin_us_ += us_of(some);
  }
  bool seek(std::int64_t position_us) {
    frames_.clear();
    end_ = false;
    begin_us_ = position_us;
    return film_.seek(position_us);
  }

 private:
  FilmSound& film_;
  std::vector<std::int16_t> frames_;  // at most a decoded piece, a filled hole and a packet
  std::int64_t begin_us_ = 0;
  bool end_ = false;
};

class FilmSource final : public SoundSource {
 public:
  FilmSource(std::unique_ptr<FilmSound> film, SoundEncoder encoder, SoundSink sink)
      : film_(std::move(film)), encoder_(std::move(encoder)), sink_(std::move(sink)) {
    thread_ = std::thread([this] { run(); });
  }
  ~FilmSource() override {
    film_->stop();
    commands_.put({{}, true});
    thread_.join();
  }
  int channels() const override { return sound_channels; }
  void follow(const Playhead& playhead) override {
    commands_.put({playhead, false}, [](const Command& other) { return !other.stop; });
  }

 private:
  struct Command {
    Playhead playhead;
    bool stop = false;
  };

  [[nodiscard]] bool on() const { return playhead_.playing && playhead_.rate == 1; }
  // What is due now, a little ahead.
  [[nodiscard]] std::int64_t wanted_us() const { return playhead_.position_at(monotonic_us() + lead_us); }

  // False: stop.
  bool listen(std::int64_t until_us) {
    for (const Command& command : commands_.take(until_us)) {
      if (command.stop) return false;
      const bool was_on = on();
      const std::int64_t moved_us = std::abs(command.playhead.when(0) - playhead_.when(0));
      playhead_ = command.playhead;
      if (on() && (!was_on || moved_us > correction_us)) place_ = true;
    }
    return true;
  }

  // Goes to where the playhead is. What lies shortly ahead is decoded; everything else is sought.
  void place() {
    discont_ = true;
    const std::int64_t ahead_us = wanted_us() - frames_.begin_us();
    if (ahead_us < 0 || ahead_us > limits::film_skip_ms_max * 1'000 || frames_.end()) {
      if (!frames_.seek(wanted_us()) && ahead_us < 0) ended_ = true;  // it cannot go back: silent from here on
    }
    // Decoding takes time too, so the place is asked for again and again.
    while (!frames_.end() && frames_.begin_us() + us_of(frames_.size()) <= wanted_us()) {
      frames_.drop(frames_.size());
      frames_.read();
    }
    const std::int64_t over_us = wanted_us() - frames_.begin_us();
    if (over_us > 0) frames_.drop(frames_of(over_us));
  }

  // One packet and a frame more, so that the last packet is known to be the last. False: nothing is left.
  bool fill() {
    while (frames_.size() <= packet_frames && !frames_.end()) {
      if (!frames_.read()) discont_ = true;
      if (!commands_.empty()) return true;
    }
    return frames_.size() > 0;
  }

  void emit() {
    const bool last = frames_.end() && frames_.size() <= packet_frames;
    std::array<std::int16_t, packet_frames * sound_channels> pcm{};
    const auto some = frames_.first(std::min(packet_frames, frames_.size()));
    std::copy(some.begin(), some.end(), pcm.begin());
    if (discont_) encoder_.reset();
    const std::int64_t pts_us = playhead_.when(frames_.begin_us()) - encoder_.delay_us();
    const auto packet = encoder_.encode(pcm);
    frames_.drop(packet_frames);
    ended_ = last;
    if (packet.empty()) return;
    const int marks = (std::exchange(discont_, false) ? flags::discont : 0) | (last ? flags::eos : 0);
    sink_({pts_us, packet, static_cast<std::uint16_t>(marks)});
  }

  void run() {
    for (;;) {
      if (!on() || (ended_ && !place_)) {
        if (!listen(monotonic_us() + rest_us)) return;
        continue;
      }
      if (std::exchange(place_, false)) {
        ended_ = false;
        place();
      }
      if (!ended_ && !fill()) ended_ = true;
      const std::int64_t due_us = ended_ || frames_.size() == 0 ? 0 : playhead_.when(frames_.begin_us()) - lead_us;
      if (!listen(due_us)) return;
      if (ended_ || place_ || !on() || monotonic_us() < due_us) continue;
      if (frames_.size() <= packet_frames && !frames_.end()) continue;  // a command came while it was filled
      if (monotonic_us() - due_us > limits::film_behind_ms_max * 1'000) place_ = true;
      else emit();
    }
  }

  std::unique_ptr<FilmSound> film_;
  Inbox<Command> commands_{2};  // the newest playhead, and stop
  // The thread's own.
  FilmFrames frames_{*film_};
  SoundEncoder encoder_;
  SoundSink sink_;
  Playhead playhead_;
  bool place_ = false, discont_ = true, ended_ = false;
  std::thread thread_;
};

}  // namespace

OpenedSound open_film_sound(const std::string& path_or_link, SoundSink sink) {
  auto film = FilmSound::open(path_or_link);
  if (!film) return tl::unexpected(film.error());
  auto encoder = SoundEncoder::create(sound_channels, SoundUse::film);
  if (!encoder) return tl::unexpected(encoder.error());
  return std::make_unique<FilmSource>(std::move(*film), std::move(*encoder), std::move(sink));
}

}  // namespace matinee::desktop
