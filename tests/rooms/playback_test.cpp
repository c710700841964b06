#include "rooms/playback.h"
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include "rooms/limits.h"

using namespace matinee::rooms;

namespace {

constexpr std::int64_t start_ms = 1'000'000;

CommandArgs args_for(const Playback& playback, Command command, std::int64_t position_ms = 0) {
  CommandArgs args;
  args.command = command;
  args.position_ms = position_ms;
  args.base_rev = playback.state().rev;
  args.by = PersonId{7};
  args.op = "op";
  return args;
}

PlaybackContext at(std::int64_t now_ms, WaitPolicy policy = WaitPolicy::free) { return {now_ms, 100, policy, false, true}; }

bool apply(Playback& playback, CommandArgs args, const PlaybackContext& context) {
  const auto changed = playback.apply(args, context);
  REQUIRE(changed);
  return *changed;
}

MediaRef film(std::int64_t from_ms = 0) {
  MediaRef media;
  media.url = "https://example.org/film.mp4";
  media.start_ms = from_ms;
  return media;
}

// Plays from 0 since start_ms.
Playback playing() {
  Playback playback;
  CommandArgs args = args_for(playback, Command::set_media);
  args.media = film();
  apply(playback, args, at(start_ms - 100));
  return playback;
}

}  // namespace

