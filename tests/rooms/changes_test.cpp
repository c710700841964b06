// Edits, deletes and reactions: who may, what everybody is told and when, and what happens when the log refuses.
#include <catch2/catch.hpp>
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {

const PersonId ann{1}, ben{2}, cem{3};  // ann owns the room
const std::string thumb = "👍", heart = "❤️";

EffectList commit(TestRoom& room, const EffectList& asked) {
  EffectList told;
  for (const StoreChange& store : all<StoreChange>(asked)) {
    for (Effect& effect : room.tell(ChangeStored{store.change.number})) told.push_back(std::move(effect));
  }
  return told;
}

EffectList react(TestRoom& room, PersonId actor, Seq seq, const std::string& emoji, bool on = true) {
  room.now_ms += 100;
  return room.act(actor, React{seq, emoji, on});
}

ChatMessage old_message(PersonId author, std::int64_t seq) {
  ChatMessage message;
  message.seq = Seq{seq};
  message.id = "old-message";
  message.author = author;
  message.author_name = "somebody";
  message.text = "long ago";
  return message;
}

// A room that goes on after a hundred messages, none of them at hand.
TestRoom room_with_history(std::int64_t people = 3) {
  RoomOptions options;
  options.epoch = 3;
  options.last_seq = Seq{100};
  options.last_change = ChangeNumber{7};
  return RoomBuilder().options(options).with_people(people);
}

}  // namespace

TEST_CASE("an edit is stored first, and told to everybody when it is stored", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1", "teh film");
  const EffectList asked = room.act(ann, EditChat{Seq{1}, "the film"});
  REQUIRE(all<StoreChange>(asked).size() == 1);
  CHECK(all<StoreChange>(asked)[0].change.number == ChangeNumber{1});
  CHECK(all<Broadcast>(asked).empty());
  CHECK(all<ReplyOk>(asked).empty());
  CHECK(room.room.has_pending());
  CHECK(pushes<Welcome>(room.join(cem)).at(0).messages.at(0).text == "teh film");
  const EffectList told = commit(room, asked);
  REQUIRE(broadcasts<ChatEdited>(told).size() == 1);
  CHECK(broadcasts<ChatEdited>(told)[0].text == "the film");
  CHECK(broadcasts<ChatEdited>(told)[0].edited_at_ms == room.now_ms);
  CHECK(broadcasts<ChatEdited>(told)[0].change == ChangeNumber{1});
  CHECK(all<ReplyOk>(told).size() == 1);
  const Welcome welcome = pushes<Welcome>(room.join(PersonId{4})).at(0);
  CHECK(welcome.messages.at(0).text == "the film");
  CHECK(welcome.messages.at(0).edited_at_ms == room.now_ms);
  CHECK(welcome.change == ChangeNumber{1});
}

TEST_CASE("only its author edits a message, with the right to chat and with a text that could be posted", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(2);
  room.say(ben, "message-1", "mine");
  CHECK(refusal_detail(room.act(ann, EditChat{Seq{1}, "yours"})) == "author");
  CHECK(refusal(room.act(ben, EditChat{Seq{1}, " "})) == ErrorCode::empty_text);
  CHECK(refusal(room.act(ben, EditChat{Seq{1}, "a\rb"})) == ErrorCode::bad_text);
  CHECK(refusal(room.act(ben, EditChat{Seq{1}, std::string(limits::chat_text_code_points_max, 'x')})) == std::nullopt);
  CHECK(refusal(room.act(ben, EditChat{Seq{1}, std::string(limits::chat_text_code_points_max + 1, 'x')})) == ErrorCode::too_long);
  room.act(ann, Silence{ben, 0, true});
  CHECK(refusal(room.act(ben, EditChat{Seq{1}, "silenced"})) == ErrorCode::silenced);
  room.act(ann, Silence{ben, 0, false});
  GrantTable grants = grants_of(Preset::friends);
  grants[static_cast<std::size_t>(Role::member)].reset(static_cast<std::size_t>(Grant::chat));
  room.act(ann, ChangeSettings{{}, {}, grants, {}});
  CHECK(refusal_detail(room.act(ben, EditChat{Seq{1}, "not allowed"})) == "chat");
}

