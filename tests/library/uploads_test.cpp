// The bytes of an upload: each at its place, once, whoever sends and however often.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "server/library/limits.h"
#include "server/library/sniff.h"
#include "server/library/uploads.h"
#include "tests/store/test_loop.h"
#include "tests/support/temp_folder.h"

namespace matinee::test {

using library::Seat;
using library::Shelf;
using library::UploadFailure;
using library::Uploads;
using What = UploadFailure::What;

namespace {

constexpr std::uint64_t no_reserve = 0;

std::string id_of(char digit) { return std::string(32, digit); }
// So long that it is sniffed.
std::string film(std::size_t bytes) {
  std::string content(
      "\0\0\0\x20"
      "ftypisom",
      12);
  while (content.size() < bytes) content.push_back(static_cast<char>('a' + content.size() % 23));
  return content;
}

struct Arriving {
  TempFolder folder;
  TestLoop loop;
  Uploads uploads;

  explicit Arriving(std::uint64_t reserve = no_reserve) : uploads(Shelf(folder.path()), reserve) {}

  Uploads::Offset create(char digit, std::uint64_t size) {
    return loop.await<Uploads::Offset>([&](auto done) { uploads.create(id_of(digit), size, loop.executor(), done); });
  }
  Uploads::Offset look(char digit) {
    return loop.await<Uploads::Offset>([&](auto done) { uploads.look(id_of(digit), loop.executor(), done); });
  }
  Uploads::Seated open(char digit, std::uint64_t size, std::uint64_t offset) {
    return loop.await<Uploads::Seated>([&](auto done) { uploads.open(id_of(digit), size, offset, loop.executor(), done); });
  }
  Uploads::Offset write(const Seat& seat, const std::string& piece) {
    return loop.await<Uploads::Offset>([&](auto done) { uploads.write(seat, piece, loop.executor(), done); });
  }
  Uploads::Offset close(const Seat& seat) {
    return loop.await<Uploads::Offset>([&](auto done) { uploads.close(seat, loop.executor(), done); });
  }
  std::string bytes(char digit) const {
    std::ifstream file(folder.path() + "/" + id_of(digit), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

template <class T>
What why(const tl::expected<T, UploadFailure>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().what;
}

}  // namespace

TEST_CASE("an upload is written piece by piece, and its length is where to go on") {
  Arriving world;
  const std::string whole = film(1'000);
  REQUIRE(world.create('a', 1'000).has_value());
  const auto seat = world.open('a', 1'000, 0);
  REQUIRE(seat.has_value());
  CHECK(world.write(*seat, whole.substr(0, 400)) == 400);
  CHECK(world.look('a') == 400);
  CHECK(world.close(*seat) == 400);
  const auto later = world.open('a', 1'000, 400);
  REQUIRE(later.has_value());
  CHECK(world.write(*later, whole.substr(400)) == 1'000);
  CHECK(world.close(*later) == 1'000);
  CHECK(world.bytes('a') == whole);
}

TEST_CASE("an upload goes on at its own offset only: before it and after it is refused with the right one") {
  Arriving world;
  REQUIRE(world.create('a', 1'000).has_value());
  const auto seat = world.open('a', 1'000, 0);
  REQUIRE(world.write(*seat, film(300)).has_value());
  REQUIRE(world.close(*seat).has_value());
  for (const std::uint64_t offset : {0ULL, 299ULL, 301ULL, 1'000ULL}) {
    const auto refused = world.open('a', 1'000, offset);
    CHECK(why(refused) == What::wrong_offset);
    CHECK(refused.error().offset == 300);
  }
}

TEST_CASE("who asks for an upload later takes it over, and the first one's bytes are refused from then on") {
  Arriving world;
  const std::string whole = film(600);
  REQUIRE(world.create('a', 600).has_value());
  const auto first = world.open('a', 600, 0);
  REQUIRE(world.write(*first, whole.substr(0, 200)).has_value());
  const auto second = world.open('a', 600, 200);
  REQUIRE(second.has_value());
  CHECK(why(world.write(*first, "overlapping bytes")) == What::taken_over);
  CHECK(why(world.close(*first)) == What::taken_over);
  CHECK(world.write(*second, whole.substr(200)) == 600);
  CHECK(world.close(*second) == 600);
  CHECK(world.bytes('a') == whole);
}

TEST_CASE("an upload takes its declared length to the byte and not one more") {
  Arriving world;
  REQUIRE(world.create('a', 500).has_value());
  const auto seat = world.open('a', 500, 0);
  CHECK(why(world.write(*seat, film(501))) == What::too_long);
  CHECK(world.write(*seat, film(500)) == 500);
  CHECK(why(world.write(*seat, "x")) == What::too_long);
  CHECK(world.bytes('a').size() == 500);
}

TEST_CASE("what is no video is refused with its first bytes, also when they come one by one") {
  Arriving world;
  const std::string rubbish(200, 'x');
  REQUIRE(world.create('a', 1'000'000).has_value());
  const auto seat = world.open('a', 1'000'000, 0);
  for (std::size_t i = 0; i + 1 < library::sniffed_bytes; ++i) REQUIRE(world.write(*seat, "x").has_value());
  const auto refused = world.write(*seat, "x");
  CHECK(why(refused) == What::not_video);
  CHECK(refused.error().note == "not_video");
}

TEST_CASE("bytes come for sixteen uploads at once, and the one beyond is asked to wait") {
  Arriving world;
  std::vector<Seat> seats;
  for (std::size_t i = 0; i <= library::limits::uploads_at_once_max; ++i) {
    const char digit = static_cast<char>(i < 10 ? '0' + i : 'a' + (i - 10));
    REQUIRE(world.create(digit, 100).has_value());
    const auto seat = world.open(digit, 100, 0);
    if (i < library::limits::uploads_at_once_max) seats.push_back(seat.value());
    else CHECK(why(seat) == What::busy);
  }
  REQUIRE(world.close(seats.front()).has_value());
  CHECK(world.open('g', 100, 0).has_value());
}

TEST_CASE("a disk that is nearly full takes no upload, and says so before a byte has come") {
  Arriving world(1ULL << 62);
  CHECK(why(world.create('a', 1)) == What::disk_full);
  const std::uint64_t free = Shelf(world.folder.path()).free_bytes();
  Arriving roomy;
  CHECK(why(roomy.create('a', free + (1ULL << 40))) == What::disk_full);
  CHECK(roomy.create('a', 1).has_value());
}

TEST_CASE("an upload whose file is gone is gone") {
  Arriving world;
  CHECK(why(world.look('a')) == What::gone);
  CHECK(why(world.open('a', 10, 0)) == What::gone);
  CHECK(why(world.write({id_of('a'), 1}, "x")) == What::taken_over);
}

}  // namespace matinee::test
