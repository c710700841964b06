// The queue in a room: rights, what everybody is told, going on by itself, votes, saving.
#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

namespace matinee::rooms {
namespace {

using namespace testing;

constexpr PersonId ben{2}, cleo{3}, dan{4};

MediaRef named(const std::string& name) {
  MediaRef media;
  media.url = "https://example.org/" + name + ".mp4";
  return media;
}

TestRoom with_people(Preset preset = Preset::friends) {
  TestRoom t = RoomBuilder().preset(preset).build();
  for (const PersonId person : {owner_id, ben, cleo, dan}) t.join(person);
  return t;
}

EffectList add(TestRoom& t, PersonId who, const std::string& name) { return t.act(who, QueueAdd{named(name), "the " + name, false}); }

QueueView view_of(TestRoom& t) {
  const auto welcome =
      pushes<Welcome>(t.act_on(ConnectionId{901}, owner_id, Join{Person{owner_id, "person 1", PersonKind::account, false}, {}}));
  REQUIRE(welcome.size() == 1);
  return welcome.front().queue;
}

std::string on_stage(const TestRoom& t) { return t.room.playback().media ? t.room.playback().media->url : ""; }
std::string url(const std::string& name) { return named(name).url; }

TEST_CASE("room queue: what is added is told to everybody, to newcomers in their welcome, and saved") {
  TestRoom t = with_people();
  const auto told = broadcasts<QueueChanged>(add(t, ben, "a"));
  REQUIRE(told.size() == 1);
  REQUIRE(told[0].queue.queue.items.size() == 1);
  const QueueItem& item = told[0].queue.queue.items[0];
  CHECK(item.title == "the a");
  CHECK(item.by == ben);
  CHECK(item.by_name == "person 2");
  CHECK(view_of(t).queue.items.size() == 1);
  CHECK(t.room.snapshot(t.now_ms).queue.items.size() == 1);
}

TEST_CASE("room queue: in a class people may add and take back their own, and nothing else") {
  TestRoom t = with_people(Preset::classroom);
  add(t, ben, "a");
  add(t, cleo, "b");
  const auto missing = [&](Event event) { return refusal_detail(t.act(ben, std::move(event))); };
  CHECK(missing(QueueMove{ItemId{1}, {}}) == "reorder");
  CHECK(missing(QueueRemove{ItemId{2}}) == "reorder");
  CHECK(missing(QueueClear{}) == "reorder");
  CHECK(missing(QueueShuffle{}) == "reorder");
  CHECK(missing(QueueSettings{false, {}}) == "reorder");
  CHECK(missing(QueuePlay{ItemId{1}, t.room.playback().rev, "op"}) == "play_now");
  CHECK(missing(QueueSkip{t.room.playback().rev, "op"}) == "skip");
  CHECK(missing(QueueAdd{named("c"), "", true}) == "reorder");
  CHECK_FALSE(refusal(t.act(ben, QueueRemove{ItemId{1}})));
  CHECK(view_of(t).queue.items.size() == 1);
  TestRoom stage = with_people(Preset::stage);
  CHECK(refusal_detail(add(stage, ben, "a")) == "queue_add");
}

TEST_CASE("room queue: playing an item takes it out and puts it on the stage; against an old revision nothing happens") {
  TestRoom t = with_people();
  add(t, ben, "a");
  add(t, ben, "b");
  t.set_media(owner_id);
  const auto stale = t.act(ben, QueuePlay{ItemId{2}, Revision{0}, "op"});
  CHECK(refusal(stale) == ErrorCode::stale);
  CHECK(pushes<PlaybackChanged>(stale).size() == 1);
  CHECK(view_of(t).queue.items.size() == 2);
  const auto done = t.act(ben, QueuePlay{ItemId{2}, t.room.playback().rev, "op"});
  CHECK_FALSE(refusal(done));
  CHECK(on_stage(t) == url("b"));
  CHECK(t.room.playback().by == ben);
  CHECK(view_of(t).queue.items.size() == 1);
  CHECK(refusal(t.act(ben, QueuePlay{ItemId{2}, t.room.playback().rev, "op"})) == ErrorCode::not_found);
}

TEST_CASE("room queue: when a video ends the next one starts, once, whoever says so how often") {
  TestRoom t = with_people();
  t.set_media(owner_id);
  add(t, ben, "a");
  add(t, ben, "b");
  t.now_ms += 60'000;
  const Revision rev = t.room.playback().rev;
  t.act(ben, Ended{rev});
  CHECK(on_stage(t) == url("a"));
  t.act(cleo, Ended{rev});
  t.act(dan, Ended{rev});
  CHECK(on_stage(t) == url("a"));
  CHECK(view_of(t).queue.items.size() == 1);
}

TEST_CASE("room queue: with nothing next, or without autoplay, the end changes nothing") {
  TestRoom t = with_people();
  t.set_media(owner_id);
  const Revision rev = t.room.playback().rev;
  t.act(ben, Ended{rev});
  CHECK(t.room.playback().rev == rev);
  add(t, ben, "a");
  t.act(ben, QueueSettings{false, {}});
  t.act(ben, Ended{rev});
  CHECK(t.room.playback().rev == rev);
}

TEST_CASE("room queue: of those who may not control it takes half to end a video") {
  TestRoom t = with_people(Preset::classroom);
  t.set_media(owner_id);
  t.act(owner_id, QueueAdd{named("a"), "", false});
  const Revision rev = t.room.playback().rev;
  t.act(ben, Ended{rev});
  t.act(ben, Ended{rev});
  CHECK(t.room.playback().rev == rev);
  t.act(cleo, Ended{rev});
  CHECK(on_stage(t) == url("a"));
}

TEST_CASE("room queue: looping one starts it again; looping all puts it at the end") {
  TestRoom t = with_people();
  t.set_media(owner_id);
  add(t, ben, "a");
  t.act(ben, QueueSettings{{}, Loop::one});
  t.now_ms += 60'000;
  t.act(ben, Ended{t.room.playback().rev});
  CHECK(on_stage(t) == film().url);
  CHECK(t.room.playback().position_ms == 0);
  CHECK(t.room.playback().phase == Phase::playing);
  t.act(ben, QueueSettings{{}, Loop::all});
  t.act(ben, Ended{t.room.playback().rev});
  CHECK(on_stage(t) == url("a"));
  REQUIRE(view_of(t).queue.items.size() == 1);
  CHECK(view_of(t).queue.items[0].media.url == film().url);
}

TEST_CASE("room queue: skipping plays the next one, and empties the stage when there is none") {
  TestRoom t = with_people();
  t.set_media(owner_id);
  add(t, ben, "a");
  CHECK(refusal(t.act(cleo, QueueSkip{Revision{0}, "op"})) == ErrorCode::stale);
  t.act(cleo, QueueSkip{t.room.playback().rev, "op"});
  CHECK(on_stage(t) == url("a"));
  t.act(cleo, QueueSkip{t.room.playback().rev, "op"});
  CHECK(t.room.playback().phase == Phase::idle);
  CHECK(refusal(t.act(cleo, QueueSkip{t.room.playback().rev, "op"})) == ErrorCode::no_media);
}

TEST_CASE("room queue: more than half of the people vote a video away; votes end with it") {
  TestRoom t = with_people(Preset::classroom);
  t.set_media(owner_id);
  t.act(owner_id, QueueAdd{named("a"), "", false});
  const Revision rev = t.room.playback().rev;
  CHECK(view_of(t).votes_needed == 3);
  t.act(ben, VoteSkip{rev, true});
  t.act(ben, VoteSkip{rev, true});
  t.act(cleo, VoteSkip{rev, true});
  CHECK(view_of(t).votes.size() == 2);
  t.act(cleo, VoteSkip{rev, false});
  CHECK(view_of(t).votes.size() == 1);
  t.act(cleo, VoteSkip{rev, true});
  t.act(dan, VoteSkip{rev, true});
  CHECK(on_stage(t) == url("a"));
  CHECK(view_of(t).votes.empty());
  CHECK(refusal(t.act(dan, VoteSkip{rev, true})) == ErrorCode::stale);
}

TEST_CASE("room queue: a vote survives a pause, and counts when others leave") {
  TestRoom t = with_people(Preset::classroom);
  t.set_media(owner_id);
  t.act(owner_id, QueueAdd{named("a"), "", false});
  t.act(ben, VoteSkip{t.room.playback().rev, true});
  t.command(owner_id, Command::pause);
  CHECK(view_of(t).votes.size() == 1);
  t.act(cleo, VoteSkip{t.room.playback().rev, true});
  CHECK(on_stage(t) == film().url);
  t.tell(Leave{dan});
  CHECK(on_stage(t) == url("a"));
}

TEST_CASE("room queue: a restart finds the queue as it was") {
  TestRoom t = with_people();
  add(t, ben, "a");
  add(t, ben, "b");
  t.act(ben, QueueSettings{false, Loop::all});
  TestRoom again(t.room.snapshot(t.now_ms), RoomOptions{});
  again.join(owner_id);
  const QueueView view = view_of(again);
  REQUIRE(view.queue.items.size() == 2);
  CHECK(view.queue.items[1].media.url == url("b"));
  CHECK_FALSE(view.queue.autoplay);
  CHECK(view.queue.loop == Loop::all);
}

}  // namespace
}  // namespace matinee::rooms
