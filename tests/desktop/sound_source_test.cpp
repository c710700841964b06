// The sound of real files, made by ffmpeg here: paced in real time, on the playhead, through pauses and jumps; and what cannot be opened.
#include "videoproto/desktop/sound_source.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "tests/desktop/sound_tools.h"
#include "tests/support/temp_folder.h"
#include "videoproto/connection.h"
#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/opus_codec.h"
#include "videoproto/desktop/sound_limits.h"
#include "videoproto/header.h"

namespace matinee::desktop {
namespace {

using test::ffmpeg;
using videoproto::monotonic_us;
namespace flags = videoproto::flags;

struct Heard {
  std::int64_t pts_us = 0, came_us = 0;
  std::uint16_t flags = 0;
  std::vector<std::byte> opus;
};

const std::string& clip() {
  static const test::TempFolder folder;
  static const std::string path = test::beep_clip(folder.path(), 8);
  return path;
}

struct World {
  Inbox<Heard> heard{2'000};
  std::deque<Heard> waiting;
  std::unique_ptr<SoundSource> source;
  SoundDecoder decoder = *SoundDecoder::create(videoproto::AudioFormat::opus, 2);

  explicit World(const std::string& place) {
    auto opened = open_film_sound(place, [this](const SoundPacket& packet) {
      heard.put({packet.pts_us, monotonic_us(), packet.flags, std::vector<std::byte>(packet.opus.begin(), packet.opus.end())});
    });
    INFO((opened ? std::string() : opened.error()));
    REQUIRE(opened);
    source = std::move(*opened);
  }
  ~World() { source.reset(); }
  Heard next() {
    if (waiting.empty()) waiting = heard.take(monotonic_us() + 20'000'000);
    REQUIRE_FALSE(waiting.empty());
    Heard first = std::move(waiting.front());
    waiting.pop_front();
    return first;
  }
  Heard after(std::int64_t told_us) {
    for (;;) {
      Heard one = next();
      if (one.came_us >= told_us && (one.flags & flags::discont) != 0) return one;
    }
  }
  bool loud(const Heard& one) {
    const auto pcm = decoder.decode(one.opus);
    REQUIRE(pcm.size() == packet_frames * 2);
    return test::tone_1khz(pcm) > 0.1;  // 7.1 is mixed down more quietly
  }
};

// Film positions (µs) at which the beeps of `packets` packets begin, to a packet.
std::vector<std::int64_t> beeps(World& world, const Playhead& playhead, Heard first, int packets) {
  std::vector<std::int64_t> found;
  bool was_loud = false;
  for (int i = 0; i < packets; ++i) {
    const Heard one = i == 0 ? std::move(first) : world.next();
    const bool loud = world.loud(one);
    if (loud && !was_loud) found.push_back(playhead.position_at(one.pts_us));
    was_loud = loud;
  }
  return found;
}

TEST_CASE("a film's sound comes packet by packet in real time, a little ahead, its pts on the playhead") {
  World world(clip());
  const std::int64_t began = monotonic_us();
  const Playhead playhead{true, 0, began + 100'000, 1};
  world.source->follow(playhead);
  Heard last = world.next();
  CHECK((last.flags & flags::discont) != 0);
  CHECK(std::abs(last.pts_us - playhead.when(0)) <= packet_us);
  const Heard first = last;
  std::vector<std::int64_t> early;
  int jumps = 0;
  for (int i = 0; i < 100; ++i) {
    const Heard one = world.next();
    // One that a busy machine made too late may be left out.
    if (one.flags == 0) CHECK(std::abs(one.pts_us - last.pts_us - packet_us) <= 1);
    else ++jumps;
    early.push_back(one.pts_us - one.came_us);
    last = one;
  }
  // Never much before its time, and (a busy machine may delay some) usually not after it.
  std::sort(early.begin(), early.end());
  CHECK(early.back() <= limits::film_lead_ms * 1'000);
  CHECK(early[early.size() / 2] > 0);
  CHECK(jumps <= 2);
  CHECK(first.came_us >= began);
}

TEST_CASE("beeps are where the film has them, and a pause and a jump move the mapping with the playhead") {
  World world(clip());
  Playhead playhead{true, 0, monotonic_us(), 1};
  world.source->follow(playhead);
  auto found = beeps(world, playhead, world.next(), 60);
  REQUIRE(found.size() == 2);
  CHECK(std::abs(found[0]) <= 2 * packet_us);  // the codec starts from silence
  CHECK(std::abs(found[1] - 1'000'000) <= packet_us);

  // Pause: nothing more comes but what was on its way, and what comes afterwards is marked.
  const std::int64_t paused = monotonic_us();
  world.source->follow({false, playhead.position_at(paused), paused, 1});
  world.waiting.clear();
  static_cast<void>(world.heard.take(monotonic_us() + 60'000));
  CHECK(world.heard.take(monotonic_us() + 200'000).size() <= 1);
  playhead = {true, playhead.position_at(paused), monotonic_us(), 1};
  world.source->follow(playhead);
  Heard again = world.after(paused);
  CHECK(std::abs(playhead.position_at(again.pts_us) - playhead.position_us) <= 60'000);
  world.decoder.reset();
  found = beeps(world, playhead, std::move(again), 50);
  REQUIRE(found.size() == 1);
  CHECK(std::abs(found[0] - std::llround(static_cast<double>(found[0]) / 1e6) * 1'000'000) <= packet_us);

  // Forward over what is decoded, backward, and far forward: sought. Each time the first packet is the place, to a packet.
  for (const std::int64_t target : {std::int64_t{5'500'000}, std::int64_t{500'000}, std::int64_t{6'500'000}}) {
    const std::int64_t told = monotonic_us();
    playhead = {true, target, told, 1};
    world.source->follow(playhead);
    Heard there = world.after(told);
    CHECK(std::abs(playhead.position_at(there.pts_us) - target) <= 150'000);
    world.decoder.reset();
    found = beeps(world, playhead, std::move(there), 40);
    REQUIRE(found.size() == 1);
    CHECK(std::abs(found[0] - (target + 500'000)) <= packet_us);
  }
}

TEST_CASE("a small correction of the playhead moves pts without a jump; another rate is silent") {
  World world(clip());
  Playhead playhead{true, 0, monotonic_us(), 1};
  world.source->follow(playhead);
  for (int i = 0; i < 10; ++i) static_cast<void>(world.next());
  playhead.at_us += 8'000;
  world.source->follow(playhead);
  for (int i = 0; i < 20; ++i) CHECK((world.next().flags & flags::discont) == 0);
  world.source->follow({true, 0, monotonic_us(), 2});
  world.waiting.clear();
  // Two takes: what was on its way, and then nothing.
  static_cast<void>(world.heard.take(monotonic_us() + 100'000));
  CHECK(world.heard.take(monotonic_us() + 300'000).size() <= 1);
}

TEST_CASE("the last packet says EOS, nothing follows, and a jump back plays again") {
  World world(clip());
  Playhead playhead{true, 7'700'000, monotonic_us(), 1};
  world.source->follow(playhead);
  Heard one = world.next();
  int packets = 1;
  while ((one.flags & flags::eos) == 0) {
    one = world.next();
    ++packets;
  }
  CHECK(packets >= 13);
  CHECK(packets <= 18);
  CHECK(std::abs(playhead.position_at(one.pts_us) - 8'000'000) <= 60'000);
  CHECK(world.heard.take(monotonic_us() + 200'000).empty());
  const std::int64_t told = monotonic_us();
  playhead = {true, 1'000'000, told, 1};
  world.source->follow(playhead);
  CHECK(std::abs(playhead.position_at(world.after(told).pts_us) - 1'000'000) <= 150'000);
}

TEST_CASE("any number of channels and any rate is played: mono, 7.1, 8 kHz, 96 kHz") {
  const test::TempFolder folder;
  const auto [name, form] = GENERATE(table<std::string, std::string>({{"mono.wav", "-ac 1"},
                                                                      {"eight.wav", "-ac 8 -channel_layout 7.1"},
                                                                      {"slow.wav", "-ar 8000"},
                                                                      {"fast.flac", "-ar 96000"},
                                                                      {"fastest.wav", "-ar 384000"},
                                                                      {"sound.mp3", ""},
                                                                      {"sound.ogg", "-c:a libvorbis"}}));
  const std::string file = folder.path() + "/" + name;
  ffmpeg("-f lavfi -i \"aevalsrc='0.5*sin(2*PI*1000*t)|0.5*sin(2*PI*1000*t)':s=48000:d=1\" " + form, file);
  INFO(name);
  World world(file);
  world.source->follow({true, 0, monotonic_us(), 1});
  int loud = 0;
  for (int i = 0; i < 20; ++i) loud += world.loud(world.next()) ? 1 : 0;
  CHECK(loud >= 16);
}

TEST_CASE("sixteen channels are the most; where no way of mixing is known the first two are heard") {
  const test::TempFolder folder;
  const auto wav = [&](int channels) {
    const std::string file = folder.path() + "/" + std::to_string(channels) + ".wav";
    std::string inputs;
    for (int i = 0; i < channels; ++i) inputs += (i > 0 ? "|" : "") + std::string("0.5*sin(2*PI*1000*t)");
    ffmpeg("-f lavfi -i \"aevalsrc='" + inputs + "':s=48000:d=0.5\"", file);
    return file;
  };
  const int channels = GENERATE(9, 10, 11, 16);
  INFO(channels);
  World world(wav(channels));
  world.source->follow({true, 0, monotonic_us(), 1});
  int loud = 0;
  for (int i = 0; i < 15; ++i) loud += world.loud(world.next()) ? 1 : 0;
  CHECK(loud >= 10);
  const auto beyond = open_film_sound(wav(17), [](const SoundPacket&) {});
  REQUIRE_FALSE(beyond);
  CHECK(beyond.error().find("more channels") != std::string::npos);
}

TEST_CASE("a truncated film plays what there is and ends with EOS") {
  const test::TempFolder folder;
  const std::string whole = folder.path() + "/whole.mkv", cut = folder.path() + "/cut.mkv";
  ffmpeg("-f lavfi -i \"sine=frequency=1000:duration=2\" -c:a libopus", whole);
  std::filesystem::copy_file(whole, cut);
  std::filesystem::resize_file(cut, std::filesystem::file_size(whole) / 2);
  World world(cut);
  world.source->follow({true, 0, monotonic_us(), 1});
  int packets = 1;
  while ((world.next().flags & flags::eos) == 0) ++packets;
  CHECK(packets > 20);
  CHECK(packets < 90);
}

TEST_CASE("what cannot be opened is one sentence") {
  const test::TempFolder folder;
  const auto refusal = [](const std::string& place) {
    auto opened = open_film_sound(place, [](const SoundPacket&) {});
    REQUIRE_FALSE(opened);
    CHECK(opened.error().ends_with('.'));
    CHECK(opened.error().find('\n') == std::string::npos);
    return opened.error();
  };
  CHECK(refusal(folder.path() + "/none.mp4") == "There is no file " + folder.path() + "/none.mp4.");
  CHECK(refusal(folder.path()).starts_with("There is no file "));
  CHECK(refusal(folder.write("text.mp4", "This is no film.\n")).find("is not a film or sound") != std::string::npos);
  CHECK(refusal(folder.write("empty.mp4", "")).find("is not a film or sound") != std::string::npos);
  const std::string mute = folder.path() + "/mute.mp4";
  ffmpeg("-f lavfi -i color=c=black:s=64x64:r=10:d=1 -c:v mpeg4", mute);
  CHECK(refusal(mute) == "The file " + mute + " has no sound.");
  // A list that names another file is not followed, nor is a link to nowhere waited for.
  folder.write("sound.ts", "x");
  CHECK_FALSE(refusal(folder.write("list.m3u8", "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n")).empty());
  CHECK(refusal("http://127.0.0.1:1/film.mp4").starts_with("The link is not a film or sound that can be read here (Connection refused)"));
  const std::string fast = folder.path() + "/fast.wav";
  ffmpeg("-f s16le -ar 384001 -ac 1 -t 0.1 -i /dev/zero -c copy", fast);
  CHECK(refusal(fast).find("samples a second") != std::string::npos);
}

TEST_CASE("a source is let go of at once, playing or waiting") {
  for (const bool playing : {true, false}) {
    World world(clip());
    if (playing) {
      world.source->follow({true, 0, monotonic_us(), 1});
      static_cast<void>(world.next());
    }
    const std::int64_t began = monotonic_us();
    world.source.reset();
    CHECK(monotonic_us() - began < 1'000'000);
  }
}

}  // namespace
}  // namespace matinee::desktop
