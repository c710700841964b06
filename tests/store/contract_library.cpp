// LibraryStore: what each item's row promises, whoever implements it.
#include <algorithm>

#include "tests/store/contract.h"

namespace matinee::test {

using seams::LibraryItem;
using seams::LibraryPage;
using seams::LibraryState;
using seams::LibraryStep;
using seams::LibraryUsage;
using seams::Result;
using seams::StoreError;

namespace {

constexpr auto refused = [](StoreError error) { return tl::unexpected(error); };
const seams::LibraryFacts film{"video/mp4", 30'000, 640, 360, true};

std::string id_of(char digit) { return std::string(32, digit); }

struct Library : World {
  seams::LibraryQuota quota{1'000, 1'500, 10, 5};

  Library() {
    account(anna, "Anna");
    account(ben, "Ben");
  }

  Result<void> done(std::function<void(seams::Executor, seams::Done<void>)> call) { return ask<Result<void>>(call); }

  static LibraryItem item(char digit, seams::UserId owner, std::int64_t size_bytes, std::int64_t at_ms = now) {
    LibraryItem made;
    made.id = id_of(digit);
    made.owner = owner;
    made.title = std::string("film ") + digit;
    made.size_bytes = size_bytes;
    made.source = "source";
    made.created_at_ms = at_ms;
    return made;
  }
  Result<void> add(const LibraryItem& made) {
    return done([&](auto executor, auto handler) { stores->library().add(made, quota, executor, handler); });
  }
  Result<void> advance(char digit, LibraryState from, LibraryState to, std::string note = "") {
    LibraryStep step{id_of(digit), from, to, to == LibraryState::ready ? film : seams::LibraryFacts{}, std::move(note), now + 7};
    return done([&](auto executor, auto handler) { stores->library().advance(step, executor, handler); });
  }
  void ready(char digit) {
    REQUIRE(advance(digit, LibraryState::arriving, LibraryState::checking).has_value());
    REQUIRE(advance(digit, LibraryState::checking, LibraryState::ready).has_value());
  }
  Result<LibraryItem> find(char digit) {
    return ask<Result<LibraryItem>>([&](auto executor, auto handler) { stores->library().find(id_of(digit), executor, handler); });
  }
  LibraryPage list(seams::UserId viewer, std::size_t offset = 0, std::size_t limit = 50) {
    return ask<Result<LibraryPage>>([&](auto executor, auto handler) { stores->library().list(viewer, offset, limit, executor, handler); })
        .value();
  }
  std::string seen_by(seams::UserId viewer) {
    std::string digits;
    for (const LibraryItem& found : list(viewer).items) digits.push_back(found.id.front());
    return digits;
  }
  std::vector<LibraryItem> unfinished() {
    return ask<Result<std::vector<LibraryItem>>>([&](auto executor, auto handler) { stores->library().unfinished(50, executor, handler); })
        .value();
  }
  LibraryUsage usage(seams::UserId owner) {
    return ask<Result<LibraryUsage>>([&](auto executor, auto handler) { stores->library().usage(owner, executor, handler); }).value();
  }
  Result<void> retire(char digit) {
    return done([&](auto executor, auto handler) { stores->library().retire(id_of(digit), executor, handler); });
  }
  Result<void> forget(char digit) {
    return done([&](auto executor, auto handler) { stores->library().forget(id_of(digit), executor, handler); });
  }
};

}  // namespace

TEST_CASE("an item of the library is found as it was added, and knows its owner's name") {
  Library world;
  REQUIRE(world.add(Library::item('a', anna, 600)).has_value());
  const auto found = world.find('a');
  REQUIRE(found.has_value());
  CHECK(found->owner == anna);
  CHECK(found->owner_name == "Anna");
  CHECK(found->title == "film a");
  CHECK(found->source == "source");
  CHECK(found->state == LibraryState::arriving);
  CHECK(found->size_bytes == 600);
  CHECK(found->created_at_ms == now);
  CHECK(world.find('b') == refused(StoreError::not_found));
  CHECK(world.add(Library::item('a', ben, 1)) == refused(StoreError::id_taken));
}

TEST_CASE("an item goes from arriving over checking to ready, and no step is taken from another state") {
  Library world;
  REQUIRE(world.add(Library::item('a', anna, 600)).has_value());
  CHECK(world.advance('a', LibraryState::checking, LibraryState::ready) == refused(StoreError::not_found));
  world.ready('a');
  const auto found = world.find('a');
  CHECK(found->state == LibraryState::ready);
  CHECK(found->facts == film);
  CHECK(found->changed_at_ms == now + 7);
  CHECK(world.advance('a', LibraryState::arriving, LibraryState::checking) == refused(StoreError::not_found));
}

TEST_CASE("what is refused keeps its row and its reason for its owner, and counts nothing") {
  Library world;
  REQUIRE(world.add(Library::item('a', anna, 600)).has_value());
  REQUIRE(world.advance('a', LibraryState::arriving, LibraryState::checking).has_value());
  REQUIRE(world.advance('a', LibraryState::checking, LibraryState::refused, "codec").has_value());
  CHECK(world.find('a')->note == "codec");
  CHECK(world.usage(anna).person_bytes == 0);
  CHECK(world.seen_by(anna) == "a");
  CHECK(world.seen_by(ben).empty());
}

TEST_CASE("a person's quota is taken to the byte and not one beyond, uploads under way included") {
  Library world;
  CHECK(world.add(Library::item('a', anna, 1'001)) == refused(StoreError::quota_person));
  CHECK(world.add(Library::item('a', anna, 400)).has_value());
  CHECK(world.add(Library::item('b', anna, 601)) == refused(StoreError::quota_person));
  CHECK(world.add(Library::item('b', anna, 600)).has_value());
  CHECK(world.add(Library::item('c', anna, 1)) == refused(StoreError::quota_person));
  CHECK(world.usage(anna).person_bytes == 1'000);
  CHECK(world.add(Library::item('c', ben, 1)).has_value());
}

TEST_CASE("the quota of the whole library is taken to the byte and not one beyond, and counts what is nobody's") {
  Library world;
  CHECK(world.add(Library::item('a', seams::UserId{}, 1'001)).has_value());
  CHECK(world.add(Library::item('b', ben, 500)) == refused(StoreError::quota_all));
  CHECK(world.add(Library::item('b', ben, 499)).has_value());
  CHECK(world.add(Library::item('c', seams::UserId{}, 1)) == refused(StoreError::quota_all));
  CHECK(world.usage(ben).all_bytes == 1'500);
}

TEST_CASE("a library holds as many items as its bound says, and not one more") {
  Library world;
  world.quota.items = 3;
  for (const char digit : {'a', 'b', 'c'}) CHECK(world.add(Library::item(digit, anna, 0)).has_value());
  CHECK(world.add(Library::item('d', anna, 0)) == refused(StoreError::quota_all));
  CHECK(world.retire('a').has_value());
  CHECK(world.add(Library::item('d', anna, 0)).has_value());
}

TEST_CASE("a person keeps as many items as the bound says, and not one more") {
  Library world;
  world.quota.person_items = 2;
  for (const char digit : {'a', 'b'}) CHECK(world.add(Library::item(digit, anna, 0)).has_value());
  CHECK(world.add(Library::item('c', anna, 0)) == refused(StoreError::quota_person));
  CHECK(world.usage(anna).person_items == 2);
  CHECK(world.add(Library::item('c', ben, 0)).has_value());
}

TEST_CASE("a list shows what is ready to everybody, the newest first, in pages, and to its owner what is not") {
  Library world;
  REQUIRE(world.add(Library::item('a', anna, 1, now)).has_value());
  REQUIRE(world.add(Library::item('b', ben, 1, now + 1)).has_value());
  REQUIRE(world.add(Library::item('c', anna, 1, now + 2)).has_value());
  world.ready('a');
  world.ready('b');
  CHECK(world.seen_by(ben) == "ba");
  CHECK(world.seen_by(anna) == "cba");
  CHECK(world.list(anna, 0, 2).more);
  const LibraryPage last = world.list(anna, 2, 2);
  REQUIRE(last.items.size() == 1);
  CHECK(last.items.front().id == id_of('a'));
  CHECK_FALSE(last.more);
}

TEST_CASE("what is deleted is seen by nobody and counts nothing, and its row stays until its files are gone") {
  Library world;
  REQUIRE(world.add(Library::item('a', anna, 600)).has_value());
  world.ready('a');
  CHECK(world.unfinished().empty());
  CHECK(world.forget('a') == refused(StoreError::not_found));
  CHECK(world.retire('a').has_value());
  CHECK(world.retire('a') == refused(StoreError::not_found));
  CHECK(world.find('a') == refused(StoreError::not_found));
  CHECK(world.seen_by(anna).empty());
  CHECK(world.usage(anna).all_bytes == 0);
  world.stores->restart();
  REQUIRE(world.unfinished().size() == 1);
  CHECK(world.unfinished().front().state == LibraryState::going);
  CHECK(world.forget('a').has_value());
  CHECK(world.unfinished().empty());
}

TEST_CASE("an item is renamed, and an upload says when bytes last came") {
  Library world;
  REQUIRE(world.add(Library::item('a', anna, 600)).has_value());
  CHECK(world.done([&](auto executor, auto handler) { world.stores->library().rename(id_of('a'), "Holiday", executor, handler); })
            .has_value());
  CHECK(
      world.done([&](auto executor, auto handler) { world.stores->library().touch(id_of('a'), now + 9, executor, handler); }).has_value());
  CHECK(world.find('a')->title == "Holiday");
  CHECK(world.find('a')->changed_at_ms == now + 9);
  CHECK(world.done([&](auto executor, auto handler) { world.stores->library().rename(id_of('b'), "Holiday", executor, handler); }) ==
        refused(StoreError::not_found));
}

TEST_CASE("a recording grows within the quotas, to the byte and not one beyond, and what it does not need is free again") {
  Library world;
  const auto resize = [&](char digit, std::int64_t bytes) {
    return world.done(
        [&](auto executor, auto handler) { world.stores->library().resize(id_of(digit), bytes, world.quota, executor, handler); });
  };
  LibraryItem made = Library::item('a', anna, 10);
  made.state = LibraryState::recording;
  REQUIRE(world.add(made).has_value());
  CHECK(resize('a', 1'000).has_value());
  CHECK(world.find('a')->size_bytes == 1'000);
  CHECK(world.usage(anna).person_bytes == 1'000);
  CHECK(resize('a', 1'001) == refused(StoreError::quota_person));
  CHECK(world.find('a')->size_bytes == 1'000);
  REQUIRE(world.add(Library::item('b', ben, 500)).has_value());
  world.quota.person_bytes = 2'000;
  CHECK(resize('a', 1'001) == refused(StoreError::quota_all));
  CHECK(resize('a', 900).has_value());
  CHECK(world.usage(anna).all_bytes == 1'400);
  // A quota that was made smaller meanwhile takes nothing away.
  world.quota = {10, 10, 10, 5};
  CHECK(resize('a', 800).has_value());
  CHECK(world.seen_by(anna) == "a");
  CHECK(world.seen_by(ben) == "b");
  REQUIRE(world.unfinished().size() == 2);
  CHECK(world.advance('a', LibraryState::recording, LibraryState::checking).has_value());
  CHECK(world.find('a')->size_bytes == 800);
  CHECK(world.retire('a').has_value());
  CHECK(resize('a', 1) == refused(StoreError::not_found));
}

TEST_CASE("the videos of an account that ends stay, as nobody's") {
  Library world;
  REQUIRE(world.add(Library::item('a', anna, 600)).has_value());
  world.ready('a');
  seams::Farewell farewell;
  farewell.user = anna;
  farewell.nameless_extra = farewell.nameless_snapshot = [](std::string_view text) { return std::string(text); };
  REQUIRE(world
              .ask<Result<std::vector<std::string>>>(
                  [&](auto executor, auto handler) { world.stores->account_records().end(farewell, executor, handler); })
              .has_value());
  CHECK(world.find('a')->owner == seams::UserId{});
  CHECK(world.find('a')->owner_name.empty());
}

}  // namespace matinee::test
