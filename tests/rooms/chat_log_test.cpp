#include "rooms/chat_log.h"
#include <catch2/catch.hpp>
#include "rooms/limits.h"
#include "rooms/room.h"

using namespace matinee::rooms;
using Repeat = ChatLog::Repeat;

namespace {

ChatMessage message(std::int64_t author, std::string id, std::string text = "hi") {
  ChatMessage made;
  made.author = PersonId{author};
  made.id = std::move(id);
  made.text = std::move(text);
  return made;
}

ChatLog empty_log() { return ChatLog(RoomOptions{}); }

void commit(ChatLog& log, Seq up_to) {
  while (log.commit_next(up_to)) {}
}

void add(ChatLog& log, int count) {
  for (int i = 0; i < count; ++i) {
    log.number(message(1, "id-" + std::to_string(log.last().value + 1)), {});
    commit(log, log.last());
  }
}

}  // namespace

TEST_CASE("messages are numbered without holes and counted as committed in order", "[rooms]") {
  ChatLog log = empty_log();
  for (int i = 1; i <= 5; ++i) CHECK(log.number(message(1, "id-" + std::to_string(i)), {}).seq == Seq{i});
  CHECK(log.committed() == Seq{0});
  CHECK(log.commit_next(Seq{2})->message->seq == Seq{1});
  CHECK(log.commit_next(Seq{2})->message->seq == Seq{2});
  CHECK_FALSE(log.commit_next(Seq{2}));
  CHECK(log.committed() == Seq{2});
  CHECK(log.pending_count() == 3);
}

TEST_CASE("numbers that are taken back are given again", "[rooms]") {
  ChatLog log = empty_log();
  for (int i = 1; i <= 4; ++i) log.number(message(1, "id-" + std::to_string(i)), {ConnectionId{i}, ""});
  const auto refused = log.take_back(Seq{3}, std::nullopt);
  REQUIRE(refused.size() == 2);
  CHECK(std::get<ChatMessage>(refused[0].what).id == "id-3");
  CHECK(refused[1].ref.connection == ConnectionId{4});
  CHECK(log.number(message(2, "other"), {}).seq == Seq{3});
  CHECK(log.find(PersonId{1}, "id-3").repeat == Repeat::no);
}

TEST_CASE("what is committed cannot be taken back", "[rooms]") {
  ChatLog log = empty_log();
  add(log, 3);
  CHECK(log.take_back(Seq{1}, std::nullopt).empty());
  CHECK(log.last() == Seq{3});
}

TEST_CASE("a repeat is known while it is pending, while it is at hand, and after", "[rooms]") {
  ChatLog log = empty_log();
  log.number(message(1, "first"), {});
  CHECK(log.find(PersonId{1}, "first").repeat == Repeat::pending);
  CHECK(log.find(PersonId{2}, "first").repeat == Repeat::no);  // ids belong to their author
  commit(log, Seq{1});
  CHECK(log.find(PersonId{1}, "first").repeat == Repeat::recent);
  CHECK(log.find(PersonId{1}, "first").message->seq == Seq{1});
  add(log, static_cast<int>(limits::recent_messages_max));
  CHECK(log.find(PersonId{1}, "first").repeat == Repeat::stored);
}

TEST_CASE("the newest thousand ids are remembered and the one before is not", "[rooms]") {
  ChatLog log = empty_log();
  add(log, static_cast<int>(limits::remembered_ids));
  CHECK(log.find(PersonId{1}, "id-1").repeat == Repeat::stored);
  add(log, 1);
  CHECK(log.find(PersonId{1}, "id-1").repeat == Repeat::no);
  CHECK(log.find(PersonId{1}, "id-2").repeat == Repeat::stored);
}

TEST_CASE("ids handed over at the start are remembered", "[rooms]") {
  RoomOptions options;
  options.last_seq = Seq{300};
  options.remembered = {{PersonId{1}, "old"}, {PersonId{1}, "newest"}};
  ChatMessage newest = message(1, "newest");
  newest.seq = Seq{300};
  options.recent = {newest};
  ChatLog log{options};
  CHECK(log.find(PersonId{1}, "old").repeat == Repeat::stored);
  CHECK(log.find(PersonId{1}, "newest").repeat == Repeat::recent);
  CHECK(log.number(message(1, "next"), {}).seq == Seq{301});
}

