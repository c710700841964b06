#include <catch2/catch.hpp>
#include <random>

#include "tests/videoproto/bytes.h"
#include "videoproto/audio_ring.h"
#include "videoproto/mailbox.h"

namespace matinee::videoproto {
namespace {

class Stream {
 public:
  Unit picture(std::int64_t now_us = 0, std::uint16_t more_flags = 0) {
    FrameFill slot = pool_.begin();
    const auto space = slot.space(0, 10);
    std::fill(space.begin(), space.end(), std::byte{1});
    Header header = test::frame(5, ++sequence_, static_cast<std::uint16_t>(flags::key | more_flags));
    header.payload_bytes = 10;
    last_ = {header, std::move(slot).finish(10), ++number_, now_us};
    return last_;
  }
  Unit dup(std::int64_t now_us = 0, std::uint16_t more_flags = 0) {
    return {test::frame(5, ++sequence_, static_cast<std::uint16_t>(flags::dup | more_flags)), last_.picture, number_, now_us};
  }
  [[nodiscard]] std::size_t free_slots() const { return pool_.free_slots(); }

 private:
  FramePool pool_ = std::move(*FramePool::create(std::make_shared<PoolBudget>(), {4'096}));
  std::uint32_t sequence_ = 0;
  std::uint64_t number_ = 0;
  Unit last_;
};

struct Seen {
  bool picture = false, dup = false;
  std::uint32_t sequence = 0;
  std::uint16_t flags = 0;
};
Seen take(Mailbox& box, std::int64_t now_us = 0) {
  const auto unit = box.take(now_us);
  if (!unit) return {};
  const bool dup = unit->header.has(flags::dup);
  CHECK(static_cast<bool>(unit->picture) == !dup);
  CHECK(unit->header.payload_bytes == unit->picture.bytes().size());
  CHECK(decode_header(encode_header(unit->header)).has_value());
  return {!dup, dup, unit->header.sequence, unit->header.flags};
}

AudioPacket expect_packet(const AudioRing& ring, AudioCursor& cursor, std::int64_t now_us = 0) {
  const auto packet = ring.read(cursor, now_us);
  REQUIRE(packet.has_value());
  return *packet;
}

Header audio(std::uint32_t sequence, std::uint16_t flag_bits = 0) { return Header{Type::audio, flag_bits, 0, 5, sequence, 0, 0}; }

}  // namespace

TEST_CASE("mailbox table: what is pending after each pair of units") {
  struct Row {
    const char* units;
    bool picture;
    std::uint32_t sequence;
    std::uint64_t dropped;
  };
  // P picture, D dup, t the viewer takes. The viewer's next unit is a picture or a dup with this sequence number.
  for (const Row& row : std::vector<Row>{{"P", true, 1, 0},
                                         {"PP", true, 2, 1},
                                         {"PD", true, 1, 0},
                                         {"PPD", true, 2, 1},
                                         {"PDP", true, 3, 1},
                                         {"PtD", false, 2, 0},
                                         {"PtDD", false, 3, 0},
                                         {"PtDP", true, 3, 0},
                                         {"PtPD", true, 2, 0},
                                         {"PtPPD", true, 3, 1},
                                         {"PtDtD", false, 3, 0}}) {
    Stream stream;
    Mailbox box;
    for (const char* c = row.units; *c != 0; ++c) {
      if (*c == 'P') box.put(stream.picture());
      else if (*c == 'D') box.put(stream.dup());
      else static_cast<void>(take(box));
    }
    CAPTURE(row.units);
    const Seen seen = take(box);
    CHECK(seen.picture == row.picture);
    CHECK(seen.dup == !row.picture);
    CHECK(seen.sequence == row.sequence);
    CHECK(box.dropped() == row.dropped);
    CHECK(box.empty());
  }
}

TEST_CASE("a viewer whose picture was dropped gets the picture with the next repeat, as a picture") {
  Stream stream;
  Mailbox box;
  box.put(stream.picture(0));
  CHECK_FALSE(box.take(1'000'001).has_value());
  CHECK(box.dropped() == 1);
  box.put(stream.dup(1'100'000));
  const Seen seen = take(box, 1'100'000);
  CHECK(seen.picture);
  CHECK(seen.flags == flags::key);
  box.put(stream.dup(1'200'000));
  CHECK(take(box, 1'200'000).dup);
}

TEST_CASE("a picture that waited one second is sent, one that waited longer is not; aux tells the wait") {
  Stream stream;
  Mailbox box;
  box.put(stream.picture(5));
  const auto unit = box.take(1'000'005);
  REQUIRE(unit.has_value());
  CHECK(unit->header.aux == 1'000'000);
  box.put(stream.picture(5));
  CHECK_FALSE(box.take(1'000'006).has_value());
  CHECK(box.empty());
}

TEST_CASE("jumps and the end survive the unit that carried them") {
  Stream stream;
  Mailbox box;
  box.put(stream.picture(0, flags::discont));
  box.put(stream.picture(0));
  box.put(stream.dup(0, flags::eos));
  CHECK(take(box).flags == (flags::key | flags::discont | flags::eos));
  box.put(stream.picture(0));
  CHECK(take(box).flags == flags::key);
  box.put(stream.picture(0, flags::discont));
  CHECK_FALSE(box.take(2'000'000).has_value());
  box.put(stream.picture(2'000'000));
  CHECK(take(box, 2'000'000).flags == (flags::key | flags::discont));
  box.put(stream.dup(0, flags::discont));
  box.put(stream.dup(0));
  CHECK(take(box).flags == (flags::dup | flags::discont));
}

TEST_CASE("a repeat before any picture is nothing to show") {
  Stream stream;
  Mailbox box;
  box.put(stream.dup());
  CHECK(box.empty());
}

TEST_CASE("a mailbox holds one slot while a picture is pending and none for a repeat") {
  Stream stream;
  Mailbox box;
  for (int i = 0; i < 100; ++i) box.put(stream.picture());
  CHECK(stream.free_slots() == 63);
  CHECK(box.dropped() == 99);
  static_cast<void>(take(box));
  box.put(stream.dup());
  box.put(stream.picture());
  static_cast<void>(take(box));
  CHECK(stream.free_slots() == 63);  // the stream's own last picture
}

TEST_CASE("viewers hear every packet in order, the first with DISCONT") {
  AudioRing ring;
  AudioCursor early = ring.cursor();
  for (std::uint32_t i = 0; i < 5; ++i) REQUIRE(ring.push(audio(i), test::Bytes(3, static_cast<std::byte>(i)), 20'000 * i));
  AudioCursor late = ring.cursor();
  for (std::uint32_t i = 0; i < 5; ++i) {
    const AudioPacket packet = expect_packet(ring, early, 100'000);
    CHECK(packet.header.sequence == i);
    CHECK(packet.header.has(flags::discont) == (i == 0));
    CHECK(packet.header.aux == 100'000 - 20'000 * i);
    CHECK(packet.bytes[0] == static_cast<std::byte>(i));
  }
  CHECK_FALSE(ring.read(early, 100'000).has_value());
  CHECK_FALSE(ring.read(late, 100'000).has_value());
  REQUIRE(ring.push(audio(5), {}, 100'000));
  CHECK(expect_packet(ring, late, 100'000).header.has(flags::discont));
  CHECK_FALSE(expect_packet(ring, early, 100'000).header.has(flags::discont));
  CHECK(early.dropped == 0);
}

TEST_CASE("packets of half a second are kept, older ones are lost, counted and marked by DISCONT") {
  AudioRing ring;
  AudioCursor cursor = ring.cursor();
  for (std::uint32_t i = 0; i < 50; ++i) REQUIRE(ring.push(audio(i), test::Bytes(100), 20'000 * i));
  const std::int64_t now = 20'000 * 49;
  CHECK(ring.size() == 26);  // 480,000 µs ago … now, and the one exactly 500,000 µs ago
  const AudioPacket first = expect_packet(ring, cursor, now);
  CHECK(first.header.sequence == 24);
  CHECK(cursor.dropped == 24);
  CHECK_FALSE(expect_packet(ring, cursor, now).header.has(flags::discont));
  const AudioPacket later = expect_packet(ring, cursor, now + 100'000);  // 26 … 28 grew too old meanwhile
  CHECK(later.header.sequence == 29);
  CHECK(later.header.has(flags::discont));
  CHECK(cursor.dropped == 27);
}

TEST_CASE("when all packets grew too old the viewer waits and is told of the gap with the next one") {
  AudioRing ring;
  AudioCursor cursor = ring.cursor();
  REQUIRE(ring.push(audio(0), test::Bytes(10), 0));
  static_cast<void>(expect_packet(ring, cursor));
  REQUIRE(ring.push(audio(1), test::Bytes(10), 0));
  CHECK_FALSE(ring.read(cursor, 500'001).has_value());
  REQUIRE(ring.push(audio(2), test::Bytes(10), 600'000));
  CHECK(expect_packet(ring, cursor, 600'000).header.has(flags::discont));
  CHECK(cursor.dropped == 1);
}

TEST_CASE("a packet at the limit is taken, one byte more is not") {
  AudioRing ring;
  CHECK(ring.push(audio(0), test::Bytes(limits::audio_bytes_max), 0));
  CHECK_FALSE(ring.push(audio(1), test::Bytes(limits::audio_bytes_max + 1), 0));
  CHECK(ring.size() == 1);
}

TEST_CASE("a flood of packets within half a second stays within the ring's packets and bytes") {
  AudioRing ring;
  for (std::uint32_t i = 0; i < 1'000; ++i) REQUIRE(ring.push(audio(i), test::Bytes(10), 0));
  CHECK(ring.size() == limits::audio_ring_packets);
  for (std::uint32_t i = 0; i < 100; ++i) REQUIRE(ring.push(audio(i), test::Bytes(limits::audio_bytes_max), 0));
  CHECK(ring.size() == limits::audio_ring_bytes / limits::audio_bytes_max);
}

TEST_CASE("whatever sizes come, what a viewer reads is what was pushed under that number") {
  for (unsigned seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    AudioRing ring;
    AudioCursor cursor = ring.cursor();
    std::int64_t now = 0;
    for (std::uint32_t i = 0; i < 2'000; ++i) {
      const std::size_t size = random() % 3 == 0 ? random() % 2 : random() % (limits::audio_bytes_max + 1);
      test::Bytes bytes(size, static_cast<std::byte>(i));
      if (!bytes.empty()) bytes.back() = static_cast<std::byte>(size);
      REQUIRE(ring.push(audio(i), bytes, now));
      now += random() % 30'000;
      while (random() % 3 == 0) {
        const auto packet = ring.read(cursor, now);
        if (!packet) break;
        const std::uint32_t n = packet->header.sequence;
        const std::size_t length = packet->bytes.size();
        const bool body = std::all_of(packet->bytes.begin(), packet->bytes.end() - (length > 0 ? 1 : 0),
                                      [&](std::byte b) { return b == static_cast<std::byte>(n); });
        const bool tail = length == 0 || packet->bytes.back() == static_cast<std::byte>(length);
        if (!body || !tail || length != packet->header.payload_bytes) FAIL("seed " << seed << " packet " << n);
        if (n + 1 != cursor.next) FAIL("seed " << seed << " order");
      }
    }
  }
}

}  // namespace matinee::videoproto
