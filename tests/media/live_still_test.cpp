// Stills of streams that nobody sends one of: how often, and of what.
#include "server/media/live_still.h"

#include <catch2/catch.hpp>

#include "server/media/media_hub.h"
#include "tests/streams/clips.h"

namespace matinee::media {

TEST_CASE("a still is made when somebody asks, for all who ask meanwhile, and not again before ten seconds are over") {
  LiveStill still;
  std::vector<std::string> got;
  const auto then = [&](const LiveStill::Jpeg& jpeg) { got.push_back(jpeg ? *jpeg : "none"); };
  const std::int64_t t = 5'000'000;
  CHECK(still.ask(t, then));
  CHECK_FALSE(still.ask(t + 1, then));
  CHECK(got.empty());
  still.made("first");
  CHECK(got == std::vector<std::string>{"first", "first"});
  CHECK_FALSE(still.ask(t + limits::still_every_us - 1, then));
  CHECK(got.back() == "first");
  CHECK(got.size() == 3);
  CHECK(still.ask(t + limits::still_every_us, then));
  still.made("");  // it could not be made
  CHECK(got.back() == "first");
  still.forget();
  CHECK(still.ask(t + limits::still_every_us + 1, then));
  still.made("");
  CHECK(got.back() == "none");
}

TEST_CASE("a still is made from init data and the newest key frame, with as much behind it as the bound says") {
  namespace clips = streams::test;
  const auto hub_of = [](const clips::Buffer& clip, std::shared_ptr<MediaCounters> counters) {
    seams::StreamRecord record;
    record.id = seams::StreamId{seams::first_stored_stream};
    auto hub = std::make_shared<MediaHub>(
        MediaHubParts{.record = record, .room = "K7QM3XFD", .counters = std::move(counters), .now_us = [] { return std::int64_t{1}; }});
    CHECK(hub->key_group().units.empty());
    const auto ticket = hub->enter(false);
    REQUIRE(hub->feed(*ticket, clip).what == MediaHub::Fed::What::fine);
    return hub;
  };
  const auto counters = std::make_shared<MediaCounters>();
  for (const auto& [codec, form] :
       {std::pair{"-c:v libx264 -preset ultrafast -g 25", "mpegts"}, std::pair{"-c:v libvpx -g 25 -live 1", "webm"}}) {
    const auto hub = hub_of(clips::clip(clips::pictures(3) + " " + codec, form), counters);
    const auto group = hub->key_group();
    std::string all = group.before;
    for (const SharedUnit& unit : group.units) all.append(unit->message->bytes, unit->at);
    const auto pictures = clips::probe(std::as_bytes(std::span(all))).of(true);
    REQUIRE_FALSE(pictures.empty());
    CHECK(pictures[0].key);
  }
  // Four megabytes of one group of pictures.
  const auto hub = hub_of(
      clips::clip(
          "-f lavfi -i \"nullsrc=size=640x480:rate=25,geq=random(1)*255:128:128\" -t 2 -c:v libx264 -preset ultrafast -g 100 -b:v 16M",
          "mpegts"),
      counters);
  std::size_t bytes = 0, last = 0;
  for (const SharedUnit& unit : hub->key_group().units) bytes += last = unit->message->bytes.size();
  CHECK(bytes >= limits::still_source_bytes_max);
  CHECK(bytes - last < limits::still_source_bytes_max);
}

}  // namespace matinee::media
