// Beep and flash: how far sound and picture are apart at the far end. A film with a beep and a flash each second is decoded by the
// client's own sources on one playhead, crosses a simulated network (in order, as TCP), and goes through SoundOutput and Playout. What is
// heard is read from the pipe behind SDL's disk driver, by a reader that knows nothing of the rest.
//   SDL_AUDIODRIVER=disk beep_and_flash SECONDS [SEED [JITTER_MS]]
// Prints how much later (+) or earlier (−) the picture is than the sound; exit 1 when over a fifth of them
// are beyond 45 ms of early or 125 ms of late sound.
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <thread>

#include "tests/desktop/sound_tools.h"
#include "tests/support/temp_folder.h"
#include "videoproto/connection.h"
#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/jpeg.h"
#include "videoproto/desktop/picture_source.h"
#include "videoproto/desktop/playout.h"
#include "videoproto/desktop/sound_limits.h"
#include "videoproto/desktop/sound_output.h"
#include "videoproto/desktop/sound_source.h"

namespace {

using namespace matinee;
using namespace matinee::desktop;
using videoproto::monotonic_us;

struct Unit {
  bool picture = false, stop = false;
  std::int64_t pts_us = 0, arrives_us = 0;
  std::uint16_t flags = 0;
  std::vector<std::byte> bytes;
};

// The pace of a network and of a sender is time itself.
void wait_until(std::int64_t us) {
  Inbox<int> nothing{1};
  while (monotonic_us() < us) static_cast<void>(nothing.take(us));
}

// A connection with a delay: every unit arrives at its time, none before the one sent before it.
class Network {
 public:
  Network(unsigned seed, std::int64_t jitter_us, std::function<void(Unit)> arrived)
      : random_(seed), jitter_(0, jitter_us), arrived_(std::move(arrived)), thread_([this] { run(); }) {}
  ~Network() {
    Unit stop;
    stop.stop = true;
    units_.put(std::move(stop));
    thread_.join();
  }
  void send(Unit unit) {
    unit.arrives_us = monotonic_us();
    units_.put(std::move(unit));
  }