TEST_CASE("the position moves with time and rate while it plays, and stands otherwise", "[rooms]") {
  PlaybackState state;
  state.position_ms = 10'000;
  state.at_ms = 1'000;
  state.rate = 1.5;
  state.phase = Phase::playing;
  CHECK(state.position_at(3'000) == 13'000);
  CHECK(state.position_at(1'000) == 10'000);
  CHECK(state.position_at(500) == 10'000);  // a scheduled start: until then it holds
  for (const Phase phase : {Phase::idle, Phase::waiting, Phase::paused}) {
    state.phase = phase;
    CHECK(state.position_at(3'000) == 10'000);
  }
}

TEST_CASE("a position never runs past its bound", "[rooms]") {
  PlaybackState state;
  state.phase = Phase::playing;
  state.position_ms = limits::position_ms_max - 1'000;
  CHECK(state.position_at(1'000) == limits::position_ms_max);
  CHECK(state.position_at(999) == limits::position_ms_max - 1);
  CHECK(state.position_at(std::numeric_limits<std::int64_t>::max() / 2) == limits::position_ms_max);
}

TEST_CASE("a new video starts a little in the future, at its own start", "[rooms]") {
  Playback playback;
  CommandArgs args = args_for(playback, Command::set_media);
  args.media = film(90'000);
  CHECK(apply(playback, args, at(start_ms)));
  CHECK(playback.state().phase == Phase::playing);
  CHECK(playback.state().at_ms == start_ms + 100);
  CHECK(playback.state().position_at(start_ms + 50) == 90'000);
  CHECK(playback.state().position_at(start_ms + 1'100) == 91'000);
}

TEST_CASE("a new video plays at normal speed whatever the last one did", "[rooms]") {
  Playback playback = playing();
  CommandArgs faster = args_for(playback, Command::rate);
  faster.rate = 2.0;
  CHECK(apply(playback, faster, at(start_ms)));
  CommandArgs next = args_for(playback, Command::set_media);
  next.media = film();
  CHECK(apply(playback, next, at(start_ms)));
  CHECK(playback.state().rate == 1.0);
}

TEST_CASE("pause freezes where the person saw it, as far as everybody can reach that", "[rooms]") {
  struct Row {
    std::int64_t asked_ms, frozen_ms;
  };
  const std::int64_t here_ms = 20'000;
  const Row rows[] = {{here_ms, here_ms},
                      {here_ms - 300, here_ms - 300},
                      {here_ms - 1'000, here_ms - 1'000},
                      {here_ms - 1'001, here_ms - 1'000},
                      {here_ms + 100, here_ms + 100},
                      {here_ms + 101, here_ms + 100},
                      {here_ms + 60'000, here_ms + 100},
                      {0, here_ms - 1'000}};
  for (const Row& row : rows) {
    Playback playback = playing();
    CHECK(apply(playback, args_for(playback, Command::pause, row.asked_ms), at(start_ms + here_ms)));
    CHECK(playback.state().position_ms == row.frozen_ms);
    CHECK(playback.state().position_at(start_ms + 500'000) == row.frozen_ms);
  }
}

TEST_CASE("a pause before the start, or at the longest position, freezes no further", "[rooms]") {
  Playback soon = playing();
  CHECK(apply(soon, args_for(soon, Command::pause, 50), at(start_ms)));
  CHECK(soon.state().position_ms == 0);
  Playback last = playing();
  CHECK(apply(last, args_for(last, Command::pause, limits::position_ms_max), at(start_ms + limits::position_ms_max - 1)));
  CHECK(last.state().position_ms == limits::position_ms_max);
}

TEST_CASE("pause never freezes before the point the room began to play from", "[rooms]") {
  Playback playback = playing();
  CHECK(apply(playback, args_for(playback, Command::seek, 60'000), at(start_ms + 5'000)));
  CHECK(apply(playback, args_for(playback, Command::pause, 5'000), at(start_ms + 5'400)));
  CHECK(playback.state().position_ms == 60'000);
}

TEST_CASE("pause before a scheduled start stays at the start", "[rooms]") {
  Playback playback = playing();
  CHECK(apply(playback, args_for(playback, Command::pause, 50), at(start_ms - 50)));
  CHECK(playback.state().position_ms == 0);
}

TEST_CASE("a change of speed bends the line without a jump", "[rooms]") {
  Playback playback = playing();
  CommandArgs faster = args_for(playback, Command::rate, 999);
  faster.rate = 2.0;
  CHECK(apply(playback, faster, at(start_ms + 10'000)));
  CHECK(playback.state().position_at(start_ms + 10'000) == 10'000);
  CHECK(playback.state().position_at(start_ms + 11'000) == 12'000);
}

TEST_CASE("a change of speed before a scheduled start leaves the start alone", "[rooms]") {
  Playback playback = playing();
  CommandArgs slower = args_for(playback, Command::rate);
  slower.rate = 0.5;
  CHECK(apply(playback, slower, at(start_ms - 10)));
  CHECK(playback.state().at_ms == start_ms);
  CHECK(playback.state().position_at(start_ms + 1'000) == 500);
}

TEST_CASE("the speed it has already is no change", "[rooms]") {
  Playback playback = playing();
  CommandArgs same = args_for(playback, Command::rate);
  same.rate = 1.0;
  CHECK_FALSE(apply(playback, same, at(start_ms + 1'000)));
  CHECK(playback.state().rev == Revision{1});
}

TEST_CASE("speeds are taken at their bounds and refused beyond", "[rooms]") {
  struct Row {
    double rate;
    bool taken;
  };
  const Row rows[] = {{0.25, true},
                      {2.0, true},
                      {0.249, false},
                      {2.001, false},
                      {0.0, false},
                      {-1.0, false},
                      {std::numeric_limits<double>::quiet_NaN(), false},
                      {std::numeric_limits<double>::infinity(), false}};
  for (const Row& row : rows) {
    CAPTURE(row.rate);
    Playback playback = playing();
    CommandArgs args = args_for(playback, Command::rate);
    args.rate = row.rate;
    const auto changed = playback.apply(args, at(start_ms));
    CHECK(changed.has_value() == row.taken);
    if (!row.taken) CHECK(changed.error() == Error{ErrorCode::bad_request, "rate", 0});
  }
}

TEST_CASE("positions are taken at their bounds and refused beyond", "[rooms]") {
  for (const Command command : {Command::play, Command::pause, Command::seek}) {
    for (const std::int64_t position_ms : {std::int64_t{0}, limits::position_ms_max}) {
      Playback playback = playing();
      CHECK(playback.apply(args_for(playback, command, position_ms), at(start_ms)));
    }
    for (const std::int64_t position_ms : {std::int64_t{-1}, limits::position_ms_max + 1, std::numeric_limits<std::int64_t>::min()}) {
      Playback playback = playing();
      const auto changed = playback.apply(args_for(playback, command, position_ms), at(start_ms));
      REQUIRE_FALSE(changed);
      CHECK(changed.error() == Error{ErrorCode::bad_request, "position_ms", 0});
      CHECK(playback.state().rev == Revision{1});
    }
  }
}

TEST_CASE("an op is kept at its longest and refused beyond", "[rooms]") {
  Playback playback = playing();
  CommandArgs args = args_for(playback, Command::seek, 1'000);
  args.op = std::string(37, 'x');
  CHECK(playback.apply(args, at(start_ms)).error() == Error{ErrorCode::bad_request, "op", 0});
  args.op = std::string(36, 'x');
  CHECK(apply(playback, args, at(start_ms)));
  CHECK(playback.state().op == args.op);
  CHECK(playback.state().by == PersonId{7});
}

TEST_CASE("set without a video, or with a start outside the bounds, is refused", "[rooms]") {
  Playback playback;
  CommandArgs args = args_for(playback, Command::set_media);
  CHECK(playback.apply(args, at(start_ms)).error() == Error{ErrorCode::bad_request, "media", 0});
  args.media = film(limits::position_ms_max + 1);
  CHECK_FALSE(playback.apply(args, at(start_ms)));
  args.media = film(limits::position_ms_max);
  CHECK(playback.apply(args, at(start_ms)));
}

TEST_CASE("a fair wait ends by itself at its time and not before; a strict one never", "[rooms]") {
  for (const WaitPolicy policy : {WaitPolicy::fair, WaitPolicy::strict}) {
    Playback playback;
    CommandArgs set = args_for(playback, Command::set_media);
    set.media = film();
    CHECK(apply(playback, set, at(start_ms, policy)));
    CommandArgs timer;
    timer.command = Command::timeout;
    CHECK_FALSE(apply(playback, timer, at(start_ms + 2'999, policy)));
    CHECK(apply(playback, timer, at(start_ms + 3'000, policy)) == (policy == WaitPolicy::fair));
    CHECK_FALSE(apply(playback, timer, at(start_ms + 900'000, policy)));
  }
}

TEST_CASE("a person starts now, whoever is waited for", "[rooms]") {
  for (const WaitPolicy policy : {WaitPolicy::fair, WaitPolicy::strict}) {
    Playback playback;
    CommandArgs set = args_for(playback, Command::set_media);
    set.media = film(4'000);
    CHECK(apply(playback, set, at(start_ms, policy)));
    CHECK(apply(playback, args_for(playback, Command::timeout), at(start_ms + 1, policy)));
    CHECK(playback.state().phase == Phase::playing);
    CHECK(playback.state().position_ms == 4'000);
  }
}

TEST_CASE("while somebody is not ready, ready starts nothing", "[rooms]") {
  Playback playback;
  CommandArgs set = args_for(playback, Command::set_media);
  set.media = film();
  CHECK(apply(playback, set, at(start_ms, WaitPolicy::strict)));
  CommandArgs ready;
  ready.command = Command::ready;
  PlaybackContext context = at(start_ms + 10, WaitPolicy::strict);
  context.everybody_ready = false;
  CHECK_FALSE(apply(playback, ready, context));
  context.everybody_ready = true;
  CHECK(apply(playback, ready, context));
}

TEST_CASE("a seek does not cut the wait for a new video short", "[rooms]") {
  Playback playback;
  CommandArgs set = args_for(playback, Command::set_media);
  set.media = film();
  CHECK(apply(playback, set, at(start_ms, WaitPolicy::fair)));
  CHECK(apply(playback, args_for(playback, Command::seek, 9'000), at(start_ms + 500, WaitPolicy::fair)));
  CHECK(playback.state().wait_until_ms == start_ms + 3'000);
  CHECK(apply(playback, args_for(playback, Command::seek, 9'000), at(start_ms + 2'500, WaitPolicy::fair)));
  CHECK(playback.state().wait_until_ms == start_ms + 3'500);
}

TEST_CASE("in a large room a stall holds nobody under fair, and everybody under strict", "[rooms]") {
  CommandArgs stall;
  stall.command = Command::stall;
  Playback fair = playing();
  PlaybackContext context = at(start_ms + 5'000, WaitPolicy::fair);
  context.small_room = false;
  CHECK_FALSE(apply(fair, stall, context));
  Playback strict = playing();
  context.policy = WaitPolicy::strict;
  CHECK(apply(strict, stall, context));
  CHECK(strict.state().position_ms == 5'000);
}

TEST_CASE("after sixty seconds down a room plays on, and after one more it is paused there", "[rooms]") {
  PlaybackState saved = playing().state();
  const std::int64_t saved_at_ms = start_ms + 30'000;
  Playback soon;
  soon.restore(saved, saved_at_ms, saved_at_ms + 60'000);
  CHECK(soon.state().phase == Phase::playing);
  CHECK(soon.state().position_at(saved_at_ms + 60'000) == 90'000);
  Playback late;
  late.restore(saved, saved_at_ms, saved_at_ms + 60'001);
  CHECK(late.state().phase == Phase::paused);
  CHECK(late.state().position_ms == 30'000);
}

TEST_CASE("a restored room counts its revisions from zero", "[rooms]") {
  Playback playback;
  PlaybackState saved = playing().state();
  saved.rev = Revision{99};
  playback.restore(saved, start_ms, start_ms);
  CHECK(playback.state().rev == Revision{0});
}

TEST_CASE("a snapshot that makes no sense becomes an empty stage", "[rooms]") {
  PlaybackState no_media;
  no_media.phase = Phase::playing;
  PlaybackState bad_rate = playing().state();
  bad_rate.rate = 0;
  PlaybackState bad_position = playing().state();
  bad_position.position_ms = -5;
  for (const PlaybackState& saved : {no_media, bad_rate, bad_position}) {
    Playback playback;
    playback.restore(saved, start_ms, start_ms);
    CHECK(playback.state().phase == Phase::idle);
    CHECK_FALSE(playback.state().media);
  }
}

TEST_CASE("when the machine's clock was set back the room plays on from where it was saved", "[rooms]") {
  PlaybackState saved = playing().state();
  Playback playback;
  playback.restore(saved, start_ms + 30'000, start_ms - 500'000);
  CHECK(playback.state().position_at(start_ms - 500'000) == 30'000);
  CHECK(playback.state().position_at(start_ms - 499'000) == 31'000);
}
