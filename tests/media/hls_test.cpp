// A stream as HLS, from the first question to the last: with a clock that the test moves, and clips made by ffmpeg.
#include <catch2/catch.hpp>

#include "server/media/hls_streams.h"
#include "server/media/limits.h"
#include "tests/media/media_world.h"
#include "tests/streams/clips.h"

namespace matinee::media::test {
namespace {

namespace clips = streams::test;
using streams::test::Buffer;

const Buffer& ts() {
  return clips::clip(clips::pictures(8) + clips::tone(8) + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -c:a aac", "mpegts");
}
const Buffer& mp4() {
  return clips::clip(
      clips::pictures(12) + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -movflags frag_keyframe+empty_moov+default_base_moof", "mp4");
}

constexpr std::int64_t epoch_us = 1'700'000'000'000'000;

// A hub with a publisher, and its HLS.
struct Stage {
  explicit Stage(const Buffer& clip) : clip_(clip), hub(world.relay->media_hub(record())), ticket(*hub->enter(false)) {
    feed(0.25);
    stream = std::make_shared<HlsStream>(HlsStreamParts{.loop = world.loop,
                                                        .hub = hub,
                                                        .counters = counters,
                                                        .server_time_us = [this] { return epoch_us + now_us; },
                                                        .now_us = [this] { return now_us.load(); }});
    stream->start();
  }
  ~Stage() {
    stream->stop(HlsRefusal::stopping);
    world.until([&] { return !stream->running(); });
  }
  void feed(double until) {
    const auto end = static_cast<std::size_t>(until * static_cast<double>(clip_.size()));
    REQUIRE(hub->feed(ticket, streams::Bytes(clip_).subspan(fed_, end - fed_)).what == MediaHub::Fed::What::fine);
    fed_ = end;
  }
  HlsListener& listener() { return *stream; }
  void ask() {
    stream->playlist("", [this](auto made) { answers.push_back(std::move(made)); });
  }
  std::string text() {
    answers.clear();
    ask();
    world.until([&] { return !answers.empty(); });
    REQUIRE(answers[0]);
    return *answers[0];
  }

  World world;
  std::atomic<std::int64_t> now_us = 1'000'000;  // looked at by the worker
  std::shared_ptr<MediaCounters> counters = std::make_shared<MediaCounters>();

 private:
  const Buffer& clip_;
  std::size_t fed_ = 0;

 public:
  std::shared_ptr<MediaHub> hub;
  MediaHub::Ticket ticket;
  std::shared_ptr<HlsStream> stream;
  std::vector<tl::expected<std::string, HlsRefusal>> answers;
};

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t n = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

HlsMade made(std::int64_t duration_us = 2'000'000, bool init = false) {
  const auto bytes = std::make_shared<const net::Frame>(net::Frame{"x"});
  return {init ? bytes : nullptr, bytes, duration_us, epoch_us, 2};
}

LiveAsker by_token(int number, bool too_late = false) {
  LiveAsker asker;
  asker.who.by_token = true;
  asker.who.visit.person.id = rooms::PersonId{7};
  asker.who.visit.session = seams::SessionId{number};
  asker.token = "token" + std::to_string(number);
  asker.too_late = too_late;
  return asker;
}

}  // namespace

TEST_CASE("the first playlist waits for the first segment, and has it to its end; the place in the ring is no viewer") {
  Stage stage(ts());
  CHECK(stage.hub->viewers() == 0);
  stage.ask();
  CHECK(stage.answers.empty());
  stage.feed(1);
  stage.world.until([&] { return !stage.answers.empty(); });
  REQUIRE(stage.answers[0]);
  CHECK(count(*stage.answers[0], "#EXTINF") >= 1);
  stage.hub->finish(stage.ticket);
  stage.world.until([&] { return stage.stream->ended(); });
  const std::string text = stage.text();
  CHECK(count(text, "#EXT-X-ENDLIST") == 1);
  CHECK(stage.counters->hls_segments == count(text, "#EXTINF"));
  const std::size_t at = text.find(".m4s") + 4;
  const std::size_t line = text.rfind('\n', at - 1) + 1;
  const std::string name = text.substr(line, at - line);
  CHECK(stage.stream->file(name));
  CHECK_FALSE(stage.stream->file(name + "x"));
}

TEST_CASE("the first segment is waited for as long as the bound says, and not longer") {
  Stage stage(ts());
  stage.ask();
  stage.now_us += limits::hls_wait_us - 1;
  stage.stream->look();
  CHECK(stage.answers.empty());
  stage.now_us += 1;
  stage.stream->look();
  REQUIRE(stage.answers.size() == 1);
  CHECK(stage.answers[0].error() == HlsRefusal::not_yet);
}

TEST_CASE("what breaks three times in a row is given up, and one segment between makes it begin anew") {
  Stage stage(ts());
  stage.ask();
  for (int i = 0; i < limits::hls_breaks_max - 1; ++i) stage.listener().on_broken(streams::RemuxEnd::unreadable);
  CHECK(stage.answers.empty());
  stage.listener().on_segment(made(2'000'000, true));
  CHECK(stage.answers.size() == 1);
  for (int i = 0; i < limits::hls_breaks_max - 1; ++i) stage.listener().on_broken(streams::RemuxEnd::unreadable);
  CHECK_FALSE(stage.stream->stopped());
  stage.listener().on_broken(streams::RemuxEnd::unreadable);
  CHECK(stage.stream->stopped());
  Stage other(ts());
  other.ask();
  for (int i = 0; i < limits::hls_breaks_max; ++i) other.listener().on_broken(streams::RemuxEnd::unreadable);
  REQUIRE(other.answers.size() == 1);
  CHECK(other.answers[0].error() == HlsRefusal::broken);
  CHECK(other.counters->hls_failures == 1);
}

TEST_CASE("nobody has asked for half a minute: then it may end, and not a microsecond before") {
  Stage stage(ts());
  stage.ask();
  stage.now_us += limits::hls_idle_us - 1;
  CHECK_FALSE(stage.stream->idle());
  stage.now_us += 1;
  CHECK(stage.stream->idle());
  stage.ask();
  CHECK_FALSE(stage.stream->idle());
}

TEST_CASE("a minute stays in the playlist to go back to") {
  Stage stage(ts());
  for (int i = 0; i < 40; ++i) {
    stage.listener().on_segment(made(2'000'000, i == 0));
    const auto listed = static_cast<std::int64_t>(count(stage.text(), "#EXTINF"));
    CHECK(listed == std::min<std::int64_t>(i + 1, limits::hls_window_us / 2'000'000));
  }
}

TEST_CASE("a key frame that comes too late ends the playlist, and says how far apart they lie") {
  Stage stage(ts());
  stage.listener().on_segment(made(2'000'000, true));
  stage.listener().on_segment(made(6'000'000));
  CHECK(stage.stream->ended());
  CHECK(stage.stream->key_gap_us() == 6'000'000);
  CHECK(count(stage.text(), "#EXT-X-ENDLIST") == 1);
}

TEST_CASE("MP4 is read anew after an hour, because what reads it keeps a list of all samples") {
  Stage stage(mp4());
  stage.feed(0.6);
  CHECK(count(stage.text(), "#EXT-X-DISCONTINUITY\n") == 0);
  stage.now_us += limits::feed_run_us_max - 1;
  stage.stream->look();
  stage.now_us += 1;
  stage.stream->look();
  stage.feed(1);
  stage.world.until([&] { return count(stage.text(), "#EXT-X-DISCONTINUITY\n") == 1; });
}

TEST_CASE("the way to the thread holds as many pieces and bytes as its bounds say, and not one more") {
  const auto piece = [](std::size_t bytes) {
    return RemuxPiece{
        {}, "", std::make_shared<const MediaUnit>(MediaUnit{std::make_shared<const net::Frame>(net::Frame{std::string(bytes, 'x')})})};
  };
  RemuxFeed feed;
  for (std::size_t i = 0; i < limits::feed_pieces_max; ++i) {
    auto each = piece(1);
    REQUIRE(feed.give(each));
  }
  auto more = piece(1);
  CHECK_FALSE(feed.give(more));
  RemuxFeed other;
  auto whole = piece(limits::feed_bytes_max - 1), last = piece(1);
  REQUIRE(other.give(whole));
  REQUIRE(other.give(last));
  CHECK_FALSE(other.give(more));
}

TEST_CASE("as many streams of a loop are HLS at once as the bound says, and not one more") {
  WorldOptions options;
  options.bounds.hls_streams = 2;
  std::vector<HlsRefusal> refused;
  std::size_t playlists = 0;
  World world(options);
  for (int i = 0; i < 3; ++i) {
    const auto hub = world.relay->media_hub(record(i));
    const auto ticket = hub->enter(false);
    REQUIRE(hub->feed(*ticket, streams::Bytes(ts()).first(ts().size() / 4)).what == MediaHub::Fed::What::fine);
    world.relay->hls().playlist(hub->id(), hub, by_token(i), [&](auto answer) {
      if (answer) ++playlists;
      else refused.push_back(answer.error());
    });
    CHECK(world.relay->hls().size() == static_cast<std::size_t>(std::min(i + 1, 2)));
    REQUIRE(hub->feed(*ticket, streams::Bytes(ts()).subspan(ts().size() / 4)).what == MediaHub::Fed::What::fine);
  }
  CHECK(refused == std::vector{HlsRefusal::full});
  world.until([&] { return playlists == 2; });
}

TEST_CASE("as many people read a stream as the bound says, and not one more; each is counted as a viewer until they ask no more") {
  std::vector<HlsRefusal> refused;  // whoever waits is told at the end of the world
  World world;
  const auto hub = world.relay->media_hub(record());
  const auto ticket = hub->enter(false);
  REQUIRE(hub->feed(*ticket, streams::Bytes(ts()).first(ts().size() / 4)).what == MediaHub::Fed::What::fine);
  const auto ask = [&](const LiveAsker& asker) {
    world.relay->hls().playlist(hub->id(), hub, asker, [&](auto answer) {
      if (!answer) refused.push_back(answer.error());
    });
  };
  for (int i = 0; i < static_cast<int>(limits::hls_views_max); ++i) ask(by_token(i));
  CHECK(refused.empty());
  CHECK(hub->viewers() == limits::hls_views_max);
  ask(by_token(-1));
  CHECK(refused == std::vector{HlsRefusal::full});
  CHECK(hub->viewers() == limits::hls_views_max);
  hub->end();
}

TEST_CASE("a view that asked ten seconds ago is over, and one that asked a microsecond less is not") {
  Stage stage(ts());
  const auto view = std::make_shared<HlsView>(stage.world.relay->viewers(), by_token(1).who, stage.stream);
  stage.world.relay->viewers()->keep(view);
  view->read(stage.stream, stage.hub);
  view->asked(5);
  CHECK_FALSE(view->is_stuck(5 + limits::hls_view_us - 1));
  CHECK(view->is_stuck(5 + limits::hls_view_us));
  CHECK(stage.hub->viewers() == 1);
  view->end(LiveWatch::End::too_slow);
  CHECK(stage.hub->viewers() == 0);
}

TEST_CASE("a token whose minute is over goes on with a view that it began, and begins none; a session that ends takes its view along") {
  World world;
  const auto hub = world.relay->media_hub(record());
  const auto ticket = hub->enter(false);
  REQUIRE(hub->feed(*ticket, streams::Bytes(ts())).what == MediaHub::Fed::What::fine);
  const auto ask = [&](const LiveAsker& asker) {
    std::optional<HlsRefusal> why;
    world.relay->hls().playlist(hub->id(), hub, asker, [&why](const auto& answer) {
      if (!answer) why = answer.error();
    });
    return why;
  };
  CHECK(ask(by_token(1, true)) == HlsRefusal::none);
  world.relay->hls().playlist(hub->id(), hub, by_token(1), [](const auto&) {});
  world.relay->hls().playlist(hub->id(), hub, by_token(1, true), [](const auto&) {});
  CHECK(hub->viewers() == 1);
  world.relay->end_session(seams::SessionId{1});
  world.until([&] { return hub->viewers() == 0; });
  CHECK(ask(by_token(1, true)) == HlsRefusal::none);
  world.gate.not_watching.insert(7);
  CHECK(ask(by_token(2)) == HlsRefusal::none);
  world.relay->hls().stop();
  CHECK(ask(by_token(2)) == HlsRefusal::stopping);
}

}  // namespace matinee::media::test
