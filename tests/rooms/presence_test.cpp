#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2}, cem{3};

// Three people whose joining has been told.
TestRoom settled(std::int64_t people = 3) {
  TestRoom room = RoomBuilder().with_people(people);
  for (int i = 0; i < 20; ++i) {
    room.tell(TimerFired{presence_timer});
    room.now_ms += 1'000;
  }
  return room;
}

Status playing(std::int64_t error_ms = 0) { return {1'000, 5'000, "playing", error_ms}; }
}  // namespace

TEST_CASE("many changes within a quarter of a second are one diff", "[rooms]") {
  TestRoom room = settled();
  const EffectList first = room.act(ann, playing(1));
  CHECK(all<SetTimer>(first).size() == 1);
  CHECK(all<SetTimer>(room.act(ann, playing(2))).empty());
  room.act(ben, playing(7));
  room.tell(Leave{cem});
  const auto diffs = broadcasts<PresenceDiff>(room.fire(first, presence_timer));
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].changed.size() == 2);
  CHECK(diffs[0].changed[0].error_ms == 2);
  CHECK(diffs[0].left == std::vector<PersonId>{cem});
}

TEST_CASE("a room tells at most four diffs in a second", "[rooms]") {
  TestRoom room = settled();
  int diffs = 0;
  std::int64_t timer_at_ms = 0;
  const std::int64_t end_ms = room.now_ms + 10'000;
  for (std::int64_t i = 0; room.now_ms < end_ms; ++i, room.now_ms += 5) {
    const auto timers = all<SetTimer>(room.act(ann, playing(i)));
    if (!timers.empty()) timer_at_ms = timers[0].at_ms;
    if (timer_at_ms == 0 || room.now_ms < timer_at_ms) continue;
    timer_at_ms = 0;
    diffs += static_cast<int>(broadcasts<PresenceDiff>(room.tell(TimerFired{presence_timer})).size());
  }
  CHECK(diffs >= 38);
  CHECK(diffs <= 41);
}

TEST_CASE("a timer that fires early is set again", "[rooms]") {
  TestRoom room = settled();
  room.fire(room.act(ann, playing(1)), presence_timer);
  room.now_ms += 100;
  room.act(ann, playing(2));
  const EffectList early = room.tell(TimerFired{presence_timer});
  CHECK(broadcasts<PresenceDiff>(early).empty());
  CHECK(all<SetTimer>(early).at(0).at_ms == room.now_ms + 150);
  CHECK(broadcasts<PresenceDiff>(room.fire(early, presence_timer)).size() == 1);
}

TEST_CASE("who goes and comes within one interval is told as here", "[rooms]") {
  TestRoom room = settled();
  const EffectList effects = room.tell(Leave{ben});
  room.join(ben);
  const auto diffs = broadcasts<PresenceDiff>(room.fire(effects, presence_timer));
  REQUIRE(diffs.size() == 1);
  CHECK(diffs[0].left.empty());
  CHECK(diffs[0].changed.at(0).id == ben);
}

TEST_CASE("an unchanged status tells nothing", "[rooms]") {
  TestRoom room = settled();
  room.fire(room.act(ann, playing(5)), presence_timer);
  CHECK(all<SetTimer>(room.act(ann, playing(5))).empty());
}

TEST_CASE("a status of an unknown state is refused and figures are kept within bounds", "[rooms]") {
  TestRoom room = settled();
  CHECK(refusal(room.act(ann, Status{0, 0, "dancing", 0})) == ErrorCode::bad_request);
  CHECK(refusal_detail(room.act(ann, Status{0, 0, "", 0})) == "state");
  const EffectList effects = room.act(ann, Status{0, INT64_MAX, "ad", INT64_MIN});
  const auto diff = broadcasts<PresenceDiff>(room.fire(effects, presence_timer)).at(0);
  CHECK(diff.changed.at(0).ahead_ms == limits::position_ms_max);
  CHECK(diff.changed.at(0).error_ms == -limits::position_ms_max);
}

