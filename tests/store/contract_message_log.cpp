#include <algorithm>
#include <thread>

#include "tests/store/contract.h"

namespace matinee::test {

using seams::AppendOutcome;
using seams::MessageKind;
using What = seams::AppendOutcome::What;

namespace {

struct Logged : World {
  seams::RoomRecord room;
  Logged() {
    stores->make_people(loop, {anna, ben});
    room = served_room("K7QM3XFD", anna);
  }
  seams::SearchPage search(seams::SearchRequest request) {
    auto page =
        ask<seams::Result<seams::SearchPage>>([&](auto executor, auto done) { stores->messages().search(request, executor, done); });
    REQUIRE(page.has_value());
    return *page;
  }
  std::vector<std::int64_t> find(const std::string& query, std::optional<rooms::Seq> before = std::nullopt, std::size_t limit = 50) {
    std::vector<std::int64_t> seqs;
    for (const auto& message : search({room.id, query, before, limit}).messages) seqs.push_back(message.seq.value);
    return seqs;
  }
};

}  // namespace

TEST_CASE("an appended message is read back as it was given") {
  Logged world;
  auto request = world.message(world.room, 1, "id-0001", std::string("two\nlines\0and NUL", 17));
  request.extra = std::string("\x00\xff", 2);
  CHECK(world.append(request) == AppendOutcome{What::appended, rooms::Seq{1}});
  const auto page = world.read({world.room.id, {}, {}, 10});
  REQUIRE(page.size() == 1);
  CHECK(page[0].seq == rooms::Seq{1});
  CHECK(page[0].kind == MessageKind::message);
  CHECK(page[0].author == anna);
  CHECK(page[0].message_id == "id-0001");
  CHECK(page[0].body == request.body);
  CHECK(page[0].extra == request.extra);
  CHECK(page[0].at_ms == request.at_ms);
  CHECK(page[0].edited_at_ms == 0);
}

TEST_CASE("messages survive a restart, and the next number goes on") {
  Logged world;
  for (int seq = 1; seq <= 3; ++seq)
    CHECK(world.append(world.message(world.room, seq, "id-" + std::to_string(seq))).what == What::appended);
  world.stores->restart();
  CHECK(world.read({world.room.id, {}, {}, 10}).size() == 3);
  CHECK(world.append(world.message(world.room, 4, "id-4")).what == What::appended);
}

TEST_CASE("the last number of a room is 0 while it is empty") {
  Logged world;
  const auto last = [&] {
    return world.ask<seams::Result<rooms::Seq>>(
        [&](auto executor, auto done) { world.stores->messages().last(world.room.id, executor, done); });
  };
  CHECK(last() == rooms::Seq{0});
  (void)world.append(world.message(world.room, 1, "id-1"));
  CHECK(last() == rooms::Seq{1});
}

TEST_CASE("a number that is not the next one is a conflict and stores nothing") {
  Logged world;
  CHECK(world.append(world.message(world.room, 2, "id-2")) == AppendOutcome{What::conflict, rooms::Seq{0}});
  CHECK(world.append(world.message(world.room, 0, "id-0")) == AppendOutcome{What::conflict, rooms::Seq{0}});
  CHECK(world.append(world.message(world.room, 1, "id-1")).what == What::appended);
  CHECK(world.append(world.message(world.room, 1, "other")) == AppendOutcome{What::conflict, rooms::Seq{1}});
  CHECK(world.append(world.message(world.room, 3, "id-3")) == AppendOutcome{What::conflict, rooms::Seq{1}});
  CHECK(world.read({world.room.id, {}, {}, 10}).size() == 1);
}

TEST_CASE("an append repeated because its answer was lost is told its number and stored once") {
  Logged world;
  CHECK(world.append(world.message(world.room, 1, "id-1")).what == What::appended);
  CHECK(world.append(world.message(world.room, 1, "id-1")) == AppendOutcome{What::duplicate, rooms::Seq{1}});
  CHECK(world.read({world.room.id, {}, {}, 10}).size() == 1);
}

TEST_CASE("an old repeat under a new number leaves a void row, so that no number is missing") {
  Logged world;
  CHECK(world.append(world.message(world.room, 1, "id-1", "first")).what == What::appended);
  CHECK(world.append(world.message(world.room, 2, "id-1", "again")) == AppendOutcome{What::duplicate, rooms::Seq{1}});
  CHECK(world.append(world.message(world.room, 3, "id-3")).what == What::appended);
  const auto page = world.read({world.room.id, {}, {}, 10});
  REQUIRE(page.size() == 3);
  CHECK(page[1].kind == MessageKind::voided);
  CHECK(page[1].body.empty());
  CHECK(page[1].message_id.empty());
  CHECK(page[0].body == "first");
}

TEST_CASE("the same message id of another person or in another room is another message") {
  Logged world;
  const auto other = world.served_room("AAAABBBB", ben);
  CHECK(world.append(world.message(world.room, 1, "same-id")).what == What::appended);
  auto by_ben = world.message(world.room, 2, "same-id");
  by_ben.author = ben;
  CHECK(world.append(by_ben).what == What::appended);
  CHECK(world.append(world.message(other, 1, "same-id")).what == What::appended);
}

TEST_CASE("a void row can be asked for and counts as a number") {
  Logged world;
  auto request = world.message(world.room, 1, "");
  request.kind = MessageKind::voided;
  CHECK(world.append(request) == AppendOutcome{What::appended, rooms::Seq{1}});
  request.seq = rooms::Seq{2};
  CHECK(world.append(request) == AppendOutcome{What::appended, rooms::Seq{2}});
  CHECK(world.append(world.message(world.room, 3, "id-3")).what == What::appended);
}

TEST_CASE("whoever holds an older epoch is fenced off, also for edits") {
  Logged world;
  CHECK(world.append(world.message(world.room, 1, "id-1")).what == What::appended);
  const auto taken = world.ask<seams::Result<seams::RoomRecord>>(
      [&](auto executor, auto done) { world.stores->rooms().raise_epoch(world.room.code, executor, done); });
  REQUIRE(taken.has_value());
  CHECK(taken->epoch == world.room.epoch + 1);
  CHECK(taken->last_seq == rooms::Seq{1});
  CHECK(world.append(world.message(world.room, 2, "id-2")).what == What::fenced);
  auto edit = world.message(world.room, 1, "", "changed");
  edit.kind = MessageKind::edit;
  edit.change = rooms::ChangeNumber{1};
  CHECK(world.append(edit).what == What::fenced);
  auto future = world.message(*taken, 2, "id-2");
  ++future.epoch;
  CHECK(world.append(future).what == What::fenced);
  CHECK(world.append(world.message(*taken, 2, "id-2")).what == What::appended);
}

TEST_CASE("an unknown room is a conflict") {
  Logged world;
  auto request = world.message(world.room, 1, "id-1");
  request.room = seams::RoomId{999};
  CHECK(world.append(request) == AppendOutcome{What::conflict, rooms::Seq{0}});
}

TEST_CASE("an edit replaces the text and keeps number, author and first time") {
  Logged world;
  CHECK(world.append(world.message(world.room, 1, "id-1", "teh film")).what == What::appended);
  auto edit = world.message(world.room, 1, "", "the film");
  edit.kind = MessageKind::edit;
  edit.change = rooms::ChangeNumber{1};
  edit.at_ms = now + 500;
  CHECK(world.append(edit) == AppendOutcome{What::appended, rooms::Seq{1}});
  const auto page = world.read({world.room.id, {}, {}, 10});
  REQUIRE(page.size() == 1);
  CHECK(page[0].body == "the film");
  CHECK(page[0].extra == "extra");
  CHECK(page[0].at_ms == now + 1);
  CHECK(page[0].edited_at_ms == now + 500);
  CHECK(page[0].message_id == "id-1");
}

TEST_CASE("a removed message has no text left, keeps its number and its id, and can be neither edited nor reacted to") {
  Logged world;
  CHECK(world.append(world.message(world.room, 1, "id-1", "secret")).what == What::appended);
  auto change = world.change(world.room, 1, 1, MessageKind::reactions);
  CHECK(world.append(change).what == What::appended);
  change = world.change(world.room, 1, 2, MessageKind::removal);
  change.extra = "what stays";
  CHECK(world.append(change).what == What::appended);
  change.change = rooms::ChangeNumber{3};
  CHECK(world.append(change).what == What::appended);
  for (const auto kind : {MessageKind::edit, MessageKind::reactions})
    CHECK(world.append(world.change(world.room, 1, 4, kind)) == AppendOutcome{What::conflict, rooms::Seq{1}});
  const auto page = world.read({world.room.id, {}, {}, 10});
  REQUIRE(page.size() == 1);
  CHECK(page[0].kind == MessageKind::removal);
  CHECK(page[0].body.empty());
  CHECK(page[0].reactions.empty());
  CHECK(page[0].extra == "what stays");
  CHECK(page[0].message_id == "id-1");
  CHECK(world.append(world.message(world.room, 2, "id-1")) == AppendOutcome{What::duplicate, rooms::Seq{1}});
}

TEST_CASE("reactions are replaced as a whole") {
  Logged world;
  CHECK(world.append(world.message(world.room, 1, "id-1")).what == What::appended);
  auto change = world.change(world.room, 1, 1, MessageKind::reactions);
  change.extra = R"({"+1":[7]})";
  CHECK(world.append(change).what == What::appended);
  const auto page = world.read({world.room.id, {}, {}, 10});
  CHECK(page[0].reactions == change.extra);
  CHECK(page[0].extra == "extra");
  CHECK(page[0].edited_at_ms == 0);
}

TEST_CASE("a change of a message that does not exist is a conflict, and so is one of a void row") {
  Logged world;
  auto voided = world.message(world.room, 1, "");
  voided.kind = MessageKind::voided;
  CHECK(world.append(voided).what == What::appended);
  for (const auto kind : {MessageKind::edit, MessageKind::removal, MessageKind::reactions}) {
    for (const std::int64_t seq : {0, 1, 2})
      CHECK(world.append(world.change(world.room, seq, 1, kind)) == AppendOutcome{What::conflict, rooms::Seq{1}});
  }
}

TEST_CASE("changes are numbered one after the other for the whole room, and a number that is not the next changes nothing") {
  Logged world;
  const auto other = world.served_room("AAAABBBB", ben);
  for (int seq = 1; seq <= 2; ++seq)
    CHECK(world.append(world.message(world.room, seq, "id-" + std::to_string(seq), "first")).what == What::appended);
  CHECK(world.append(world.message(other, 1, "id-1", "first")).what == What::appended);
  CHECK(world.append(world.change(world.room, 1, 1, MessageKind::edit)).what == What::appended);
  CHECK(world.append(world.change(world.room, 2, 2, MessageKind::edit)).what == What::appended);
  for (const std::int64_t number : {0, 1, 2, 4})
    CHECK(world.append(world.change(world.room, 1, number, MessageKind::removal)) == AppendOutcome{What::conflict, rooms::Seq{2}});
  CHECK(world.append(world.change(other, 1, 1, MessageKind::edit)).what == What::appended);
  CHECK(world.read({world.room.id, {}, {}, 10}).at(0).body == "changed");
  CHECK(world.look_up(world.room.code)->last_change == rooms::ChangeNumber{2});
}

TEST_CASE("changes survive a restart, and their next number goes on") {
  Logged world;
  CHECK(world.append(world.message(world.room, 1, "id-1", "first")).what == What::appended);
  CHECK(world.append(world.change(world.room, 1, 1, MessageKind::edit)).what == What::appended);
  CHECK(world.append(world.change(world.room, 1, 2, MessageKind::reactions)).what == What::appended);
  world.stores->restart();
  const auto page = world.read({world.room.id, {}, {}, 10});
  CHECK(page.at(0).body == "changed");
  CHECK(page.at(0).reactions == "extra");
  CHECK(world.append(world.change(world.room, 1, 2, MessageKind::removal)).what == What::conflict);
  CHECK(world.append(world.change(world.room, 1, 3, MessageKind::removal)).what == What::appended);
}

TEST_CASE("a message is found by each of its words and the beginning of the last one asked for, newest first") {
  Logged world;
  const char* lines[] = {"The film begins", "what a film", "popcorn, please", "filming the end"};
  for (int seq = 1; seq <= 4; ++seq)
    CHECK(world.append(world.message(world.room, seq, "id-" + std::to_string(seq), lines[seq - 1])).what == What::appended);
  using Numbers = std::vector<std::int64_t>;
  CHECK(world.find("film") == Numbers{4, 2, 1});
  CHECK(world.find("FILM") == Numbers{4, 2, 1});
  CHECK(world.find("film a") == Numbers{2});
  CHECK(world.find("film the") == Numbers{1});
  CHECK(world.find("the film") == Numbers{4, 1});
  CHECK(world.find("please popcorn") == Numbers{3});
  CHECK(world.find("nothing").empty());
  CHECK(world.find("").empty());
  CHECK(world.find(" \"*( ").empty());
  const auto page = world.search({world.room.id, "popcorn", std::nullopt, 10});
  REQUIRE(page.messages.size() == 1);
  CHECK(page.messages[0].body == "popcorn, please");
  CHECK(page.messages[0].extra == "extra");
  CHECK(page.messages[0].message_id == "id-3");
  CHECK_FALSE(page.more_before);
}

TEST_CASE("what is found comes in pages") {
  Logged world;
  for (int seq = 1; seq <= 7; ++seq)
    (void)world.append(world.message(world.room, seq, "id-" + std::to_string(seq), seq == 4 ? "other" : "same"));
  using Numbers = std::vector<std::int64_t>;
  CHECK(world.find("same", std::nullopt, 3) == Numbers{7, 6, 5});
  CHECK(world.search({world.room.id, "same", std::nullopt, 3}).more_before);
  CHECK(world.find("same", rooms::Seq{5}, 3) == Numbers{3, 2, 1});
  CHECK_FALSE(world.search({world.room.id, "same", rooms::Seq{5}, 3}).more_before);
  CHECK(world.find("same", rooms::Seq{1}, 3).empty());
  CHECK(world.find("same", rooms::Seq{100}, 3) == Numbers{7, 6, 5});
}

TEST_CASE("search sees messages as they stand, of this room alone, and nothing of those that were removed") {
  Logged world;
  const auto other = world.served_room("AAAABBBB", ben);
  (void)world.append(world.message(world.room, 1, "id-1", "first"));
  (void)world.append(world.message(world.room, 2, "id-2", "first too"));
  (void)world.append(world.message(other, 1, "id-1", "first elsewhere"));
  using Numbers = std::vector<std::int64_t>;
  CHECK(world.find("first") == Numbers{2, 1});
  CHECK(world.append(world.change(world.room, 1, 1, MessageKind::edit)).what == What::appended);
  CHECK(world.append(world.change(world.room, 2, 2, MessageKind::removal)).what == What::appended);
  CHECK(world.find("first").empty());
  CHECK(world.find("changed") == Numbers{1});
  auto reactions = world.change(world.room, 1, 3, MessageKind::reactions);
  CHECK(world.append(reactions).what == What::appended);
  CHECK(world.search({world.room.id, "changed", std::nullopt, 1}).messages.at(0).reactions == "extra");
  const auto tidied = world.ask<seams::Result<void>>([&](auto executor, auto done) { world.stores->messages().tidy(executor, done); });
  CHECK(tidied.has_value());
  world.stores->restart();
  CHECK(world.find("changed") == Numbers{1});
  CHECK(world.find("first").empty());
}

TEST_CASE("outcomes of a room come in the order of the calls") {
  Logged world;
  constexpr int count = 500;
  std::vector<std::int64_t> order;
  for (int seq = 1; seq <= count; ++seq) {
    world.stores->messages().append(world.message(world.room, seq, "id-" + std::to_string(seq)), world.loop.executor(),
                                    [&](AppendOutcome outcome) {
                                      CHECK(outcome.what == What::appended);
                                      order.push_back(outcome.seq.value);
                                    });
  }
  world.loop.run_until([&] { return order.size() == count; });
  CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("an answer is delivered to the loop that asked, each loop its own") {
  Logged world;
  TestLoop other;
  bool here = false;
  bool there = false;
  world.stores->messages().append(world.message(world.room, 1, "id-1"), world.loop.executor(), [&](AppendOutcome) { here = true; });
  world.stores->messages().append(world.message(world.room, 2, "id-2"), other.executor(), [&](AppendOutcome) { there = true; });
  other.run_until([&] { return there; });
  CHECK_FALSE(here);
  world.loop.run_until([&] { return here; });
}

TEST_CASE("a page holds the newest messages, or those before, after or between given numbers") {
  Logged world;
  for (int seq = 1; seq <= 10; ++seq) (void)world.append(world.message(world.room, seq, "id-" + std::to_string(seq)));
  const auto numbers = [&](std::optional<rooms::Seq> after, std::optional<rooms::Seq> before, std::size_t limit) {
    std::vector<std::int64_t> seqs;
    for (const auto& message : world.read({world.room.id, after, before, limit})) seqs.push_back(message.seq.value);
    return seqs;
  };
  using Numbers = std::vector<std::int64_t>;
  CHECK(numbers({}, {}, 3) == Numbers{8, 9, 10});
  CHECK(numbers({}, rooms::Seq{8}, 3) == Numbers{5, 6, 7});
  CHECK(numbers(rooms::Seq{2}, {}, 3) == Numbers{3, 4, 5});
  CHECK(numbers(rooms::Seq{2}, rooms::Seq{5}, 10) == Numbers{3, 4});
  CHECK(numbers(rooms::Seq{2}, rooms::Seq{9}, 2) == Numbers{7, 8});
  CHECK(numbers(rooms::Seq{10}, {}, 3).empty());
  CHECK(numbers({}, rooms::Seq{1}, 3).empty());
  CHECK(numbers({}, {}, 0).empty());
}

TEST_CASE("a page ends at its bound of bytes, after one message at least") {
  Logged world;
  for (int seq = 1; seq <= 4; ++seq) {
    auto said = world.message(world.room, seq, "id-" + std::to_string(seq));
    said.body = std::string(100, 'x');
    said.extra.clear();
    (void)world.append(std::move(said));
  }
  const auto ends = [&](std::optional<rooms::Seq> after, std::optional<rooms::Seq> before, std::size_t bytes_max) {
    const auto page = world.read({world.room.id, after, before, 50, bytes_max});
    return std::vector<std::int64_t>{page.front().seq.value, page.back().seq.value};
  };
  using Ends = std::vector<std::int64_t>;
  CHECK(ends({}, {}, 300) == Ends{2, 4});
  CHECK(ends({}, {}, 299) == Ends{3, 4});
  CHECK(ends({}, rooms::Seq{4}, 200) == Ends{2, 3});
  CHECK(ends(rooms::Seq{1}, {}, 200) == Ends{2, 3});
  CHECK(ends({}, {}, 1) == Ends{4, 4});
}

TEST_CASE("a marked repeat is found by person and id") {
  Logged world;
  (void)world.append(world.message(world.room, 1, "id-1"));
  const auto find = [&](seams::UserId author, std::string id) {
    return world
        .ask<seams::Result<std::optional<rooms::Seq>>>(
            [&](auto executor, auto done) { world.stores->messages().find(world.room.id, author, id, executor, done); })
        .value();
  };
  CHECK(find(anna, "id-1") == rooms::Seq{1});
  CHECK(find(anna, "id-2") == std::nullopt);
  CHECK(find(ben, "id-1") == std::nullopt);
}

TEST_CASE("rooms written from several threads at once keep every message once and without holes") {
  Logged world;
  constexpr int room_count = 4;
  constexpr int each = 200;
  std::vector<seams::RoomRecord> rooms;
  for (int number = 0; number < room_count; ++number) rooms.push_back(world.served_room("ROOM000" + std::to_string(number), anna));
  std::atomic<int> appended{0};
  std::vector<std::thread> threads;
  for (int number = 0; number < room_count; ++number) {
    threads.emplace_back([&, number] {
      for (int seq = 1; seq <= each; ++seq) {
        world.stores->messages().append(world.message(rooms[static_cast<std::size_t>(number)], seq, "id-" + std::to_string(seq)),
                                        world.loop.executor(),
                                        [&](AppendOutcome outcome) { appended += outcome.what == What::appended ? 1 : 0; });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  world.loop.run_until([&] { return appended == room_count * each; });
  for (const auto& room : rooms) CHECK(world.read({room.id, {}, {}, 1'000}).size() == each);
}

}  // namespace matinee::test
