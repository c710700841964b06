#include "rooms/queue.h"

#include <catch2/catch.hpp>
#include "rooms/limits.h"

namespace matinee::rooms {
namespace {

MediaRef file(const std::string& name) {
  MediaRef media;
  media.url = "https://example.org/" + name + ".mp4";
  return media;
}

class Filled {
 public:
  explicit Filled(int count) {
    for (int i = 1; i <= count; ++i) ids.push_back(*queue.add(file(std::to_string(i)), "title", PersonId{1}, "Ada", false));
  }
  [[nodiscard]] std::string order() const {
    std::string text;
    for (const QueueItem& item : queue.state().items) text += std::to_string(item.id.value) + " ";
    return text;
  }
  Queue queue;
  std::vector<ItemId> ids;
};

TEST_CASE("queue: items go to the end or to the front, and ids are never used twice") {
  Filled list(2);
  REQUIRE(list.queue.add(file("x"), "", PersonId{2}, "Ben", true));
  CHECK(list.order() == "3 1 2 ");
  REQUIRE(list.queue.take(ItemId{3}));
  REQUIRE(list.queue.add(file("y"), "", PersonId{2}, "Ben", false));
  CHECK(list.order() == "1 2 4 ");
}

TEST_CASE("queue: moving puts an item before another one, or to the end, in both directions") {
  Filled list(4);
  CHECK(*list.queue.move(ItemId{4}, ItemId{2}));
  CHECK(list.order() == "1 4 2 3 ");
  CHECK(*list.queue.move(ItemId{1}, ItemId{3}));
  CHECK(list.order() == "4 2 1 3 ");
  CHECK(*list.queue.move(ItemId{4}, std::nullopt));
  CHECK(list.order() == "2 1 3 4 ");
  const Revision rev = list.queue.state().rev;
  CHECK_FALSE(*list.queue.move(ItemId{4}, std::nullopt));
  CHECK_FALSE(*list.queue.move(ItemId{2}, ItemId{1}));
  CHECK_FALSE(*list.queue.move(ItemId{2}, ItemId{2}));
  CHECK(list.queue.state().rev == rev);
  CHECK(list.queue.move(ItemId{9}, std::nullopt).error() == Error{ErrorCode::not_found, "item", 0});
  CHECK(list.queue.move(ItemId{1}, ItemId{9}).error() == Error{ErrorCode::not_found, "before", 0});
}

TEST_CASE("queue: 200 items fit and not one more") {
  Filled list(static_cast<int>(limits::queue_items_max));
  const auto refused = list.queue.add(file("x"), "", PersonId{1}, "Ada", false);
  CHECK(refused.error() == Error{ErrorCode::conflict, "queue", 0});
  REQUIRE(list.queue.take_first());
  CHECK(list.queue.add(file("x"), "", PersonId{1}, "Ada", false));
}

TEST_CASE("queue: links and titles fit up to 64 KiB together and not one byte more") {
  Queue queue;
  std::size_t bytes = 0;
  const auto add = [&](std::size_t size) {
    MediaRef media;
    media.url = std::string(size, 'a');
    return queue.add(std::move(media), "", PersonId{1}, "Ada", false);
  };
  while (bytes + 2'000 < limits::queue_bytes_max) {
    REQUIRE(add(2'000));
    bytes += 2'000;
  }
  CHECK(add(limits::queue_bytes_max - bytes + 1).error().code == ErrorCode::conflict);
  CHECK(add(limits::queue_bytes_max - bytes));
  CHECK(add(1).error().code == ErrorCode::conflict);
}

TEST_CASE("queue: a title is one line of at most 300 bytes") {
  Queue queue;
  CHECK(queue.add(file("x"), std::string(limits::queue_title_bytes_max, 't'), PersonId{1}, "Ada", false));
  CHECK(queue.add(file("x"), std::string(limits::queue_title_bytes_max + 1, 't'), PersonId{1}, "Ada", false).error().detail == "title");
  CHECK(queue.add(file("x"), "two\nlines", PersonId{1}, "Ada", false).error().detail == "title");
  CHECK(queue.add(file("x"), "\xFF", PersonId{1}, "Ada", false).error().detail == "title");
}

TEST_CASE("queue: shuffling keeps every item, depends on the seed alone, and moves something") {
  Filled a(50), b(50), c(50);
  REQUIRE(a.queue.shuffle(7));
  REQUIRE(b.queue.shuffle(7));
  REQUIRE(c.queue.shuffle(8));
  CHECK(a.order() == b.order());
  CHECK(a.order() != c.order());
  CHECK(a.order() != Filled(50).order());
  std::set<std::int64_t> ids;
  for (const QueueItem& item : a.queue.state().items) ids.insert(item.id.value);
  CHECK(ids.size() == 50);
  Filled one(1);
  CHECK_FALSE(one.queue.shuffle(7));
}

TEST_CASE("queue: what a snapshot holds beyond the bounds is left out, and ids count anew") {
  Filled list(3);
  QueueState stored = list.queue.state();
  stored.items[0].id = ItemId{77};
  stored.items[1].title = std::string(500, 'x');
  while (stored.items.size() < limits::queue_items_max + 5) stored.items.push_back(stored.items.back());
  Queue again;
  again.restore(stored);
  CHECK(again.state().items.size() == limits::queue_items_max);
  CHECK(again.state().items[0].id == ItemId{1});
  CHECK(again.state().items[1].title.empty());
  CHECK(again.state().rev == Revision{0});
}

TEST_CASE("queue: putting an earlier state back is a new revision, and ids go on from the highest ever given") {
  Filled list(3);
  const QueueState earlier = list.queue.state();
  list.queue.clear();
  REQUIRE(list.queue.add(file("x"), "", PersonId{1}, "Ada", false) == ItemId{4});
  const Revision rev = list.queue.state().rev;
  list.queue.put_back(earlier);
  CHECK(list.queue.state().rev > rev);
  CHECK(list.order() == "1 2 3 ");
  CHECK(*list.queue.add(file("y"), "", PersonId{1}, "Ada", false) == ItemId{5});
}

}  // namespace
}  // namespace matinee::rooms
