// The state × event table of playback: every phase × every command × every policy, and what comes of it.
#include <catch2/catch.hpp>
#include <string>
#include "rooms/playback.h"

using namespace matinee::rooms;

namespace {

constexpr std::int64_t now_ms = 1'000'000;
constexpr std::int64_t delay_ms = 130;

// What a cell of the table says: nothing happens, it is refused, or the room is in this state with one revision more.
struct Cell {
  enum class Kind { same, refused, goes } kind = Kind::same;
  Phase phase = Phase::idle;
  std::int64_t position_ms = 0;
  std::int64_t at_ms = 0;
  std::int64_t wait_until_ms = 0;
};
const Cell same{};
const Cell none{Cell::Kind::refused, Phase::idle, 0, 0, 0};  // no_media
const Cell idle{Cell::Kind::goes, Phase::idle, 0, now_ms, 0};
Cell plays(std::int64_t position_ms, std::int64_t at_ms = now_ms + delay_ms) {
  return {Cell::Kind::goes, Phase::playing, position_ms, at_ms, 0};
}
Cell waits(std::int64_t position_ms, std::int64_t wait_ms) {
  return {Cell::Kind::goes, Phase::waiting, position_ms, now_ms, wait_ms == 0 ? 0 : now_ms + wait_ms};
}
// A change of speed while the room waits leaves the end of the wait as it is.
Cell still_waits(std::int64_t position_ms, std::int64_t at_ms, std::int64_t until_ms) {
  return {Cell::Kind::goes, Phase::waiting, position_ms, at_ms, until_ms};
}
Cell pauses(std::int64_t position_ms, std::int64_t at_ms = now_ms) { return {Cell::Kind::goes, Phase::paused, position_ms, at_ms, 0}; }

struct Row {
  Phase phase;
  Command command;
  Cell free, fair, strict;
};

// Where it starts: waiting and paused at 5 s; playing since ten seconds from 5 s, so P(now) = 15 s; `fair` has waited to its end.
// What is asked: a film that starts at 7 s, play at 6 s, pause at 14.5 s, seek to 30 s, rate 1.5, everybody ready, somebody stalls.
const Row table[] = {
    {Phase::idle, Command::set_media, plays(7'000), waits(7'000, 3'000), waits(7'000, 0)},
    {Phase::idle, Command::clear, same, same, same},
    {Phase::idle, Command::play, none, none, none},
    {Phase::idle, Command::pause, none, none, none},
    {Phase::idle, Command::seek, none, none, none},
    {Phase::idle, Command::rate, none, none, none},
    {Phase::idle, Command::ready, same, same, same},
    {Phase::idle, Command::stall, same, same, same},
    {Phase::idle, Command::timeout, same, same, same},

    {Phase::waiting, Command::set_media, plays(7'000), waits(7'000, 3'000), waits(7'000, 0)},
    {Phase::waiting, Command::clear, idle, idle, idle},
    {Phase::waiting, Command::play, plays(5'000), plays(5'000), plays(5'000)},
    {Phase::waiting, Command::pause, pauses(5'000), pauses(5'000), pauses(5'000)},
    {Phase::waiting, Command::seek, plays(30'000), waits(30'000, 1'000), waits(30'000, 0)},
    {Phase::waiting, Command::rate, still_waits(5'000, now_ms - 3'000, now_ms), still_waits(5'000, now_ms - 3'000, now_ms),
     still_waits(5'000, now_ms - 3'000, now_ms)},
    {Phase::waiting, Command::ready, plays(5'000), plays(5'000), plays(5'000)},
    {Phase::waiting, Command::stall, same, same, same},
    {Phase::waiting, Command::timeout, plays(5'000), plays(5'000), same},

    {Phase::playing, Command::set_media, plays(7'000), waits(7'000, 3'000), waits(7'000, 0)},
    {Phase::playing, Command::clear, idle, idle, idle},
    {Phase::playing, Command::play, same, same, same},
    {Phase::playing, Command::pause, pauses(14'500), pauses(14'500), pauses(14'500)},
    {Phase::playing, Command::seek, plays(30'000), waits(30'000, 1'000), waits(30'000, 0)},
    {Phase::playing, Command::rate, plays(15'000, now_ms), plays(15'000, now_ms), plays(15'000, now_ms)},
    {Phase::playing, Command::ready, same, same, same},
    {Phase::playing, Command::stall, same, waits(15'000, 8'000), waits(15'000, 0)},
    {Phase::playing, Command::timeout, same, same, same},

    {Phase::paused, Command::set_media, plays(7'000), waits(7'000, 3'000), waits(7'000, 0)},
    {Phase::paused, Command::clear, idle, idle, idle},
    {Phase::paused, Command::play, plays(6'000), plays(6'000), plays(6'000)},
    {Phase::paused, Command::pause, same, same, same},
    {Phase::paused, Command::seek, pauses(30'000), pauses(30'000), pauses(30'000)},
    {Phase::paused, Command::rate, pauses(5'000, now_ms - 3'000), pauses(5'000, now_ms - 3'000), pauses(5'000, now_ms - 3'000)},
    {Phase::paused, Command::ready, same, same, same},
    {Phase::paused, Command::stall, same, same, same},
    {Phase::paused, Command::timeout, same, same, same},
};

MediaRef film(const char* url, std::int64_t start_ms) {
  MediaRef media;
  media.url = url;
  media.start_ms = start_ms;
  return media;
}

Playback standing_in(Phase phase) {
  PlaybackState state;
  state.phase = phase;
  if (phase != Phase::idle) state.media = film("https://example.org/old.mp4", 0);
  state.position_ms = phase == Phase::idle ? 0 : 5'000;
  state.at_ms = phase == Phase::playing ? now_ms - 10'000 : now_ms - 3'000;
  state.wait_until_ms = phase == Phase::waiting ? now_ms : 0;
  Playback playback;
  playback.restore(state, now_ms, now_ms);
  return playback;
}

CommandArgs args_of(Command command, bool by_a_person) {
  CommandArgs args;
  args.command = command;
  if (command == Command::set_media) args.media = film("https://example.org/new.mp4", 7'000);
  args.position_ms = command == Command::play ? 6'000 : command == Command::pause ? 14'500 : command == Command::seek ? 30'000 : 0;
  args.rate = 1.5;
  if (!by_a_person) return args;
  args.base_rev = Revision{0};
  args.op = "op-1";
  args.by = PersonId{42};
  return args;
}

bool is_the_rooms_own(Command command) { return command == Command::ready || command == Command::stall || command == Command::timeout; }

void check(const Row& row, WaitPolicy policy, const Cell& cell) {
  CAPTURE(to_string(row.phase), static_cast<int>(row.command), to_string(policy));
  Playback playback = standing_in(row.phase);
  const PlaybackState before = playback.state();
  const CommandArgs args = args_of(row.command, !is_the_rooms_own(row.command));
  const Result<bool> changed = playback.apply(args, PlaybackContext{now_ms, delay_ms, policy, true, true});
  const PlaybackState& after = playback.state();
  if (cell.kind == Cell::Kind::refused) {
    REQUIRE_FALSE(changed);
    CHECK(changed.error().code == ErrorCode::no_media);
  } else {
    REQUIRE(changed);
    CHECK(*changed == (cell.kind == Cell::Kind::goes));
  }
  if (cell.kind != Cell::Kind::goes) {
    CHECK(after.rev == before.rev);
    CHECK(after.phase == before.phase);
    CHECK(after.position_ms == before.position_ms);
    CHECK(after.at_ms == before.at_ms);
    return;
  }
  CHECK(after.rev.value == before.rev.value + 1);
  CHECK(after.phase == cell.phase);
  CHECK(after.position_ms == cell.position_ms);
  CHECK(after.at_ms == cell.at_ms);
  CHECK(after.wait_until_ms == cell.wait_until_ms);
  CHECK(after.media.has_value() == (cell.phase != Phase::idle));
  CHECK(after.rate == (row.command == Command::rate ? 1.5 : 1.0));
  CHECK(after.by == args.by);
  CHECK(after.op == args.op);
}

}  // namespace

TEST_CASE("every phase answers every command under every policy as the table says", "[rooms]") {
  REQUIRE(std::size(table) == 4 * 9);
  for (const Row& row : table) {
    check(row, WaitPolicy::free, row.free);
    check(row, WaitPolicy::fair, row.fair);
    check(row, WaitPolicy::strict, row.strict);
  }
}

TEST_CASE("a command made against another revision is refused in every phase and changes nothing", "[rooms]") {
  for (const Phase phase : {Phase::idle, Phase::waiting, Phase::playing, Phase::paused}) {
    for (const Command command :
         {Command::set_media, Command::clear, Command::play, Command::pause, Command::seek, Command::rate, Command::timeout}) {
      for (const std::int64_t base : {-1, 1, 7}) {
        Playback playback = standing_in(phase);
        CommandArgs args = args_of(command, true);
        args.base_rev = Revision{base};
        const Result<bool> changed = playback.apply(args, PlaybackContext{now_ms, delay_ms, WaitPolicy::fair, true, true});
        REQUIRE_FALSE(changed);
        CHECK(changed.error().code == ErrorCode::stale);
        CHECK(playback.state().rev == Revision{0});
        CHECK(playback.state().phase == phase);
      }
    }
  }
}
