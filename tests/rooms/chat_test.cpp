#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {
const PersonId ann{1}, ben{2}, cem{3};

std::string code_points(std::size_t count, const char* one) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += one;
  return text;
}
}  // namespace

TEST_CASE("a message is numbered and stored first, and shown when it is stored", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  const EffectList posted = room.act(ann, PostChat{"message-1", "hello", {}, false});
  REQUIRE(all<Store>(posted).size() == 1);
  CHECK(broadcasts<ChatMessage>(posted).empty());
  CHECK(room.room.has_pending());
  const EffectList stored = room.tell(Stored{Seq{1}});
  REQUIRE(broadcasts<ChatMessage>(stored).size() == 1);
  const ChatMessage message = broadcasts<ChatMessage>(stored)[0];
  CHECK(message.seq == Seq{1});
  CHECK(message.id == "message-1");
  CHECK(message.author == ann);
  CHECK(message.author_name == "person 1");
  CHECK(message.text == "hello");
  CHECK(message.at_ms == room.now_ms);
  CHECK(message.media_time_ms == -1);
  CHECK_FALSE(room.room.has_pending());
}

TEST_CASE("a ref of a message is answered once, when it is stored", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  CHECK(all<ReplyOk>(room.post(ann, "message-1")).empty());
  const auto oks = all<ReplyOk>(room.tell(Stored{Seq{1}}));
  REQUIRE(oks.size() == 1);
  CHECK(oks[0].seq == Seq{1});
  room.act(ann, PostChat{"message-2", "hi", {}, false}, "");
  CHECK(all<ReplyOk>(room.tell(Stored{Seq{2}})).empty());
}