TEST_CASE("a voided number is used up and its message is known as the older one", "[rooms]") {
  ChatLog log = empty_log();
  add(log, 2);
  log.number(message(1, "forgotten"), {});
  log.number(message(1, "after"), {});
  CHECK_FALSE(log.void_next(Seq{4}, Seq{1}));  // not the oldest pending one
  REQUIRE(log.void_next(Seq{3}, Seq{1}));
  CHECK(log.committed() == Seq{3});
  CHECK(log.find(PersonId{1}, "forgotten").message->seq == Seq{1});
  CHECK(log.commit_next(Seq{4})->message->seq == Seq{4});
}

TEST_CASE("what was missed is handed out exactly, or not at all", "[rooms]") {
  ChatLog log = empty_log();
  add(log, static_cast<int>(limits::recent_messages_max) + 10);  // at hand: 11 … 210
  constexpr std::size_t plenty = 1'000'000;
  CHECK(log.after(Seq{10}, {}, plenty)->messages.size() == limits::recent_messages_max);
  CHECK_FALSE(log.after(Seq{9}, {}, plenty));
  CHECK(log.after(Seq{209}, {}, plenty)->messages.front().seq == Seq{210});
  CHECK(log.after(Seq{210}, {}, plenty)->messages.empty());
  CHECK_FALSE(log.after(Seq{211}, {}, plenty));  // it has seen more than there is
  CHECK_FALSE(log.after(Seq{-1}, {}, plenty));
  CHECK_FALSE(log.after(Seq{10}, {}, 100));  // too long for one welcome
}

namespace {

MessageChange edit(Seq seq, std::string text) {
  MessageChange change;
  change.seq = seq;
  change.text = std::move(text);
  change.at_ms = 77;
  return change;
}

void commit_changes(ChatLog& log) {
  while (log.commit_next(ChangeNumber{1'000'000})) {}
}

}  // namespace

TEST_CASE("changes have numbers of their own and one line with the messages", "[rooms]") {
  ChatLog log = empty_log();
  add(log, 1);
  log.number(message(1, "second"), {});
  CHECK(log.number(edit(Seq{1}, "edited"), {}).number == ChangeNumber{1});
  log.number(message(1, "third"), {});
  CHECK(log.number(edit(Seq{1}, "again"), {}).number == ChangeNumber{2});
  CHECK(log.standing(Seq{1})->changing);
  CHECK(log.standing(Seq{1})->committed->text == "hi");
  CHECK_FALSE(log.commit_next(Seq{1}));
  CHECK(log.commit_next(ChangeNumber{1})->message->id == "second");  // it came before
  CHECK(log.commit_next(ChangeNumber{1})->change->text == "edited");
  CHECK_FALSE(log.commit_next(ChangeNumber{1}));
  CHECK(log.recent_at(Seq{1})->text == "edited");
  CHECK(log.recent_at(Seq{1})->edited_at_ms == 77);
  CHECK(log.pending_count() == 2);
}

TEST_CASE("a change is taken back with whatever was numbered after it, and its number is given again", "[rooms]") {
  ChatLog log = empty_log();
  add(log, 1);
  log.number(edit(Seq{1}, "a"), {});
  log.number(message(1, "second"), {});
  log.number(edit(Seq{1}, "b"), {});
  const auto refused = log.take_back(Seq{99}, ChangeNumber{1});
  REQUIRE(refused.size() == 3);
  CHECK(std::get<MessageChange>(refused[0].what).text == "a");
  CHECK(log.pending_count() == 0);
  CHECK_FALSE(log.standing(Seq{1})->changing);
  CHECK(log.number(edit(Seq{1}, "c"), {}).number == ChangeNumber{1});
  CHECK(log.number(message(1, "second"), {}).seq == Seq{2});
}

