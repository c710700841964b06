// WebM as ffmpeg writes it, against what ffprobe reads in it; and what is none, cut, made up or too large.
#include <catch2/catch.hpp>
#include <random>

#include "streams/ebml_scanner.h"
#include "streams/limits.h"
#include "tests/streams/webm_tools.h"

namespace matinee::streams {
namespace {

using namespace test;

const std::string opus = " -c:a libopus -live 1";
const Buffer& vp8() { return clip(pictures(3) + tone(3) + " -c:v libvpx -b:v 200k -deadline realtime -g 20" + opus, "webm"); }
const Buffer& vp9() {
  return clip(pictures(2) + tone(2) + " -c:v libvpx-vp9 -b:v 200k -deadline realtime -cpu-used 8 -g 20" + opus, "webm");
}
const Buffer& av1() { return clip(pictures(1, 64, 64) + " -c:v libsvtav1 -preset 12 -g 10 -live 1", "webm"); }
const Buffer& h264() { return clip(pictures(2) + tone(2) + " -c:v libx264 -preset superfast -tune zerolatency -g 20" + opus, "matroska"); }

const auto all_clips = {&vp8, &vp9, &av1, &h264};

bool is_video(const WebmRecord& record, const WebmRecord::Block& block) {
  const auto track = std::ranges::find(record.tracks, block.head.track, &MediaTrack::number);
  return track != record.tracks.end() && kind_of(track->codec) == TrackKind::video;
}

void check_against_probe(const WebmRecord& record, const Listing& listing) {
  REQUIRE(record.blocks.size() == listing.packets.size());
  for (std::size_t i = 0; i < record.blocks.size(); ++i) {
    const auto& [head, element] = record.blocks[i];
    const Probed& probed = listing.packets[i];
    CAPTURE(i, head.position);
    // From sound ffprobe takes off what its decoder needs to get going (CodecDelay): 7 ms of Opus.
    if (probed.video) CHECK(head.time_us == probed.pts_us);
    else CHECK(head.time_us - *probed.pts_us == 7'000);
    CHECK(head.key == probed.key);
    CHECK(is_video(record, record.blocks[i]) == probed.video);
    CHECK(element.size() >= probed.bytes + 4);
    CHECK(element.size() <= probed.bytes + 40);
    REQUIRE(probed.position.has_value());
    CHECK(*probed.position > head.position);
    CHECK(*probed.position < head.position + 16);
  }
}

}  // namespace

TEST_CASE("every block of WebM is the packet that ffprobe lists: its place, track, time and whether it is a key frame") {
  for (const auto& bytes : all_clips) {
    const WebmRun run = scan_webm(bytes());
    CHECK_FALSE(run.error.has_value());
    REQUIRE(run.record.blocks.size() > 20);
    check_against_probe(run.record, probe(bytes()));
  }
}

TEST_CASE("WebM cut anywhere gives the same blocks") {
  for (const auto& bytes : all_clips) {
    const WebmRun whole = scan_webm(bytes());
    for (unsigned seed = 0; seed < 15; ++seed) {
      const WebmRun run = scan_webm(bytes(), seed);
      REQUIRE(run.record.trace() == whole.record.trace());
      REQUIRE(run.record.from(0) == whole.record.from(0));
    }
  }
}

TEST_CASE("the init segment and the blocks from any key frame on are WebM that ffprobe reads without complaint") {
  for (const auto& bytes : all_clips) {
    const WebmRecord record = scan_webm(bytes()).record;
    std::size_t keys = 0;
    for (std::size_t i = 0; i < record.blocks.size(); ++i) {
      if (!record.blocks[i].head.key || !is_video(record, record.blocks[i])) continue;
      ++keys;
      const Listing listing = probe(record.from(i));
      CHECK(listing.complaints == "");
      REQUIRE(listing.packets.size() == record.blocks.size() - i);
      CHECK(listing.packets[0].key);
      CHECK(listing.packets[0].pts_us == record.blocks[i].head.time_us);
    }
    CHECK(keys >= 2);
  }
}

TEST_CASE("clusters and segments of unknown size are read as those that say theirs") {
  const WebmRecord known = scan_webm(vp8()).record;
  const Buffer rewritten = known.from(0);  // nothing but unknown sizes
  const WebmRecord unknown = scan_webm(rewritten, 3).record;
  check_against_probe(unknown, probe(rewritten));
  REQUIRE(unknown.blocks.size() == known.blocks.size());
  for (std::size_t i = 0; i < known.blocks.size(); ++i) {
    CHECK(unknown.blocks[i].element == known.blocks[i].element);
    CHECK(unknown.blocks[i].head.time_us == known.blocks[i].head.time_us);
  }
}

TEST_CASE("what WebM is coded in is told, as browsers call it too") {
  const auto codecs = [](const Buffer& bytes) {
    std::string names;
    for (const MediaTrack& track : scan_webm(bytes).record.tracks)
      names += std::string(name_of(track.codec)) + "=" + track.codec_string + " ";
    return names;
  };
  CHECK(codecs(vp8()) == "vp8=vp8 opus=opus ");
  CHECK(codecs(vp9()) == "vp9=vp9 opus=opus ");
  CHECK(codecs(av1()) == "av1=av01.0.00M.08 ");
  CHECK(codecs(h264()).starts_with("h264=avc1.64"));
  CHECK(scan_webm(vp8()).record.tracks[0].width == 160);
  CHECK(scan_webm(vp8()).record.tracks[0].height == 120);
}

TEST_CASE("a finished file with indexes and tags is read like a live stream") {
  const Buffer& file = clip(pictures(3) + tone(3) + " -c:v libvpx -b:v 200k -deadline realtime -g 20 -c:a libopus", "webm");
  const WebmRun run = scan_webm(file, 9);
  CHECK_FALSE(run.error.has_value());
  check_against_probe(run.record, probe(file));
  const Listing again = probe(run.record.from(0));
  CHECK(again.complaints == "");
  CHECK(again.packets.size() == run.record.blocks.size());
}

TEST_CASE("a publisher that begins a new document is told by its init segment") {
  const WebmRun run = scan_webm(join({vp8(), vp9()}), 4);
  CHECK_FALSE(run.error.has_value());
  CHECK(run.record.inits == 2);
  CHECK(run.record.tracks[0].codec == Codec::vp9);
  CHECK(run.record.blocks.size() == scan_webm(vp8()).record.blocks.size() + scan_webm(vp9()).record.blocks.size());
}

TEST_CASE("what is no WebM is known by its first bytes") {
  CHECK(scan_webm(Bytes(clip(pictures(1) + " -c:v mpeg1video", "mpegts")).first(1)).error == WebmError::not_webm);
  CHECK(scan_webm(number(0x1A45DFA4, 4), 1).error == std::nullopt);  // its size is still to come
  CHECK(scan_webm(number(0x1A45DFA480, 5), 1).error == WebmError::not_webm);
  CHECK(scan_webm({}).error == std::nullopt);
}

TEST_CASE("a declared size takes no memory: what is held are the bytes that came") {
  const WebmRun run = scan_webm(join({webm_front(), element_head(ebml_id::simple_block, limits::webm_block_bytes_max), number(0, 5)}), 2);
  CHECK_FALSE(run.error.has_value());
  CHECK(run.held == 9 + 5);
}

TEST_CASE("a block is taken at 4 MiB and refused one byte larger, by its head alone") {
  const WebmRun at = scan_webm(join({webm_front(), simple_block(limits::webm_block_bytes_max)}), 5);
  CHECK_FALSE(at.error.has_value());
  CHECK(at.record.blocks.size() == 1);
  CHECK(scan_webm(join({webm_front(), element_head(ebml_id::simple_block, limits::webm_block_bytes_max + 1)})).error ==
        WebmError::too_large);
}

TEST_CASE("header, info and tracks are taken at 64 KiB and refused one byte larger") {
  const auto with = [](std::size_t bytes) {
    const Buffer filling = element(0xEC, Buffer(bytes - 9));
    return scan_webm(join({element(ebml_id::header, filling), open_element(ebml_id::segment), element(ebml_id::tracks, track_entry(1))}));
  };
  CHECK_FALSE(with(limits::webm_table_bytes_max).error.has_value());
  CHECK(with(limits::webm_table_bytes_max + 1).error == WebmError::too_large);
}

TEST_CASE("between two blocks 1 MiB of other things is endured and not one byte more") {
  const Buffer front = join({webm_front(), simple_block()});
  const auto with = [&](std::size_t bytes) { return scan_webm(join({front, element(0xEC, Buffer(bytes - 9)), simple_block()})); };
  CHECK(with(limits::webm_idle_bytes_max).record.blocks.size() == 2);
  CHECK(with(limits::webm_idle_bytes_max + 1).error == WebmError::too_large);
  // Also in small pieces, and of clusters without blocks.
  Buffer empty = front;
  const Buffer cluster = open_element(ebml_id::cluster);
  for (std::size_t i = 0; i * cluster.size() <= limits::webm_idle_bytes_max; ++i) empty.insert(empty.end(), cluster.begin(), cluster.end());
  CHECK(scan_webm(empty).error == WebmError::too_large);
}

TEST_CASE("eight tracks are taken and nine refused") {
  CHECK(scan_webm(join({webm_front(limits::webm_tracks_max), simple_block()})).record.tracks.size() == limits::webm_tracks_max);
  CHECK(scan_webm(webm_front(limits::webm_tracks_max + 1)).error == WebmError::too_many_tracks);
}

TEST_CASE("what cannot be meant is refused") {
  const auto refusal = [](std::initializer_list<Bytes> parts) { return scan_webm(join(parts)).error; };
  const Buffer header = element(ebml_id::header, {}), segment = open_element(ebml_id::segment),
               tracks = element(ebml_id::tracks, track_entry(1));
  const Buffer cluster = open_element(ebml_id::cluster);
  CHECK(refusal({header, segment, cluster}) == WebmError::bad_element);                           // no tracks
  CHECK(refusal({header, tracks}) == WebmError::bad_element);                                     // no segment
  CHECK(refusal({header, segment, tracks, simple_block()}) == WebmError::bad_element);            // no cluster
  CHECK(refusal({header, segment, tracks, cluster, simple_block()}) == WebmError::bad_element);   // no time
  CHECK(refusal({webm_front(), open_element(ebml_id::simple_block)}) == WebmError::bad_element);  // a block without end
  CHECK(refusal({webm_front(), open_element(0xEC)}) == WebmError::bad_element);                   // filling without end
  CHECK(refusal({webm_front(), element(ebml_id::simple_block, number(0x81, 1))}) == WebmError::bad_element);
  CHECK(refusal({webm_front(), element(ebml_id::block_group, number(0xFF, 1))}) == WebmError::bad_element);
  CHECK(refusal({webm_front(), number(0, 4)}) == WebmError::bad_element);  // no id begins with 0
  CHECK(refusal({webm_front(1, 0, 0)}) == WebmError::bad_element);         // ticks of no length
  CHECK(refusal({header, segment, element(ebml_id::tracks, number(0xAE, 1))}) == WebmError::bad_element);
}

TEST_CASE("times are read as far as they fit in microseconds, and refused beyond") {
  const std::uint64_t most = (std::uint64_t{1} << 62) / 1'000'000;
  const WebmRun at = scan_webm(join({webm_front(1, most), simple_block(10, 32'767)}));
  REQUIRE(at.record.blocks.size() == 1);
  CHECK(at.record.blocks[0].head.time_us == (static_cast<std::int64_t>(most) + 32'767) * 1'000);
  CHECK(scan_webm(webm_front(1, most + 1)).error == WebmError::bad_element);
  CHECK(scan_webm(join({webm_front(1, 5), simple_block(10, -7)})).record.blocks[0].head.time_us == -2'000);
}

TEST_CASE("an error of WebM is final") {
  WebmRecord record;
  EbmlScanner scanner(record);
  CHECK(scanner.feed(number(0, 1)) == WebmError::not_webm);
  CHECK(scanner.feed(webm_front()) == WebmError::not_webm);
}

TEST_CASE("no mutation of WebM makes what comes out depend on how it was cut, or holds more than came") {
  const Bytes good = Bytes(vp8()).first(12'000);
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    Buffer bad(good.begin(), good.end());
    for (unsigned i = 0; i <= random() % 6; ++i) bad[random() % bad.size()] = static_cast<std::byte>(random());
    const WebmRun whole = scan_webm(bad), cut = scan_webm(bad, seed);
    REQUIRE(whole.record.trace() == cut.record.trace());
    REQUIRE(whole.error == cut.error);
    REQUIRE(whole.held == cut.held);
    REQUIRE(whole.held <= bad.size());
  }
}

TEST_CASE("every refusal of WebM has a name of its own") {
  for (int i = 0; i <= static_cast<int>(WebmError::too_many_tracks); ++i) {
    CHECK(name_of(static_cast<WebmError>(i)) != "?");
    for (int other = 0; other < i; ++other) CHECK(name_of(static_cast<WebmError>(i)) != name_of(static_cast<WebmError>(other)));
  }
}

}  // namespace matinee::streams