TEST_CASE("a message keeps what played when it was written", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.set_media(ann, 60'000);
  room.now_ms += 5'000 + limits::start_delay_ms_min;
  room.post(ann, "message-1");
  const ChatMessage message = broadcasts<ChatMessage>(room.tell(Stored{Seq{1}})).at(0);
  CHECK(message.media_url == "https://example.org/film.mp4");
  CHECK(message.media_time_ms == 65'000);
}

TEST_CASE("one commit shows many messages in their order", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(3);
  room.post(ann, "message-a");
  room.post(ben, "message-b");
  room.post(cem, "message-c");
  const auto first = broadcasts<ChatMessage>(room.tell(Stored{Seq{2}}));
  REQUIRE(first.size() == 2);
  CHECK(first[0].id == "message-a");
  CHECK(first[1].id == "message-b");
  CHECK(broadcasts<ChatMessage>(room.tell(Stored{Seq{2}})).empty());
  CHECK(broadcasts<ChatMessage>(room.tell(Stored{Seq{99}})).size() == 1);
}

TEST_CASE("a repeat of a shown message gets the same message and nobody else hears of it", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1", "first");
  const EffectList effects = room.post(ann, "message-1", "first");
  CHECK(all<Store>(effects).empty());
  CHECK(all<Broadcast>(effects).empty());
  REQUIRE(pushes<ChatMessage>(effects).size() == 1);
  CHECK(pushes<ChatMessage>(effects)[0].seq == Seq{1});
  CHECK(all<ReplyOk>(effects).at(0).seq == Seq{1});
}

TEST_CASE("a repeat of a pending message is answered by that message", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.post(ann, "message-1");
  const EffectList effects = room.post(ann, "message-1");
  CHECK(all<Store>(effects).empty());
  CHECK(broadcasts<ChatMessage>(room.tell(Stored{Seq{9}})).size() == 1);
}

TEST_CASE("two people may use the same message id", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1");
  CHECK(all<Store>(room.post(ben, "message-1")).size() == 1);
}

TEST_CASE("a marked repeat that the room does not remember is looked for in the log", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  const PostChat post{"message-1", "hello", {}, true};
  const EffectList asked = room.act(ann, post);
  CHECK(all<Store>(asked).empty());
  REQUIRE(all<AskLog>(asked).size() == 1);
  CHECK(all<AskLog>(asked)[0].author == ann);

  SECTION("found: the old message is the answer, as it stands now") {
    ChatMessage old;
    old.seq = Seq{17};
    old.id = "message-1";
    old.author = ann;
    old.text = "edited";
    old.at_ms = 1'234;
    const EffectList found = room.act(ann, FoundRepeat{post, old});
    CHECK(all<Store>(found).empty());
    REQUIRE(pushes<ChatMessage>(found).size() == 1);
    CHECK(pushes<ChatMessage>(found)[0].seq == Seq{17});
    CHECK(pushes<ChatMessage>(found)[0].at_ms == 1'234);
    CHECK(pushes<ChatMessage>(found)[0].text == "edited");
  }
  SECTION("not found: it is a new message") { CHECK(all<Store>(room.act(ann, FoundRepeat{post, {}})).size() == 1); }
  SECTION("not found, asked twice: it is one new message") {
    room.act(ann, post);
    CHECK(all<Store>(room.act(ann, FoundRepeat{post, {}})).size() == 1);
    CHECK(all<Store>(room.act(ann, FoundRepeat{post, {}})).empty());
    room.tell(Stored{Seq{1}});
    const EffectList late = room.act(ann, FoundRepeat{post, {}});
    CHECK(all<Store>(late).empty());
    CHECK(pushes<ChatMessage>(late).size() == 1);
  }
  SECTION("not found, but the chat of the author was stopped meanwhile") {
    room.tell(Leave{ann});
    room.join(ann);
    TestRoom other = RoomBuilder().with_people(2);
    other.act(ann, Silence{ben, 0, true});
    const EffectList effects = other.act(ben, FoundRepeat{post, {}});
    CHECK(refusal(effects) == ErrorCode::silenced);
    CHECK(all<ReplyError>(effects)[0].message_id == "message-1");
  }
  SECTION("not found, but the author is gone") {
    room.tell(Leave{ann});
    CHECK(room.act(ann, FoundRepeat{post, {}}).empty());
  }
}

TEST_CASE("an unmarked repeat of an older remembered message is looked for in the log too", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  for (std::size_t i = 0; i <= limits::recent_messages_max; ++i) room.say(ann, "message-" + std::to_string(i));
  const EffectList effects = room.post(ann, "message-0");
  CHECK(all<Store>(effects).empty());
  CHECK(all<AskLog>(effects).size() == 1);
}

TEST_CASE("an unmarked repeat that met the log's index uses up its number and shows nothing", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1", "first");
  room.post(ben, "message-2");
  room.post(ann, "forgotten");
  room.post(ben, "message-4");
  const EffectList effects = room.tell(StoredVoid{Seq{3}, Seq{1}});
  REQUIRE(broadcasts<ChatMessage>(effects).size() == 1);
  CHECK(broadcasts<ChatMessage>(effects)[0].seq == Seq{2});
  REQUIRE(pushes<ChatMessage>(effects).size() == 1);
  CHECK(pushes<ChatMessage>(effects)[0].seq == Seq{1});
  CHECK(pushes<ChatMessage>(effects)[0].text == "first");
  CHECK(broadcasts<ChatMessage>(room.tell(Stored{Seq{4}})).at(0).seq == Seq{4});
}

TEST_CASE("an unmarked repeat of a message that is not at hand is answered by the log, as it stands there", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.post(ann, "forgotten", "as it was");
  const EffectList effects = room.tell(StoredVoid{Seq{1}, Seq{0}});
  CHECK(pushes<ChatMessage>(effects).empty());
  REQUIRE(all<AskLog>(effects).size() == 1);
  CHECK(all<AskLog>(effects)[0].post.id == "forgotten");
  CHECK(all<AskLog>(effects)[0].ref.client == "ref");
}

TEST_CASE("when the store fails, everything from there on is refused and its numbers are given again", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(3);
  room.post(ann, "message-1");
  room.post(ben, "message-2");
  room.post(cem, "message-3");
  room.tell(Stored{Seq{1}});
  const EffectList failed = room.tell(StoreFailed{Seq{2}});
  const auto errors = all<ReplyError>(failed);
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].error.code == ErrorCode::storage_unavailable);
  CHECK(errors[0].message_id == "message-2");
  CHECK(errors[0].ref.connection == ConnectionId{200});
  CHECK(errors[1].message_id == "message-3");
  CHECK_FALSE(room.room.has_pending());
  room.now_ms += 1'000;
  CHECK(all<Store>(room.post(cem, "message-3")).at(0).message.seq == Seq{2});
  CHECK(all<Store>(room.post(ben, "message-2")).at(0).message.seq == Seq{3});
}

TEST_CASE("a failure of what is stored already changes nothing", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.say(ann, "message-1");
  CHECK(room.tell(StoreFailed{Seq{1}}).empty());
  CHECK(all<Store>(room.post(ann, "message-2")).at(0).message.seq == Seq{2});
}

TEST_CASE("text is taken at its longest and refused beyond", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  for (const char* one : {"x", "\xC3\xA4", "\xF0\x9F\x8E\xAC"}) {
    CHECK(refusal(room.post(ann, std::string("longest-") + std::to_string(std::string(one).size()),
                            code_points(limits::chat_text_code_points_max, one))) == std::nullopt);
    CHECK(refusal(room.post(ann, "too-long-1", code_points(limits::chat_text_code_points_max + 1, one))) == ErrorCode::too_long);
  }
}

TEST_CASE("text that is empty, blank, not UTF-8 or full of control characters is refused", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  struct Row {
    std::string text;
    std::optional<ErrorCode> code;
  };
  const Row rows[] = {{"", ErrorCode::empty_text},   {" \n\t", ErrorCode::empty_text},
                      {"\xFF", ErrorCode::bad_text}, {std::string("a\0b", 3), ErrorCode::bad_text},
                      {"a\rb", ErrorCode::bad_text}, {"a\x1B", ErrorCode::bad_text},
                      {"a\nb\tc", std::nullopt},     {"x", std::nullopt},
                      {"<b>&</b>", std::nullopt}};
  int count = 0;
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const EffectList effects = room.post(ann, "message-" + std::to_string(++count), row.text);
    CHECK(refusal(effects) == row.code);
    if (row.code) CHECK(all<ReplyError>(effects)[0].message_id == "message-" + std::to_string(count));
    if (!row.code) CHECK(all<Store>(effects).at(0).message.text == row.text);  // kept exactly as sent
  }
}

