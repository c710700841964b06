// StreamHub by itself: what each viewer takes, when, and what the publisher is asked for. Time is an argument.
#include "server/media/stream_hub.h"

#include <catch2/catch.hpp>

#include "tests/media/media_world.h"

namespace matinee::media::test {
namespace {

struct Taker final : StreamViewer {
  void on_unit() override { ++units; }
  void on_online(bool now_online) override { online = now_online; }
  void on_end(vp::EosReason why, bool slow) override {
    end = why;
    too_slow = slow;
    held = {};
    viewing = {};
  }
  vp::Frame held;
  Viewing viewing;
  int units = 0;
  std::optional<bool> online;
  std::optional<vp::EosReason> end;
  bool too_slow = false;
};

struct Hub {
  std::shared_ptr<MediaCounters> counters = std::make_shared<MediaCounters>();
  std::int64_t now_us = vp::monotonic_us();
  std::uint32_t number = 0;
  int viewers_changed = 0;
  std::shared_ptr<StreamHub> hub;

  explicit Hub(vp::Source source = camera(vp::AudioFormat::opus)) {
    auto pool = std::move(*vp::FramePool::create(std::make_shared<vp::PoolBudget>(), {}));
    hub = std::make_shared<StreamHub>(HubParts{7, room_code, rooms::PersonId{1}, "Ada", std::move(source), std::move(pool), counters,
                                               [] { return vp::monotonic_us() + 5'000'000'000; }, [this] { ++viewers_changed; }});
  }
  bool picture(int mark = 0, std::uint16_t more_flags = 0) {
    const Bytes bytes = jpeg(1'000, mark);
    auto slot = hub->begin_picture();
    if (!slot) return false;
    const auto space = slot.space(0, bytes.size());
    std::copy(bytes.begin(), bytes.end(), space.begin());
    hub->picture(vp::test::frame(7, number++, static_cast<std::uint16_t>(vp::flags::key | more_flags)),
                 std::move(slot).finish(bytes.size()), now_us);
    return true;
  }
  void dup(std::uint16_t more_flags = 0) {
    hub->dup(vp::test::frame(7, number++, static_cast<std::uint16_t>(vp::flags::dup | more_flags)), now_us);
  }
};

Bytes bytes_of(const vp::Unit& unit) { return {unit.picture.bytes().begin(), unit.picture.bytes().end()}; }

}  // namespace

TEST_CASE("the newest picture wins; jumps of those that were dropped are told with the next one") {
  Hub world;
  Taker taker;
  taker.viewing = world.hub->watch(taker, true);
  CHECK_FALSE(taker.viewing.take_picture(world.now_us));
  world.picture(1, vp::flags::discont);
  world.picture(2);
  world.picture(3);
  const auto unit = taker.viewing.take_picture(world.now_us + 250);
  REQUIRE(unit);
  CHECK(bytes_of(*unit) == jpeg(1'000, 3));
  CHECK(unit->header.has(vp::flags::discont));
  CHECK(unit->header.aux == 250);
  CHECK(unit->header.sequence == 3);
  CHECK_FALSE(taker.viewing.take_picture(world.now_us));
  CHECK(taker.units == 3);
}

TEST_CASE("a DUP never replaces a pending picture, and who lost the picture gets it with the DUP") {
  Hub world;
  Taker quick, slow;
  quick.viewing = world.hub->watch(quick, false);
  slow.viewing = world.hub->watch(slow, false);
  world.picture(1);
  CHECK(bytes_of(*quick.viewing.take_picture(world.now_us)) == jpeg(1'000, 1));
  world.dup();
  const auto repeat = quick.viewing.take_picture(world.now_us);
  CHECK(repeat->header.has(vp::flags::dup));
  CHECK_FALSE(repeat->picture);
  CHECK(bytes_of(*slow.viewing.take_picture(world.now_us)) == jpeg(1'000, 1));
  world.picture(2);
  world.now_us += vp::limits::frame_age_us_max + 1;
  CHECK_FALSE(slow.viewing.take_picture(world.now_us));  // waited too long
  world.dup();
  const auto late = slow.viewing.take_picture(world.now_us);
  CHECK_FALSE(late->header.has(vp::flags::dup));
  CHECK(bytes_of(*late) == jpeg(1'000, 2));
}

TEST_CASE("a DUP before the first picture says nothing") {
  Hub world;
  Taker taker;
  taker.viewing = world.hub->watch(taker, false);
  world.dup();
  CHECK(taker.units == 0);
  CHECK_FALSE(world.hub->last_picture());
}

TEST_CASE("sound older than half a second is lost to who is behind, and he is told") {
  Hub world;
  Taker taker;
  taker.viewing = world.hub->watch(taker, true);
  const auto push = [&](int mark) {
    world.hub->audio(vp::Header{vp::Type::audio, 0, 0, 7, std::uint32_t(mark), 0, 0}, vp::test::bytes({mark}), world.now_us);
  };
  push(0);
  CHECK(taker.viewing.take_audio(world.now_us)->bytes[0] == std::byte{0});
  for (int i = 1; i <= 40; ++i) {
    world.now_us += 20'000;
    push(i);
  }
  std::vector<int> marks;
  std::vector<bool> jumps;
  while (const auto packet = taker.viewing.take_audio(world.now_us)) {
    marks.push_back(static_cast<int>(packet->bytes[0]));
    jumps.push_back(packet->header.has(vp::flags::discont));
  }
  REQUIRE(marks.size() >= 24);
  CHECK(marks.size() <= 26);
  CHECK(marks.back() == 40);
  CHECK(jumps.front());
  CHECK(std::count(jumps.begin(), jumps.end(), true) == 1);
}

TEST_CASE("with under eight slots free the one that held a picture longest is closed; who has sent his is not") {
  Hub world;
  std::vector<std::unique_ptr<Taker>> takers;
  Taker sender;
  sender.viewing = world.hub->watch(sender, false);
  int refused = 0;
  for (int i = 0; i < 200; ++i) {
    world.now_us += 1'000;
    if (!world.picture(i)) ++refused;
    static_cast<void>(sender.viewing.take_picture(world.now_us));
    sender.viewing.sent();
    auto taker = std::make_unique<Taker>();
    taker->viewing = world.hub->watch(*taker, false);
    taker->held = taker->viewing.take_picture(world.now_us)->picture;
    takers.push_back(std::move(taker));
  }
  CHECK(refused == 0);
  CHECK_FALSE(sender.end);
  const auto closed = std::count_if(takers.begin(), takers.end(), [](const auto& each) { return each->too_slow; });
  CHECK(world.counters->slow_viewers_closed == std::uint64_t(closed));
  CHECK(closed == 200 - (64 - 7));
  for (std::ptrdiff_t i = 0; i < 200; ++i) CHECK(takers[std::size_t(i)]->too_slow == (i < closed));
  CHECK(world.hub->viewers() == std::size_t(200 - closed) + 1);
}

TEST_CASE("every publisher asked for less goes down to the floor, then is read no more; and comes back") {
  Hub world({vp::SourceKind::camera, "", 640, 360, 20, vp::AudioFormat::none, 2});
  Taker taker;
  taker.viewing = world.hub->watch(taker, false);
  std::vector<vp::Advice> advices;
  const auto second = [&](bool behind) {
    for (int i = 0; i < 10; ++i) {
      world.picture(i);
      if (!behind) static_cast<void>(taker.viewing.take_picture(world.now_us));
    }
    world.now_us += 1'000'000;
    if (const auto advice = world.hub->sample(world.now_us)) advices.push_back(*advice);
  };
  for (int i = 0; i < 120 && !world.hub->pause_publisher(); ++i) second(true);
  REQUIRE(world.hub->pause_publisher());
  CHECK(advices.front() == vp::Advice{72, 20, 640});
  CHECK(advices.back() == vp::Advice{40, 5, 320});
  second(false);  // begins with the loss of what was pending
  second(false);
  CHECK_FALSE(world.hub->pause_publisher());
  const std::size_t before = advices.size();
  for (int i = 0; i < 60; ++i) second(false);
  REQUIRE(advices.size() > before);
  CHECK(advices.back().width > 320);
  CHECK(world.counters->pictures_dropped > 100);
}

TEST_CASE("viewers leave and come inside every call, and the hub outlives its maker") {
  Hub world;
  struct Leaver final : StreamViewer {
    void on_unit() override { viewing = {}; }
    void on_online(bool) override { viewing = {}; }
    void on_end(vp::EosReason, bool) override { viewing = {}; }
    Viewing viewing;
  };
  Leaver one, two, three;
  Taker stays;
  one.viewing = world.hub->watch(one, false);
  stays.viewing = world.hub->watch(stays, false);
  world.picture();
  CHECK(world.hub->viewers() == 1);
  two.viewing = world.hub->watch(two, false);
  world.hub->lose();
  CHECK(stays.online == false);
  three.viewing = world.hub->watch(three, false);
  world.hub->end(vp::EosReason::ended);
  CHECK(stays.end == vp::EosReason::ended);
  CHECK(world.hub->viewers() == 0);
  CHECK(world.counters->viewers == 0);
  CHECK(world.counters->streams == 0);
  CHECK_FALSE(world.hub->watch(stays, false));
  CHECK(world.viewers_changed == 8);
}

TEST_CASE("the time of capture is told in server time once the publisher's clock is known, and never lies ahead") {
  Hub world;
  world.now_us = vp::monotonic_us();
  world.number = 30;  // pts 999,990
  world.picture();
  const auto unit = *world.hub->last_picture();
  const auto server_now = [] { return vp::monotonic_us() + 5'000'000'000; };
  CHECK(std::abs(world.hub->capture_server_us(unit) - server_now()) < 1'000'000);
  world.hub->set_publisher_offset_us(vp::monotonic_us() - 999'990 - 3'000'000);
  CHECK(std::abs(world.hub->capture_server_us(unit) - (server_now() - 3'000'000)) < 1'000'000);
  world.hub->set_publisher_offset_us(vp::monotonic_us() + 3'600'000'000);
  CHECK(world.hub->capture_server_us(unit) <= server_now());
}

}  // namespace matinee::media::test
