// A sending thread with a film of numbered pictures: repeats, rests, jumps and advice.
#include "videoproto/desktop/sender.h"

#include <catch2/catch.hpp>

#include "tests/desktop/pictures.h"
#include "videoproto/jpeg_head.h"

namespace matinee::desktop {
namespace {

using videoproto::monotonic_us;
namespace flags = videoproto::flags;

struct Event {
  enum class Kind { opened, unit, ended } kind;
  videoproto::Source source;
  SentUnit unit;
  Ending ending;
};

struct Ears final : SenderListener {
  Inbox<Event> events{10'000};
  void on_opened(const videoproto::Source& source) override { events.put({Event::Kind::opened, source, {}, {}}); }
  void on_unit(SentUnit unit) override { events.put({Event::Kind::unit, {}, std::move(unit), {}}); }
  void on_sound(const SoundPacket&) override {}
  void on_figures(const SendFigures&) override {}
  void on_note(const std::string&) override {}
  void on_ended(Ending ending) override { events.put({Event::Kind::ended, {}, {}, std::move(ending)}); }
};

struct World {
  std::shared_ptr<Ears> ears = std::make_shared<Ears>();
  std::unique_ptr<Sender> sender;
  std::deque<Event> waiting;

  explicit World(SenderOptions options) { sender = std::make_unique<Sender>(std::move(options), ears); }
  Event next() {
    const std::int64_t give_up = monotonic_us() + 30'000'000;
    while (waiting.empty()) {
      REQUIRE(monotonic_us() < give_up);
      waiting = ears->events.take(give_up);
    }
    Event event = std::move(waiting.front());
    waiting.pop_front();
    return event;
  }
  SentUnit unit_with(std::uint16_t flag) {
    for (;;) {
      const Event event = next();
      REQUIRE(event.kind == Event::Kind::unit);
      if ((event.unit.flags & flag) != 0) return event.unit;
    }
  }
};

std::uint32_t number_in(const SentUnit& unit) {
  JpegDecoder decoder;
  cv::Mat picture;
  REQUIRE(decoder.decode(unit.picture.bytes(), picture));
  return test::number_of(picture);
}

SenderOptions options_of(std::function<OpenedPictures()> open) {
  SenderOptions options;
  options.open = std::move(open);
  return options;
}

}  // namespace

TEST_CASE("a film goes out whole, in order and in its own time, once it may") {
  World world(options_of(test::film(20, 100)));
  const Event opened = world.next();
  REQUIRE(opened.kind == Event::Kind::opened);
  CHECK(opened.source.width == 320);
  CHECK(opened.source.fps == 60);  // at most, unless asked for
  World fast([] {
    SenderOptions options = options_of(test::film(20, 50));
    options.wishes.fps = 120;
    return options;
  }());
  REQUIRE(fast.next().kind == Event::Kind::opened);
  fast.sender->go();
  std::int64_t first_us = 0, last_us = 0;
  std::uint32_t count = 0;
  std::int64_t last_number = -1;
  for (Event event = fast.next(); event.kind == Event::Kind::unit; event = fast.next()) {
    if (first_us == 0) first_us = event.unit.pts_us;
    CHECK(event.unit.pts_us > last_us);
    last_us = event.unit.pts_us;
    const auto number = static_cast<std::int64_t>(number_in(event.unit));
    CHECK(number > last_number);
    last_number = number;
    ++count;
  }
  CHECK(count >= 10);  // a busy machine may leave some out
  CHECK(last_us - first_us <= 380'000);
  CHECK((last_us - first_us) % 20'000 == 0);
}

TEST_CASE("the same picture twice becomes a repeat without bytes of its own") {
  World world(options_of(test::film(12, 50, 4)));
  REQUIRE(world.next().kind == Event::Kind::opened);
  world.sender->go();
  std::uint32_t pictures = 0, repeats = 0;
  for (Event event = world.next(); event.kind == Event::Kind::unit; event = world.next()) {
    const bool dup = (event.unit.flags & flags::dup) != 0;
    CHECK(dup != ((event.unit.flags & flags::key) != 0));
    CHECK(event.unit.number == pictures + (dup ? 0 : 1));
    ++(dup ? repeats : pictures);
  }
  CHECK(pictures == 3);
  CHECK(repeats >= 3);
}

TEST_CASE("a sender that follows the room rests with repeats, jumps with DISCONT and goes on where the room is") {
  SenderOptions options = options_of(test::film(6'000, 30));
  options.follows = true;
  World world(std::move(options));
  REQUIRE(world.next().kind == Event::Kind::opened);
  world.sender->follow({false, 20'000'000, 0, 1});
  world.sender->go();
  const SentUnit first = world.unit_with(flags::key);
  CHECK(number_in(first) == 600);
  CHECK(world.unit_with(flags::dup).number == first.number);
  world.sender->follow({false, 100'000'000, 0, 1});
  CHECK(number_in(world.unit_with(flags::discont)) == 3'000);
  const std::int64_t start = monotonic_us();
  world.sender->follow({true, 150'000'000, start, 1});
  const SentUnit there = world.unit_with(flags::discont);
  // The picture is the one that the room shows at the unit's own time.
  CHECK(std::abs((there.pts_us - start) - (static_cast<std::int64_t>(number_in(there)) * 1'000'000 / 30 - 150'000'000)) <= 34'000);
}

TEST_CASE("advice is obeyed: a narrower picture, a lower quality, fewer pictures") {
  SenderOptions options = options_of(test::film(6'000, 50));
  options.wishes.fps = 50;
  World world(std::move(options));
  REQUIRE(world.next().kind == Event::Kind::opened);
  world.sender->adapt({7, 50, 10, 160});
  world.sender->go();
  std::int64_t before_us = world.unit_with(flags::key).pts_us;
  for (int i = 0; i < 4; ++i) {
    const SentUnit unit = world.unit_with(flags::key);
    const auto head = videoproto::scan_jpeg(unit.picture.bytes());
    REQUIRE(head);
    CHECK(head->width == 160);
    CHECK(head->height == 90);
    CHECK(unit.pts_us - before_us >= 75'000);  // evenly, give or take a quarter
    before_us = unit.pts_us;
  }
}

TEST_CASE("a source that cannot be opened ends the sender with its sentence") {
  World world(options_of([]() -> OpenedPictures { return tl::unexpected(std::string("There is no camera 9.")); }));
  const Event event = world.next();
  REQUIRE(event.kind == Event::Kind::ended);
  CHECK(event.ending.code == ExitCode::no_source);
  CHECK(event.ending.sentence == "There is no camera 9.");
}

TEST_CASE("files, cameras and links that are not there are told in a sentence each") {
  CHECK(open_file("/nowhere/film.mp4").error().find("no file") != std::string::npos);
  CHECK(open_file("/proc").error().find("cannot be read") != std::string::npos);
  CHECK(open_file(MATINEE_SOURCE_FOLDER "/LICENSE").error().find("no picture") != std::string::npos);
  CHECK(open_camera(254, {}).error().find("no camera 254") != std::string::npos);
  CHECK(open_link("file:///etc/passwd").error().find("http") != std::string::npos);
}

}  // namespace matinee::desktop
