// A live stream of the room as its video: which can be, and how the room goes on when it ends.
#include <algorithm>
#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {

constexpr PersonId ann{1}, ben{2};
constexpr std::int64_t garden = 4'294'967'296;

LiveStream stream_of(std::int64_t id, std::vector<LiveForm> forms, std::vector<std::string> codecs = {}) {
  LiveStream stream;
  stream.id = id;
  stream.kind = LiveKind::feed;
  stream.title = "Garden";
  stream.publisher = ann;
  stream.forms = std::move(forms);
  stream.codecs = std::move(codecs);
  return stream;
}

LiveState one(LiveStream stream) {
  LiveState live;
  live.streams.push_back(std::move(stream));
  return live;
}

LiveState runs() { return one(stream_of(garden, {LiveForm::ts, LiveForm::hls}, {"h264"})); }

MediaRef link_to(std::int64_t id) { return {MediaKind::stream, "/live/" + std::to_string(id), "", 0, true}; }

EffectList watch(TestRoom& room, std::int64_t id = garden, PersonId who = ann) {
  return room.act(who, SetMedia{link_to(id), room.room.playback().rev, "op"});
}

std::string on_stage(const TestRoom& room) { return room.room.playback().media ? room.room.playback().media->url : ""; }

// A room of two that watches the garden.
TestRoom watching() {
  TestRoom room = RoomBuilder().with_people(2);
  room.tell(SetLive{runs()});
  watch(room);
  REQUIRE(on_stage(room) == "/live/4294967296");
  return room;
}

constexpr std::int64_t stream_timer = 6;

}  // namespace

TEST_CASE("a stream that runs here as HLS can be the room's video, and no other", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  const auto why = [&room](LiveState live, std::int64_t id = garden) {
    room.tell(SetLive{std::move(live)});
    const auto effects = watch(room, id);
    if (refusal(effects)) CHECK(refusal(effects) == ErrorCode::bad_media);
    return refusal_detail(effects);
  };
  CHECK(why({}) == "no_stream");
  CHECK(why(runs(), garden + 1) == "no_stream");  // of another room, or none: that is the same to who asks
  CHECK(why(one(stream_of(7, {LiveForm::mjpeg}, {"jpeg"})), 7) == "stream_pictures");
  CHECK(why(one(stream_of(garden, {LiveForm::ts}, {"mpeg1"}))) == "stream_coding");
  LiveState frames = runs();
  frames.streams[0].room_video = true;
  CHECK(why(frames) == "no_stream");
  CHECK_FALSE(room.room.playback().media);
  CHECK(why(runs()).empty());
  CHECK(*room.room.playback().media == link_to(garden));
}

TEST_CASE("a stream is added to the queue and played from it while it runs", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  CHECK(refusal_detail(room.act(ann, QueueAdd{link_to(garden), "Garden", false})) == "no_stream");
  room.tell(SetLive{runs()});
  CHECK_FALSE(refusal(room.act(ann, QueueAdd{link_to(garden), "Garden", false})));
  room.tell(SetLive{});
  CHECK(refusal_detail(room.act(ann, QueuePlay{ItemId{1}, room.room.playback().rev, "op"})) == "no_stream");
  room.tell(SetLive{runs()});
  CHECK_FALSE(refusal(room.act(ann, QueuePlay{ItemId{1}, room.room.playback().rev, "op"})));
  CHECK(on_stage(room) == "/live/4294967296");
}

TEST_CASE("a queue passes over streams that have ended", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.tell(SetLive{runs()});
  room.set_media(ann);
  room.act(ann, QueueAdd{link_to(garden), "Garden", false});
  room.act(ann, QueueAdd{film(), "a film", false});
  room.tell(SetLive{});
  room.act(ann, QueueSkip{room.room.playback().rev, "op"});
  CHECK(on_stage(room) == film().url);
  room.act(ann, QueueSkip{room.room.playback().rev, "op"});
  CHECK(on_stage(room).empty());
}

