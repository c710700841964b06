// Stretches of fragmented MP4 as one file: what ffprobe reads of it, what does not belong in it, and damaged ones.
#include "streams/mp4_join.h"

#include <catch2/catch.hpp>
#include <random>

#include "streams/remux/remux.h"
#include "tests/streams/clips.h"

namespace matinee::streams {
namespace {

using namespace test;
using Begin = Mp4Join::Begin;

const std::string h264 = " -c:v libx264 -preset ultrafast -g 25 -bf 0";

// What remux makes of a clip.
struct Stretch final : RemuxSource, RemuxSink {
  explicit Stretch(Bytes clip, Container container = Container::ts) : left(clip) {
    REQUIRE(remux(container, *this, *this) == RemuxEnd::ended);
    REQUIRE_FALSE(fragments.empty());
  }
  std::size_t read(std::span<std::byte> into) override {
    const std::size_t count = std::min(into.size(), left.size());
    std::copy_n(left.begin(), count, into.begin());
    left = left.subspan(count);
    return count;
  }
  void on_init(Bytes bytes) override { init.assign(bytes.begin(), bytes.end()); }
  void on_fragment(const RemuxFragment& fragment) override { fragments.emplace_back(fragment.bytes.begin(), fragment.bytes.end()); }

  Bytes left;
  Buffer init;
  std::vector<Buffer> fragments;
};

Stretch stretch(double seconds, const std::string& more = "") {
  return Stretch(clip(pictures(seconds) + tone(seconds) + h264 + " -c:a aac" + more, "mpegts"));
}

struct File {
  Mp4Join join;
  Buffer bytes;
  Begin begin(const Stretch& from) {
    const Begin how = join.begin(from.init);
    if (how == Begin::first) bytes = from.init;
    return how;
  }
  void add(const Stretch& from) {
    for (Buffer fragment : from.fragments) {
      REQUIRE(join.place(fragment));
      bytes.insert(bytes.end(), fragment.begin(), fragment.end());
    }
  }
};

}  // namespace

TEST_CASE("stretches of the same codings become one file, whose times go on in every track") {
  // Of other lengths, and with clocks of their own.
  const Stretch first = stretch(3), second = stretch(2, " -output_ts_offset 5000");
  // Another sound, whose packets have other sizes.
  const Stretch third(clip(pictures(4) + " -f lavfi -i anoisesrc=r=48000:d=4,aformat=channel_layouts=mono" + h264 + " -c:a aac", "mpegts"));
  File file;
  CHECK(file.begin(first) == Begin::first);
  file.add(first);
  for (const Stretch* const next : {&second, &third}) {
    const std::int64_t before = file.join.duration_us();
    CHECK(file.begin(*next) == Begin::follows);
    file.add(*next);
    CHECK(file.join.duration_us() > before + 1'800'000);
  }
  const Listing listing = probe(file.bytes);
  CHECK(listing.complaints == "");
  CHECK(listing.of(true).size() == 225);
  for (const bool video : {true, false}) {
    std::int64_t last_us = -1;
    for (const Probed& packet : listing.of(video)) {
      REQUIRE(*packet.dts_us > last_us);
      // Nothing is left out between two stretches, but for what one track is longer than the other.
      REQUIRE(*packet.dts_us - last_us < 250'000);
      last_us = *packet.dts_us;
    }
    CHECK(last_us > 8'700'000);
    CHECK(last_us < file.join.duration_us());
  }
  CHECK(file.join.duration_us() < 9'500'000);
}

TEST_CASE("fragments are numbered through over all stretches") {
  const Stretch first = stretch(3), second = stretch(2);
  File file;
  std::vector<std::uint32_t> numbers;
  for (const Stretch* const next : {&first, &second}) {
    REQUIRE(file.begin(*next) != Begin::different);
    for (Buffer fragment : next->fragments) {
      REQUIRE(file.join.place(fragment));
      // moof, mfhd: two heads and four bytes of version and flags.
      ByteReader reader(Bytes(fragment).subspan(20));
      numbers.push_back(reader.u32());
    }
  }
  for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == i + 1);
}

TEST_CASE("another size, another coding, sound that was not there: such a stretch belongs in another file") {
  const Stretch first = stretch(2);
  const Stretch larger(clip(pictures(2, 320, 240) + tone(2) + h264 + " -c:a aac", "mpegts"));
  const Stretch silent(clip(pictures(2) + h264, "mpegts"));
  const Stretch vp9(clip(pictures(2) + tone(2) + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 25 -c:a libopus -live 1", "webm"),
                    Container::webm);
  File file;
  REQUIRE(file.begin(first) == Begin::first);
  for (const Stretch* const other : {&larger, &silent, &vp9}) CHECK(file.begin(*other) == Begin::different);
  CHECK(file.begin(first) == Begin::follows);
}

TEST_CASE("what is no init data and what is no fragment is told, and a fragment that is not taken is as it was") {
  const Stretch whole = stretch(2);
  CHECK(Mp4Join().begin({}) == Begin::damaged);
  CHECK(Mp4Join().begin(Bytes(whole.init).first(whole.init.size() - 1)) == Begin::damaged);
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    Mp4Join join;
    REQUIRE(join.begin(whole.init) == Begin::first);
    Buffer hurt = whole.fragments[0];
    for (unsigned i = 0; i < 1 + seed % 5; ++i)
      hurt[random() % std::min<std::size_t>(hurt.size(), 2'000)] = static_cast<std::byte>(random());
    if (seed % 4 == 0) hurt.resize(random() % hurt.size());
    const Buffer before = hurt;
    if (!join.place(hurt)) CHECK(hurt == before);
  }
}

}  // namespace matinee::streams
