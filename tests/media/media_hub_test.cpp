// Streams that come in containers: what viewers get of them, who publishes, and when they end. Clips are made by ffmpeg.
#include <catch2/catch.hpp>

#include "server/media/chunk_line.h"
#include "server/media/limits.h"
#include "server/media/live_viewers.h"
#include "server/media/media_socket_view.h"
#include "server/media/media_view.h"
#include "tests/media/media_world.h"
#include "tests/streams/clips.h"

namespace matinee::media::test {
namespace {

namespace clips = streams::test;
using streams::Begins;
using streams::test::Buffer;

const Buffer& ts() {
  return clips::clip(clips::pictures(4) + clips::tone(4) + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -c:a aac", "mpegts");
}
const Buffer& mpeg1() { return clips::clip(clips::pictures(2) + " -c:v mpeg1video -g 10 -bf 0", "mpegts"); }
const Buffer& webm() {
  return clips::clip(clips::pictures(4) + clips::tone(4) + " -c:v libvpx -b:v 200k -deadline realtime -g 25 -c:a libopus -live 1", "webm");
}
const Buffer& mp4() {
  return clips::clip(
      clips::pictures(3) + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -movflags frag_keyframe+empty_moov+default_base_moof", "mp4");
}

// A viewer whose network the test turns on and off, and what it got.
class FakeViewer final : public MediaViewer {
 public:
  explicit FakeViewer(const std::shared_ptr<MediaHub>& hub) : viewing(hub->watch(*this)) { pump(); }
  void pump() {
    while (open) {
      auto next = viewing.take();
      if (!next) return;
      if (next->init) bytes += payload(*next->init);
      inits += next->init != nullptr;
      bytes += std::string(lead_in_of(*next)) + payload(*next->unit);
      last = next->unit;
      ++units;
    }
  }
  static std::string payload(const MediaUnit& unit) { return unit.message->bytes.substr(unit.at); }

  bool open = true;
  std::string bytes;
  std::size_t units = 0, inits = 0, ends = 0;
  SharedUnit last;
  MediaViewing viewing;

 private:
  void on_unit() override { pump(); }
  void on_end() override {
    ++ends;
    viewing = {};
  }
};

struct Hub {
  explicit Hub(streams::LiveBounds bounds = {})
      : hub(std::make_shared<MediaHub>(MediaHubParts{.record = record(),
                                                     .room = room_code,
                                                     .counters = counters,
                                                     .now_us = [this] { return now_us; },
                                                     .on_changed = [this] { ++changes; },
                                                     .bounds = bounds})) {}
  void feed(MediaHub::Ticket ticket, streams::Bytes bytes, unsigned seed = 1) {
    clips::in_pieces(bytes, seed, [&](streams::Bytes piece) { REQUIRE(hub->feed(ticket, piece).what == MediaHub::Fed::What::fine); });
  }
  std::int64_t now_us = 1'000'000;
  int changes = 0;
  std::shared_ptr<MediaCounters> counters = std::make_shared<MediaCounters>();
  std::shared_ptr<MediaHub> hub;
};

// Everything that was posted has happened, and what that posted.
void turn(World& world) {
  for (int i = 0; i < 20; ++i) {
    bool done = false;
    world.loop.post([&done] { done = true; });
    world.until([&done] { return done; });
  }
}

streams::Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

// As many packets of either kind as ffprobe finds in the whole, but for those before the first key frame.
void check_playable(const std::string& got, std::size_t at_least) {
  const auto listing = clips::probe(bytes_of(got));
  CHECK(listing.complaints == "");
  REQUIRE(listing.of(true).size() >= at_least);
  CHECK(listing.of(true).front().key);
  std::int64_t last = -1;
  for (const auto& packet : listing.of(true)) {
    REQUIRE(packet.dts_us.value_or(*packet.pts_us) > last);
    last = packet.dts_us.value_or(*packet.pts_us);
  }
}

}  // namespace

TEST_CASE("a stream of MPEG-TS reaches a viewer as whole packets, tables first, from the newest key frame on") {
  Hub world;
  const auto ticket = world.hub->enter(false);
  REQUIRE(ticket);
  CHECK_FALSE(world.hub->program());
  FakeViewer early(world.hub);
  const streams::Bytes clip(ts());
  world.feed(*ticket, clip.first(clip.size() / 2));
  REQUIRE(world.hub->program());
  CHECK(world.hub->program()->form == rooms::LiveForm::ts);
  CHECK(world.hub->program()->codecs == std::vector<std::string>{"h264", "aac"});
  FakeViewer late(world.hub);
  CHECK(world.hub->viewers() == 2);
  world.feed(*ticket, clip.subspan(clip.size() / 2), 2);
  world.hub->finish(*ticket);
  for (const FakeViewer* viewer : {&early, &late}) {
    CHECK(viewer->ends == 1);
    CHECK(viewer->inits == 1);
    CHECK(viewer->bytes.size() % 188 == 0);
    for (std::size_t at = 0; at < viewer->bytes.size(); at += 188) REQUIRE(viewer->bytes[at] == 0x47);
    CHECK((viewer->bytes[1] & 0x1F) == 0);  // the PAT
  }
  check_playable(early.bytes, 99);
  check_playable(late.bytes, 50);
  CHECK(late.bytes.size() < early.bytes.size());
  CHECK(world.hub->ended());
  CHECK(world.hub->viewers() == 0);
}

TEST_CASE("MPEG-1 in MPEG-TS is told as what it is, and its first key frame is a beginning") {
  Hub world;
  const auto ticket = world.hub->enter(false);
  FakeViewer viewer(world.hub);
  world.feed(*ticket, mpeg1());
  world.hub->finish(*ticket);
  CHECK(world.hub->program()->codecs == std::vector<std::string>{"mpeg1"});
  CHECK(viewer.inits == 1);
  check_playable(viewer.bytes, 49);
}

TEST_CASE("WebM and MP4 reach a viewer with their init segment, from any moment on") {
  for (const Buffer* clip : {&webm(), &mp4()}) {
    Hub world;
    const auto ticket = world.hub->enter(false);
    FakeViewer early(world.hub);
    const streams::Bytes whole(*clip);
    world.feed(*ticket, whole.first(whole.size() * 2 / 3));
    FakeViewer late(world.hub);
    world.feed(*ticket, whole.subspan(whole.size() * 2 / 3), 3);
    check_playable(early.bytes, 70);
    check_playable(late.bytes, 25);
    CHECK(late.bytes.size() < early.bytes.size());
  }
}

TEST_CASE("what a stream is made of is said in the words of MediaSource") {
  Hub world;
  const auto ticket = world.hub->enter(false);
  world.feed(*ticket, webm());
  CHECK(world.hub->program()->form == rooms::LiveForm::webm);
  CHECK(world.hub->program()->type == "video/webm;codecs=\"vp8,opus\"");
  CHECK(world.hub->program()->width == 160);
  CHECK(world.hub->program()->sound);
  CHECK(describe(*world.hub->program()) == R"({"form":"webm","type":"video/webm;codecs=\"vp8,opus\"","codecs":["vp8","opus"]})");
  const rooms::LiveStream told = world.hub->told();
  CHECK(told.id == seams::first_stored_stream);
  CHECK(told.title == "Garden");
  CHECK(told.publisher_name == "Ada");
  CHECK(told.forms == std::vector{rooms::LiveForm::webm});
  CHECK(told.online);
}

TEST_CASE("a second publisher is refused or takes over, and whoever published before does no more") {
  Hub world;
  const auto first = world.hub->enter(false);
  world.feed(*first, streams::Bytes(ts()).first(ts().size() / 2));
  FakeViewer viewer(world.hub);
  CHECK_FALSE(world.hub->enter(false));
  const auto second = world.hub->enter(true);
  REQUIRE(second);
  const std::size_t before = viewer.bytes.size();
  CHECK(world.hub->feed(*first, ts()).what == MediaHub::Fed::What::not_yours);
  world.hub->leave(*first);
  world.hub->finish(*first);
  CHECK(world.hub->online());
  CHECK(viewer.bytes.size() == before);
  world.feed(*second, ts());
  CHECK(viewer.ends == 0);
  CHECK(viewer.inits == 2);
  check_playable(viewer.bytes.substr(before), 99);
}

TEST_CASE("a publisher that is cut off is waited for, thirty seconds and not longer, and viewers stay") {
  Hub world;
  const auto first = world.hub->enter(false);
  world.feed(*first, ts());
  FakeViewer viewer(world.hub);
  world.hub->leave(*first);
  CHECK_FALSE(world.hub->online());
  CHECK_FALSE(world.hub->told().online);
  world.now_us += streams::limits::publisher_lost_us - 1;
  world.hub->look();
  CHECK_FALSE(world.hub->ended());
  const auto back = world.hub->enter(false);
  REQUIRE(back);
  world.feed(*back, ts());
  CHECK(viewer.ends == 0);
  CHECK(viewer.inits == 2);
  world.hub->leave(*back);
  world.now_us += streams::limits::publisher_lost_us;
  world.hub->look();
  CHECK(world.hub->ended());
  CHECK(viewer.ends == 1);
  world.hub->look();
  CHECK(viewer.ends == 1);
  CHECK_FALSE(world.hub->watch(viewer));
}

TEST_CASE("what is no media is refused with its word, and a stream that never was one is not waited for") {
  Hub world;
  const auto ticket = world.hub->enter(false);
  const std::string rubbish(streams::limits::ts_rubbish_bytes_max + 1, 'x');
  const MediaHub::Fed outcome = world.hub->feed(*ticket, bytes_of(rubbish));
  CHECK(outcome.what == MediaHub::Fed::What::bad);
  CHECK(outcome.word == "not_ts");
  CHECK(world.counters->publishers_failed == 1);
  world.hub->leave(*ticket);
  CHECK(world.hub->ended());
  Hub other;
  const auto second = other.hub->enter(false);
  other.feed(*second, streams::Bytes(webm()).first(webm().size() / 2));
  const std::string zeros(100'000, '\0');  // to the end of the block at hand, and no element after it
  CHECK(other.hub->feed(*second, bytes_of(zeros)).what == MediaHub::Fed::What::bad);
  other.hub->leave(*second);
  CHECK_FALSE(other.hub->ended());  // its publisher may come back
}

TEST_CASE("a viewer that takes nothing holds one unit, the ring stays within its bound, and it goes on at a newer key frame") {
  Hub world({200'000, 4'096, streams::limits::live_lag_us_max});
  const auto ticket = world.hub->enter(false);
  FakeViewer slow(world.hub), quick(world.hub);
  world.feed(*ticket, streams::Bytes(ts()).first(ts().size() / 4));
  slow.open = false;
  for (int round = 0; round < 10; ++round) {
    world.feed(*ticket, ts());
    world.now_us += 4'000'000;
    REQUIRE(world.hub->ring().bytes() <= 200'000);
  }
  const std::size_t before = slow.units, had = slow.bytes.size();
  slow.open = true;
  slow.pump();
  CHECK(slow.units > before);
  CHECK(slow.units < quick.units / 2);
  CHECK(world.counters->media_units_skipped > 0);
  const auto listing = clips::probe(bytes_of(slow.bytes.substr(0, 376) + slow.bytes.substr(had)));
  REQUIRE_FALSE(listing.of(true).empty());
  CHECK(listing.of(true).front().key);
}

TEST_CASE("a stream ends when what is stored says so: another key, an end, a blocked owner, a closed room") {
  const auto ends = [](const std::function<void(seams::StreamRecord&)>& change) {
    Hub world;
    static_cast<void>(world.hub->enter(false));
    auto stored = record();
    change(stored);
    world.hub->update(stored);
    return world.hub->ended();
  };
  CHECK(ends([](auto& stored) { stored.key_hash.fill(99); }));
  CHECK(ends([](auto& stored) { stored.ended_at_ms = 5; }));
  CHECK(ends([](auto& stored) { stored.owner_blocked = true; }));
  CHECK(ends([](auto& stored) { stored.room_closed = true; }));
  CHECK_FALSE(ends([](auto& stored) { stored.name = "Door"; }));
}

// ---- chunks

TEST_CASE("chunks are taken in order; a repeat, a gap and another turn are told apart, and nothing comes twice") {
  ChunkLine line("session-1");
  const std::string text = "abcdefgh";
  const auto take = [&](std::size_t from, std::size_t count) {
    const auto bytes = line.take(bytes_of(text).subspan(from, count));
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  CHECK(line.ask(0) == ChunkLine::Answer::next);
  CHECK(line.ask(1) == ChunkLine::Answer::gap);
  const auto first = line.begin();
  CHECK(take(0, 3) == "abc");
  const auto second = line.begin();  // the first request broke off
  CHECK_FALSE(line.holds(first));
  CHECK(line.holds(second));
  CHECK(take(0, 2) == "");
  CHECK(take(2, 3) == "de");
  CHECK(take(5, 3) == "fgh");
  CHECK(line.bytes() == 8);
  line.end();
  CHECK_FALSE(line.holds(second));
  CHECK(line.ask(0) == ChunkLine::Answer::repeat);
  CHECK(line.ask(1) == ChunkLine::Answer::next);
  CHECK(line.expected() == 1);
}

TEST_CASE("what a page sends in chunks, cut anywhere and with broken requests, is the stream it recorded") {
  using What = MediaHub::Chunk::What;
  for (const Buffer* clip : {&webm(), &mp4()}) {
    Hub world, plain;
    FakeViewer got(world.hub), wanted(plain.hub);
    const auto ticket = plain.hub->enter(false);
    plain.feed(*ticket, *clip);
    std::uint64_t number = 0;
    clips::in_pieces(*clip, 7, [&](streams::Bytes chunk) {
      if (number % 3 == 1) {
        const auto broken = world.hub->begin_chunk("session-1", number, false);
        static_cast<void>(world.hub->feed_chunk("session-1", broken.turn, chunk.first(chunk.size() / 2)));
      }
      const auto place = world.hub->begin_chunk("session-1", number, false);
      REQUIRE(place.what == What::next);
      REQUIRE(world.hub->feed_chunk("session-1", place.turn, chunk).what == MediaHub::Fed::What::fine);
      REQUIRE(world.hub->end_chunk("session-1", place.turn, false).what == MediaHub::Fed::What::fine);
      ++number;
    });
    CHECK(got.bytes == wanted.bytes);
    CHECK(world.hub->begin_chunk("session-1", number - 1, false).what == What::repeat);
    const auto gap = world.hub->begin_chunk("session-1", number + 1, false);
    CHECK(gap.what == What::gap);
    CHECK(gap.expected == number);
    CHECK(world.hub->begin_chunk("session-2", 5, true).what == What::gap);
    CHECK(world.hub->begin_chunk("session-2", 0, false).what == What::busy);
    const auto last = world.hub->begin_chunk("session-1", number, false);
    REQUIRE(world.hub->end_chunk("session-1", last.turn, true).what == MediaHub::Fed::What::fine);
    CHECK(world.hub->ended());
    CHECK(got.ends == 1);
  }
}

TEST_CASE("a page that is silent for ten seconds is cut off, goes on where it was, and MPEG-TS in chunks is not taken") {
  using What = MediaHub::Chunk::What;
  Hub world;
  const streams::Bytes clip(webm());
  const auto first = world.hub->begin_chunk("session-1", 0, false);
  static_cast<void>(world.hub->feed_chunk("session-1", first.turn, clip.first(clip.size() / 2)));
  static_cast<void>(world.hub->end_chunk("session-1", first.turn, false));
  FakeViewer viewer(world.hub);
  world.now_us += limits::chunk_silence_us - 1;
  world.hub->look();
  CHECK(world.hub->online());
  world.now_us += 1;
  world.hub->look();
  CHECK_FALSE(world.hub->online());
  const auto second = world.hub->begin_chunk("session-1", 1, false);
  REQUIRE(second.what == What::next);
  CHECK(world.hub->online());
  CHECK(world.hub->feed_chunk("session-1", second.turn, clip.subspan(clip.size() / 2)).what == MediaHub::Fed::What::fine);
  CHECK(viewer.inits == 1);  // the same recording
  CHECK(viewer.ends == 0);
  Hub other;
  const auto place = other.hub->begin_chunk("session-1", 0, false);
  const auto outcome = other.hub->feed_chunk("session-1", place.turn, ts());
  CHECK(outcome.what == MediaHub::Fed::What::bad);
  CHECK(outcome.word == "not_media");
  CHECK(other.hub->ended());
}

TEST_CASE("another session takes the seat when it asks to, or when nobody has it, and the one before is told") {
  using What = MediaHub::Chunk::What;
  Hub world;
  const auto first = world.hub->begin_chunk("session-1", 0, false);
  const auto second = world.hub->begin_chunk("session-2", 0, true);
  CHECK(second.what == What::next);
  CHECK(world.hub->feed_chunk("session-1", first.turn, webm()).what == MediaHub::Fed::What::not_yours);
  CHECK(world.hub->begin_chunk("session-1", 0, false).what == What::busy);
  CHECK(world.hub->feed_chunk("session-2", second.turn, webm()).what == MediaHub::Fed::What::fine);
  const auto third = world.hub->enter(true);  // by the key
  REQUIRE(third);
  CHECK(world.hub->feed_chunk("session-2", second.turn, webm()).what == MediaHub::Fed::What::not_yours);
  CHECK(world.hub->end_chunk("session-2", second.turn, false).what == MediaHub::Fed::What::not_yours);
}

// ---- in a room

TEST_CASE("a room is told of a stream beside those of desktops, and again when it is opened anew") {
  World world;
  const auto hub = world.relay->media_hub(record());
  REQUIRE(hub);
  const auto ticket = hub->enter(false);
  turn(world);
  CHECK(world.gate.live().streams.empty());  // nobody knows yet what it is
  REQUIRE(hub->feed(*ticket, ts()).what == MediaHub::Fed::What::fine);
  world.until([&] { return world.gate.live().streams.size() == 1; });
  const rooms::LiveStream told = world.gate.live().streams[0];
  CHECK(told.forms == std::vector{rooms::LiveForm::ts, rooms::LiveForm::hls});
  CHECK(told.kind == rooms::LiveKind::feed);
  CHECK(world.relay->find_media(hub->id()) == hub);
  const std::size_t times = world.gate.told[room_code].size();
  world.gate.opening = 2;
  world.until([&] { return world.gate.told[room_code].size() > times; });
  CHECK(world.gate.live().streams.size() == 1);
  hub->finish(*ticket);
  world.until([&] { return world.gate.live().streams.empty(); });
  CHECK(world.relay->find_media(hub->id()) == nullptr);
}

TEST_CASE("as many streams of a loop are live at once as the bound says, and not one more until one ends") {
  WorldOptions options;
  options.bounds.media_streams = 3;
  World world(options);
  std::vector<std::shared_ptr<MediaHub>> hubs;
  for (int i = 0; i < 3; ++i) {
    hubs.push_back(world.relay->media_hub(record(i, i == 0 ? "AAAAAAAA" : room_code)));
    REQUIRE(hubs.back());
    REQUIRE(hubs.back()->enter(false));
  }
  CHECK(world.relay->media_hub(record(3)) == nullptr);
  CHECK(world.relay->media_hub(record(2)) == hubs[2]);
  hubs[1]->end();
  turn(world);
  CHECK(world.relay->media_hub(record(3)) != nullptr);
}

TEST_CASE("what is stored of a live stream is looked at every five seconds, and at once when it has changed") {
  World world;
  world.clock_stands = true;
  auto stored = record();
  world.stored[stored.id.value] = stored;
  const auto hub = world.relay->media_hub(stored);
  REQUIRE(hub->enter(false));
  world.stored[stored.id.value].name = "Door";
  world.relay->check_media(stored.id);
  turn(world);
  CHECK(hub->record().name == "Door");
  world.stored.erase(stored.id.value);
  turn(world);
  CHECK_FALSE(hub->ended());
  world.clock_ahead_ms += limits::media_check_ms;
  world.until([&] { return hub->ended(); });
}

TEST_CASE("a stream ends when its owner is in the room and may not go live any more") {
  World world;
  world.stored[record().id.value] = record();
  const auto hub = world.relay->media_hub(record());
  REQUIRE(hub->enter(false));
  world.relay->check_media(record().id);
  turn(world);
  CHECK_FALSE(hub->ended());
  world.gate.without_grant.insert(record().owner.value);
  world.relay->check_media(record().id);
  turn(world);
  CHECK(hub->ended());
}

TEST_CASE("viewers of a container are counted, checked and told like those of pictures") {
  World world;
  const auto hub = world.relay->media_hub(record());
  const auto ticket = hub->enter(false);
  REQUIRE(hub->feed(*ticket, ts()).what == MediaHub::Fed::What::fine);
  struct View final : MediaView {
    using MediaView::MediaView;
    bool is_stuck(std::int64_t) override { return false; }
    bool deliver(const MediaViewing::Taken&) override { return ++taken_units % 2 == 0; }
    void over(End why) override { ended = why; }
    int taken_units = 0;
    std::optional<End> ended;
  };
  const auto watch = [&](std::int64_t person) {
    Watcher who;
    who.visit.person.id = rooms::PersonId{person};
    who.visit.session = seams::SessionId{person * 10};
    const auto view = std::make_shared<View>(world.relay->viewers(), who);
    world.relay->viewers()->keep(view);
    view->start(hub);
    return view;
  };
  const auto leaves = watch(2), blocked = watch(3), stays = watch(4);
  CHECK(hub->viewers() == 3);
  CHECK(leaves->taken_units == 1);  // busy with it
  world.relay->viewers()->end_session(seams::SessionId{20});
  CHECK(leaves->ended == LiveWatch::End::not_allowed);
  world.gate.not_watching.insert(3);
  world.until([&] { return blocked->ended.has_value(); });
  CHECK(blocked->ended == LiveWatch::End::not_allowed);
  CHECK(hub->viewers() == 1);
  hub->finish(*ticket);
  CHECK(stays->ended == LiveWatch::End::ended);
}

}  // namespace matinee::media::test