TEST_CASE("a message needs an id of the right shape", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  for (const std::string& id : {std::string(8, 'a'), std::string(36, 'a')}) CHECK(refusal(room.post(ann, id)) == std::nullopt);
  for (const std::string& id : {std::string(), std::string(7, 'a'), std::string(37, 'a'), std::string("spaces are bad")}) {
    CHECK(refusal(room.post(ann, id)) == ErrorCode::bad_request);
    CHECK(refusal_detail(room.post(ann, id)) == "id");
  }
}

TEST_CASE("a reply names a message that everybody can see", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  room.say(ann, "message-1");
  room.post(ann, "message-2");  // pending
  const auto reply = [&room](std::int64_t seq) {
    return room.act(ann, PostChat{"reply-to-" + std::to_string(seq), "yes", Seq{seq}, false});
  };
  CHECK(all<Store>(reply(1)).at(0).message.reply_to == Seq{1});
  CHECK(refusal_detail(reply(2)) == "reply_to");
  CHECK(refusal_detail(reply(0)) == "reply_to");
  CHECK(refusal_detail(reply(-1)) == "reply_to");
}

TEST_CASE("eight messages at once are taken and the ninth is asked to wait", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  for (std::int64_t i = 0; i < limits::chat_burst; ++i) CHECK(refusal(room.post(ann, "message-" + std::to_string(i))) == std::nullopt);
  const EffectList effects = room.post(ann, "message-9");
  CHECK(all<ReplyError>(effects).at(0).error == Error{ErrorCode::slow_down, {}, 500});
  CHECK(all<ReplyError>(effects)[0].message_id == "message-9");
  CHECK(refusal(room.post(ben, "message-9")) == std::nullopt);  // each person has a bucket of their own
  room.now_ms += 500;
  CHECK(refusal(room.post(ann, "message-9")) == std::nullopt);
}

TEST_CASE("new people have half of both", "[rooms]") {
  TestRoom room = RoomBuilder().build();
  room.act(ben, Join{Person{ben, "Ben", PersonKind::guest, true}, {}});
  for (std::int64_t i = 0; i < limits::chat_burst / 2; ++i) CHECK(refusal(room.post(ben, "message-" + std::to_string(i))) == std::nullopt);
  CHECK(all<ReplyError>(room.post(ben, "message-9")).at(0).error.retry_ms == 1'000);
}

TEST_CASE("a bench room knows no rates", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  for (int i = 0; i < 500; ++i) CHECK(refusal(room.post(ann, "message-" + std::to_string(i))) == std::nullopt);
  for (int i = 0; i < 500; ++i) CHECK(refusal(room.act(ann, Signal{"1"})) == std::nullopt);
}

TEST_CASE("as many messages may be on their way to the store as the bound says, and not one more", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  for (std::size_t i = 0; i < limits::pending_messages_max; ++i)
    REQUIRE(refusal(room.post(ann, "message-" + std::to_string(i))) == std::nullopt);
  CHECK(refusal(room.post(ann, "message-x")) == ErrorCode::storage_unavailable);
  room.tell(Stored{Seq{1}});
  CHECK(refusal(room.post(ann, "message-x")) == std::nullopt);
}

TEST_CASE("without the right to chat nothing is posted", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  GrantTable grants = grants_of(Preset::friends);
  grants[static_cast<std::size_t>(Role::member)].reset(static_cast<std::size_t>(Grant::chat));
  room.act(ann, ChangeSettings{{}, {}, grants, {}});
  const EffectList effects = room.post(ben, "message-1");
  CHECK(refusal(effects) == ErrorCode::forbidden);
  CHECK(refusal_detail(effects) == "chat");
  CHECK(refusal(room.post(ann, "message-1")) == std::nullopt);
}

TEST_CASE("a message of somebody who left is shown all the same", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.post(ben, "message-1");
  room.tell(Leave{ben});
  CHECK(broadcasts<ChatMessage>(room.tell(Stored{Seq{1}})).at(0).author_name == "person 2");
}

TEST_CASE("numbers go on from the log, in a new epoch too", "[rooms]") {
  RoomOptions options;
  options.epoch = 9;
  options.last_seq = Seq{41};
  TestRoom room = RoomBuilder().options(options).with_people(1);
  CHECK(all<Store>(room.post(ann, "message-1")).at(0).message.seq == Seq{42});
}
