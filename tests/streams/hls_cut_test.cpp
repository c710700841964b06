// Where segments end: for whatever distances of key frames, no segment is longer than the target duration, rounded, unless one fragment is.
#include "streams/hls_cut.h"

#include <catch2/catch.hpp>
#include <random>
#include <vector>

namespace matinee::streams {
namespace {

constexpr std::int64_t second = 1'000'000;

std::vector<std::int64_t> segments_of(std::int64_t target_s, const std::vector<std::int64_t>& fragments) {
  HlsCut cut(target_s);
  std::vector<std::int64_t> out;
  const auto end = [&] {
    out.push_back(cut.held_us());
    cut.end();
  };
  for (const std::int64_t fragment : fragments) {
    if (cut.ends_before(fragment)) end();
    if (cut.add(fragment)) end();
  }
  return out;
}

}  // namespace

TEST_CASE("the target duration is two seconds, or what a longer fragment rounds to") {
  CHECK(HlsCut::target_for(1) == limits::hls_target_s_min);
  CHECK(HlsCut::target_for(2'499'999) == 2);
  CHECK(HlsCut::target_for(2'500'000) == 3);
  CHECK(HlsCut::target_for(limits::remux_fragment_us_max) == 20);
}

TEST_CASE("short fragments are put together until a segment is long enough") {
  CHECK(segments_of(2, {second, second, second, second}) == std::vector<std::int64_t>{2 * second, 2 * second});
  CHECK(segments_of(2, std::vector<std::int64_t>(8, second / 2)) == std::vector<std::int64_t>{2 * second, 2 * second});
  CHECK(segments_of(2, {2'400'000, 2'400'000}) == std::vector<std::int64_t>{2'400'000, 2'400'000});
  CHECK(segments_of(2, {1'300'000, 1'300'000, 1'300'000}) == std::vector<std::int64_t>{1'300'000, 1'300'000, 1'300'000});
}

TEST_CASE("whatever key frames do, a segment is never longer than the target duration unless one fragment is") {
  for (unsigned seed = 0; seed < 200; ++seed) {
    std::mt19937 random(seed);
    const std::int64_t target_s = 2 + static_cast<std::int64_t>(random() % 8);
    std::vector<std::int64_t> fragments(100);
    std::int64_t sum = 0;
    for (auto& each : fragments) sum += each = 1 + static_cast<std::int64_t>(random() % static_cast<unsigned>(target_s * second + 499'999));
    std::int64_t listed = 0;
    for (const std::int64_t segment : segments_of(target_s, fragments)) {
      REQUIRE(segment > 0);
      REQUIRE((segment + second / 2) / second <= target_s);
      listed += segment;
    }
    REQUIRE(sum - listed < target_s * second);  // what is held still
  }
}

TEST_CASE("a fragment that alone is longer is a segment of its own") {
  CHECK(segments_of(2, {second, 7 * second, second}) == std::vector<std::int64_t>{second, 7 * second, second});
}

}  // namespace matinee::streams
