// Sound packets: a round trip, what is made up, and what is refused.
#include "videoproto/desktop/opus_codec.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <vector>

#include "tests/desktop/sound_tools.h"

namespace matinee::desktop {
namespace {

using videoproto::AudioFormat;

std::vector<std::int16_t> tone(int channels, std::size_t packet) {
  std::vector<std::int16_t> pcm;
  for (std::size_t i = 0; i < packet_frames; ++i) {
    const double t = static_cast<double>(packet * packet_frames + i) / sound_rate;
    for (int c = 0; c < channels; ++c) pcm.push_back(static_cast<std::int16_t>(16'000 * std::sin(2 * std::numbers::pi * 1'000 * t)));
  }
  return pcm;
}

TEST_CASE("a tone survives Opus, from one channel and from two, and comes out in stereo") {
  const int channels = GENERATE(1, 2);
  const SoundUse use = GENERATE(SoundUse::film, SoundUse::voice);
  auto encoder = SoundEncoder::create(channels, use);
  auto decoder = SoundDecoder::create(AudioFormat::opus, channels);
  REQUIRE(encoder);
  REQUIRE(decoder);
  CHECK(encoder->delay_us() > 0);
  CHECK(encoder->delay_us() < packet_us);
  for (std::size_t n = 0; n < 20; ++n) {
    const auto packet = encoder->encode(tone(channels, n));
    REQUIRE_FALSE(packet.empty());
    CHECK(packet.size() < 1'000);
    const auto heard = decoder->decode(packet);
    REQUIRE(heard.size() == packet_frames * 2);
    if (n > 2) CHECK(test::tone_1khz(heard) == Approx(16'000.0 / 32'768).epsilon(0.1));
  }
}

TEST_CASE("missing sound goes on from what was heard and fades away") {
  auto encoder = SoundEncoder::create(2, SoundUse::film);
  auto decoder = SoundDecoder::create(AudioFormat::opus, 2);
  for (std::size_t n = 0; n < 10; ++n) static_cast<void>(decoder->decode(encoder->encode(tone(2, n))));
  const auto first = decoder->conceal(packet_frames);
  REQUIRE(first.size() == packet_frames * 2);
  CHECK(test::tone_1khz(first) > 0.2);
  for (int i = 0; i < 50; ++i) static_cast<void>(decoder->conceal(packet_frames));
  CHECK(test::tone_1khz(decoder->conceal(packet_frames)) < 0.01);
}

TEST_CASE("s16le is taken from 10 to 20 ms of whole frames, and nothing beyond") {
  const int channels = GENERATE(1, 2);
  auto decoder = SoundDecoder::create(AudioFormat::s16le, channels);
  REQUIRE(decoder);
  const std::size_t frame = 2 * static_cast<std::size_t>(channels);
  std::vector<std::byte> bytes(packet_frames * frame + frame, std::byte{1});
  const auto frames_from = [&](std::size_t size) { return decoder->decode(std::span(bytes).first(size)).size() / 2; };
  CHECK(frames_from(480 * frame) == 480);
  CHECK(frames_from(960 * frame) == 960);
  CHECK(frames_from(479 * frame) == 0);
  CHECK(frames_from(961 * frame) == 0);
  CHECK(frames_from(480 * frame + 1) == 0);
  const auto heard = decoder->decode(std::span(bytes).first(480 * frame));
  CHECK(heard[0] == 0x0101);
  CHECK(heard[959] == 0x0101);
  const auto made = decoder->conceal(packet_frames);
  CHECK(made[0] == 0x0101);
  CHECK(made[240] == 0);
}

TEST_CASE("damaged packets and frames of another size are an empty answer") {
  auto encoder = SoundEncoder::create(2, SoundUse::film);
  auto decoder = SoundDecoder::create(AudioFormat::opus, 2);
  CHECK(encoder->encode(std::vector<std::int16_t>(packet_frames * 2 - 2)).empty());
  CHECK(decoder->decode({}).empty());
  CHECK(decoder->decode(std::vector<std::byte>(3, std::byte{0xFF})).empty());
  CHECK(decoder->decode(std::vector<std::byte>(16 * 1024 + 1, std::byte{0})).empty());
  // It still works.
  CHECK(decoder->decode(encoder->encode(tone(2, 0))).size() == packet_frames * 2);
  CHECK_FALSE(SoundDecoder::create(AudioFormat::none, 2));
  CHECK_FALSE(SoundDecoder::create(AudioFormat::s16le, 3));
  CHECK_FALSE(SoundEncoder::create(3, SoundUse::film));
}

}  // namespace
}  // namespace matinee::desktop
