// What is live in somebody's rooms.
#include <catch2/catch.hpp>

#include "server/pages/live.h"
#include "tests/pages/world.h"

using namespace matinee::test;
using namespace matinee;

namespace {

rooms::LiveStream camera(std::int64_t id, std::string title) {
  rooms::LiveStream stream;
  stream.id = id;
  stream.kind = rooms::LiveKind::camera;
  stream.title = std::move(title);
  stream.publisher_name = "Ben";
  stream.viewers = 3;
  return stream;
}

struct Place {
  World world;
  Browser ann = world.account("Ann");
  std::string code = world.open_room(ann);
  pages::RoomSummary summary{1, ""};
  bool inside = false;

  Place() {
    world.on_summary([this](const std::string& of) { return of == code ? std::optional(summary) : std::nullopt; });
    world.on_standing([this, room = world.room(code).id](const std::string&, seams::UserId) {
      return inside ? std::optional(pages::RoomStanding{room, true, true}) : std::nullopt;
    });
  }
};

}  // namespace

TEST_CASE("the page of what is live is for accounts, and says when nothing is") {
  Place place;
  CHECK(place.world.browser().get("/live").header("location") == "/login?next=/live");
  CHECK(place.world.guest("Gus").get("/live").header("location") == "/login?next=/live");
  CHECK(place.ann.get("/live").has("Nothing is live in your rooms."));
  CHECK(place.world.account("Ben").get("/live").has("Nothing is live in your rooms."));
}

TEST_CASE("what is live is shown with its room, and a still only to who is inside") {
  Place place;
  place.summary.live = {camera(41, "<b>Garden</b>"), camera(42, "")};
  Answer page = place.ann.get("/live");
  CHECK(page.has("&lt;b&gt;Garden&lt;/b&gt;"));
  CHECK(page.has("Ben’s camera"));
  CHECK(page.has("3 watching"));
  CHECK(page.has("href=\"/rooms/" + place.code + "\""));
  CHECK_FALSE(page.has("thumb.jpg"));
  CHECK(place.world.account("Ben").get("/live").has("Nothing is live in your rooms."));
  place.inside = true;
  page = place.ann.get("/live");
  CHECK(page.has("src=\"/live/41/thumb.jpg\""));
  CHECK(page.has("src=\"/live/42/thumb.jpg\""));
}

TEST_CASE("that a stream is recorded is said with whose recording it is, as long as it is") {
  Place place;
  place.summary.live = {camera(41, "Garden")};
  CHECK_FALSE(place.ann.get("/live").has("recorded by"));
  place.summary.live[0].recording = rooms::LiveRecording{seams::UserId{8}, "<i>Cem</i>", 1'000};
  CHECK(place.ann.get("/live").has("recorded by &lt;i&gt;Cem&lt;/i&gt;"));
  place.summary.live[0].recording->ended = rooms::RecordingEnd::quota;
  CHECK_FALSE(place.ann.get("/live").has("recorded by"));
}

TEST_CASE("a stream that is interrupted has no still, and frames of the room's video are not live") {
  Place place;
  place.inside = true;
  place.summary.live = {camera(41, "Garden"), camera(42, "Film")};
  place.summary.live[0].online = false;
  place.summary.live[1].room_video = true;
  const Answer page = place.ann.get("/live");
  CHECK(page.has("Interrupted"));
  CHECK_FALSE(page.has("thumb.jpg"));
  CHECK_FALSE(page.has("Film"));
}

TEST_CASE("what is live is looked for in as many rooms as the bound says, and not in one more") {
  Place place;
  for (std::size_t i = 1; i < pages::live_rooms_max; ++i) place.world.open_room(place.ann);
  std::size_t asked = 0;
  place.world.on_summary([&asked](const std::string&) {
    ++asked;
    return std::optional<pages::RoomSummary>();
  });
  place.ann.get("/live");
  CHECK(asked == pages::live_rooms_max);
  place.world.open_room(place.ann);
  asked = 0;
  place.ann.get("/live");
  CHECK(asked == pages::live_rooms_max);
}
