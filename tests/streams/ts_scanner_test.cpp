// MPEG-TS as ffmpeg writes it, against what ffprobe reads in it.
#include "streams/ts_scanner.h"

#include <catch2/catch.hpp>

#include "streams/limits.h"
#include "tests/streams/ts_tools.h"

namespace matinee::streams {
namespace {

using namespace test;

const Buffer& mpeg1() { return clip(pictures(3) + tone(3) + " -c:v mpeg1video -g 12 -bf 2 -c:a mp2", "mpegts"); }
const Buffer& h264() { return clip(pictures(3) + tone(3) + " -c:v libx264 -preset superfast -bf 2 -g 20 -c:a aac", "mpegts"); }
const Buffer& hevc() {
  return clip(pictures(1) + " -c:v libx265 -preset ultrafast -x265-params log-level=error:pools=1:frame-threads=1:keyint=10", "mpegts");
}
const Buffer& sound_only() { return clip(tone(3) + " -c:a aac", "mpegts"); }

// Without the mark that packets may carry where a decoder may begin.
Buffer without_random_access_marks(Buffer bytes) {
  for (std::size_t at = 0; at + ts_packet_bytes <= bytes.size(); at += ts_packet_bytes) {
    const bool adaptation = (bytes[at + 3] & std::byte{0x20}) != std::byte{0} && bytes[at + 4] != std::byte{0};
    if (adaptation) bytes[at + 5] &= std::byte{0xBF};
  }
  return bytes;
}

void check_pictures(const Buffer& bytes, const TsRun& run) {
  const auto probed = probe(bytes).of(true);
  const auto units = run.record.of(TrackKind::video);
  REQUIRE(probed.size() > 20);
  REQUIRE(units.size() == probed.size());
  for (std::size_t i = 0; i < probed.size(); ++i) {
    CAPTURE(i);
    CHECK(units[i].key == probed[i].key);
    CHECK(units[i].position == probed[i].position);
    REQUIRE(units[i].pts_us.has_value());
    CHECK(std::abs(*units[i].pts_us - *probed[i].pts_us) <= 1);
    CHECK(std::abs(*units[i].dts_us - *probed[i].dts_us) <= 1);
  }
}

}  // namespace

TEST_CASE("every picture of a transport stream is found where ffprobe finds it, with its times and whether it is a key frame") {
  for (const Buffer* bytes : {&mpeg1(), &h264(), &hevc()}) check_pictures(*bytes, scan_ts(*bytes));
}

TEST_CASE("key frames are found by their start codes when packets do not mark them") {
  for (const Buffer* whole : {&h264(), &hevc()}) {
    const Buffer bytes = without_random_access_marks(*whole);
    REQUIRE(bytes != *whole);
    check_pictures(bytes, scan_ts(bytes));
  }
}

TEST_CASE("sound of a transport stream has the times that ffprobe lists") {
  for (const Buffer* bytes : {&mpeg1(), &h264()}) {
    // ffprobe takes apart what is packed together: the pieces that begin in a packet of their own have a position.
    auto probed = probe(*bytes).of(false);
    std::erase_if(probed, [](const Probed& packet) { return !packet.position; });
    const TsRun run = scan_ts(*bytes);
    const auto units = run.record.of(TrackKind::audio);
    REQUIRE(units.size() > 5);
    REQUIRE(units.size() == probed.size());
    for (std::size_t i = 0; i < probed.size(); ++i) {
      CHECK(units[i].position == probed[i].position);
      CHECK(std::abs(*units[i].pts_us - *probed[i].pts_us) <= 1);
    }
  }
}

TEST_CASE("what a transport stream is coded in is told") {
  const auto codecs = [](const Buffer& bytes) {
    const TsRun run = scan_ts(bytes);
    REQUIRE_FALSE(run.record.programs.empty());
    std::string names;
    for (const TsTrack& track : run.record.programs.back().tracks) names += std::string(name_of(track.codec)) + " ";
    return names;
  };
  CHECK(codecs(mpeg1()) == "mpeg1 mp2 ");  // announced as MPEG-2, as ffmpeg does
  CHECK(codecs(clip(pictures(1) + " -c:v mpeg2video", "mpegts")) == "mpeg2 ");
  CHECK(codecs(h264()) == "h264 aac ");
  CHECK(codecs(hevc()) == "hevc ");
  CHECK(codecs(clip(tone(1) + " -c:a libopus", "mpegts")) == "opus ");
}

TEST_CASE("a transport stream cut anywhere gives the same packets, units and program") {
  for (const Buffer* bytes : {&mpeg1(), &h264(), &sound_only()}) {
    const TsRun whole = scan_ts(*bytes);
    for (unsigned seed = 0; seed < 15; ++seed) {
      const TsRun run = scan_ts(*bytes, seed);
      REQUIRE(run.record.trace() == whole.record.trace());
      REQUIRE(run.record.packets == whole.record.packets);
      REQUIRE(run.record.begins == whole.record.begins);
      REQUIRE(run.counters.packets == whole.counters.packets);
    }
  }
}

TEST_CASE("all packets from the program on are handed on, unchanged and in order") {
  const TsRun run = scan_ts(h264());
  const std::size_t early = run.counters.early * ts_packet_bytes;
  CHECK(early <= 5 * ts_packet_bytes);
  const Bytes rest = Bytes(h264()).subspan(early);
  CHECK(std::ranges::equal(run.record.packets, rest));
  CHECK(run.counters.skipped_bytes == 0);
  CHECK(run.counters.continuity_faults == 0);
  CHECK(run.counters.damaged == 0);
  CHECK(run.jumps == 0);
}

TEST_CASE("a unit is told after the packets it begins with, and none waits longer than for the next one") {
  const TsRun run = scan_ts(without_random_access_marks(h264()), 7);
  std::size_t told = 0;
  for (const auto& [unit, begun] : run.record.units) {
    if (kind_of(unit.track.codec) == TrackKind::video) CHECK(begun == ++told);
  }
  CHECK(told == run.record.begins.size());
}

TEST_CASE("the tables and everything from any key frame on are a stream that ffprobe reads without complaint") {
  for (const Buffer* bytes : {&mpeg1(), &h264()}) {
    const TsRun run = scan_ts(*bytes);
    const auto units = run.record.of(TrackKind::video);
    REQUIRE(units.size() == run.record.begins.size());
    std::size_t keys = 0;
    for (std::size_t i = 0; i < units.size(); ++i) {
      if (!units[i].key) continue;
      ++keys;
      const Listing listing = probe(run.record.tables + Bytes(run.record.packets).subspan(run.record.begins[i]));
      CHECK(listing.complaints == "");
      const auto seen = listing.of(true);
      REQUIRE(seen.size() == units.size() - i);
      CHECK(seen[0].key);
    }
    CHECK(keys >= 3);
  }
}

TEST_CASE("without pictures every piece of sound is a place to begin") {
  const TsRun run = scan_ts(sound_only());
  CHECK(run.record.units.size() == run.record.begins.size());
  CHECK(run.record.units.size() > 5);
  for (const auto& [unit, begun] : run.record.units) CHECK(unit.key);
}

TEST_CASE("time goes on when the clock of 33 bits wraps") {
  const Buffer& bytes = clip(pictures(4) + tone(4) + " -c:v libx264 -preset superfast -bf 0 -c:a aac -output_ts_offset 95440", "mpegts");
  const TsRun run = scan_ts(bytes);
  const auto units = run.record.of(TrackKind::video);
  REQUIRE(units.size() == 100);
  CHECK(*units.front().pts_us < 95'443'700'000);
  CHECK(*units.back().pts_us > 95'443'800'000);
  for (std::size_t i = 1; i < units.size(); ++i) CHECK(std::abs(*units[i].pts_us - *units[i - 1].pts_us - 40'000) <= 1);
  CHECK(run.jumps == 0);
}

TEST_CASE("a publisher that begins anew goes on in time, and its jump is counted") {
  const TsRun run = scan_ts(h264() + Bytes(h264()) + Bytes(h264()));
  CHECK(run.jumps == 2);
  const auto units = run.record.of(TrackKind::video);
  REQUIRE(units.size() == 225);
  for (std::size_t i = 1; i < units.size(); ++i) {
    REQUIRE(units[i].dts_us.has_value());
    CHECK(*units[i].dts_us >= *units[i - 1].dts_us - 100'000);
    CHECK(*units[i].dts_us <= *units[i - 1].dts_us + 1'000'000);
  }
}

TEST_CASE("a new table of the program is told with its packets") {
  const TsRun run = scan_ts(mpeg1() + Bytes(h264()));
  REQUIRE(run.record.programs.size() == 3);  // the second time MPEG-2 turned out to be MPEG-1
  CHECK(run.record.programs[2].tracks[0].codec == Codec::h264);
  CHECK(run.record.tables.size() == 2 * ts_packet_bytes);
  CHECK(contains(h264(), Bytes(run.record.tables).last(ts_packet_bytes)));
}

}  // namespace matinee::streams