TEST_CASE("an edit to the same text is fine and stores nothing", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.say(ann, "message-1", "same");
  const EffectList effects = room.act(ann, EditChat{Seq{1}, "same"});
  CHECK(all<StoreChange>(effects).empty());
  CHECK(all<ReplyOk>(effects).size() == 1);
}

TEST_CASE("edits take from the same bucket as messages", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.say(ann, "message-1");
  room.now_ms += 10'000;
  for (std::int64_t i = 0; i < limits::chat_burst; ++i)
    CHECK(refusal(room.act(ann, EditChat{Seq{1}, "edit " + std::to_string(i)})) == std::nullopt);
  CHECK(refusal(room.act(ann, EditChat{Seq{1}, "one more"})) == ErrorCode::slow_down);
  CHECK(refusal(room.post(ann, "message-2")) == ErrorCode::slow_down);
}

TEST_CASE("deletes and reactions take from the bucket of commands", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(1);
  room.say(ann, "message-1");
  room.now_ms += 10'000;
  for (std::int64_t i = 0; i < limits::command_burst; ++i) CHECK(refusal(room.act(ann, React{Seq{1}, thumb, i % 2 == 0})) == std::nullopt);
  CHECK(refusal(room.act(ann, React{Seq{1}, thumb, true})) == ErrorCode::slow_down);
  CHECK(refusal(room.act(ann, DeleteChat{Seq{1}})) == ErrorCode::slow_down);
}

TEST_CASE("a deleted message has nothing left but who wrote it and when, and deleting it again is fine", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.set_media(ann);
  room.say(ben, "message-1", "a secret");
  commit(room, react(room, ann, Seq{1}, thumb));
  const EffectList asked = room.act(ben, DeleteChat{Seq{1}});
  REQUIRE(all<StoreChange>(asked).size() == 1);
  CHECK(all<StoreChange>(asked)[0].change.author_name == "person 2");
  const EffectList told = commit(room, asked);
  REQUIRE(broadcasts<ChatDeleted>(told).size() == 1);
  CHECK(broadcasts<ChatDeleted>(told)[0].by == ben);
  const ChatMessage left = pushes<Welcome>(room.join(cem)).at(0).messages.at(0);
  CHECK(left.deleted);
  CHECK(left.text.empty());
  CHECK(left.media_url.empty());
  CHECK(left.reactions.empty());
  CHECK(left.author == ben);
  CHECK(left.author_name == "person 2");
  const EffectList again = room.act(ben, DeleteChat{Seq{1}});
  CHECK(all<StoreChange>(again).empty());
  CHECK(all<ReplyOk>(again).size() == 1);
  CHECK(refusal(room.act(ben, EditChat{Seq{1}, "back"})) == ErrorCode::not_found);
  CHECK(refusal(react(room, ann, Seq{1}, thumb)) == ErrorCode::not_found);
}

TEST_CASE("others' messages are deleted with the right to, and only those of a lower role", "[rooms]") {
  TestRoom room = RoomBuilder().role(ben, Role::moderator).unlimited_rates().with_people(4);
  room.say(ann, "message-1");
  room.say(ben, "message-2");
  room.say(cem, "message-3");
  CHECK(refusal_detail(room.act(cem, DeleteChat{Seq{2}})) == "delete_messages");
  CHECK(refusal(room.act(ben, DeleteChat{Seq{1}})) == ErrorCode::cannot_target);
  CHECK(refusal(room.act(ann, DeleteChat{Seq{2}})) == std::nullopt);
  CHECK(refusal(room.act(ben, DeleteChat{Seq{3}})) == std::nullopt);
  GrantTable grants = grants_of(Preset::friends);
  grants[static_cast<std::size_t>(Role::member)].set(static_cast<std::size_t>(Grant::delete_messages));
  room.act(ann, ChangeSettings{{}, {}, grants, {}});
  room.say(PersonId{4}, "message-4");
  CHECK(refusal(room.act(cem, DeleteChat{Seq{4}})) == ErrorCode::cannot_target);  // members among themselves
}

