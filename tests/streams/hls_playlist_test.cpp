// The HLS media playlist: the rules of RFC 8216 over a playlist's whole life, and ffprobe as a player of what is written.
#include "streams/hls_playlist.h"

#include <catch2/catch.hpp>
#include <map>
#include <random>
#include <sstream>

#include "tests/streams/mp4_tools.h"

namespace matinee::streams {
namespace {

using namespace test;
constexpr std::int64_t second = 1'000'000;

HlsSegment segment(int number, std::int64_t duration_us = 2 * second, bool discontinuity = false) {
  return {"s" + std::to_string(number) + ".m4s", duration_us, 1'700'000'000 * second + number * 2 * second, discontinuity};
}

HlsPlaylist started(HlsOptions options = {}) {
  HlsPlaylist playlist(options);
  REQUIRE_FALSE(playlist.set_map("init0.mp4").has_value());
  return playlist;
}

// A playlist as a client reads it (4.3).
struct Read {
  std::int64_t target_s = 0;
  std::uint64_t media_sequence = 0, discontinuity_sequence = 0;
  bool ended = false, independent = false;
  struct Entry {
    std::string uri, map, date;
    double duration_s = 0;
    bool discontinuity = false;
    auto operator<=>(const Entry&) const = default;
  };
  std::vector<Entry> entries;
};
Read read(const std::string& text) {
  Read out;
  std::stringstream stream(text);
  std::string line, map;
  Read::Entry entry;
  REQUIRE(std::getline(stream, line));
  REQUIRE(line == "#EXTM3U");
  REQUIRE(text.ends_with("\n"));
  while (std::getline(stream, line)) {
    const std::string value = line.find(':') == std::string::npos ? "" : line.substr(line.find(':') + 1);
    if (line.starts_with("#EXT-X-VERSION")) CHECK(std::stoi(value) >= 6);  // for EXT-X-MAP
    else if (line.starts_with("#EXT-X-TARGETDURATION")) out.target_s = std::stoll(value);
    else if (line.starts_with("#EXT-X-MEDIA-SEQUENCE")) out.media_sequence = std::stoull(value);
    else if (line.starts_with("#EXT-X-DISCONTINUITY-SEQUENCE")) out.discontinuity_sequence = std::stoull(value);
    else if (line == "#EXT-X-DISCONTINUITY") entry.discontinuity = true;
    else if (line == "#EXT-X-INDEPENDENT-SEGMENTS") out.independent = true;
    else if (line == "#EXT-X-ENDLIST") out.ended = true;
    else if (line.starts_with("#EXT-X-MAP")) map = value;
    else if (line.starts_with("#EXT-X-PROGRAM-DATE-TIME")) entry.date = value;
    else if (line.starts_with("#EXTINF")) entry.duration_s = std::stod(value);
    else {
      REQUIRE_FALSE(line.starts_with("#"));
      entry.uri = line;
      entry.map = map;
      out.entries.push_back(std::exchange(entry, {}));
    }
  }
  return out;
}

}  // namespace

TEST_CASE("a playlist says all that a live stream in fragments needs") {
  HlsPlaylist playlist = started();
  REQUIRE_FALSE(playlist.add(segment(0, 1'999'999), 0).has_value());
  REQUIRE_FALSE(playlist.add({"s1.m4s", 2 * second, 951'782'399'999'000, true}, 0).has_value());
  CHECK(playlist.text("?v=7") ==
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-MAP:URI=\"init0.mp4?v=7\"\n#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:20.000Z\n"
        "#EXTINF:1.999999,\ns0.m4s?v=7\n#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:2000-02-28T23:59:59.999Z\n#EXTINF:2.000000,\n"
        "s1.m4s?v=7\n");
}

TEST_CASE("dates are those of the calendar, leap days and turns of the year included") {
  const auto date = [](std::int64_t unix_s) {
    HlsPlaylist playlist = started();
    REQUIRE_FALSE(playlist.add({"a", second, unix_s * second, false}, 0).has_value());
    return read(playlist.text()).entries[0].date;
  };
  CHECK(date(0) == "1970-01-01T00:00:00.000Z");
  CHECK(date(951'782'400) == "2000-02-29T00:00:00.000Z");
  CHECK(date(1'704'067'199) == "2023-12-31T23:59:59.000Z");
  CHECK(date(1'704'067'200) == "2024-01-01T00:00:00.000Z");
  CHECK(date(1'709'164'800) == "2024-02-29T00:00:00.000Z");
  CHECK(date(4'107'542'400) == "2100-03-01T00:00:00.000Z");
}

TEST_CASE("a segment is as long as the target duration, rounded, and not one microsecond more") {
  HlsPlaylist playlist = started();
  CHECK_FALSE(playlist.add(segment(0, 4'499'999), 0).has_value());
  CHECK(playlist.add(segment(1, 4'500'000), 0) == HlsRefusal::too_long);
  CHECK(playlist.size() == 1);
}

TEST_CASE("what cannot be written into a playlist is refused") {
  HlsPlaylist playlist({});
  CHECK(playlist.add(segment(0), 0) == HlsRefusal::no_map);
  for (const char* uri : {"", "a b", "a\nb", "a\"b", "#a", "a?b", "https://x/"}) CHECK(playlist.set_map(uri) == HlsRefusal::bad_uri);
  CHECK_FALSE(playlist.set_map(std::string(limits::hls_uri_bytes_max, 'a')).has_value());
  CHECK(playlist.set_map(std::string(limits::hls_uri_bytes_max + 1, 'a')) == HlsRefusal::bad_uri);
  CHECK(playlist.add({"a b", second, 0, false}, 0) == HlsRefusal::bad_uri);
  CHECK(playlist.add({"a", 0, 0, false}, 0) == HlsRefusal::bad_duration);
  CHECK(playlist.add({"a", second, -1, false}, 0) == HlsRefusal::bad_duration);
  playlist.end();
  CHECK(playlist.add(segment(0), 0) == HlsRefusal::ended);
}

TEST_CASE("a stream that has ended says so, and keeps what can still be seen") {
  HlsPlaylist playlist = started();
  REQUIRE_FALSE(playlist.add(segment(0), 0).has_value());
  CHECK_FALSE(read(playlist.text()).ended);
  playlist.end();
  CHECK(read(playlist.text()).ended);
  CHECK(read(playlist.text()).entries.size() == 1);
}

TEST_CASE("a playlist has as many segments as the bound says, however long its window, and not one more") {
  HlsPlaylist playlist = started({4, 1'000'000 * second});
  for (int i = 0; i < static_cast<int>(limits::hls_segments_max); ++i) REQUIRE_FALSE(playlist.add(segment(i), 0).has_value());
  CHECK(playlist.media_sequence() == 0);
  REQUIRE_FALSE(playlist.add(segment(9'999), 0).has_value());
  CHECK(playlist.size() == limits::hls_segments_max);
  CHECK(playlist.media_sequence() == 1);
}

TEST_CASE("files of as many bytes as the bound says are kept, half in the playlist and half leaving it, and not one more") {
  HlsOptions options{2, 1'000 * second};
  options.bytes_max = 2 * 10 * 100;
  HlsPlaylist playlist = started(options);
  const auto add = [&](int i) {
    HlsSegment one = segment(i);
    one.bytes = 100;
    REQUIRE_FALSE(playlist.add(std::move(one), 0).has_value());
  };
  for (int i = 0; i < 10; ++i) add(i);
  CHECK(playlist.size() == 10);
  add(10);
  CHECK(playlist.size() == 10);
  CHECK(playlist.media_sequence() == 1);
  for (int i = 11; i < 20; ++i) add(i);
  CHECK(playlist.take_expired(0).empty());
  add(20);
  CHECK(playlist.take_expired(0) == std::vector<std::string>{"s0.m4s"});
  CHECK(HlsOptions{}.bytes_max == limits::hls_bytes_max);
}

TEST_CASE("over a whole life the rules of RFC 8216 hold from each playlist to the next") {
  for (unsigned seed = 0; seed < 30; ++seed) {
    std::mt19937 random(seed);
    const HlsOptions options{4, static_cast<std::int64_t>(1 + random() % 40) * second};
    HlsPlaylist playlist = started(options);
    std::map<std::uint64_t, Read::Entry> known;              // by media sequence number
    std::map<std::uint64_t, std::uint64_t> discontinuities;  // of each segment: how many before and at it
    std::map<std::string, std::int64_t> needed_until;        // by URI: for who still holds an older playlist
    std::int64_t now_us = 0;
    std::uint64_t sequence_before = 0;
    for (int i = 0; i < 200; ++i) {
      const bool other = random() % 10 == 0;
      if (other) REQUIRE_FALSE(playlist.set_map("init" + std::to_string(i) + ".mp4").has_value());
      const auto duration_us = static_cast<std::int64_t>(100'000 + random() % 4'300'000);
      now_us += duration_us;
      REQUIRE_FALSE(playlist.add(segment(i, duration_us, other), now_us).has_value());

      const Read now = read(playlist.text());
      CHECK(now.independent);
      CHECK(now.target_s == options.target_s);
      CHECK(now.media_sequence >= sequence_before);
      sequence_before = now.media_sequence;
      double listed_s = 0;
      std::uint64_t count = now.discontinuity_sequence;
      for (std::size_t at = 0; at < now.entries.size(); ++at) {
        const Read::Entry& entry = now.entries[at];
        const std::uint64_t number = now.media_sequence + at;
        CHECK(std::llround(entry.duration_s) <= now.target_s);
        listed_s += entry.duration_s;
        if (entry.discontinuity) ++count;
        const auto [place, fresh] = known.try_emplace(number, entry);
        REQUIRE(place->second == entry);  // a number never becomes another segment
        REQUIRE(discontinuities.try_emplace(number, count).first->second == count);
      }
      REQUIRE(now.entries.back().uri == "s" + std::to_string(i) + ".m4s");
      const bool something_left = now.media_sequence > 0;
      if (something_left) CHECK(listed_s >= 3 * static_cast<double>(options.target_s));
      for (const Read::Entry& entry : now.entries) {
        const auto until = now_us + static_cast<std::int64_t>((entry.duration_s + listed_s) * 1e6);
        std::int64_t& needed = needed_until[entry.uri];
        needed = std::max(needed, until - 100);  // seconds were read back from text
      }
      for (const std::string& uri : playlist.take_expired(now_us)) {
        for (const Read::Entry& entry : now.entries) {
          CHECK(entry.uri != uri);
          CHECK(entry.map.find(uri) == std::string::npos);
        }
        if (uri.starts_with("s")) CHECK(needed_until[uri] <= now_us);
      }
    }
    CHECK(playlist.discontinuity_sequence() > 0);
  }
}

TEST_CASE("segments that left are given up once each, when nobody can ask for them any more") {
  HlsPlaylist playlist = started({2, 6 * second});
  std::vector<std::string> gone;
  for (int i = 0; i < 40; ++i) {
    if (i == 20) REQUIRE_FALSE(playlist.set_map("init1.mp4").has_value());
    REQUIRE_FALSE(playlist.add(segment(i), i * 2 * second).has_value());
    for (std::string& uri : playlist.take_expired(i * 2 * second)) gone.push_back(std::move(uri));
  }
  for (std::string& uri : playlist.take_expired(1'000 * second)) gone.push_back(std::move(uri));
  CHECK(gone.size() == 40 - playlist.size() + 1);
  CHECK(std::ranges::count(gone, "init0.mp4") == 1);
  CHECK(std::ranges::count(gone, "s0.m4s") == 1);
}

TEST_CASE("ffprobe plays a playlist of fragments from end to end, over a change of publisher too") {
  const std::string by_key = " -movflags frag_keyframe+empty_moov+default_base_moof";
  const Buffer& first = clip(pictures(4) + tone(4) + " -c:v libx264 -preset superfast -g 25 -c:a aac" + by_key, "mp4");
  const Buffer& second_one = clip(pictures(3, 192, 108) + tone(3) + " -c:v libx264 -preset superfast -g 25 -c:a aac" + by_key, "mp4");
  HlsPlaylist playlist({2, 60 * second});
  int number = 0;
  std::size_t pictures_written = 0;
  const auto add = [&](const Buffer& bytes, const std::string& map, bool discontinuity) {
    const Mp4Record record = scan_mp4(bytes).record;
    static_cast<void>(write_file("hls/" + map, record.init));
    REQUIRE_FALSE(playlist.set_map(map).has_value());
    for (const auto& fragment : record.fragments) {
      HlsSegment one = segment(number++, fragment.duration_us, std::exchange(discontinuity, false));
      static_cast<void>(write_file("hls/" + one.uri, fragment.bytes));
      pictures_written += fragment.runs[0].samples;
      REQUIRE_FALSE(playlist.add(std::move(one), 0).has_value());
    }
  };
  add(first, "init0.mp4", false);
  REQUIRE(pictures_written == 100);
  playlist.end();
  const auto play = [&] {
    const std::string text = playlist.text();
    return probe(write_file("hls/index.m3u8", std::as_bytes(std::span(text))));
  };
  const Listing whole = play();
  CHECK(whole.of(true).size() == 100);
  CHECK(whole.of(true)[0].key);

  playlist = HlsPlaylist({2, 60 * second});
  number = 0;
  add(first, "init0.mp4", false);
  add(second_one, "init1.mp4", true);
  playlist.end();
  CHECK(play().of(true).size() == 175);
}

}  // namespace matinee::streams
