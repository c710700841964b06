#include "rooms/rate.h"
#include <catch2/catch.hpp>

using matinee::rooms::Rate;
using matinee::rooms::TokenBucket;

TEST_CASE("a bucket gives its burst at once and then nothing", "[rooms]") {
  TokenBucket bucket;
  const Rate rate{8, 2};
  for (int i = 0; i < 8; ++i) CHECK(bucket.take(1'000'000, rate) == 0);
  CHECK(bucket.take(1'000'000, rate) == 500);
}

TEST_CASE("a bucket says exactly when the next token is there", "[rooms]") {
  TokenBucket bucket;
  const Rate rate{2, 2};
  CHECK(bucket.take(1'000, rate) == 0);
  CHECK(bucket.take(1'000, rate) == 0);
  const std::int64_t wait_ms = bucket.take(1'100, rate);
  CHECK(wait_ms == 400);
  CHECK(bucket.take(1'100 + wait_ms - 1, rate) == 1);
  CHECK(bucket.take(1'100 + wait_ms, rate) == 0);
}

TEST_CASE("a refused try costs nothing", "[rooms]") {
  TokenBucket bucket;
  const Rate rate{1, 10};
  CHECK(bucket.take(1'000, rate) == 0);
  for (int i = 0; i < 50; ++i) CHECK(bucket.take(1'050, rate) == 50);
  CHECK(bucket.take(1'100, rate) == 0);
}

TEST_CASE("a rested bucket holds its burst and not more", "[rooms]") {
  TokenBucket bucket;
  const Rate rate{3, 1};
  CHECK(bucket.take(1'000, rate) == 0);
  int taken = 0;
  while (bucket.take(1'000'000'000, rate) == 0) ++taken;
  CHECK(taken == 3);
}

TEST_CASE("over a long time a bucket gives its rate", "[rooms]") {
  TokenBucket bucket;
  const Rate rate{8, 2};
  int taken = 0;
  for (std::int64_t now_ms = 1'000'000; now_ms < 1'100'000; now_ms += 10) taken += bucket.take(now_ms, rate) == 0 ? 1 : 0;
  CHECK(taken >= 207);
  CHECK(taken <= 208);
}