TEST_CASE("a stream that does not run for half a minute is over, and not before", "[rooms]") {
  TestRoom room = watching();
  const auto timers = all<SetTimer>(room.tell(SetLive{}));
  REQUIRE(timers.size() == 1);
  CHECK(timers[0].id == stream_timer);
  CHECK(timers[0].at_ms == room.now_ms + limits::stream_away_ms);
  CHECK(on_stage(room) == "/live/4294967296");
  // Its publisher is back a moment before.
  room.now_ms += limits::stream_away_ms - 1;
  const auto back = all<SetTimer>(room.tell(SetLive{runs()}));
  REQUIRE(back.size() == 1);
  CHECK(back[0].at_ms == 0);
  room.tell(TimerFired{stream_timer});  // was on its way
  CHECK(on_stage(room) == "/live/4294967296");
  const auto over = room.fire(room.tell(SetLive{}), stream_timer);
  CHECK(on_stage(room).empty());
  const auto told = broadcasts<PlaybackChanged>(over);
  REQUIRE(told.size() == 1);
  CHECK_FALSE(told[0].state.by);  // the room itself
}

TEST_CASE("one that is cut off is not over: it may be back", "[rooms]") {
  TestRoom room = watching();
  LiveState cut_off = runs();
  cut_off.streams[0].online = false;
  CHECK(all<SetTimer>(room.tell(SetLive{cut_off})).empty());
}

TEST_CASE("pages that have shown all of an ended stream end it sooner", "[rooms]") {
  TestRoom room = watching();
  room.act(ann, Ended{room.room.playback().rev});
  CHECK(on_stage(room) == "/live/4294967296");  // it runs: it only began anew
  room.tell(SetLive{});
  const auto over = room.act(ann, Ended{room.room.playback().rev});
  CHECK(on_stage(room).empty());
  // The timer goes with it.
  const auto timers = all<SetTimer>(over);
  REQUIRE(std::ranges::count(timers, stream_timer, &SetTimer::id) == 1);
  CHECK(std::ranges::find(timers, stream_timer, &SetTimer::id)->at_ms == 0);
}

TEST_CASE("after a stream the queue goes on where it does so by itself, whatever the loop", "[rooms]") {
  for (const Loop loop : {Loop::off, Loop::all, Loop::one}) {
    TestRoom room = watching();
    room.act(ann, QueueAdd{film(), "a film", false});
    room.act(ann, QueueSettings{true, loop});
    room.fire(room.tell(SetLive{}), stream_timer);
    CHECK(on_stage(room) == film().url);
  }
  TestRoom room = watching();
  room.act(ann, QueueAdd{film(), "a film", false});
  room.act(ann, QueueSettings{false, Loop::off});
  room.fire(room.tell(SetLive{}), stream_timer);
  CHECK(on_stage(room).empty());
  CHECK(room.room.snapshot(room.now_ms).queue.items.size() == 1);
}

TEST_CASE("nothing begins for nobody when a stream ends in an empty room", "[rooms]") {
  TestRoom room = watching();
  room.act(ann, QueueAdd{film(), "a film", false});
  const auto gone = room.tell(SetLive{});
  for (const PersonId person : {ann, ben}) room.tell(Leave{person});
  room.fire(gone, stream_timer);
  CHECK(on_stage(room).empty());
  CHECK(room.room.snapshot(room.now_ms).queue.items.size() == 1);
}

TEST_CASE("a room that is opened anew waits for its stream as long", "[rooms]") {
  const TestRoom before = watching();
  TestRoom room(before.room.snapshot(before.now_ms), {});
  const auto joined = room.join(ann);
  REQUIRE(all<SetTimer>(joined).size() >= 1);
  CHECK(on_stage(room) == "/live/4294967296");
  room.fire(joined, stream_timer);
  CHECK(on_stage(room).empty());
}

TEST_CASE("nobody goes back to a stream that has ended", "[rooms]") {
  TestRoom room = watching();
  room.set_media(ben);
  room.tell(SetLive{});
  CHECK(refusal_detail(room.act(ben, Undo{2})) == "no_stream");
  CHECK(on_stage(room) == film().url);
  room.tell(SetLive{runs()});
  CHECK_FALSE(refusal(room.act(ben, Undo{2})));
  CHECK(on_stage(room) == "/live/4294967296");
}

TEST_CASE("a stream does not wait for who stalls", "[rooms]") {
  TestRoom room = RoomBuilder().policy(WaitPolicy::strict).with_people(2);
  room.tell(SetLive{runs()});
  watch(room);
  for (const PersonId person : {ann, ben}) room.act(person, Ready{room.room.playback().rev});
  REQUIRE(room.room.playback().phase == Phase::playing);
  room.act(ben, Status{0, 0, "buffering", 0});
  room.now_ms += limits::wait_stall_after_ms;
  room.tell(TimerFired{stall_timer});
  CHECK(room.room.playback().phase == Phase::playing);
}
