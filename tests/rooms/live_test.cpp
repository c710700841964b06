// What the media tell the room, what they ask of it, and people who are here without a player.
#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2}, cem{3};

LiveState one_camera() {
  LiveState live;
  live.streams.push_back({7, LiveKind::camera, false, "My desk", ben, "person 2", 640, 480, 30, true, true, 2});
  live.desktops = 2;
  return live;
}

// Somebody with a desktop program and nothing else.
EffectList attend(TestRoom& room, PersonId id, PersonKind kind = PersonKind::account, std::string address = {}) {
  return room.act(id, Join{Person{id, "desktop", kind, false, {}, std::move(address)}, {}, false});
}
}  // namespace

TEST_CASE("what runs live is told to everybody once, and to newcomers in their welcome", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  CHECK(pushes<Welcome>(room.join(cem)).at(0).live == LiveState{});
  const auto told = broadcasts<LiveChanged>(room.tell(SetLive{one_camera()}));
  REQUIRE(told.size() == 1);
  CHECK(told[0].live == one_camera());
  CHECK(room.tell(SetLive{one_camera()}).empty());
  CHECK(pushes<Welcome>(room.join(PersonId{4})).at(0).live == one_camera());
  LiveState other = one_camera();
  other.streams[0].viewers = 3;
  CHECK(broadcasts<LiveChanged>(room.tell(SetLive{other})).size() == 1);
  CHECK(broadcasts<LiveChanged>(room.tell(SetLive{})).at(0).live == LiveState{});
}

TEST_CASE("whoever records a stream is told as the room calls them, and that a recording broke off is told as well", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  LiveState live = one_camera();
  live.streams[0].recording = LiveRecording{ben, "Somebody", 1'000};
  const auto began = broadcasts<LiveChanged>(room.tell(SetLive{live}));
  REQUIRE(began.size() == 1);
  REQUIRE(began[0].live.streams[0].recording);
  CHECK(began[0].live.streams[0].recording->by_name == "person 2");
  live.streams[0].recording->ended = RecordingEnd::disk_full;
  const auto ended = broadcasts<LiveChanged>(room.tell(SetLive{live}));
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].live.streams[0].recording->ended == RecordingEnd::disk_full);
  CHECK(broadcasts<LiveChanged>(room.tell(Renamed{ben, "Benedict", PersonKind::account})).at(0).live.streams[0].recording->by_name ==
        "Benedict");
}

TEST_CASE("what runs live is not saved, and a closed room tells nothing of it", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  CHECK(all<SaveRoom>(room.tell(SetLive{one_camera()})).empty());
  TestRoom again(room.room.snapshot(room.now_ms), {});
  CHECK(pushes<Welcome>(again.join(ann)).at(0).live == LiveState{});
  room.act(ann, CloseRoom{});
  CHECK(room.tell(SetLive{}).empty());
}

TEST_CASE("as many streams are told as the bound says, and not one more", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  LiveState live = one_camera();
  live.streams.resize(limits::live_streams_max, live.streams[0]);
  CHECK(broadcasts<LiveChanged>(room.tell(SetLive{live})).at(0).live.streams.size() == limits::live_streams_max);
  live.streams.push_back(live.streams[0]);
  CHECK(room.tell(SetLive{live}).empty());  // what is told is the same
}

TEST_CASE("a title is told at its longest; a longer one and one that is no plain line are left out", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  const auto told = [&room](std::string title) {
    room.tell(SetLive{});
    LiveState live = one_camera();
    live.streams[0].title = std::move(title);
    return broadcasts<LiveChanged>(room.tell(SetLive{live})).at(0).live.streams.at(0).title;
  };
  const std::string longest(limits::live_title_bytes_max, 'x');
  CHECK(told(longest) == longest);
  CHECK(told(longest + 'x').empty());
  CHECK(told("Bilder aus \xC3\x96sterreich") == "Bilder aus \xC3\x96sterreich");
  for (const char* bad : {"\xFF", "two\nlines", "bell\x07", "turned \xE2\x80\xAE round"}) CHECK(told(bad).empty());
}