TEST_CASE("one's own message can be deleted also by who may not chat", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ben, "message-1");
  room.act(ann, Silence{ben, 0, true});
  CHECK(refusal(room.act(ben, DeleteChat{Seq{1}})) == std::nullopt);
}

TEST_CASE("reactions are told as the whole of the message, in the order they came", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(3);
  room.say(ann, "message-1");
  commit(room, react(room, ben, Seq{1}, thumb));
  commit(room, react(room, cem, Seq{1}, heart));
  const auto told = broadcasts<ChatReactions>(commit(room, react(room, ann, Seq{1}, thumb)));
  REQUIRE(told.size() == 1);
  CHECK(told[0].seq == Seq{1});
  CHECK(told[0].change == ChangeNumber{3});
  CHECK(told[0].reactions == std::vector<Reaction>{{thumb, {ben, ann}}, {heart, {cem}}});
  const auto less = broadcasts<ChatReactions>(commit(room, react(room, cem, Seq{1}, heart, false)));
  CHECK(less.at(0).reactions == std::vector<Reaction>{{thumb, {ben, ann}}});
  CHECK(pushes<Welcome>(room.join(PersonId{4})).at(0).messages.at(0).reactions == less.at(0).reactions);
}

TEST_CASE("a reaction that is there already, or gone already, is fine and stores nothing", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1");
  const EffectList first = react(room, ben, Seq{1}, thumb);
  CHECK(all<StoreChange>(react(room, ben, Seq{1}, thumb)).size() == 1);  // the first may yet be refused
  commit(room, first);
  room.tell(ChangeStored{ChangeNumber{2}});
  const EffectList again = react(room, ben, Seq{1}, thumb);
  CHECK(all<StoreChange>(again).empty());
  CHECK(all<ReplyOk>(again).size() == 1);
  const EffectList never = react(room, ann, Seq{1}, thumb, false);
  CHECK(all<StoreChange>(never).empty());
  CHECK(all<ReplyOk>(never).size() == 1);
}

TEST_CASE("reacting needs the right to and an emoji", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1");
  CHECK(refusal_detail(react(room, ben, Seq{1}, "hello")) == "emoji");
  GrantTable grants = grants_of(Preset::friends);
  grants[static_cast<std::size_t>(Role::member)].reset(static_cast<std::size_t>(Grant::react));
  room.act(ann, ChangeSettings{{}, {}, grants, {}});
  CHECK(refusal_detail(react(room, ben, Seq{1}, thumb)) == "react");
}

TEST_CASE("a message takes twenty different emoji and not one more", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(2);
  room.say(ann, "message-1");
  const auto emoji = [](std::size_t number) { return std::string("\xF0\x9F\x98") + static_cast<char>(0x80 + number); };
  for (std::size_t i = 0; i < limits::reaction_emoji_max; ++i) CHECK(refusal(react(room, ann, Seq{1}, emoji(i))) == std::nullopt);
  const EffectList more = react(room, ann, Seq{1}, emoji(limits::reaction_emoji_max));
  CHECK(refusal(more) == ErrorCode::conflict);
  CHECK(refusal_detail(more) == "reactions");
  CHECK(refusal(react(room, ben, Seq{1}, emoji(0))) == std::nullopt);
}

TEST_CASE("a message takes a thousand reactions and not one more", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(2);
  ChatMessage full = old_message(ann, 1);
  full.reactions = {{thumb, {}}};
  for (std::size_t i = 1; i < limits::reactions_max; ++i) full.reactions[0].people.push_back(PersonId{static_cast<std::int64_t>(i) + 10});
  RoomOptions options;
  options.last_seq = Seq{1};
  options.recent = {full};
  room = RoomBuilder().options(options).with_people(2);
  CHECK(refusal(react(room, ann, Seq{1}, heart)) == std::nullopt);
  CHECK(refusal_detail(react(room, ben, Seq{1}, heart)) == "reactions");
  CHECK(refusal(react(room, ann, Seq{1}, heart, false)) == std::nullopt);
  CHECK(refusal(react(room, ben, Seq{1}, heart)) == std::nullopt);
}

