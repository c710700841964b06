// History and Undo.
#include "rooms/actions.h"

#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

namespace matinee::rooms {
namespace {

using namespace testing;

constexpr PersonId ben{2}, cleo{3};

MediaRef other() {
  MediaRef media;
  media.url = "https://example.org/other.mp4";
  return media;
}

TestRoom playing(Preset preset = Preset::friends) {
  TestRoom t = RoomBuilder().preset(preset).build();
  for (const PersonId person : {owner_id, ben, cleo}) t.join(person);
  t.set_media(owner_id);
  t.now_ms += 60'000;
  return t;
}

std::vector<Action> actions_of(TestRoom& t) {
  const auto welcome =
      pushes<Welcome>(t.act_on(ConnectionId{901}, owner_id, Join{Person{owner_id, "person 1", PersonKind::account, false}, {}}));
  REQUIRE(welcome.size() == 1);
  return welcome.front().actions;
}

TEST_CASE("undo: a changed video comes back where it was, playing") {
  TestRoom t = playing();
  const std::int64_t at_ms = t.room.playback().position_at(t.now_ms);
  const auto told = broadcasts<ActionsChanged>(t.act(ben, SetMedia{other(), t.room.playback().rev, "op"}));
  REQUIRE(told.size() == 1);
  const Action& action = told[0].actions.back();
  CHECK(action.what == ActionKind::video);
  CHECK(action.by == ben);
  CHECK(action.detail == other().url);
  CHECK(action.can_undo);
  t.now_ms += 5'000;
  CHECK_FALSE(refusal(t.act(cleo, Undo{action.id})));
  CHECK(t.room.playback().media->url == film().url);
  CHECK(t.room.playback().phase == Phase::playing);
  CHECK(t.room.playback().position_ms == at_ms);
  CHECK(actions_of(t).back().what == ActionKind::undone);
  CHECK_FALSE(actions_of(t).back().can_undo);
  CHECK(refusal_detail(t.act(cleo, Undo{action.id})) == "undo");
}

TEST_CASE("undo: a paused video comes back paused, at its speed") {
  TestRoom t = playing();
  t.act(ben, PlaybackCommand{Command::rate, 0, 1.5, t.room.playback().rev, "op"});
  t.command(ben, Command::pause, t.room.playback().position_at(t.now_ms));
  const std::int64_t at_ms = t.room.playback().position_ms;
  t.act(ben, SetMedia{std::nullopt, t.room.playback().rev, "op"});
  CHECK(t.room.playback().phase == Phase::idle);
  t.act(ben, Undo{actions_of(t).back().id});
  CHECK(t.room.playback().phase == Phase::paused);
  CHECK(t.room.playback().position_ms == at_ms);
  CHECK(t.room.playback().rate == 1.5);
}

TEST_CASE("undo: the first video of an empty stage is taken off again") {
  TestRoom t = RoomBuilder().build();
  t.join(owner_id);
  t.set_media(owner_id);
  t.act(owner_id, Undo{actions_of(t).back().id});
  CHECK(t.room.playback().phase == Phase::idle);
}

TEST_CASE("undo: jumps from 5 s on are noted, those of one person at once are one, and lead back to the first place") {
  TestRoom t = playing();
  const std::int64_t at_ms = t.room.playback().position_at(t.now_ms);
  const std::size_t before = actions_of(t).size();
  t.command(ben, Command::seek, at_ms + limits::jump_noted_ms - 1);
  CHECK(actions_of(t).size() == before);
  t.command(ben, Command::seek, 600'000);
  t.now_ms += 3'000;
  t.command(ben, Command::seek, 900'000);
  REQUIRE(actions_of(t).size() == before + 1);
  CHECK(actions_of(t).back().detail == "900000");
  t.now_ms += limits::jump_merged_ms + 1;
  t.command(cleo, Command::seek, 20'000);
  CHECK(actions_of(t).size() == before + 2);
  t.act(cleo, Undo{actions_of(t).back().id});
  const auto list = actions_of(t);
  const auto bens = std::find_if(list.begin(), list.end(), [](const Action& a) { return a.by == ben; });
  REQUIRE(bens != list.end());
  CHECK(bens->can_undo);
  t.act(cleo, Undo{bens->id});
  CHECK(t.room.playback().position_ms < at_ms + limits::jump_noted_ms + 1'000);
}

TEST_CASE("undo: only the newest step of its sort, and for ten minutes") {
  TestRoom t = playing();
  t.act(ben, SetMedia{other(), t.room.playback().rev, "op"});
  const std::int64_t first = actions_of(t).back().id;
  t.set_media(ben);
  CHECK(refusal(t.act(ben, Undo{first})) == ErrorCode::conflict);
  const std::int64_t second = actions_of(t).back().id;
  t.now_ms += limits::undo_ms + 1;
  CHECK(refusal(t.act(ben, Undo{second})) == ErrorCode::conflict);
  t.now_ms -= 1;
  CHECK_FALSE(refusal(t.act(ben, Undo{second})));
  CHECK(t.room.playback().media->url == other().url);
  CHECK(refusal(t.act(ben, Undo{12'345})) == ErrorCode::not_found);
}

TEST_CASE("undo: a cleared queue comes back with what was added since at its end") {
  TestRoom t = playing();
  for (const char* name : {"a", "b", "c"}) {
    MediaRef media;
    media.url = std::string("https://example.org/") + name + ".mp4";
    t.act(ben, QueueAdd{media, name, false});
  }
  t.act(ben, QueueClear{});
  const std::int64_t cleared = actions_of(t).back().id;
  t.act(cleo, QueueAdd{other(), "d", false});
  const auto told = broadcasts<QueueChanged>(t.act(ben, Undo{cleared}));
  REQUIRE(told.size() == 1);
  std::string titles;
  for (const QueueItem& item : told[0].queue.queue.items) titles += item.title;
  CHECK(titles == "abcd");
}

TEST_CASE("undo: it takes the right that the step took, except for one's own") {
  TestRoom t = playing(Preset::classroom);
  t.act(owner_id, QueueAdd{other(), "x", false});
  t.act(owner_id, QueueSkip{t.room.playback().rev, "op"});
  CHECK(refusal_detail(t.act(ben, Undo{actions_of(t).back().id})) == "skip");
  t.act(ben, QueueAdd{film(), "mine", false});
  const auto list = broadcasts<QueueChanged>(t.act(cleo, QueueAdd{film(), "hers", false}));
  t.act(ben, QueueRemove{list[0].queue.queue.items[0].id});
  const std::int64_t own = actions_of(t).back().id;
  CHECK(refusal_detail(t.act(cleo, Undo{own})) == "reorder");
  CHECK_FALSE(refusal(t.act(ben, Undo{own})));
}

TEST_CASE("undo: what the room did by itself puts an end to earlier steps") {
  TestRoom t = playing();
  t.act(ben, QueueAdd{other(), "x", false});
  t.act(ben, SetMedia{film(1'000), t.room.playback().rev, "op"});
  const std::int64_t step = actions_of(t).back().id;
  t.act(ben, Ended{t.room.playback().rev});
  CHECK(t.room.playback().media->url == other().url);
  CHECK(refusal(t.act(ben, Undo{step})) == ErrorCode::conflict);
}

TEST_CASE("history: the last 20 steps and not one more") {
  TestRoom t = playing();
  for (std::size_t i = 0; i < limits::actions_max + 5; ++i) {
    t.now_ms += 1'000;
    t.set_media(ben, static_cast<std::int64_t>(i));
  }
  CHECK(actions_of(t).size() == limits::actions_max);
}

}  // namespace
}  // namespace matinee::rooms
