// Transport streams that are cut, damaged, made up, or none at all: what is left of them, what is counted, and each bound.
#include <catch2/catch.hpp>
#include <random>

#include "streams/limits.h"
#include "streams/ts_packet.h"
#include "tests/streams/ts_tools.h"

namespace matinee::streams {
namespace {

using namespace test;

Buffer pictures_by_hand(unsigned count) {
  Buffer out = tables();
  for (unsigned i = 0; i < count; ++i)
    out = out + packet({0x100, true, i, 0, 3'600ULL * i}, pes(9'000 + 3'600ULL * i, i % 5 == 0 ? idr() : not_idr()));
  return out;
}

Buffer rubbish(std::size_t bytes) { return Buffer(bytes, std::byte{0x46}); }

}  // namespace

TEST_CASE("packets written by hand are read as they are meant") {
  const TsRun run = scan_ts(pictures_by_hand(10));
  REQUIRE(run.record.units.size() == 10);
  for (std::size_t i = 0; i < 10; ++i) {
    const TsUnit& unit = run.record.units[i].first;
    CHECK(unit.key == (i % 5 == 0));
    CHECK(unit.pts_us == 100'000 + 40'000 * static_cast<std::int64_t>(i));
  }
  CHECK(run.counters.continuity_faults == 0);
}

TEST_CASE("after bytes that are missing or rubbish the packets are found again, wherever the portions are cut") {
  const Buffer good = pictures_by_hand(12);
  const Buffer front(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(7 * ts_packet_bytes + 100));  // into the sixth picture
  const Bytes rest = Bytes(good).subspan(8 * ts_packet_bytes);
  struct Row {
    Buffer bytes;
    std::uint64_t skipped;
    std::size_t units;
  };
  // What follows fills up the packet that was cut: 88 bytes of the rubbish, or of the next packet, whose other 100 lead nowhere then.
  for (const Row& row : {Row{front + rubbish(300) + rest, 212, 11}, Row{front + rest, 100, 10}}) {
    const TsRun whole = scan_ts(row.bytes);
    CHECK_FALSE(whole.error.has_value());
    CHECK(whole.counters.sync_losses == 1);
    CHECK(whole.counters.skipped_bytes == row.skipped);
    CHECK(whole.counters.continuity_faults == (row.units == 10 ? 1 : 0));
    CHECK(whole.record.units.size() == row.units);
    for (unsigned seed = 0; seed < 40; ++seed) {
      const TsRun run = scan_ts(row.bytes, seed);
      REQUIRE(run.record.trace() == whole.record.trace());
      REQUIRE(run.record.packets == whole.record.packets);
      REQUIRE(run.counters.skipped_bytes == whole.counters.skipped_bytes);
    }
  }
}

TEST_CASE("a packet that the stream ends in is left out and counted") {
  const TsRun run = scan_ts(pictures_by_hand(5) + Bytes(packet({0x100, true, 5}, pes(0, idr()))).first(187));
  CHECK(run.record.units.size() == 5);
  CHECK(run.counters.skipped_bytes == 187);
}

TEST_CASE("rubbish between packets is endured as far as the bound, and one byte more ends the stream for good") {
  const auto with = [](std::size_t bytes) { return scan_ts(pictures_by_hand(5) + rubbish(bytes) + pictures_by_hand(5)); };
  const TsRun at = with(limits::ts_rubbish_bytes_max);
  CHECK_FALSE(at.error.has_value());
  CHECK(at.record.units.size() == 10);
  CHECK(with(limits::ts_rubbish_bytes_max + 1).error == TsError::not_ts);
  TsRecord record;
  TsScanner scanner(record);
  CHECK(scanner.feed(rubbish(limits::ts_rubbish_bytes_max + 1)) == TsError::not_ts);
  CHECK(scanner.feed(pictures_by_hand(5)) == TsError::not_ts);
  CHECK(record.packets.empty());
}

TEST_CASE("packets without a program are endured as far as the bound, and one packet more ends the stream") {
  constexpr std::size_t most = limits::ts_tables_bytes_max / ts_packet_bytes;
  const Buffer one = packet({0x100, false, 1}, Buffer(184));
  Buffer early;
  for (std::size_t i = 0; i < most - 1; ++i)
    early = std::move(early) + Bytes(one).first(3) + bytes_of({0x10U | static_cast<unsigned>(i & 0xF)}) + Bytes(one).subspan(4);
  const TsRun at = scan_ts(early + tables() + pictures_by_hand(3));  // the PAT is the last one before the PMT makes it known
  CHECK_FALSE(at.error.has_value());
  CHECK(at.record.programs.size() == 1);
  CHECK(scan_ts(early + one + tables()).error == TsError::no_program);
}

TEST_CASE("what is no transport stream is refused") {
  for (const Buffer* bytes : {&clip(pictures(5, 640, 480) + " -c:v mjpeg -q:v 2", "mjpeg"),
                              &clip(pictures(5, 640, 480) + " -c:v libvpx -b:v 2M -deadline realtime", "webm")}) {
    REQUIRE(bytes->size() > limits::ts_rubbish_bytes_max);
    const TsRun run = scan_ts(*bytes);
    CHECK(run.error == TsError::not_ts);
    CHECK(run.record.packets.empty());
  }
}

TEST_CASE("a program has as many tracks as the bound says, and further ones are left out") {
  for (const std::size_t count : {limits::ts_streams_max, limits::ts_streams_max + 1}) {
    std::vector<std::pair<unsigned, unsigned>> tracks;
    for (std::size_t i = 0; i < count; ++i) tracks.emplace_back(0x1BU, static_cast<unsigned>(0x100 + i));
    const TsRun run = scan_ts(section_packet(0, pat()) + section_packet(0x1000, pmt(tracks)) + pictures_by_hand(1));
    REQUIRE_FALSE(run.record.programs.empty());
    CHECK(run.record.programs[0].tracks.size() == limits::ts_streams_max);
  }
}

TEST_CASE("a table has at most 1,024 bytes, and not one more") {
  const auto of_size = [](std::size_t bytes) {
    Buffer content = bytes_of({0xE1, 0, 0xF0, 0, 0x1B, 0xE1, 0, 0xF0, 0});
    content.resize(bytes - 12, std::byte{0});
    const Buffer whole = section(2, 1, content);
    REQUIRE(whole.size() == bytes);
    Buffer payload = bytes_of({0}) + whole, out = section_packet(0, pat());
    for (std::size_t at = 0, i = 0; at < payload.size(); at += 184, ++i)
      out = out + packet({0x1000, at == 0, static_cast<unsigned>(i)},
                         Bytes(payload).subspan(at, std::min<std::size_t>(184, payload.size() - at)));
    return scan_ts(out + pictures_by_hand(0) + packet({0x300, false}, Buffer(184)));
  };
  CHECK(of_size(limits::ts_section_bytes_max).counters.damaged == 0);
  CHECK(of_size(limits::ts_section_bytes_max).record.programs.size() >= 1);
  CHECK(of_size(limits::ts_section_bytes_max + 1).counters.damaged > 0);
}

TEST_CASE("a table is spread over eight packets at most, and not one more") {
  const auto over = [](std::size_t packets) {
    const Buffer payload = bytes_of({0}) + pmt({{0x1B, 0x100}});
    Buffer out = section_packet(0, pat());
    for (std::size_t i = 0; i < packets; ++i) {
      const bool last = i + 1 == packets;
      const Bytes piece = i == 0 ? Bytes(payload).first(4) : Bytes(payload).subspan(3 + i, last ? payload.size() - 3 - i : 1);
      out = out + packet({0x1000, i == 0, static_cast<unsigned>(i)}, piece);
    }
    return scan_ts(out + packet({0x300, false}, Buffer(184)));
  };
  const TsRun at = over(limits::ts_section_packets_max);
  CHECK(at.record.programs.size() == 1);
  CHECK(at.record.tables.size() == (1 + limits::ts_section_packets_max) * ts_packet_bytes);
  CHECK(over(limits::ts_section_packets_max + 1).record.programs.empty());
}

TEST_CASE("a table with any byte changed is not used") {
  const Buffer good = section_packet(0x1000, pmt({{0x1B, 0x100}}));
  for (std::size_t at = 5; at < 5 + pmt({{0x1B, 0x100}}).size(); ++at) {
    Buffer bad = good;
    bad[at] ^= std::byte{0x01};
    const TsRun run = scan_ts(section_packet(0, pat()) + bad + packet({0x300, false}, Buffer(184)));
    CAPTURE(at);
    CHECK(run.record.programs.empty());
  }
}

TEST_CASE("a missing packet is counted, a repeated one left out, a new time base missing nothing") {
  const auto with = [](const Buffer& more) {
    return scan_ts(tables() + packet({0x100, true, 4}, pes(0, idr())) + more + packet({0x200, false}, {}));
  };
  CHECK(with(packet({0x100, false, 5}, Buffer(184))).counters.continuity_faults == 0);
  CHECK(with(packet({0x100, false, 6}, Buffer(184))).counters.continuity_faults == 1);
  CHECK(with(packet({0x100, false, 9, 0x80}, Buffer(100))).counters.continuity_faults == 0);
  const TsRun repeated = with(packet({0x100, false, 4}, Buffer(184)));
  CHECK(repeated.counters.continuity_faults == 0);
  CHECK(repeated.counters.packets == 3);  // the PMT, the picture, the last one
}

TEST_CASE("packets that say they are damaged, are scrambled or contradict themselves, and filling, are left out") {
  const auto with = [](Buffer odd) { return scan_ts(tables() + odd + packet({0x200, false}, {}) + packet({0x200, false}, {})); };
  Buffer damaged = packet({0x100, false}, Buffer(184)), scrambled = damaged, contradicting = packet({0x100, false}, Buffer(100));
  damaged[1] |= std::byte{0x80};
  scrambled[3] |= std::byte{0x40};
  contradicting[4] = std::byte{0xFF};
  for (const Buffer& odd : {damaged, scrambled, contradicting}) {
    CHECK(with(odd).counters.damaged == 1);
    CHECK(with(odd).counters.packets == 3);
  }
  const TsRun filled = with(packet({ts_null_pid, false}, Buffer(184)));
  CHECK(filled.counters.damaged == 0);
  CHECK(filled.counters.packets == 3);
}

TEST_CASE("a clock that steps by ten seconds is followed, one that steps further goes on where it was") {
  const auto times = [](std::uint64_t step) {
    TsClock clock;
    clock.on_reference(1'000, false);
    clock.on_reference(1'000 + step, false);
    return std::pair(*clock.to_us(1'000 + step), clock.jumps());
  };
  constexpr std::uint64_t most = limits::ts_clock_step_us_max * 9 / 100;
  CHECK(times(most) == std::pair<std::int64_t, std::uint64_t>(10'011'111, 0));
  CHECK(times(most + 1) == std::pair<std::int64_t, std::uint64_t>(11'111, 1));
}

TEST_CASE("a time stamp ten seconds from the clock is read, one further is not") {
  TsClock clock;
  clock.on_reference(2'000'000, false);
  constexpr std::uint64_t most = limits::ts_clock_step_us_max * 9 / 100;
  CHECK(clock.to_us(2'000'000 + most).has_value());
  CHECK(clock.to_us(2'000'000 - most).has_value());
  CHECK_FALSE(clock.to_us(2'000'000 + most + 1).has_value());
  CHECK_FALSE(clock.to_us(2'000'000 - most - 1).has_value());
}

TEST_CASE("ten hours with a clock that jumps every minute never go back and lose no more than the jumps") {
  TsClock clock;
  std::mt19937 random(5);
  std::uint64_t ticks = 8'589'000'000;  // shortly before the wrap
  std::int64_t before = 0, first = 0;
  for (int second = 0; second < 36'000; ++second) {
    const bool jump = second % 60 == 59;
    ticks = jump ? (static_cast<std::uint64_t>(random()) << 2) % (1ULL << 33) : (ticks + 90'000) % (1ULL << 33);
    clock.on_reference(ticks, false);
    const auto now = clock.to_us(ticks);
    REQUIRE(now.has_value());
    REQUIRE(*now >= before);
    before = *now;
    if (second == 0) first = *now;
  }
  CHECK(clock.jumps() == 600);
  CHECK(before - first == (35'999 - 600) * 1'000'000LL);
}

TEST_CASE("time stamps stand in for a clock that a program does not send") {
  TsClock clock;
  CHECK_FALSE(clock.to_us(0).has_value());
  clock.on_stand_in(90'000);
  clock.on_stand_in(180'000);
  clock.on_stand_in(170'000);  // of another track, a little behind
  clock.on_stand_in(180'000);
  CHECK(clock.to_us(180'000) == 2'000'000);
  clock.on_reference(120'000, false);  // the clock itself, behind what is to be shown: nothing moves
  CHECK(clock.jumps() == 0);
  CHECK(clock.to_us(180'000) == 2'000'000);
  clock.on_stand_in(7'000'000);
  CHECK(clock.to_us(180'000) == 2'000'000);
}

TEST_CASE("no mutation of a transport stream makes what comes out depend on how it was cut") {
  const Buffer good = pictures_by_hand(12);
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    Buffer bad = good;
    for (unsigned i = 0; i <= random() % 6; ++i) bad[random() % bad.size()] = static_cast<std::byte>(random());
    if (random() % 3 == 0) bad.erase(bad.begin() + static_cast<std::ptrdiff_t>(random() % bad.size()));
    const TsRun whole = scan_ts(bad), cut = scan_ts(bad, seed);
    REQUIRE(whole.record.trace() == cut.record.trace());
    REQUIRE(whole.record.packets == cut.record.packets);
    REQUIRE(whole.record.packets.size() % ts_packet_bytes == 0);
    REQUIRE(whole.record.packets.size() + whole.counters.skipped_bytes <= bad.size());
  }
}

TEST_CASE("every refusal of a transport stream has a name") {
  CHECK(name_of(TsError::not_ts) == "not_ts");
  CHECK(name_of(TsError::no_program) == "no_program");
}

}  // namespace matinee::streams
