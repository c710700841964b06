// The streams of a room as its page sets them up.
#include <catch2/catch.hpp>

#include "server/auth/digest.h"
#include "tests/pages/world.h"

using namespace matinee::test;
using namespace matinee;

namespace {

std::string text_member(const Answer& answer, const std::string& name) {
  const std::string before = "\"" + name + "\":\"";
  const std::size_t at = answer.body.find(before);
  REQUIRE(at != std::string::npos);
  const std::size_t from = at + before.size();
  return answer.body.substr(from, answer.body.find('"', from) - from);
}

seams::StreamId id_of(const Answer& answer) {
  const std::size_t at = answer.body.find("\"id\":");
  REQUIRE(at != std::string::npos);
  return seams::StreamId{std::stoll(answer.body.substr(at + 5))};
}

// Ann's room, in which everybody with a session is: Ann may edit it, others may publish.
struct Room {
  World world;
  Browser ann = world.account("Ann");
  std::string code = world.open_room(ann);
  Browser ben = world.account("Ben");
  std::string path = "/rooms/" + code + "/streams";
  bool bens_grant = true;

  Room() {
    const seams::RoomId id = world.room(code).id;
    world.on_standing([this, id, anns = world.user("Ann")](const std::string& of, seams::UserId who) -> std::optional<pages::RoomStanding> {
      if (of != code) return std::nullopt;
      return pages::RoomStanding{id, who == anns || bens_grant, who == anns};
    });
    ann.get("/rooms");
    ben.get("/rooms");
  }
  Answer make(Browser& person, const std::string& name = "Garden") { return person.post(path, {{"name", name}}); }
  [[nodiscard]] std::string of(const Answer& made, const std::string& what) const {
    return path + "/" + std::to_string(id_of(made).value) + "/" + what;
  }
};

}  // namespace

