// Fragmented MP4 as ffmpeg writes it, against what ffprobe reads in it; and what is none, cut, made up or too large.
#include <catch2/catch.hpp>
#include <random>

#include "streams/limits.h"
#include "streams/mp4_scanner.h"
#include "tests/streams/mp4_tools.h"

namespace matinee::streams {
namespace {

using namespace test;

const std::string by_key = " -movflags frag_keyframe+empty_moov+default_base_moof",
                  every_frame = " -movflags frag_every_frame+empty_moov+default_base_moof";
const std::string x264 = " -c:v libx264 -preset superfast -g 20 -c:a aac";
const Buffer& h264() { return clip(pictures(3) + tone(3) + x264 + " -bf 2" + by_key, "mp4"); }
const Buffer& h264_by_frame() { return clip(pictures(2) + tone(2) + x264 + " -tune zerolatency" + every_frame, "mp4"); }
const Buffer& cmaf() { return clip(pictures(2) + x264 + " -bf 0 -movflags +cmaf+dash+frag_keyframe+empty_moov+default_base_moof", "mp4"); }
const Buffer& hevc() {
  return clip(
      pictures(1) + " -c:v libx265 -preset ultrafast -tag:v hvc1 -x265-params log-level=error:pools=1:frame-threads=1:keyint=10" + by_key,
      "mp4");
}
const Buffer& vp9() {
  return clip(pictures(1) + tone(1) + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 10 -c:a libopus" + by_key, "mp4");
}
const Buffer& av1() { return clip(pictures(1, 64, 64) + " -c:v libsvtav1 -preset 12 -g 10" + by_key, "mp4"); }

const auto all_clips = {&h264, &h264_by_frame, &cmaf, &hevc, &vp9, &av1};

bool is_video(const Mp4Record& record, std::uint64_t number) {
  const auto track = std::ranges::find(record.tracks, number, &MediaTrack::number);
  return track != record.tracks.end() && kind_of(track->codec) == TrackKind::video;
}

// Every run stands for the next packets of its kind in ffprobe's list.
void check_against_probe(const Mp4Record& record, const Listing& listing) {
  const std::vector<Probed> probed[] = {listing.of(false), listing.of(true)};
  std::size_t at[] = {0, 0};
  for (const auto& fragment : record.fragments) {
    for (const Mp4Run& run : fragment.runs) {
      const bool video = is_video(record, run.track);
      REQUIRE(at[video] + run.samples <= probed[video].size());
      const Probed* packets = probed[video].data() + at[video];
      at[video] += run.samples;
      CAPTURE(fragment.position, video, run.samples);
      CHECK(std::abs(run.time_us - *packets[0].dts_us) <= 1);
      CHECK(run.begins_with_key == packets[0].key);
      CHECK(run.keys == std::count_if(packets, packets + run.samples, [](const Probed& packet) { return packet.key; }));
      for (std::uint32_t i = 0; i < run.samples; ++i) {
        CHECK(packets[i].position > fragment.position);
        CHECK(packets[i].position < fragment.position + fragment.bytes.size());
      }
      // How long its last piece of sound is ffmpeg does not always know.
      if (video && at[video] < probed[video].size()) CHECK(std::abs(run.time_us + run.duration_us - *probed[video][at[video]].dts_us) <= 2);
      if (run.track == record.tracks[0].number) CHECK(fragment.key == (video && packets[0].key));
    }
  }
  CHECK(at[0] == probed[0].size());
  CHECK(at[1] == probed[1].size());
}

}  // namespace

TEST_CASE("the fragments of MP4 hold the packets that ffprobe lists: how many, when, and which are key frames") {
  for (const auto& bytes : all_clips) {
    const Mp4Scan scan = scan_mp4(bytes());
    CHECK_FALSE(scan.error.has_value());
    REQUIRE(scan.record.fragments.size() >= 3);
    check_against_probe(scan.record, probe(bytes()));
  }
}

TEST_CASE("MP4 cut anywhere gives the same fragments") {
  for (const auto& bytes : all_clips) {
    const Mp4Scan whole = scan_mp4(bytes());
    for (unsigned seed = 0; seed < 15; ++seed) {
      const Mp4Scan scan = scan_mp4(bytes(), seed);
      REQUIRE(scan.record.trace() == whole.record.trace());
      REQUIRE(scan.record.from(0) == whole.record.from(0));
    }
  }
}

TEST_CASE("the init data and the fragments from any key frame on are MP4 that ffprobe reads without complaint") {
  for (const auto& bytes : all_clips) {
    const Mp4Record record = scan_mp4(bytes()).record;
    std::size_t keys = 0;
    for (std::size_t i = 0; i < record.fragments.size(); ++i) {
      if (!record.fragments[i].key) continue;
      ++keys;
      const Listing listing = probe(record.from(i));
      CHECK(listing.complaints == "");
      std::size_t samples = 0;
      for (std::size_t j = i; j < record.fragments.size(); ++j) {
        for (const Mp4Run& run : record.fragments[j].runs) samples += run.samples;
      }
      CHECK(listing.packets.size() == samples);
      REQUIRE_FALSE(listing.of(true).empty());
      CHECK(listing.of(true)[0].key);
    }
    CHECK(keys >= 2);
  }
}

TEST_CASE("what MP4 is coded in is told, as browsers call it too") {
  const auto codecs = [](const Buffer& bytes) {
    std::string names;
    for (const MediaTrack& track : scan_mp4(bytes).record.tracks)
      names += std::string(name_of(track.codec)) + "=" + track.codec_string + " ";
    return names;
  };
  CHECK(codecs(h264()).starts_with("h264=avc1.64"));
  CHECK(codecs(h264()).ends_with(" aac=mp4a.40.2 "));
  CHECK(codecs(hevc()).starts_with("hevc=hvc1.1.6.L"));
  CHECK(codecs(vp9()) == "vp9=vp09.00.10.08 opus=opus ");
  CHECK(codecs(av1()) == "av1=av01.0.00M.08 ");
  CHECK(scan_mp4(h264()).record.tracks[0].width == 160);
  CHECK(scan_mp4(h264()).record.tracks[0].height == 120);
}

TEST_CASE("boxes between the fragments are left out") {
  CHECK(contains(cmaf(), number(box_type("sidx"), 4)));
  const Buffer out = scan_mp4(cmaf()).record.from(0);
  for (const char* type : {"styp", "sidx", "mfra"}) CHECK_FALSE(contains(out, number(box_type(type), 4)));
}

TEST_CASE("a publisher that begins anew is told by its init data") {
  const Mp4Scan scan = scan_mp4(join({h264(), vp9()}), 4);
  CHECK_FALSE(scan.error.has_value());
  CHECK(scan.record.inits == 2);
  CHECK(scan.record.tracks[0].codec == Codec::vp9);
}

TEST_CASE("MP4 whose samples are placed by the publisher's file, and MP4 without fragments, are refused by name") {
  CHECK(scan_mp4(clip(pictures(1) + x264 + " -movflags frag_keyframe+empty_moov", "mp4")).error == Mp4Error::absolute_offsets);
  CHECK(scan_mp4(clip(pictures(1) + x264, "mp4")).error == Mp4Error::not_fragmented);
  CHECK(scan_mp4(clip(pictures(1) + x264 + " -movflags faststart", "mp4")).error == Mp4Error::not_fragmented);
}

TEST_CASE("what is no MP4 is known by its first box") {
  CHECK(scan_mp4(Bytes(clip(pictures(1) + " -c:v mpeg1video", "mpegts")).first(8)).error == Mp4Error::not_mp4);
  CHECK(scan_mp4(moov(), 1).error == Mp4Error::not_mp4);
  CHECK(scan_mp4(number(1, 4)).error == std::nullopt);
  CHECK(scan_mp4(join({number(1, 4), number(box_type("ftyp"), 4)})).error == Mp4Error::not_mp4);  // of 2^32 bytes and more
}

TEST_CASE("fragments written by hand are read as they are meant") {
  const Mp4Scan scan = scan_mp4(join({mp4_front(), fragment(traf(5, 1'000)), fragment(traf(5, 1'200, 0x20020))}));
  // The second one says that its header has flags, and then has none.
  CHECK(scan.error == Mp4Error::bad_box);
  REQUIRE(scan.record.fragments.size() == 1);
  const auto& first = scan.record.fragments[0];
  CHECK(first.key);
  CHECK(first.time_us == 1'000'000);
  CHECK(first.duration_us == 200'000);
  CHECK(first.runs[0].keys == 1);
}

TEST_CASE("a declared size takes no memory of MP4's scanner: what is held are the bytes that came") {
  const Buffer head = box_head("mdat", limits::mp4_fragment_bytes_max - 1'000);
  const Buffer moof = box("moof", traf(1));
  const Mp4Scan scan = scan_mp4(join({mp4_front(), moof, head, number(0, 5)}), 2);
  CHECK_FALSE(scan.error.has_value());
  CHECK(scan.held == moof.size() + head.size() + 5);
}

TEST_CASE("a fragment is taken at 16 MiB and refused one byte larger, by its head alone") {
  const Buffer moof = box("moof", traf(1));
  const std::size_t most = limits::mp4_fragment_bytes_max - moof.size() - 8;
  const Mp4Scan at = scan_mp4(join({mp4_front(), moof, box("mdat", Buffer(most))}), 6);
  CHECK_FALSE(at.error.has_value());
  CHECK(at.record.fragments.size() == 1);
  CHECK(scan_mp4(join({mp4_front(), moof, box_head("mdat", most + 1)})).error == Mp4Error::too_large);
}

TEST_CASE("the head of a fragment is taken at 1 MiB and refused one byte larger") {
  const auto with = [](std::size_t bytes) {
    const Buffer samples = traf(1);
    return scan_mp4(join({mp4_front(), fragment(join({samples, box("free", Buffer(bytes - 16 - samples.size()))}))}));
  };
  CHECK(with(limits::mp4_moof_bytes_max).record.fragments.size() == 1);
  CHECK(with(limits::mp4_moof_bytes_max + 1).error == Mp4Error::too_large);
}

TEST_CASE("init data is taken at 256 KiB and refused one byte larger") {
  const auto with = [](std::size_t bytes) {
    const Buffer ftyp = box("ftyp", number(0, 8)), whole = moov();
    const Buffer filling = box("free", Buffer(bytes - ftyp.size() - whole.size() - 8));
    return scan_mp4(join({ftyp, box("moov", join({Bytes(whole).subspan(8), filling}))}));
  };
  CHECK(with(limits::mp4_init_bytes_max).record.init.size() == limits::mp4_init_bytes_max);
  CHECK(with(limits::mp4_init_bytes_max + 1).error == Mp4Error::too_large);
}

TEST_CASE("between two fragments 1 MiB of other boxes is endured and not one byte more") {
  const Buffer front = join({mp4_front(), fragment(traf(1))});
  const auto with = [&](std::size_t bytes) { return scan_mp4(join({front, box("free", Buffer(bytes - 8)), fragment(traf(1))})); };
  CHECK(with(limits::mp4_idle_bytes_max).record.fragments.size() == 2);
  CHECK(with(limits::mp4_idle_bytes_max + 1).error == Mp4Error::too_large);
}

TEST_CASE("eight tracks of MP4 are taken and nine refused") {
  CHECK(scan_mp4(mp4_front(limits::mp4_tracks_max)).record.tracks.size() == limits::mp4_tracks_max);
  CHECK(scan_mp4(mp4_front(limits::mp4_tracks_max + 1)).error == Mp4Error::too_many_tracks);
}

TEST_CASE("a fragment has as many samples as the bound says and not one more, however few bytes they take") {
  CHECK(scan_mp4(join({mp4_front(), fragment(traf(limits::mp4_samples_max))})).record.fragments.size() == 1);
  CHECK(scan_mp4(join({mp4_front(), fragment(traf(limits::mp4_samples_max + 1))})).error == Mp4Error::too_many_samples);
  CHECK(scan_mp4(join({mp4_front(), fragment(join({traf(limits::mp4_samples_max), traf(1)}))})).error == Mp4Error::too_many_samples);
  CHECK(scan_mp4(join({mp4_front(), fragment(traf(0xFFFFFFFF))})).error == Mp4Error::too_many_samples);
}

TEST_CASE("boxes that cannot be meant are refused") {
  const auto refusal = [](std::initializer_list<Bytes> parts) { return scan_mp4(join(parts)).error; };
  const Buffer front = mp4_front();
  CHECK(refusal({front, number(0, 4), number(box_type("free"), 4)}) == Mp4Error::bad_box);  // as far as the file goes
  CHECK(refusal({front, number(7, 4), number(box_type("free"), 4)}) == Mp4Error::bad_box);  // shorter than its head
  CHECK(refusal({front, box("moof", traf(1)), box("free", {})}) == Mp4Error::bad_box);      // nothing between moof and mdat
  CHECK(refusal({box("ftyp", {}), box("moof", traf(1))}) == Mp4Error::bad_box);             // no tracks
  CHECK(refusal({front, fragment(traf(1, 0, 0x20000, 2))}) == Mp4Error::bad_box);           // a track that there is not
  CHECK(refusal({front, fragment(box("traf", {}))}) == Mp4Error::bad_box);
  CHECK(refusal({front, fragment(number(3, 4))}) == Mp4Error::bad_box);
  CHECK(refusal({box("ftyp", {}), moov(1, 0)}) == Mp4Error::bad_box);  // no ticks in a second
  CHECK(refusal({box("ftyp", {}), box("moov", {})}) == Mp4Error::bad_box);
  CHECK(refusal({front, number(1, 4), number(box_type("mdat"), 4), number(20, 8)}) == Mp4Error::not_fragmented);
}

TEST_CASE("times of MP4 are read as far as they fit in microseconds, and refused beyond") {
  const std::uint64_t most = ((std::uint64_t{1} << 42) + 1) * 1'000 - 1;
  CHECK(scan_mp4(join({mp4_front(), fragment(traf(1, most))})).record.fragments.size() == 1);
  CHECK(scan_mp4(join({mp4_front(), fragment(traf(1, most + 1))})).error == Mp4Error::bad_box);
}

TEST_CASE("no mutation of MP4 makes what comes out depend on how it was cut, or holds more than came") {
  const Bytes good = Bytes(h264_by_frame()).first(12'000);
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    Buffer bad(good.begin(), good.end());
    for (unsigned i = 0; i <= random() % 6; ++i) bad[random() % bad.size()] = static_cast<std::byte>(random());
    const Mp4Scan whole = scan_mp4(bad), cut = scan_mp4(bad, seed);
    REQUIRE(whole.record.trace() == cut.record.trace());
    REQUIRE(whole.error == cut.error);
    REQUIRE(whole.held == cut.held);
    REQUIRE(whole.held <= bad.size());
  }
}

TEST_CASE("every refusal of MP4 has a name of its own") {
  for (int i = 0; i <= static_cast<int>(Mp4Error::absolute_offsets); ++i) {
    CHECK(name_of(static_cast<Mp4Error>(i)) != "?");
    for (int other = 0; other < i; ++other) CHECK(name_of(static_cast<Mp4Error>(i)) != name_of(static_cast<Mp4Error>(other)));
  }
}

}  // namespace matinee::streams
