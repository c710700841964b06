// People of one name in a room: each is told apart, and by the same name everywhere.
#include <catch2/catch.hpp>
#include "rooms/limits.h"
#include "tests/rooms/room_builder.h"

using namespace matinee::rooms;
using namespace matinee::rooms::testing;

namespace {

constexpr PersonId ann{1}, ada{5}, second{6}, third{7};

Person guest(PersonId id, std::string name, std::string key = {}) {
  Person person{id, std::move(name), PersonKind::guest, false};
  person.name_key = std::move(key);
  return person;
}

Person account(PersonId id, std::string name, std::string key = {}) {
  Person person = guest(id, std::move(name), std::move(key));
  person.kind = PersonKind::account;
  return person;
}

EffectList enter(TestRoom& room, Person person) {
  const PersonId id = person.id;
  return room.act(id, Join{std::move(person), std::nullopt});
}

std::string name_of(TestRoom& room, PersonId id) {
  const Person* person = room.room.participant(id);
  return person == nullptr ? std::string() : person->name;
}

}  // namespace

TEST_CASE("of guests of one name the later ones have a number, however they write it", "[rooms][names]") {
  TestRoom room = RoomBuilder().with_people(1);
  enter(room, guest(ada, "Ada", "ada"));
  const EffectList effects = enter(room, guest(second, "ADA", "ada"));
  enter(room, guest(third, "Ada", "ada"));
  CHECK(name_of(room, ada) == "Ada");
  CHECK(name_of(room, second) == "ADA (2)");
  CHECK(name_of(room, third) == "Ada (3)");
  const auto welcome = pushes<Welcome>(effects).at(0);
  CHECK(welcome.participants.at(0).name == "ADA (2)");  // who is called so is told it
}

TEST_CASE("a name that ends in a number of its own is not taken twice", "[rooms][names]") {
  TestRoom room = RoomBuilder().with_people(1);
  enter(room, guest(ada, "Ada (2)"));
  enter(room, guest(second, "Ada"));
  enter(room, guest(third, "Ada"));
  CHECK(name_of(room, second) == "Ada");
  CHECK(name_of(room, third) == "Ada (3)");
}

TEST_CASE("an account has its name, whoever came first", "[rooms][names]") {
  TestRoom room = RoomBuilder().with_people(1);
  enter(room, guest(ada, "Ada", "ada"));
  room.act(ada, QueueAdd{film(), "A film"});
  const EffectList effects = enter(room, account(second, "Ada", "ada"));
  CHECK(name_of(room, second) == "Ada");
  CHECK(name_of(room, ada) == "Ada (2)");
  const auto queues = broadcasts<QueueChanged>(effects);
  REQUIRE(queues.size() == 1);
  CHECK(queues[0].queue.queue.items.at(0).by_name == "Ada (2)");
  enter(room, guest(third, "ada", "ada"));
  CHECK(name_of(room, third) == "ada (3)");
}

TEST_CASE("what is said and who is live stands under the name that everybody reads", "[rooms][names]") {
  TestRoom room = RoomBuilder().with_people(1);
  enter(room, guest(ada, "Ada"));
  enter(room, guest(second, "Ada"));
  const auto stores = all<Store>(room.post(second, "message-1"));
  REQUIRE(stores.size() == 1);
  CHECK(stores[0].message.author_name == "Ada (2)");
  LiveState live;
  live.streams.resize(1);
  live.streams[0].publisher = second;
  live.streams[0].publisher_name = "Ada";
  CHECK(broadcasts<LiveChanged>(room.tell(SetLive{live})).at(0).live.streams[0].publisher_name == "Ada (2)");
  CHECK(room.tell(SetLive{live}).empty());  // nothing is new
  const EffectList renamed = room.tell(Renamed{second, "Bea", PersonKind::guest});
  CHECK(broadcasts<LiveChanged>(renamed).at(0).live.streams[0].publisher_name == "Bea");
  CHECK(name_of(room, second) == "Bea");
}

TEST_CASE("a name is free again when its person has left, and who comes back is called as before", "[rooms][names]") {
  TestRoom room = RoomBuilder().with_people(1);
  enter(room, guest(ada, "Ada"));
  enter(room, guest(second, "Ada"));
  room.act(ada, Leave{ada});
  room.act(second, Leave{second});
  enter(room, guest(second, "Ada"));
  CHECK(name_of(room, second) == "Ada (2)");
  enter(room, guest(third, "Ada"));
  CHECK(name_of(room, third) == "Ada");
  enter(room, guest(ada, "Ada"));
  CHECK(name_of(room, ada) == "Ada (3)");
}

TEST_CASE("another tab and a new name of one's own are no strangers", "[rooms][names]") {
  TestRoom room = RoomBuilder().with_people(1);
  enter(room, guest(ada, "Ada"));
  enter(room, guest(second, "Ada"));
  enter(room, guest(second, "Ada"));
  CHECK(name_of(room, second) == "Ada (2)");
  room.tell(Renamed{ada, "Bea", PersonKind::guest});
  room.tell(Renamed{second, "Ada", PersonKind::account});  // signed up
  CHECK(name_of(room, ada) == "Bea");
  CHECK(name_of(room, second) == "Ada");
}

TEST_CASE("who asks to be let in is told apart from who is inside", "[rooms][names]") {
  TestRoom room = RoomBuilder().access(Access::ask).with_people(1);
  room.act(ann, Renamed{ann, "Ada", PersonKind::account});
  const EffectList asked = room.act(ada, Knock{guest(ada, "Ada")});
  const auto told = all<PushPerson>(asked);
  REQUIRE(told.size() == 1);
  CHECK(std::get<KnockedPeople>(told[0].message).people.at(0).name == "Ada (2)");
}

TEST_CASE("a name with its number is no longer than a name may be", "[rooms][names]") {
  const std::string longest(limits::person_name_code_points_max, 'a');
  TestRoom room = RoomBuilder().with_people(1);
  enter(room, guest(ada, longest));
  enter(room, guest(second, longest));
  CHECK(name_of(room, ada) == longest);
  CHECK(name_of(room, second) == longest.substr(4) + " (2)");
}