TEST_CASE("a stream is made with its key, which is told once and kept as a hash") {
  Room room;
  const Answer made = room.make(room.ann, "Garden \"east\"");
  REQUIRE(made.status == 200);
  CHECK(made.header("cache-control") == "no-store");
  CHECK(made.has(R"("name":"Garden \"east\"","kind":"feed")"));
  CHECK(made.has(R"("owner_name":"Ann","mine":true,"ended":false)"));
  const std::string key = text_member(made, "key");
  CHECK(key.size() == 43);
  CHECK(text_member(made, "ingest_url").ends_with("/ingest/" + std::to_string(id_of(made).value)));
  CHECK(room.world.stream(id_of(made))->key_hash == auth::sha256(key));
  const Answer list = room.ann.get(room.path);
  CHECK(list.status == 200);
  CHECK(list.has("\"id\":" + std::to_string(id_of(made).value)));
  CHECK_FALSE(list.has(key));
  CHECK_FALSE(list.has("key"));
}

TEST_CASE("another key replaces the one before, and whoever serves the stream is told before the answer") {
  Room room;
  const Answer made = room.make(room.ann);
  const Answer again = room.ann.post(room.of(made, "key"), {});
  REQUIRE(again.status == 200);
  CHECK(text_member(again, "key") != text_member(made, "key"));
  CHECK(room.world.stream(id_of(made))->key_hash == auth::sha256(text_member(again, "key")));
  CHECK(room.world.changed_streams() == std::vector{id_of(made)});
}

TEST_CASE("a stream is renamed, ended, begins anew with another key, and is deleted") {
  Room room;
  const Answer made = room.make(room.ann);
  CHECK(room.ann.post(room.of(made, "name"), {{"name", "Door"}}).status == 204);
  CHECK(room.world.stream(id_of(made))->name == "Door");
  CHECK(room.ann.post(room.of(made, "end"), {}).status == 204);
  CHECK(room.ann.get(room.path).has("\"ended\":true"));
  CHECK(room.ann.post(room.of(made, "key"), {}).has("\"ended\":false"));
  CHECK(room.ann.get(room.path).has("\"ended\":false"));
  CHECK(room.ann.post(room.of(made, "delete"), {}).status == 204);
  CHECK(room.ann.get(room.path).body == "{\"streams\":[]}");
  CHECK(room.world.changed_streams().size() == 4);
  const Answer gone = room.ann.post(room.of(made, "delete"), {});
  CHECK(gone.status == 404);
  CHECK(gone.has("no_such_stream"));
}

TEST_CASE("each sees and changes their own streams, and who may edit the room everybody's") {
  Room room;
  const Answer anns = room.make(room.ann, "Of Ann");
  const Answer bens = room.make(room.ben, "Of Ben");
  CHECK(room.ann.get(room.path).has("Of Ben"));
  CHECK(room.ben.get(room.path).has("Of Ben"));
  CHECK_FALSE(room.ben.get(room.path).has("Of Ann"));
  const Answer unknown = room.ben.post(room.path + "/4294967295/key", {});
  CHECK(unknown.status == 404);
  for (const char* what : {"key", "name", "end", "delete"}) {
    const Answer answer = room.ben.post(room.of(anns, what), {{"name", "x"}});
    CHECK(answer.status == 404);
    CHECK(answer.body == unknown.body);
  }
  CHECK(room.ann.post(room.of(bens, "delete"), {}).status == 204);
  // A stream of another room, by way of this one.
  const std::string elsewhere = room.world.open_room(room.ann);
  const Answer made = room.make(room.ann);
  const seams::RoomId other = room.world.room(elsewhere).id;
  room.world.on_standing([other](const std::string&, seams::UserId) { return pages::RoomStanding{other, true, true}; });
  CHECK(room.ann.post("/rooms/" + elsewhere + "/streams/" + std::to_string(id_of(made).value) + "/key", {}).body == unknown.body);
}

TEST_CASE("streams are for who is in the room and may go live, with the form's token and from our own pages") {
  Room room;
  room.bens_grant = false;
  CHECK(room.make(room.ben).status == 403);
  CHECK(room.ben.get(room.path).has("\"error\":\"forbidden\""));
  Browser stranger = room.world.browser();
  stranger.get("/");
  CHECK(stranger.post(room.path, {{"name", "x"}}).status == 401);
  const Answer absent = room.ann.post("/rooms/AAAAAAAA/streams", {{"name", "x"}});
  CHECK(absent.status == 404);
  CHECK(absent.has("not_present"));
  CHECK(room.ann.post("/rooms/never/streams", {{"name", "x"}}).body == absent.body);
  CHECK(room.ann.post_raw(room.path, {{"name", "x"}}).status == 403);
  room.ann.origin = "http://elsewhere.test";
  CHECK(room.make(room.ann).status == 403);
}

TEST_CASE("a stream's name is a line of at most sixty characters") {
  Room room;
  for (const std::string& name : {std::string(), std::string("  "), std::string("two\nlines"), std::string(61, 'x')}) {
    const Answer answer = room.make(room.ann, name);
    CHECK(answer.status == 422);
    CHECK(answer.has("\"error\":\"bad_name\""));
  }
  std::string longest;
  for (int i = 0; i < 60; ++i) longest += "ä";
  const Answer made = room.make(room.ann, longest);
  CHECK(made.status == 200);
  CHECK(room.ann.post(room.of(made, "name"), {{"name", longest + "ä"}}).status == 422);
  CHECK(room.ann.post(room.path, {{"name", "x"}, {"kind", "camera"}}).has("\"kind\":\"camera\""));
  CHECK(room.ann.post(room.path, {{"name", "x"}, {"kind", "screen"}}).has("\"kind\":\"screen\""));
  CHECK(room.ann.post(room.path, {{"name", "x"}, {"kind", "film"}}).status == 422);
}

TEST_CASE("a person has eight streams in a room and the room thirty-two, and not one more") {
  Room room;
  for (int i = 0; i < 8; ++i) REQUIRE(room.make(room.ann).status == 200);
  const Answer ninth = room.make(room.ann);
  CHECK(ninth.status == 409);
  CHECK(ninth.has("\"error\":\"too_many\""));
  for (const char* name : {"Cleo", "Dora", "Emil"}) {
    Browser person = room.world.account(name);
    person.get("/rooms");
    for (int i = 0; i < 8; ++i) REQUIRE(room.make(person).status == 200);
  }
  CHECK(room.make(room.ben).has("\"error\":\"too_many\""));
}

TEST_CASE("while the store does not answer streams are refused as unavailable") {
  Room room;
  room.world.stop_store();
  const Answer answer = room.make(room.ann);
  CHECK(answer.status == 503);
}
