// The real SDL without a sound card: its disk driver writes what is heard into a pipe and reads the microphone from a file.
#include "videoproto/desktop/sound_output.h"

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "tests/desktop/sound_tools.h"
#include "tests/support/temp_folder.h"
#include "videoproto/connection.h"
#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/sdl_audio.h"
#include "videoproto/desktop/sound_source.h"

namespace matinee::desktop {
namespace {

using videoproto::AudioFormat;
using videoproto::Header;
using videoproto::monotonic_us;
using videoproto::Type;

std::vector<std::int16_t> tone() {
  std::vector<std::int16_t> pcm(packet_frames * 2);
  for (std::size_t i = 0; i < packet_frames; ++i)
    pcm[2 * i] = pcm[2 * i + 1] =
        static_cast<std::int16_t>(16'000 * std::sin(2 * std::numbers::pi * 20 * static_cast<double>(i) / packet_frames));
  return pcm;
}

TEST_CASE("what is pushed is heard from the device, at the moment that the clock says") {
  const test::TempFolder folder;
  test::Listener listener(folder.path() + "/device");
  auto output = SoundOutput::open(AudioFormat::opus, 2);
  INFO((output ? std::string() : output.error()));
  REQUIRE(output);
  CHECK_FALSE((*output)->clock_us());
  auto encoder = SoundEncoder::create(2, SoundUse::film);
  const std::vector<std::int16_t> silence(packet_frames * 2), beep = tone();
  // As a sender paces it, the pts an hour off our clock: a beep of 100 ms each second.
  const std::int64_t pts = 3'600'000'000, began = monotonic_us();
  std::uint32_t sent = 0;
  test::BeepFinder finder;
  std::vector<std::int64_t> handed_over, off_us;
  while (handed_over.size() < 5) {
    REQUIRE(monotonic_us() - began < 20'000'000);
    for (; sent * packet_us <= monotonic_us() - began; ++sent) {
      const Header header{Type::audio,
                          sent == 0 ? videoproto::flags::discont : std::uint16_t{0},
                          0,
                          1,
                          sent,
                          0,
                          static_cast<std::uint64_t>(pts + sent * packet_us - encoder->delay_us())};
      (*output)->push(header, encoder->encode(sent % 50 < 5 && sent >= 50 ? beep : silence));
    }
    const std::size_t before = handed_over.size();
    finder.add(listener.next(), handed_over);
    if (handed_over.size() == before) continue;
    const std::int64_t heard_us = handed_over.back() + (*output)->device_delay_us();
    const auto clock = (*output)->clock_us();
    REQUIRE(clock);
    off_us.push_back(std::abs(*clock - (monotonic_us() - heard_us) - (pts + static_cast<std::int64_t>(handed_over.size()) * 1'000'000)));
    CHECK(heard_us - began >=
          static_cast<std::int64_t>(handed_over.size()) * 1'000'000 + 40'000);  // 60, less what a 6 % fast device is ahead
  }
  // Blocks of 21 ms come through SDL's file buffer: no finer than that. A busy machine may delay some.
  std::sort(off_us.begin(), off_us.end());
  CHECK(off_us[off_us.size() / 2] <= 25'000);
  const SoundFigures figures = (*output)->figures();
  CHECK(figures.received == sent);
  CHECK(figures.played >= 200);
  CHECK(figures.jumps == 1);
}

TEST_CASE("a device's clock is smooth, follows devices that are fast, slow or bursting, and begins anew after a stop") {
  const double rate = GENERATE(0.94, 0.9999, 1.0, 1.02);
  const bool bursts = GENERATE(true, false);
  DeviceClock clock;
  double device_us = 1e9;
  CHECK(clock.tick(512, static_cast<std::int64_t>(device_us)).jumped);
  for (int i = 1; i < 2'000; ++i) {
    device_us += 512 * 1e6 / sound_rate * rate;
    // Two blocks are asked for at once, the first of them late.
    const double asked_us = bursts && i % 2 == 0 ? device_us + 5'000 : device_us;
    const auto tick = clock.tick(512, static_cast<std::int64_t>(asked_us));
    CHECK_FALSE(tick.jumped);
    if (i > 500) CHECK(std::abs(static_cast<double>(tick.at_us) - device_us - (bursts ? 2'500 : 0)) < 1'000);
  }
  device_us += 80'000;
  CHECK(clock.tick(512, static_cast<std::int64_t>(device_us)).jumped);
}

TEST_CASE("the microphone's sound is encoded and stamped with when it was heard") {
  const test::TempFolder folder;
  std::string pcm;
  for (int i = 0; i < 10 * sound_rate; ++i) {
    const auto value = static_cast<std::int16_t>(16'000 * std::sin(2 * std::numbers::pi * 1'000 * i / sound_rate));
    pcm.append(reinterpret_cast<const char*>(&value), 2);
  }
  ::setenv("SDL_DISKAUDIOFILEIN", folder.write("microphone.raw", pcm).c_str(), 1);
  struct Heard {
    std::int64_t pts_us, came_us;
    std::uint16_t flags;
    std::vector<std::byte> opus;
  };
  Inbox<Heard> heard{1'000};
  auto microphone = open_microphone({}, [&](const SoundPacket& packet) {
    heard.put({packet.pts_us, monotonic_us(), packet.flags, std::vector<std::byte>(packet.opus.begin(), packet.opus.end())});
  });
  INFO((microphone ? std::string() : microphone.error()));
  REQUIRE(microphone);
  CHECK((*microphone)->channels() == 1);
  CHECK(heard.take(monotonic_us() + 50'000).empty());  // it is off until it is told
  (*microphone)->follow({true, 0, monotonic_us(), 1});
  auto decoder = SoundDecoder::create(AudioFormat::opus, 1);
  std::vector<Heard> packets;
  while (packets.size() < 50) {
    auto some = heard.take(monotonic_us() + 5'000'000);
    REQUIRE_FALSE(some.empty());
    for (auto& one : some) packets.push_back(std::move(one));
  }
  microphone->reset();
  CHECK((packets[0].flags & videoproto::flags::discont) != 0);
  int loud = 0;
  std::int64_t before = 0;
  for (const Heard& one : packets) {
    loud += test::tone_1khz(decoder->decode(one.opus)) > 0.2 ? 1 : 0;
    CHECK(one.pts_us > before);
    CHECK(one.pts_us <= one.came_us - packet_us + 20'000);
    before = one.pts_us;
  }
  CHECK(loud >= 45);
}

TEST_CASE("on SDL's dummy device sound is consumed at its own rate", "[.dummy]") {
  auto output = SoundOutput::open(AudioFormat::s16le, 1);
  REQUIRE(output);
  std::vector<std::byte> packet(packet_frames * 2);
  // Each round pushes what the clock has consumed: the device paces the test.
  std::int64_t pushed = 0;
  const std::int64_t began = monotonic_us();
  std::optional<std::int64_t> clock;
  while (pushed < 100) {
    clock = (*output)->clock_us();
    if (pushed > 3 && clock && *clock < (pushed - 3) * packet_us) continue;
    const Header header{Type::audio, 0, 0, 1, static_cast<std::uint32_t>(pushed), 0, static_cast<std::uint64_t>(pushed * packet_us)};
    (*output)->push(header, packet);
    ++pushed;
    REQUIRE(monotonic_us() - began < 20'000'000);
  }
  CHECK(monotonic_us() - began >= 1'500'000);
  CHECK((*output)->figures().played >= 90);
  CHECK_FALSE(speaker_lines().empty());
}

TEST_CASE("without a device there is one sentence each for loudspeaker and microphone", "[.no-device]") {
  const auto output = SoundOutput::open(AudioFormat::opus, 2);
  REQUIRE_FALSE(output);
  CHECK(output.error().starts_with("There is no sound device to play on ("));
  CHECK(output.error().ends_with("pictures are shown without sound."));
  const auto microphone = open_microphone({}, [](const SoundPacket&) {});
  REQUIRE_FALSE(microphone);
  CHECK(microphone.error().starts_with("There is no microphone ("));
  CHECK(microphone.error().ends_with("pictures are sent without sound."));
  const auto named = open_microphone("Blue Yeti", [](const SoundPacket&) {});
  REQUIRE_FALSE(named);
  CHECK(named.error().starts_with("The microphone Blue Yeti cannot be used ("));
  CHECK(speaker_lines().empty());
  CHECK(microphone_lines().empty());
}

}  // namespace
}  // namespace matinee::desktop