TEST_CASE("the room says who is here, who may go live and who is kept out", "[rooms]") {
  TestRoom room = RoomBuilder().preset(Preset::stage).with_people(2);
  REQUIRE(room.room.participant(ben) != nullptr);
  CHECK(room.room.participant(ben)->name == "person 2");
  CHECK(room.room.participant(cem) == nullptr);
  CHECK(room.room.may(ann, Grant::go_live));
  CHECK_FALSE(room.room.may(ben, Grant::go_live));
  CHECK_FALSE(room.room.may(cem, Grant::chat));  // not here
  ChangeSettings friends;
  friends.preset = Preset::friends;
  room.act(ann, friends);
  CHECK(room.room.may(ben, Grant::go_live));
  room.act(ann, Block{ben});
  CHECK_FALSE(room.room.may(ben, Grant::go_live));
  CHECK(room.room.is_blocked(Person{ben, "", PersonKind::account, false}, room.now_ms));
  CHECK_FALSE(room.room.is_blocked(Person{cem, "", PersonKind::account, false}, room.now_ms));
}

TEST_CASE("a block on a guest holds at the address for who is not here, and ends", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  attend(room, ben, PersonKind::guest, "192.0.2.7");
  attend(room, cem, PersonKind::guest, "192.0.2.7");
  room.act(ann, Block{ben});
  const Person neighbour{PersonId{4}, "", PersonKind::guest, true, {}, "192.0.2.7"};
  CHECK(room.room.is_blocked(neighbour, room.now_ms));
  CHECK_FALSE(room.room.is_blocked(Person{cem, "", PersonKind::guest, true, {}, "192.0.2.7"}, room.now_ms));  // was here before
  CHECK_FALSE(room.room.is_blocked(neighbour, room.now_ms + limits::guest_block_ms));
}

TEST_CASE("nobody waits for who has no player", "[rooms]") {
  TestRoom room = RoomBuilder().policy(WaitPolicy::strict).with_people(1);
  attend(room, ben);
  CHECK(broadcasts<PlaybackChanged>(room.set_media(ann)).at(0).waiting_for == std::vector<PersonId>{ann});
  attend(room, cem);  // nor for who comes while the room waits
  room.act(ann, Ready{room.room.playback().rev});
  CHECK(room.room.playback().phase == Phase::playing);
}

TEST_CASE("a player that comes is waited for, one that goes is not", "[rooms]") {
  TestRoom room = RoomBuilder().policy(WaitPolicy::strict).with_people(1);
  attend(room, ben);
  room.set_media(ann);
  room.join(ben);  // a tab beside the desktop program
  room.act(ann, Ready{room.room.playback().rev});
  CHECK(room.room.playback().phase == Phase::waiting);
  attend(room, ben);  // another desktop program does not take the tab's player away
  CHECK(room.room.playback().phase == Phase::waiting);
  room.tell(PlayerGone{ben});
  CHECK(room.room.playback().phase == Phase::playing);
  CHECK(room.room.participant(ben) != nullptr);
  CHECK(room.tell(PlayerGone{ben}).empty());
  CHECK(room.tell(PlayerGone{cem}).empty());
}

TEST_CASE("what was heard of a player goes with it", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.act(ben, Status{0, 0, "playing", 0});
  room.tell(TimerFired{presence_timer});
  room.now_ms += 1'000;
  const auto diff = broadcasts<PresenceDiff>(room.fire(room.tell(PlayerGone{ben}), presence_timer));
  REQUIRE(diff.size() == 1);
  REQUIRE(diff[0].changed.size() == 1);
  CHECK(diff[0].changed[0].state.empty());
  CHECK(diff[0].left.empty());
}

TEST_CASE("a desktop program does not change the name of who is here", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  attend(room, ben, PersonKind::guest);
  CHECK(room.room.participant(ben)->name == "person 2");
  CHECK(room.room.participant(ben)->kind == PersonKind::account);
  attend(room, cem);
  CHECK(room.room.participant(cem)->name == "desktop");
}