TEST_CASE("who comes back is told what of the seen has changed, as it stands now, or starts again", "[rooms]") {
  ChatLog log = empty_log();
  add(log, 5);
  constexpr std::size_t plenty = 1'000'000;
  for (std::size_t i = 0; i < limits::recent_changes_max; ++i) {
    log.number(edit(Seq{i % 2 == 0 ? 2 : 4}, "edit " + std::to_string(i)), {});
    commit_changes(log);
  }
  const auto page = log.after(Seq{3}, ChangeNumber{0}, plenty);
  REQUIRE(page);
  REQUIRE(page->changed.size() == 1);  // 4 was not seen: it comes among the messages
  CHECK(page->changed[0].text == "edit " + std::to_string(limits::recent_changes_max - 2));
  REQUIRE(page->messages.size() == 2);
  CHECK(page->messages[0].text == "edit " + std::to_string(limits::recent_changes_max - 1));
  CHECK(log.after(Seq{5}, log.committed_change(), plenty)->changed.empty());
  CHECK(log.after(Seq{5}, std::nullopt, plenty)->changed.empty());  // a page that knows of no changes
  CHECK_FALSE(log.after(Seq{5}, ChangeNumber{log.committed_change().value + 1}, plenty));
  CHECK_FALSE(log.after(Seq{5}, ChangeNumber{0}, 100));  // too long for one welcome
  log.number(edit(Seq{1}, "one more"), {});
  commit_changes(log);
  CHECK_FALSE(log.after(Seq{3}, ChangeNumber{0}, plenty));
  CHECK(log.after(Seq{3}, ChangeNumber{1}, plenty)->changed.size() == 2);
}

TEST_CASE("older messages stay at hand up to the bound, and longer while a change of theirs is under way", "[rooms]") {
  RoomOptions options;
  options.last_seq = Seq{1'000};
  ChatLog log{options};
  const auto older = [](std::int64_t seq) {
    ChatMessage made = message(1, "older-" + std::to_string(seq));
    made.seq = Seq{seq};
    return made;
  };
  log.keep(older(1));
  log.number(edit(Seq{1}, "on its way"), {});
  for (std::int64_t seq = 2; seq <= static_cast<std::int64_t>(limits::changed_messages_kept); ++seq) log.keep(older(seq));
  CHECK(log.standing(Seq{2}));
  log.keep(older(500));
  CHECK(log.standing(Seq{1}));
  CHECK_FALSE(log.standing(Seq{2}));
  CHECK(log.standing(Seq{500}));
  commit_changes(log);
  log.keep(older(501));
  CHECK_FALSE(log.standing(Seq{1}));
}

TEST_CASE("a message stays at hand while a change of it is under way, however many came after it", "[rooms]") {
  ChatLog log = empty_log();
  add(log, 1);
  for (std::size_t i = 0; i < limits::recent_messages_max; ++i) log.number(message(1, "more-" + std::to_string(i)), {});
  log.number(edit(Seq{1}, "late"), {});
  commit(log, log.last());
  CHECK(log.recent_at(Seq{1}) == nullptr);
  REQUIRE(log.standing(Seq{1}));
  CHECK(log.standing(Seq{1})->changing);
  commit_changes(log);
  CHECK(log.standing(Seq{1})->committed->text == "late");
}

TEST_CASE("a page of the newest messages says whether there are older ones", "[rooms]") {
  ChatLog log = empty_log();
  CHECK_FALSE(log.newest(50, 1'000'000).more_before);
  add(log, 50);
  CHECK(log.newest(50, 1'000'000).messages.size() == 50);
  CHECK_FALSE(log.newest(50, 1'000'000).more_before);
  add(log, 1);
  const auto page = log.newest(50, 1'000'000);
  CHECK(page.messages.front().seq == Seq{2});
  CHECK(page.messages.back().seq == Seq{51});
  CHECK(page.more_before);
}

TEST_CASE("long messages make a shorter page", "[rooms]") {
  ChatLog log = empty_log();
  for (int i = 0; i < 40; ++i) log.number(message(1, "id-" + std::to_string(i), std::string(16'000, 'x')), {});
  commit(log, Seq{40});
  const auto page = log.newest(50, 100'000);
  CHECK(page.messages.size() == 6);
  CHECK(page.messages.back().seq == Seq{40});
  CHECK(page.more_before);
}