TEST_CASE("a number without a message cannot be changed", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  room.say(ann, "message-1");
  room.post(ann, "message-2");  // not committed yet
  for (const std::int64_t seq : {-1, 0, 2, 3}) {
    CHECK(refusal(room.act(ann, EditChat{Seq{seq}, "x"})) == ErrorCode::not_found);
    CHECK(refusal(room.act(ann, DeleteChat{Seq{seq}})) == ErrorCode::not_found);
    CHECK(refusal(room.act(ann, React{Seq{seq}, thumb, true})) == ErrorCode::not_found);
  }
}

TEST_CASE("when the store fails, changes and messages from there on are refused, and what stands is what was stored", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1", "as stored");
  room.act(ann, EditChat{Seq{1}, "first"});
  room.post(ben, "message-2");
  room.act(ben, React{Seq{1}, thumb, true});
  room.tell(ChangeStored{ChangeNumber{1}});
  const EffectList failed = room.tell(StoreFailed{Seq{2}, ChangeNumber{2}});
  const auto errors = all<ReplyError>(failed);
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].message_id == "message-2");
  CHECK(errors[1].message_id.empty());
  CHECK(errors[1].error.code == ErrorCode::storage_unavailable);
  CHECK(errors[1].ref.client == "ref");
  CHECK_FALSE(room.room.has_pending());
  const ChatMessage left = pushes<Welcome>(room.join(cem)).at(0).messages.at(0);
  CHECK(left.text == "first");
  CHECK(left.reactions.empty());
  CHECK(all<StoreChange>(react(room, ben, Seq{1}, thumb)).at(0).change.number == ChangeNumber{2});
}

TEST_CASE("a reaction is made from those on their way, so that none is lost", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(3);
  room.say(ann, "message-1");
  react(room, ben, Seq{1}, thumb);
  const auto second = all<StoreChange>(react(room, cem, Seq{1}, thumb));
  CHECK(second.at(0).change.reactions == std::vector<Reaction>{{thumb, {ben, cem}}});
}

TEST_CASE("nothing is stored for a message whose removal is on its way", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1");
  room.act(ann, DeleteChat{Seq{1}});
  CHECK(refusal(room.act(ann, EditChat{Seq{1}, "x"})) == ErrorCode::not_found);
  CHECK(refusal(react(room, ben, Seq{1}, thumb)) == ErrorCode::not_found);
  CHECK(all<StoreChange>(room.act(ann, DeleteChat{Seq{1}})).size() == 1);
}

TEST_CASE("as many changes may be on their way to the store as messages, together", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(1);
  room.say(ann, "message-1");
  for (std::size_t i = 1; i < limits::pending_messages_max; ++i)
    REQUIRE(refusal(room.post(ann, "another-" + std::to_string(i))) == std::nullopt);
  CHECK(refusal(room.act(ann, React{Seq{1}, thumb, true})) == std::nullopt);
  CHECK(refusal(room.act(ann, React{Seq{1}, heart, true})) == ErrorCode::storage_unavailable);
  CHECK(refusal(room.post(ann, "message-x")) == ErrorCode::storage_unavailable);
}

TEST_CASE("an older message is read from the log once, and all who want to change it wait for that", "[rooms]") {
  TestRoom room = room_with_history();
  const EffectList first = react(room, ann, Seq{5}, thumb);
  REQUIRE(all<AskMessage>(first).size() == 1);
  CHECK(all<AskMessage>(first)[0].seq == Seq{5});
  CHECK(react(room, ben, Seq{5}, thumb).empty());
  const EffectList found = room.tell(FoundMessage{Seq{5}, old_message(cem, 5)});
  const auto stores = all<StoreChange>(found);
  REQUIRE(stores.size() == 2);
  CHECK(stores[0].change.number == ChangeNumber{8});
  CHECK(stores[0].change.by == ann);
  CHECK(stores[1].change.reactions == std::vector<Reaction>{{thumb, {ann, ben}}});
  CHECK(all<StoreChange>(room.act(cem, EditChat{Seq{5}, "at hand now"})).size() == 1);
  const auto told = commit(room, found);
  CHECK(broadcasts<ChatReactions>(told).size() == 2);
  CHECK(all<ReplyOk>(told).size() == 2);
  CHECK(all<ReplyOk>(told)[1].ref.connection == ConnectionId{200});
}