TEST_CASE("how far behind a live stream must stay is told in a crowd too, within bounds, and forgotten with the stream", "[rooms]") {
  TestRoom room = settled(static_cast<std::int64_t>(limits::status_sampled_above) + 1);
  const auto live = [](std::optional<std::int64_t> ms) { return Status{0, 0, "playing", 0, ms}; };
  room.fire(room.act(ann, live(std::nullopt)), presence_timer);
  const auto told = [&](std::optional<std::int64_t> ms) {
    return broadcasts<PresenceDiff>(room.fire(room.act(ann, live(ms)), presence_timer)).at(0).changed.at(0).live_ms;
  };
  CHECK(told(8'500) == 8'500);
  CHECK(all<SetTimer>(room.act(ann, live(8'500))).empty());
  CHECK(told(INT64_MAX) == limits::position_ms_max);
  CHECK(told(std::nullopt) == std::nullopt);
}

TEST_CASE("in a crowd only changes of state are told", "[rooms]") {
  TestRoom small = settled(static_cast<std::int64_t>(limits::status_sampled_above));
  small.fire(small.act(ann, playing(1)), presence_timer);
  CHECK(all<SetTimer>(small.act(ann, playing(2))).size() == 1);
  TestRoom crowd = settled(static_cast<std::int64_t>(limits::status_sampled_above) + 1);
  CHECK(all<SetTimer>(crowd.act(ann, playing(1))).size() == 1);
  crowd.now_ms += 1'000;
  crowd.tell(TimerFired{presence_timer});
  CHECK(all<SetTimer>(crowd.act(ann, playing(2))).empty());
  CHECK(all<SetTimer>(crowd.act(ann, Status{0, 0, "buffering", 2})).size() == 1);
}

TEST_CASE("a burst of people is told in diffs of a bounded size", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(static_cast<std::int64_t>(limits::presence_diff_people_max) + 1);
  EffectList effects = room.tell(TimerFired{presence_timer});
  CHECK(broadcasts<PresenceDiff>(effects).at(0).changed.size() == limits::presence_diff_people_max);
  effects = room.fire(effects, presence_timer);
  CHECK(broadcasts<PresenceDiff>(effects).at(0).changed.size() == 1);
  CHECK(all<SetTimer>(effects).empty());
}

TEST_CASE("typing is told when it begins and when it ends, not in between", "[rooms]") {
  TestRoom room = settled();
  const EffectList begins = room.act(ann, Typing{true});
  REQUIRE(broadcasts<TypingNow>(begins).size() == 1);
  CHECK(broadcasts<TypingNow>(begins)[0].on);
  CHECK(broadcasts<TypingNow>(room.act(ann, Typing{true})).empty());
  CHECK(broadcasts<TypingNow>(room.act(ann, Typing{false})).size() == 1);
  CHECK(broadcasts<TypingNow>(room.act(ann, Typing{false})).empty());
}

TEST_CASE("a typing mark ends by itself six seconds after it was last heard", "[rooms]") {
  TestRoom room = settled();
  const EffectList begins = room.act(ann, Typing{true});
  room.now_ms += 3'000;
  room.act(ben, Typing{true});
  const EffectList first = room.fire(begins, typing_timer);
  CHECK(room.now_ms - 6'000 == all<SetTimer>(begins).at(0).at_ms - 6'000);
  REQUIRE(broadcasts<TypingNow>(first).size() == 1);
  CHECK(broadcasts<TypingNow>(first)[0].person == ann);
  const EffectList second = room.fire(first, typing_timer);
  REQUIRE(broadcasts<TypingNow>(second).size() == 1);
  CHECK(broadcasts<TypingNow>(second)[0].person == ben);
}

TEST_CASE("a message ends its author's typing mark", "[rooms]") {
  TestRoom room = settled();
  room.act(ann, Typing{true});
  const auto told = broadcasts<TypingNow>(room.post(ann, "message-1"));
  REQUIRE(told.size() == 1);
  CHECK_FALSE(told[0].on);
}

TEST_CASE("whose chat is stopped does not type either", "[rooms]") {
  TestRoom room = settled();
  room.act(ann, Silence{ben, 0, true});
  CHECK(broadcasts<TypingNow>(room.act(ben, Typing{true})).empty());
}

TEST_CASE("a signal reaches everybody as it is, at its largest and not beyond", "[rooms]") {
  TestRoom room = settled();
  const std::string data = "\"" + std::string(limits::signal_bytes_max - 2, 'x') + "\"";
  const auto told = broadcasts<SignalFrom>(room.act(ann, Signal{data}));
  REQUIRE(told.size() == 1);
  CHECK(told[0].data == data);
  CHECK(told[0].from == ann);
  const EffectList beyond = room.act(ann, Signal{data + " "});
  CHECK(refusal(beyond) == ErrorCode::bad_request);
  CHECK(broadcasts<SignalFrom>(beyond).empty());
}

TEST_CASE("forty signals at once are passed on and the next one is not", "[rooms]") {
  TestRoom room = settled();
  for (std::int64_t i = 0; i < limits::signal_burst; ++i) CHECK(refusal(room.act(ann, Signal{"1"})) == std::nullopt);
  const EffectList effects = room.act(ann, Signal{"1"});
  CHECK(all<ReplyError>(effects).at(0).error == Error{ErrorCode::slow_down, {}, 50});
  CHECK(refusal(room.act(ben, Signal{"1"})) == std::nullopt);
  room.now_ms += 50;
  CHECK(refusal(room.act(ann, Signal{"1"})) == std::nullopt);
}
