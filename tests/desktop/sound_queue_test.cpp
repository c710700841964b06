// The jitter buffer against a simulated network and device. Sound is s16le with a click at each whole second of pts, so what is heard
// when can be read from the samples.
#include "videoproto/desktop/sound_queue.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <vector>

namespace matinee::desktop {
namespace {

using videoproto::Header;
using videoproto::Type;
constexpr std::int64_t second = 1'000'000;
constexpr std::int64_t device_delay = 10'000;
constexpr std::size_t block = 480;

Header header_at(std::int64_t pts_us, std::uint16_t flags = 0) {
  return {Type::audio, flags, 0, 1, 0, 0, static_cast<std::uint64_t>(pts_us)};
}
std::vector<std::byte> packet_at(std::int64_t pts_us) {
  std::vector<std::byte> bytes(packet_frames * 4);
  const std::int64_t next = (pts_us + second - 1) / second * second;
  const std::int64_t frame = (next - pts_us) * sound_rate / second;
  if (frame < static_cast<std::int64_t>(packet_frames)) bytes[static_cast<std::size_t>(frame) * 4 + 1] = std::byte{0x60};
  return bytes;
}

struct Click {
  std::int64_t heard_us = 0;
  std::optional<std::int64_t> clock_us;  // what the clock says at that moment
};

// A network and a device in one: packets arrive in order after a delay, the device asks every 10 ms, at a rate of its own.
struct World {
  SoundQueue queue{*SoundDecoder::create(videoproto::AudioFormat::s16le, 2)};
  std::vector<std::pair<std::int64_t, std::pair<std::int64_t, std::uint16_t>>> coming;  // arrival → pts, flags
  std::size_t arrived = 0;
  double rate_error = 0;
  std::int64_t asked = 0;
  double asked_exact = 0;
  std::vector<Click> clicks;