 private:
  void run() {
    std::int64_t last_us = 0;
    for (;;) {
      for (Unit& unit : units_.take(monotonic_us() + 1'000'000)) {
        if (unit.stop) return;
        last_us = std::max(last_us, unit.arrives_us + 15'000 + jitter_(random_));
        wait_until(last_us);
        arrived_(std::move(unit));
      }
    }
  }
  std::mt19937 random_;
  std::uniform_int_distribution<std::int64_t> jitter_;
  std::function<void(Unit)> arrived_;
  Inbox<Unit> units_{4'000};
  std::thread thread_;
};

bool white(const cv::Mat& picture) { return !picture.empty() && picture.at<cv::Vec3b>(picture.rows / 2, picture.cols / 2)[0] > 128; }

// The sending half for pictures: each at its time on the playhead, as a JPEG.
void send_pictures(const std::string& film, const Playhead& playhead, const std::atomic<bool>& stop, Network& network) {
  auto source = open_file(film);
  JpegEncoder encoder;
  while (source && !stop && (*source)->advance()) {
    const std::int64_t due_us = playhead.when((*source)->at_us());
    const auto jpeg = encoder.encode((*source)->picture(), 80);
    Unit unit;
    unit.picture = true;
    unit.pts_us = due_us;
    unit.bytes.assign(jpeg.begin(), jpeg.end());
    wait_until(due_us);
    network.send(std::move(unit));
  }
}

// The receiving half for pictures: moments at which a flash begins to be shown.
std::vector<std::int64_t> show_pictures(Inbox<Unit>& arrived, SoundOutput& output, int& skipped) {
  std::vector<std::int64_t> flashes;
  Playout playout;
  JpegDecoder decoder;
  std::deque<Unit> waiting;
  bool was_white = false;
  for (std::int64_t wake_us = monotonic_us() + 1'000'000;;) {
    for (Unit& unit : arrived.take(wake_us)) {
      if (!unit.stop) output.on_picture(unit.pts_us, monotonic_us());
      waiting.push_back(std::move(unit));
    }
    wake_us = monotonic_us() + 1'000'000;
    while (!waiting.empty()) {
      const Unit& unit = waiting.front();
      if (unit.stop) return flashes;
      const std::int64_t now = monotonic_us();
      const Showing showing = playout.on_picture(unit.pts_us, false, output.clock_us(), now);
      if (!showing.skip && showing.show_at_us > now) {
        wake_us = std::min(showing.show_at_us, now + 20'000);
        break;
      }
      cv::Mat image;
      if (showing.skip) ++skipped;
      else if (decoder.decode(unit.bytes, image)) {
        if (white(image) && !was_white) flashes.push_back(monotonic_us());
        was_white = white(image);
      }
      waiting.pop_front();
    }
  }
}

std::vector<double> skews(const std::vector<std::int64_t>& beeps, const std::vector<std::int64_t>& flashes) {
  std::vector<double> out;
  for (const std::int64_t flash : flashes) {
    const auto beep =
        std::min_element(beeps.begin(), beeps.end(), [&](auto a, auto b) { return std::abs(a - flash) < std::abs(b - flash); });
    if (beep != beeps.end() && std::abs(*beep - flash) < 500'000) out.push_back(static_cast<double>(flash - *beep) / 1'000);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 10;
  const auto seed = static_cast<unsigned>(argc > 2 ? std::atoi(argv[2]) : 1);
  const std::int64_t jitter_us = (argc > 3 ? std::atoi(argv[3]) : 20) * std::int64_t{1'000};
  const test::TempFolder folder;
  const std::string film = test::beep_clip(folder.path(), seconds);
  test::Listener listener(folder.path() + "/device");
  auto output = SoundOutput::open(videoproto::AudioFormat::opus, 2);
  if (!output) return std::fprintf(stderr, "%s\n", output.error().c_str()), 1;

  std::atomic<bool> stop{false};
  std::vector<std::int64_t> beeps;
  std::thread ears([&] {
    test::BeepFinder finder;
    while (!stop) finder.add(listener.next(), beeps);
  });
  Inbox<Unit> arrived{1'000};
  int skipped = 0;
  std::vector<std::int64_t> flashes;
  std::thread eyes([&] { flashes = show_pictures(arrived, **output, skipped); });
  SoundFigures figures;
  {
    std::uint32_t sequence = 0;
    Network network(seed, jitter_us, [&](Unit unit) {
      if (unit.picture) arrived.put(std::move(unit));
      else (*output)->push({videoproto::Type::audio, unit.flags, 0, 1, sequence++, 0, static_cast<std::uint64_t>(unit.pts_us)}, unit.bytes);
    });
    auto sound = open_film_sound(film, [&](const SoundPacket& packet) {
      network.send({false, false, packet.pts_us, 0, packet.flags, std::vector<std::byte>(packet.opus.begin(), packet.opus.end())});
    });
    if (!sound) return std::fprintf(stderr, "%s\n", sound.error().c_str()), 1;
    const Playhead playhead{true, 0, monotonic_us() + 300'000, 1};
    (*sound)->follow(playhead);
    send_pictures(film, playhead, stop, network);
    figures = (*output)->figures();
  }
  Unit last;
  last.stop = true;
  arrived.put(std::move(last));
  eyes.join();
  stop = true;
  ears.join();
  for (auto& beep : beeps) beep += (*output)->device_delay_us();

  const auto skew = skews(beeps, flashes);
  if (static_cast<int>(skew.size()) < seconds - 2)
    return std::printf("only %zu pairs (%zu beeps, %zu flashes)\n", skew.size(), beeps.size(), flashes.size()), 1;
  std::printf("picture after sound, ms: min %.1f p50 %.1f max %.1f (%zu pairs; network 15 + 0..%lld ms)\n", skew.front(),
              skew[skew.size() / 2], skew.back(), skew.size(), static_cast<long long>(jitter_us / 1'000));
  std::printf("sound: delay %.0f ms, jitter %.0f ms, late %llu, concealed %llu, underruns %llu, spliced %llu; pictures skipped %d\n",
              figures.delay_ms, figures.jitter_ms, static_cast<unsigned long long>(figures.late),
              static_cast<unsigned long long>(figures.concealed), static_cast<unsigned long long>(figures.underruns),
              static_cast<unsigned long long>(figures.spliced), skipped);
  // A machine that is busy with something else may hold a few up.
  const auto good = std::count_if(skew.begin(), skew.end(), [](double ms) {
    return ms <= static_cast<double>(limits::sound_early_ms_max) && -ms <= static_cast<double>(limits::sound_late_ms_max);
  });
  return good * 5 >= static_cast<std::ptrdiff_t>(skew.size()) * 4 ? 0 : 1;
}
