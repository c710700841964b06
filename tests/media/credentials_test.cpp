// Pairing codes and resume tokens: once, for a while, for one room and person.
#include "server/media/credentials.h"

#include <catch2/catch.hpp>

#include "tests/media/media_world.h"

namespace matinee::media::test {
namespace {

seams::Visit visit(std::int64_t person) {
  rooms::Person who;
  who.id = rooms::PersonId{person};
  return {who, seams::SessionId{person}};
}

}  // namespace

TEST_CASE("a desktop joins with a pairing code, once") {
  World world;
  const std::string letters = world.relay->make_pair(room_code, world.visit(4));
  CHECK(letters.size() == 16);
  CHECK(letters.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == std::string::npos);
  CHECK(world.join(0, {.pair = letters})->last<vp::AuthOk>()->person == "4");
  for (const std::string& wrong : {letters, std::string("AAAAAAAAAAAAAAAA"), std::string("x")}) {
    const auto second = world.knock(0, {.pair = wrong});
    world.until([&] { return second->closed.has_value(); });
    CHECK(second->closed->code == vp::ErrorCode::auth_failed);
  }
}

TEST_CASE("the room's code of AUTH is read in any spelling, and what is no code is refused like a wrong one") {
  World world;
  world.join(4, {.room = "k7qm-3xfd"});
  CHECK(world.gate.present.at(0).code == room_code);
  const auto lost = world.knock(5, {.room = "nowhere"});
  world.until([&] { return lost->closed.has_value(); });
  CHECK(lost->closed->code == vp::ErrorCode::auth_failed);
}

TEST_CASE("a pairing code holds for five minutes and not a millisecond more") {
  PairBook book(10);
  const auto letters = book.make("A", visit(1), 1'000);
  const auto later = book.make("A", visit(1), 1'000);
  CHECK(book.take(letters, "A", 1'000 + limits::pair_ms - 1)->person.id.value == 1);
  CHECK_FALSE(book.take(later, "A", 1'000 + limits::pair_ms));
}

TEST_CASE("a pairing code is for its room only, and is used up by a try in another one") {
  PairBook book(10);
  const auto letters = book.make("A", visit(1), 0);
  CHECK_FALSE(book.take(letters, "B", 1));
  CHECK_FALSE(book.take(letters, "A", 1));
}

TEST_CASE("a person has four pairing codes under way: a fifth takes the place of the oldest") {
  PairBook book(100);
  std::vector<std::string> letters;
  for (std::size_t i = 0; i <= limits::pairs_per_person_max; ++i) letters.push_back(book.make("A", visit(1), std::int64_t(i)));
  CHECK_FALSE(book.take(letters[0], "A", 10));
  for (std::size_t i = 1; i < letters.size(); ++i) CHECK(book.take(letters[i], "A", 10));
}

TEST_CASE("as many pairing codes are under way as the bound says, and not one more until one is used or over") {
  PairBook book(limits::pairs_max);
  std::string first;
  for (std::size_t i = 0; i < limits::pairs_max; ++i) {
    const auto letters = book.make("A", visit(std::int64_t(i) + 1), 0);
    REQUIRE_FALSE(letters.empty());
    if (i == 0) first = letters;
  }
  CHECK(book.make("A", visit(5'000), 1).empty());
  CHECK(book.take(first, "A", 1));
  CHECK_FALSE(book.make("A", visit(5'000), 1).empty());
  CHECK(book.make("A", visit(5'001), 1).empty());
  CHECK_FALSE(book.make("A", visit(5'001), limits::pair_ms).empty());
}

TEST_CASE("what was made from a session ends with it") {
  PairBook pairs(10);
  const auto mine = pairs.make("A", visit(1), 0), other = pairs.make("A", visit(2), 0);
  pairs.end_session(seams::SessionId{1});
  CHECK_FALSE(pairs.take(mine, "A", 1));
  CHECK(pairs.take(other, "A", 1));
  ResumeBook resumes(10);
  const auto token = resumes.make("A", visit(1), 7);
  resumes.end_session(seams::SessionId{1});
  CHECK_FALSE(resumes.take(token, "A", 1));
}

TEST_CASE("a resume token holds while its connection does and 30 s after, for its room, once") {
  ResumeBook book(10);
  const std::int64_t long_after = 3'600'000;
  const auto held = book.make("A", visit(1), 7);
  CHECK_FALSE(book.take(held, "B", 0));
  CHECK(book.take(held, "A", long_after)->client == 7);
  CHECK_FALSE(book.take(held, "A", long_after));
  const auto released = book.make("A", visit(1), 8), over = book.make("A", visit(1), 9);
  book.release(8, 1'000);
  book.release(9, 1'000);
  CHECK(book.take(released, "A", 1'000 + vp::limits::resume_us / 1'000 - 1)->visit.person.id.value == 1);
  CHECK_FALSE(book.take(over, "A", 1'000 + vp::limits::resume_us / 1'000));
  CHECK(book.released() == 0);
}

TEST_CASE("as many resume tokens of ended connections are kept as the bound says; the one that ends first makes room") {
  ResumeBook book(limits::resume_tokens_max);
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i <= limits::resume_tokens_max; ++i) {
    tokens.push_back(book.make("A", visit(1), i + 1));
    book.release(i + 1, std::int64_t(i));
  }
  CHECK(book.released() == limits::resume_tokens_max);
  CHECK_FALSE(book.take(tokens[0], "A", 5'000));
  CHECK(book.take(tokens[1], "A", 5'000));
  CHECK(book.take(tokens.back(), "A", 5'000));
}

}  // namespace matinee::media::test