  void send(std::int64_t pts_us, std::int64_t delay_us, std::uint16_t flags = 0) {
    const std::int64_t last = coming.empty() ? 0 : coming.back().first;
    coming.push_back({std::max(last, pts_us + delay_us), {pts_us, flags}});
  }
  void run_until(std::int64_t until_us) {
    std::vector<std::int16_t> out(block * 2);
    while (asked < until_us) {
      for (; arrived < coming.size() && coming[arrived].first <= asked; ++arrived) {
        const auto [pts, flags] = coming[arrived].second;
        queue.push(header_at(pts, flags), packet_at(pts), coming[arrived].first);
      }
      queue.pull(out, asked + device_delay, device_delay);
      for (std::size_t i = 0; i < block; ++i) {
        if (out[2 * i] < 8'000) continue;
        const std::int64_t heard = asked + device_delay + static_cast<std::int64_t>(i) * second / sound_rate;
        if (clicks.empty() || heard > clicks.back().heard_us + 100'000) clicks.push_back({heard, queue.clock_us(heard)});
      }
      asked_exact += 10'000 * (1 + rate_error);
      asked = static_cast<std::int64_t>(asked_exact);
    }
  }
};

std::int64_t nearest_second(std::int64_t pts) { return (pts + second / 2) / second * second; }

TEST_CASE("over a calm network sound is heard 60 ms after it came, to the millisecond, and the clock says so") {
  World world;
  world.send(0, 5'000, videoproto::flags::discont);
  for (std::int64_t pts = packet_us; pts < 10 * second; pts += packet_us) world.send(pts, 5'000);
  world.run_until(10 * second);
  REQUIRE(world.clicks.size() == 10);
  for (const Click& click : world.clicks) {
    const std::int64_t pts = click.heard_us / second * second;
    CHECK(click.heard_us - pts == Approx(5'000 + 60'000 + device_delay).margin(1'000));
    REQUIRE(click.clock_us);
    CHECK(std::abs(*click.clock_us - pts) <= 1'000);
  }
  const SoundFigures figures = world.queue.figures();
  CHECK(figures.played >= 490);
  CHECK(figures.late + figures.dropped + figures.concealed + figures.underruns + figures.spliced == 0);
  CHECK(figures.delay_ms == Approx(60).margin(1));
}

TEST_CASE("over many seeds of jitter, loss and a device that runs 1 % off the delay stays within its bounds and the clock is true") {
  const auto seed = GENERATE(range(0u, 40u));
  std::mt19937 random(seed);
  const std::int64_t most = std::uniform_int_distribution<std::int64_t>(0, 120'000)(random);
  std::uniform_int_distribution<std::int64_t> jitter(0, most);
  std::uniform_int_distribution<int> hundred(0, 99);
  World world;
  world.rate_error = (seed % 3 - 1.0) / 100;
  const bool loss = seed % 2 == 0;
  int lost = 0;
  for (std::int64_t pts = 0; pts < 40 * second; pts += packet_us) {
    if (loss && pts % second >= 200'000 && hundred(random) < 3) ++lost;
    else world.send(pts, 20'000 + jitter(random));
  }
  world.run_until(40 * second);
  REQUIRE(world.clicks.size() >= 36);
  for (const Click& click : world.clicks) {
    if (click.heard_us < 5 * second) continue;  // it measures the network first
    REQUIRE(click.clock_us);
    const std::int64_t pts = nearest_second(*click.clock_us);
    CHECK(std::abs(*click.clock_us - pts) <= 5'000);
    const std::int64_t waited = click.heard_us - pts - 20'000 - device_delay;
    CHECK(waited >= 60'000 - 15'000);
    CHECK(waited <= 150'000 + 30'000);
  }
  const SoundFigures figures = world.queue.figures();
  CHECK(figures.jumps <= 1);
  CHECK(figures.jitter_ms <= static_cast<double>(most) / 1'000 + 1);
  CHECK(figures.concealed >= static_cast<std::uint64_t>(lost) / 2);
  if (world.rate_error != 0) CHECK(figures.spliced > 50);
}

TEST_CASE("DISCONT forgets what waits and goes on at the new place") {
  World world;
  for (std::int64_t pts = 0; pts < 2 * second; pts += packet_us) world.send(pts, 5'000);
  for (std::int64_t pts = 2 * second; pts < 4 * second; pts += packet_us)
    world.send(pts, 5'000, pts == 2 * second ? videoproto::flags::discont : std::uint16_t{0});
  world.run_until(5 * second);
  REQUIRE(world.clicks.size() == 4);
  CHECK(world.clicks[2].heard_us - 2 * second == Approx(75'000).margin(1'500));
  CHECK(world.queue.figures().jumps == 1);
}

TEST_CASE("a pause ends the clock after a fifth of a second, and sound begins again with its delay") {
  World world;
  for (std::int64_t pts = 0; pts < 2 * second; pts += packet_us) world.send(pts, 5'000);
  world.run_until(2 * second);
  CHECK(world.queue.clock_us(world.asked));
  world.run_until(2 * second + 75'000 + 200'000 + 60'000);
  CHECK_FALSE(world.queue.clock_us(world.asked));
  for (std::int64_t pts = 5 * second; pts < 6 * second; pts += packet_us)
    world.send(pts, 5'000, pts == 5 * second ? videoproto::flags::discont : std::uint16_t{0});
  world.run_until(6 * second);
  REQUIRE(world.clicks.size() == 3);
  CHECK(world.clicks[2].heard_us - 5 * second == Approx(75'000).margin(1'500));
}

TEST_CASE("the end of a stream is no underrun") {
  World world;
  for (std::int64_t pts = 0; pts < second; pts += packet_us)
    world.send(pts, 5'000, pts == second - packet_us ? videoproto::flags::eos : std::uint16_t{0});
  world.run_until(2 * second);
  CHECK(world.queue.figures().underruns == 0);
  CHECK(world.queue.figures().concealed == 0);
  CHECK_FALSE(world.queue.clock_us(world.asked));
}

TEST_CASE("after a network that stood still for 400 ms sound is back at its delay within two seconds") {
  World world;
  for (std::int64_t pts = 0; pts < 8 * second; pts += packet_us) {
    const bool stalled = pts > 3 * second && pts < 3 * second + 400'000;
    world.send(pts, stalled ? 3 * second + 420'000 - pts : 5'000);
  }
  world.run_until(8 * second);
  const SoundFigures figures = world.queue.figures();
  CHECK(figures.underruns >= 1);
  CHECK(figures.late > 5);
  CHECK(figures.delay_ms <= 155);
  const Click& last = world.clicks.back();
  CHECK(last.heard_us - nearest_second(*last.clock_us) <= 5'000 + 155'000 + device_delay);
}

TEST_CASE("64 packets wait, the oldest makes room for one more; damaged ones are left out") {
  SoundQueue queue{*SoundDecoder::create(videoproto::AudioFormat::s16le, 2)};
  for (std::int64_t n = 0; n < 64; ++n) queue.push(header_at(n * packet_us), packet_at(n * packet_us), n * packet_us);
  CHECK(queue.figures().dropped == 0);
  queue.push(header_at(64 * packet_us), packet_at(64 * packet_us), 64 * packet_us);
  CHECK(queue.figures().dropped == 1);
  queue.push(header_at(0, videoproto::flags::discont), std::vector<std::byte>(7), 65 * packet_us);
  std::vector<std::int16_t> out(block * 2);
  for (std::int64_t t = 0; t < 30; ++t) queue.pull(out, 65 * packet_us + t * 10'000, 0);
  CHECK(queue.figures().dropped == 2);
  CHECK(queue.figures().played == 0);
}

TEST_CASE("a sender whose clock is another one from now on is followed without being told") {
  World world;
  for (std::int64_t pts = 0; pts < second; pts += packet_us) world.send(pts, 5'000);
  for (std::int64_t n = 0; n < 100; ++n) world.coming.push_back({second + n * packet_us + 5'000, {3'600 * second + n * packet_us, 0}});
  world.run_until(3 * second);
  CHECK(world.queue.figures().jumps == 1);
  REQUIRE(world.clicks.size() == 3);
  CHECK(world.clicks[1].heard_us == Approx(second + 75'000).margin(1'500));
}

TEST_CASE("sound waits for pictures that take longer, so far as its delay goes") {
  World world;
  for (std::int64_t pts = 0; pts < 20 * second; pts += packet_us) world.send(pts, 5'000);
  const std::int64_t picture_transit = GENERATE(90'000, 400'000);
  for (std::int64_t t = second; t < 19 * second; t += 100'000) {
    world.run_until(t);
    world.queue.on_picture(t - picture_transit, t);
  }
  const double wanted = std::min(150.0, static_cast<double>(picture_transit - 5'000) / 1'000 + 20);
  CHECK(world.queue.figures().delay_ms == Approx(wanted).margin(8));
}

}  // namespace
}  // namespace matinee::desktop