TEST_CASE("rights are asked again when the log has answered", "[rooms]") {
  TestRoom room = room_with_history();
  room.act(ben, EditChat{Seq{5}, "mine?"});
  CHECK(refusal_detail(room.tell(FoundMessage{Seq{5}, old_message(cem, 5)})) == "author");
  room.act(ben, DeleteChat{Seq{6}});
  CHECK(refusal_detail(room.tell(FoundMessage{Seq{6}, old_message(cem, 6)})) == "delete_messages");
}

TEST_CASE("an older message that is not there, or cannot be read, is said to all who waited", "[rooms]") {
  TestRoom room = room_with_history();
  react(room, ann, Seq{5}, thumb);
  react(room, ben, Seq{5}, thumb);
  const auto errors = all<ReplyError>(room.tell(FoundMessage{Seq{5}, {}}));
  REQUIRE(errors.size() == 2);
  CHECK(errors[1].error.code == ErrorCode::not_found);
  CHECK(errors[1].ref.connection == ConnectionId{200});
  react(room, ann, Seq{5}, thumb);
  CHECK(refusal(room.tell(FoundMessage{Seq{5}, {}, true})) == ErrorCode::storage_unavailable);
  CHECK(room.tell(FoundMessage{Seq{5}, old_message(ann, 5)}).empty());  // nobody waits any more
}

TEST_CASE("as many changes wait for the log as the bound says, and the next one is asked to wait", "[rooms]") {
  RoomOptions options;
  options.last_seq = Seq{1'000};
  options.unlimited_rates = true;
  TestRoom room = RoomBuilder().options(options).with_people(1);
  for (std::size_t i = 1; i <= limits::waiting_changes_max; ++i)
    CHECK(refusal(react(room, ann, Seq{static_cast<std::int64_t>(i)}, thumb)) == std::nullopt);
  CHECK(refusal(react(room, ann, Seq{900}, thumb)) == ErrorCode::slow_down);
  room.tell(FoundMessage{Seq{1}, old_message(ann, 1)});
  CHECK(refusal(react(room, ann, Seq{900}, thumb)) == std::nullopt);
}

TEST_CASE("who left while the log was asked wants nothing any more", "[rooms]") {
  TestRoom room = room_with_history();
  react(room, ben, Seq{5}, thumb);
  room.tell(Leave{ben});
  CHECK(room.tell(FoundMessage{Seq{5}, old_message(cem, 5)}).empty());
}

TEST_CASE("who comes back is told what of the seen has changed meanwhile", "[rooms]") {
  TestRoom room = RoomBuilder().with_people(2);
  room.say(ann, "message-1", "one");
  room.say(ann, "message-2", "two");
  const Welcome before = pushes<Welcome>(room.join(ben)).at(0);
  commit(room, room.act(ann, EditChat{Seq{1}, "one, edited"}));
  commit(room, react(room, ann, Seq{2}, thumb));
  room.say(ann, "message-3", "three");
  const Welcome after = pushes<Welcome>(room.join(ben, PersonKind::account, Since{3, before.seq, {}, before.change})).at(0);
  CHECK(after.resumed);
  REQUIRE(after.changed.size() == 2);
  CHECK(after.changed[0].text == "one, edited");
  CHECK(after.changed[1].reactions.size() == 1);
  REQUIRE(after.messages.size() == 1);
  CHECK(after.messages[0].text == "three");
  CHECK(after.change == ChangeNumber{2});
}

TEST_CASE("who missed more changes than are remembered gets an ordinary welcome", "[rooms]") {
  TestRoom room = RoomBuilder().unlimited_rates().with_people(2);
  room.say(ann, "message-1");
  for (std::size_t i = 0; i <= limits::recent_changes_max; ++i) commit(room, react(room, ann, Seq{1}, thumb, i % 2 == 0));
  const auto resumed = [&room](std::int64_t change) {
    return pushes<Welcome>(room.join(ben, PersonKind::account, Since{3, Seq{1}, {}, ChangeNumber{change}})).at(0).resumed;
  };
  CHECK_FALSE(resumed(0));
  CHECK(resumed(1));
}
