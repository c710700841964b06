// What publishers send as fragmented MP4: compared with ffprobe's reading of the clip it was made from; jumps, rubbish, and every bound.
#include "streams/remux/remux.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/streams/clips.h"

namespace matinee::streams {
namespace {

using namespace test;
constexpr std::int64_t second = 1'000'000;

class Source final : public RemuxSource {
 public:
  Source(Bytes bytes, unsigned seed) : left_(bytes), random_(seed) {}
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = std::min({into.size(), left_.size(), static_cast<std::size_t>(1 + random_() % 5'000)});
    std::copy_n(left_.begin(), count, into.begin());
    left_ = left_.subspan(count);
    return count;
  }
  [[nodiscard]] std::size_t left() const { return left_.size(); }

 private:
  Bytes left_;
  std::mt19937 random_;
};

struct Made final : RemuxSink {
  struct Part {
    Buffer init, bytes;  // init, and all fragments after it
    std::vector<RemuxFragment> fragments;
    std::vector<std::size_t> begins;  // in bytes, of each fragment
  };
  std::vector<Part> parts;
  RemuxEnd end = RemuxEnd::ended;

  void on_init(Bytes init) override { parts.push_back({Buffer(init.begin(), init.end()), {}, {}, {}}); }
  void on_fragment(const RemuxFragment& fragment) override {
    REQUIRE_FALSE(parts.empty());
    Part& part = parts.back();
    part.begins.push_back(part.bytes.size());
    part.bytes.insert(part.bytes.end(), fragment.bytes.begin(), fragment.bytes.end());
    part.fragments.push_back({fragment.time_us, fragment.duration_us, {}});
  }
  [[nodiscard]] static Listing play(const Part& part) {
    Buffer whole = part.init;
    whole.insert(whole.end(), part.bytes.begin(), part.bytes.end());
    return probe(whole);
  }
  [[nodiscard]] std::size_t fragments() const {
    std::size_t count = 0;
    for (const Part& part : parts) count += part.fragments.size();
    return count;
  }
};

Made made_of(Bytes bytes, Container container, RemuxBounds bounds = {}, unsigned seed = 1) {
  Source source(bytes, seed);
  Made made;
  made.end = remux(container, source, made, bounds);
  return made;
}

const std::string h264 = " -c:v libx264 -preset ultrafast -g 25 -bf 2 -x264-params scenecut=0";
const Buffer& ts(double seconds = 6) { return clip(pictures(seconds) + tone(seconds) + h264 + " -c:a aac", "mpegts"); }
const Buffer& webm() {
  return clip(pictures(4) + tone(4) + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -c:a libopus -live 1", "webm");
}
const Buffer& mp4() {
  return clip(pictures(4) + tone(4) + h264 + " -c:a libopus -strict -2 -movflags frag_keyframe+empty_moov+default_base_moof", "mp4");
}

// One part, its fragments one after the other, each from a key frame on; ffprobe has nothing to say against it.
void check_good(const Made& made, Bytes clip_bytes) {
  REQUIRE(made.end == RemuxEnd::ended);
  REQUIRE(made.parts.size() == 1);
  const Made::Part& part = made.parts[0];
  const Listing before = probe(clip_bytes), after = Made::play(part);
  CHECK(after.complaints == "");
  REQUIRE(after.of(true).size() == before.of(true).size());
  // Of the sound what came before the first picture is not there.
  CHECK(after.of(false).size() + 6 >= before.of(false).size());
  std::int64_t at_us = 0, last_us = -1;
  for (const RemuxFragment& fragment : part.fragments) {
    CHECK(std::abs(fragment.time_us - at_us) <= 1);
    at_us = fragment.time_us + fragment.duration_us;
  }
  const auto pictures_after = after.of(true), pictures_before = before.of(true);
  for (std::size_t i = 0; i < pictures_after.size(); ++i) {
    REQUIRE(pictures_after[i].key == pictures_before[i].key);
    const std::int64_t dts_us = pictures_after[i].dts_us.value_or(*pictures_after[i].pts_us);
    REQUIRE(dts_us > last_us);
    last_us = dts_us;
  }
  CHECK(std::llabs(at_us - static_cast<std::int64_t>(pictures_before.size()) * 40'000) <= 80'000);
  for (std::size_t i = 0; i < part.begins.size(); ++i) {
    Buffer alone = part.init;
    const std::size_t end = i + 1 < part.begins.size() ? part.begins[i + 1] : part.bytes.size();
    alone.insert(alone.end(), part.bytes.begin() + static_cast<std::ptrdiff_t>(part.begins[i]),
                 part.bytes.begin() + static_cast<std::ptrdiff_t>(end));
    const auto first = probe(alone).of(true);
    REQUIRE_FALSE(first.empty());
    REQUIRE(first[0].key);
    CHECK(std::llabs(*first[0].dts_us - part.fragments[i].time_us) <= 1'000);
  }
}

}  // namespace

TEST_CASE("MPEG-TS with B-frames becomes a fragment for each key frame, picture by picture what it was") {
  for (unsigned seed = 1; seed <= 3; ++seed) {
    const Made made = made_of(ts(), Container::ts, {}, seed);
    check_good(made, ts());
    CHECK(made.parts[0].fragments.size() == 6);
    for (const RemuxFragment& fragment : made.parts[0].fragments) CHECK(std::llabs(fragment.duration_us - second) <= 80'000);
  }
}

TEST_CASE("WebM with VP9 and Opus, and MP4 with H.264 and Opus, become the same") {
  check_good(made_of(webm(), Container::webm), webm());
  check_good(made_of(mp4(), Container::mp4), mp4());
}

TEST_CASE("sound without pictures is cut every second") {
  const Buffer& sound = clip(tone(5) + " -c:a aac", "mpegts");
  const Made made = made_of(sound, Container::ts);
  REQUIRE(made.parts.size() == 1);
  CHECK(Made::play(made.parts[0]).complaints == "");
  const auto& fragments = made.parts[0].fragments;
  CHECK((fragments.size() == 5 || fragments.size() == 6));
  for (std::size_t i = 0; i + 1 < fragments.size(); ++i) {
    CHECK(fragments[i].duration_us >= limits::remux_sound_us);
    CHECK(fragments[i].duration_us < limits::remux_sound_us + 30'000);
  }
}

TEST_CASE("codings that fragmented MP4 is not played with are told apart from what cannot be read") {
  CHECK(made_of(clip(pictures(2) + " -c:v libvpx -g 25 -live 1", "webm"), Container::webm).end == RemuxEnd::unfit);
  CHECK(made_of(clip(pictures(2) + " -c:v mpeg1video -g 10 -bf 0", "mpegts"), Container::ts).end == RemuxEnd::unfit);
  CHECK(made_of(clip(pictures(2) + tone(2) + h264 + " -c:a mp2", "mpegts"), Container::ts).end == RemuxEnd::unfit);
  for (const Container container : {Container::ts, Container::webm, Container::mp4}) {
    CHECK(made_of({}, container).end == RemuxEnd::unreadable);
    const Buffer rubbish(300'000, std::byte{'x'});
    CHECK(made_of(rubbish, container).end == RemuxEnd::unreadable);
  }
}

TEST_CASE("a clock that jumps, forth or back, begins new init data, and nothing of either stretch is lost") {
  for (const std::string offset : {"0", "60", "5000"}) {
    Buffer both = clip(pictures(3) + tone(3) + h264 + " -c:a aac -output_ts_offset 1000", "mpegts");
    const Buffer& other = clip(pictures(3) + tone(3) + h264 + " -c:a aac -output_ts_offset " + offset, "mpegts");
    both.insert(both.end(), other.begin(), other.end());
    const Made made = made_of(both, Container::ts);
    CHECK(made.end == RemuxEnd::ended);
    REQUIRE(made.parts.size() == 2);
    for (const Made::Part& part : made.parts) {
      const Listing listing = Made::play(part);
      CHECK(listing.complaints == "");
      CHECK(listing.of(true).size() >= 74);
      CHECK(part.fragments[0].time_us == 0);
    }
  }
}

TEST_CASE("a step of ten seconds is a gap, a longer one a jump") {
  for (const auto& [seconds, parts] : {std::pair{9.0, std::size_t{1}}, std::pair{12.0, std::size_t{2}}}) {
    Buffer both = clip(pictures(3) + h264 + " -bf 0", "mpegts");
    const Buffer& other = clip(pictures(3) + h264 + " -bf 0 -output_ts_offset " + std::to_string(3.0 + seconds), "mpegts");
    both.insert(both.end(), other.begin(), other.end());
    CHECK(made_of(both, Container::ts).parts.size() == parts);
  }
}

TEST_CASE("packets that come again, up to a second back, are left out") {
  Buffer both = clip(pictures(3) + h264 + " -bf 0 -output_ts_offset 10", "mpegts");
  const Buffer& other = clip(pictures(3) + h264 + " -bf 0 -output_ts_offset 12.5", "mpegts");
  both.insert(both.end(), other.begin(), other.end());
  const Made made = made_of(both, Container::ts);
  REQUIRE(made.parts.size() == 1);
  CHECK(Made::play(made.parts[0]).complaints == "");
  Buffer far = clip(pictures(3) + h264 + " -bf 0 -output_ts_offset 10", "mpegts");
  const Buffer& back = clip(pictures(3) + h264 + " -bf 0 -output_ts_offset 11", "mpegts");
  far.insert(far.end(), back.begin(), back.end());
  CHECK(made_of(far, Container::ts).parts.size() == 2);
}

TEST_CASE("a fragment is as large and as long as its bounds say; what is beyond is left out, and a key frame begins anew") {
  const std::size_t largest = [] {
    std::size_t most = 0;
    const Made made = made_of(ts(), Container::ts);
    REQUIRE(made.parts.size() == 1);
    for (std::size_t i = 0; i < made.parts[0].begins.size(); ++i) {
      const bool last = i + 1 == made.parts[0].begins.size();
      most = std::max(most, (last ? made.parts[0].bytes.size() : made.parts[0].begins[i + 1]) - made.parts[0].begins[i]);
    }
    return most;
  }();
  CHECK(made_of(ts(), Container::ts, {largest, 20 * second}).fragments() == 6);
  CHECK(made_of(ts(), Container::ts, {500, 20 * second}).fragments() == 0);
  CHECK(made_of(ts(), Container::ts, {limits::remux_fragment_bytes_max, 960'000}).fragments() == 6);
  CHECK(made_of(ts(), Container::ts, {limits::remux_fragment_bytes_max, 959'999}).fragments() == 0);
  // One long stretch without key frames among short ones.
  Buffer mixed = clip(pictures(2) + h264 + " -bf 0 -output_ts_offset 10", "mpegts");
  for (const auto& [offset, more] : {std::pair{"12", " -g 100"}, std::pair{"16", ""}}) {
    const Buffer& next = clip(pictures(offset == std::string("12") ? 4 : 2) + h264 + more + " -bf 0 -output_ts_offset " + offset, "mpegts");
    mixed.insert(mixed.end(), next.begin(), next.end());
  }
  const Made made = made_of(mixed, Container::ts, {limits::remux_fragment_bytes_max, 2 * second});
  CHECK(made.parts.size() == 2);
  CHECK(made.fragments() == 4);
}

TEST_CASE("sound that is announced and does not come is left out") {
  // The program names a track of sound; its packets are taken away.
  const Buffer& whole = ts(8);
  const auto sound_pid = [](Bytes packet) {
    const int pid = ((std::to_integer<int>(packet[1]) & 0x1F) << 8) | std::to_integer<int>(packet[2]);
    return pid == 0x101;
  };
  Buffer silent;
  for (std::size_t at = 0; at + 188 <= whole.size(); at += 188) {
    const Bytes packet = Bytes(whole).subspan(at, 188);
    if (sound_pid(packet)) continue;
    silent.insert(silent.end(), packet.begin(), packet.end());
  }
  const Made made = made_of(silent, Container::ts);
  REQUIRE(made.parts.size() == 1);
  CHECK(Made::play(made.parts[0]).of(false).empty());
  CHECK(made.fragments() == 8);
}

TEST_CASE("tracks that stay unknown are given up after the bytes that the bound says") {
  Buffer endless = clip(pictures(1) + h264, "mpegts");
  // Packets of the picture's track without a beginning of anything.
  Buffer filler(188, std::byte{0xFF});
  filler[0] = std::byte{0x47};
  filler[1] = std::byte{0x01};
  filler[2] = std::byte{0x00};
  filler[3] = std::byte{0x10};
  Buffer whole(endless.begin(), endless.begin() + 188 * 3);
  while (whole.size() < 6 * limits::remux_probe_bytes_max) whole.insert(whole.end(), filler.begin(), filler.end());
  Source source(whole, 1);
  Made made;
  CHECK(remux(Container::ts, source, made) == RemuxEnd::unreadable);
  CHECK(source.left() >= 5 * limits::remux_probe_bytes_max);
}

TEST_CASE("whatever is done to a clip, remuxing comes to an end and its fragments are read without a fault") {
  for (const auto& [bytes, container] :
       {std::pair{&ts(), Container::ts}, std::pair{&webm(), Container::webm}, std::pair{&mp4(), Container::mp4}}) {
    for (unsigned seed = 0; seed < 60; ++seed) {
      std::mt19937 random(seed);
      Buffer hurt = *bytes;
      for (unsigned i = 0; i < 1 + seed; ++i) hurt[random() % hurt.size()] = static_cast<std::byte>(random());
      if (seed % 3 == 0) hurt.erase(hurt.begin() + static_cast<std::ptrdiff_t>(random() % hurt.size()), hurt.end());
      const Made made = made_of(hurt, container, {}, seed);
      for (const Made::Part& part : made.parts) {
        std::int64_t last_us = -1;
        for (const RemuxFragment& fragment : part.fragments) {
          REQUIRE(fragment.time_us > last_us);
          REQUIRE(fragment.duration_us > 0);
          REQUIRE(fragment.duration_us <= limits::remux_fragment_us_max + limits::remux_step_us_max);
          last_us = fragment.time_us;
        }
      }
    }
  }
}

}  // namespace matinee::streams
