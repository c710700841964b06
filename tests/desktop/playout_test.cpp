// When pictures are shown: at each bound and one beyond, and over seeds against a simulated network.
#include "videoproto/desktop/playout.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "videoproto/desktop/sound_limits.h"

namespace matinee::desktop {
namespace {

constexpr std::int64_t now = 1'000'000'000, late_max = limits::picture_late_ms_max * 1'000, wait_max = limits::picture_wait_ms_max * 1'000;

TEST_CASE("a live picture without sound is shown at once, whatever its time says") {
  Playout playout;
  for (const std::int64_t pts : {std::int64_t{0}, now - 1, now, now + 5'000'000, std::int64_t{3'600'000'000}}) {
    const Showing showing = playout.on_picture(pts, false, std::nullopt, now);
    CHECK_FALSE(showing.skip);
    CHECK(showing.show_at_us == now);
  }
}

TEST_CASE("with sound a picture waits until its time is heard") {
  Playout playout;
  const std::int64_t heard = 50'000'000;
  CHECK(playout.on_picture(heard + 40'000, false, heard, now).show_at_us == now + 40'000);
  CHECK(playout.on_picture(heard, false, heard, now).show_at_us == now);
  CHECK(playout.on_picture(heard + wait_max, false, heard, now).show_at_us == now + wait_max);
  CHECK(playout.on_picture(heard + wait_max + 1, false, heard, now).show_at_us == now);  // that time cannot be meant
}

TEST_CASE("a picture 100 ms behind the sound is shown, a later one is left out, but not more than ten in a row") {
  Playout playout;
  const std::int64_t heard = 50'000'000;
  CHECK_FALSE(playout.on_picture(heard - late_max, false, heard, now).skip);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < limits::late_pictures_max; ++i) CHECK(playout.on_picture(heard - late_max - 1, false, heard, now).skip);
    CHECK_FALSE(playout.on_picture(heard - late_max - 1, false, heard, now).skip);
  }
}

TEST_CASE("the first picture after a jump is shown at once") {
  Playout playout;
  const std::int64_t heard = 50'000'000;
  CHECK(playout.on_picture(heard + 300'000, true, heard, now).show_at_us == now);
  CHECK_FALSE(playout.on_picture(heard - 5'000'000, true, heard, now).skip);
}

TEST_CASE("the room's video without sound is shown at its time on our clock, an hour's difference between clocks included") {
  Playout playout;
  const std::int64_t offset = -3'600'000'000, pts = now - offset;  // due now
  playout.on_room_offset(offset);
  CHECK(playout.on_picture(pts + 30'000, false, std::nullopt, now).show_at_us == now + 30'000);
  CHECK(playout.on_picture(pts - late_max, false, std::nullopt, now).show_at_us == now);
  CHECK(playout.on_picture(pts - late_max - 1, false, std::nullopt, now).skip);
  CHECK(playout.on_picture(pts + 30'000, false, pts + 10'000, now).show_at_us == now + 20'000);  // the sound counts more
}

// 20 s of 30 pictures a second over a network with jitter; the sound's clock runs 80 ms behind and trembles; in between it is gone.
TEST_CASE("over many seeds pictures are shown in order and within the bounds of what is heard") {
  const auto seed = GENERATE(range(0u, 60u));
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int64_t> jitter(0, 60'000), tremble(-2'000, 2'000);
  Playout playout;
  std::int64_t arrived = 0, shown_at = 0;
  int shown = 0, skipped = 0;
  const bool pause = seed % 3 == 0;
  for (std::int64_t pts = 0; pts < 20'000'000; pts += 33'333) {
    arrived = std::max(arrived, pts + 5'000 + jitter(random));
    std::int64_t at = std::max(arrived, shown_at);
    const auto heard = [&](std::int64_t t) -> std::optional<std::int64_t> {
      if (pause && t > 8'000'000 && t < 9'000'000) return std::nullopt;
      return t - 80'000 + tremble(random);
    };
    // Asked again every 20 ms, as the viewer does.
    Showing showing = playout.on_picture(pts, false, heard(at), at);
    while (!showing.skip && showing.show_at_us > at) {
      at = std::min(showing.show_at_us, at + 20'000);
      showing = playout.on_picture(pts, false, heard(at), at);
    }
    if (showing.skip) {
      ++skipped;
      continue;
    }
    CHECK(at >= shown_at);
    shown_at = at;
    ++shown;
    if (!heard(at)) continue;
    const std::int64_t sound_early = at - (pts + 80'000);  // + : it was heard before the picture was seen
    CHECK(sound_early <= limits::sound_early_ms_max * 1'000);
    CHECK(-sound_early <= limits::sound_late_ms_max * 1'000);
  }
  CHECK(skipped == 0);
  CHECK(shown == 601);
}

}  // namespace
}  // namespace matinee::desktop
