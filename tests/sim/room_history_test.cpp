#include <catch2/catch.hpp>
#include <cstdlib>
#include <string>
#include "tests/sim/world.h"

using matinee::rooms::sim::Broken;
using matinee::rooms::sim::World;

namespace {

constexpr std::uint64_t seeds = 4'000;
constexpr int steps = 200;

World::Counts live_through(std::uint64_t seed) {
  World world(seed);
  for (int i = 0; i < steps; ++i) world.step();
  world.heal();
  world.check_end();
  world.check_replay();
  return world.counts();
}

// MATINEE_SIM_SEED=123 runs one history, to look at it; MATINEE_SIM_SEEDS=100000 runs many.
std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoull(text);
}

}  // namespace

TEST_CASE("whatever happens, everybody sees the same room", "[sim]") {
  const std::uint64_t only = number_from("MATINEE_SIM_SEED", 0);
  const std::uint64_t first = only > 0 ? only : 1;
  const std::uint64_t last = only > 0 ? only : number_from("MATINEE_SIM_SEEDS", seeds);
  World::Counts sum;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    try {
      const World::Counts counts = live_through(seed);
      sum.shown += counts.shown;
      sum.edited += counts.edited;
      sum.deleted += counts.deleted;
      sum.reacted += counts.reacted;
      sum.changes_resumed += counts.changes_resumed;
      sum.read_again += counts.read_again;
      sum.voided += counts.voided;
      sum.refused_by_store += counts.refused_by_store;
      sum.blocks += counts.blocks;
      sum.restarts += counts.restarts;
      sum.resumed += counts.resumed;
      sum.stale += counts.stale;
      sum.asked += counts.asked;
      sum.disconnected += counts.disconnected;
      sum.live_told += counts.live_told;
      sum.queues_told += counts.queues_told;
      sum.undone += counts.undone;
      sum.players_gone += counts.players_gone;
      sum.stopped += counts.stopped;
      sum.let_in += counts.let_in;
      sum.codes += counts.codes;
    } catch (const Broken& broken) { FAIL("MATINEE_SIM_SEED=" << seed << ": " << broken.what()); }
  }
  INFO("shown " << sum.shown << ", voided " << sum.voided << ", refused by the store " << sum.refused_by_store << ", blocks " << sum.blocks
                << ", restarts " << sum.restarts << ", resumed " << sum.resumed << ", stale " << sum.stale << ", asked " << sum.asked
                << ", edited " << sum.edited << ", deleted " << sum.deleted << ", reacted " << sum.reacted << ", changes resumed "
                << sum.changes_resumed << ", read again " << sum.read_again << ", disconnected " << sum.disconnected << ", live told "
                << sum.live_told << ", players gone " << sum.players_gone
                << ", stopped at the door " << sum.stopped << ", let in " << sum.let_in << ", new codes " << sum.codes);
  if (only > 0) return;
  // A simulation in which nothing goes wrong proves nothing.
  CHECK(sum.shown > 10'000);
  CHECK(sum.voided > 100);
  CHECK(sum.edited > 1'000);
  CHECK(sum.deleted > 500);
  CHECK(sum.reacted > 5'000);
  CHECK(sum.changes_resumed > 500);
  CHECK(sum.read_again > 100);
  CHECK(sum.refused_by_store > 1'000);
  CHECK(sum.blocks > 100);
  CHECK(sum.restarts > 500);
  CHECK(sum.resumed > 1'000);
  CHECK(sum.stale > 1'000);
  CHECK(sum.asked > 1'000);
  CHECK(sum.disconnected > 500);
  CHECK(sum.live_told > 1'000);
  CHECK(sum.queues_told > 1'000);
  CHECK(sum.undone > 100);
  CHECK(sum.players_gone > 500);
  CHECK(sum.stopped > 500);
  CHECK(sum.let_in > 100);
  CHECK(sum.codes > 50);
}

TEST_CASE("the same seed is the same history", "[sim]") {
  const World::Counts once = live_through(77);
  const World::Counts again = live_through(77);
  CHECK(once.shown == again.shown);
  CHECK(once.resumed == again.resumed);
  CHECK(once.stale == again.stale);
}
