// What is published reaches who watches: pictures, repeats, sound, news, ends.
#include <catch2/catch.hpp>

#include "tests/media/media_world.h"
#include "tests/videoproto/allocations.h"

namespace matinee::media::test {

TEST_CASE("a published stream's pictures reach every viewer byte by byte, in order") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto eve = world.join(3);
  const auto stream = world.publish(*ada);
  world.until([&] { return bob->last<vp::Meta>() != nullptr && bob->last<vp::Meta>()->stream == stream; });
  const auto meta = *bob->last<vp::Meta>();
  CHECK(meta.online == true);
  CHECK(meta.publisher == "1");
  CHECK(meta.publisher_name == "Person 1");
  CHECK(meta.source == camera());
  world.watch(*bob, stream);
  world.watch(*eve, stream);
  CHECK(bob->last<vp::SubscribeOk>()->source == camera());
  for (int i = 0; i < 20; ++i) {
    const Bytes picture = jpeg(50'000, i);
    ada->send_picture(stream, picture);
    world.until([&] { return bob->pictures.size() == std::size_t(i) + 1 && eve->pictures.size() == std::size_t(i) + 1; });
    CHECK(bob->pictures.back().bytes == picture);
    CHECK(eve->pictures.back().bytes == picture);
    CHECK(bob->pictures.back().header.stream == stream);
    CHECK(bob->pictures.back().header.sequence == std::uint32_t(i) + 1);
    CHECK(bob->pictures.back().header.pts_us == 33'333ULL * std::uint64_t(i));
    CHECK(bob->pictures.back().header.aux < 1'000'000);
  }
  const auto counters = world.counters();
  CHECK(counters.pictures_in == 20);
  CHECK(counters.pictures_out == 40);
  CHECK(counters.streams == 1);
  CHECK(counters.viewers == 2);
  CHECK(counters.bytes_out > 40 * 50'000);
}

TEST_CASE("a newcomer gets the last picture at once, with the time of the DUPs since") {
  World world;
  const auto ada = world.join(1);
  const auto stream = world.publish(*ada);
  const Bytes picture = jpeg(3'000, 9);
  ada->send_picture(stream, picture);
  ada->send_dup(stream);
  ada->send_dup(stream);
  world.until([&] { return ada->idle(); });
  world.until([&] { return world.counters().pictures_in == 3; });
  const auto bob = world.join(2);
  world.watch(*bob, stream);
  world.until([&] { return bob->pictures.size() == 1; });
  CHECK(bob->pictures[0].bytes == picture);
  CHECK(bob->pictures[0].header.pts_us == 33'333 * 2);
  CHECK(bob->pictures[0].header.flags == vp::flags::key);
  ada->send_dup(stream);
  world.until([&] { return bob->dups.size() == 1; });
  CHECK(bob->dups[0].header.sequence == bob->pictures[0].header.sequence + 1);
}

TEST_CASE("a newcomer is told of the streams that are online, whoever came first") {
  World world;
  const auto ada = world.join(1);
  const auto first = world.publish(*ada);
  const auto second = world.publish(*ada);
  const auto bob = world.join(2);
  world.until([&] { return bob->count<vp::Meta>() >= 3; });
  std::set<std::int64_t> online;
  for (const auto& [header, message] : bob->heard) {
    if (const auto* meta = std::get_if<vp::Meta>(&message); meta != nullptr && meta->stream && meta->online == true)
      online.insert(*meta->stream);
  }
  CHECK((online == std::set<std::int64_t>{std::int64_t{first}, std::int64_t{second}}));
}

TEST_CASE("sound is relayed packet by packet, and not to who asked for none") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto eve = world.join(3);
  const auto stream = world.publish(*ada, camera(vp::AudioFormat::opus));
  world.watch(*bob, stream);
  world.watch(*eve, stream, false);
  for (int i = 0; i < 10; ++i) ada->send_sound(stream, vp::test::bytes({i, 2, 3}));
  world.until([&] { return bob->sounds.size() == 10; });
  for (int i = 0; i < 10; ++i) {
    CHECK(bob->sounds[std::size_t(i)].bytes == vp::test::bytes({i, 2, 3}));
    CHECK(bob->sounds[std::size_t(i)].header.sequence == std::uint32_t(i) + 1);
  }
  CHECK(bob->sounds[0].header.has(vp::flags::discont));
  CHECK_FALSE(bob->sounds[1].header.has(vp::flags::discont));
  world.settle();
  CHECK(eve->sounds.empty());
}

TEST_CASE("a picture that is no JPEG is told, counted and dropped, its DUP says nothing, and the stream goes on") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  ada->send_picture(stream, jpeg(500, 1));
  world.until([&] { return bob->pictures.size() == 1; });
  ada->send_picture(stream, Bytes(300, std::byte{0xFF}));
  ada->send_dup(stream);
  ada->send_picture(stream, vp::test::picture(60'000, 60'000));
  ada->send_picture(stream, jpeg(500, 2));
  world.until([&] { return bob->pictures.size() == 2; });
  CHECK(bob->pictures[1].bytes == jpeg(500, 2));
  CHECK(bob->pictures[1].header.sequence == bob->pictures[0].header.sequence + 4);  // the gap is told
  CHECK(bob->dups.empty());
  CHECK(ada->error()->code == vp::ErrorCode::bad_jpeg);
  CHECK(ada->error()->stream == stream);
  CHECK_FALSE(ada->closed);
  CHECK(world.counters().bad_jpegs == 2);
}

TEST_CASE("a publisher ends its stream: viewers hear ended, the publisher EOS_ACK, and its later pictures are skipped") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  ada->say(vp::Eos{vp::EosReason::ended}, 0, stream);
  world.until([&] { return bob->last<vp::Eos>() != nullptr && ada->last<vp::EosAck>() != nullptr; });
  CHECK(bob->last<vp::Eos>()->reason == vp::EosReason::ended);
  world.until([&] { return bob->last<vp::Meta>()->online == false; });
  CHECK(world.relay->find(stream) == nullptr);
  ada->send_picture(stream, jpeg());
  world.until([&] { return ada->error() != nullptr; });
  CHECK(ada->error()->code == vp::ErrorCode::no_such_stream);
  CHECK_FALSE(ada->closed);
  // Its place in the viewer's connection is free again: sixteen more fit.
  CHECK(world.counters().viewers == 0);
}

TEST_CASE("good-bye ends a publisher's streams at once") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  world.watch(*bob, world.publish(*ada));
  ada->connection->bye();
  world.until([&] { return bob->last<vp::Eos>() != nullptr; });
  CHECK(bob->last<vp::Eos>()->reason == vp::EosReason::ended);
}

TEST_CASE("who unsubscribed gets nothing any more and may subscribe again") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  bob->say(vp::Unsubscribe{stream});
  world.settle();
  CHECK(world.counters().viewers == 0);
  bob->connection->session().close_stream(stream);
  ada->send_picture(stream, jpeg());
  world.until([&] { return world.counters().pictures_in == 1; });
  CHECK(bob->pictures.empty());
  world.watch(*bob, stream);
  world.until([&] { return bob->pictures.size() == 1; });
}

TEST_CASE("a publisher's new size and title are told to everybody") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  auto source = camera();
  source.width = 640;
  source.title = "Garden";
  vp::Meta news;
  news.stream = stream;
  news.source = source;
  ada->say(news);
  world.until([&] { return bob->last<vp::Meta>() != nullptr && bob->last<vp::Meta>()->source == source; });
  world.clock_ahead_ms += 1'000;
  world.until([&] { return !world.gate.live().streams.empty() && world.gate.live().streams[0].width == 640; });
  const auto told = world.gate.live().streams[0];
  CHECK(told.title == "Garden");
  CHECK(told.kind == rooms::LiveKind::camera);
  CHECK(told.publisher.value == 1);
  CHECK(told.publisher_name == "Person 1");
  CHECK(told.online);
  CHECK_FALSE(told.room_video);
}

TEST_CASE("the publisher's clock is told to viewers: pts and offset give the relay's time") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  world.until([&] { return bob->last<vp::Meta>() != nullptr && bob->last<vp::Meta>()->publisher_offset_us.has_value(); });
  CHECK(std::abs(*bob->last<vp::Meta>()->publisher_offset_us) < 1'000'000);  // here both clocks are one
  CHECK(world.relay->find(stream)->publisher_offset_us().has_value());
}

TEST_CASE("a picture on its way through the relay allocates nothing") {
  World world;
  const auto ada = world.join(1);
  const auto hub_stream = world.publish(*ada, camera(vp::AudioFormat::opus));
  const auto hub = world.relay->find(hub_stream);
  struct Taker final : StreamViewer {
    void on_unit() override {
      while (const auto unit = viewing.take_picture(vp::monotonic_us())) ++pictures;
      while (viewing.take_audio(vp::monotonic_us())) ++sounds;
    }
    void on_online(bool) override {}
    void on_end(vp::EosReason, bool) override {}
    Viewing viewing;
    int pictures = 0, sounds = 0;
  };
  std::vector<Taker> takers(50);
  for (auto& taker : takers) taker.viewing = hub->watch(taker, true);
  const Bytes picture = jpeg(20'000);
  const Bytes packet(200, std::byte{1});
  const auto relay_one = [&](std::uint32_t number) {
    auto slot = hub->begin_picture();
    for (std::size_t have = 0; have < picture.size();) {
      const auto space = slot.space(have, picture.size() - have);
      std::copy_n(picture.begin() + std::ptrdiff_t(have), space.size(), space.begin());
      have += space.size();
    }
    hub->picture(vp::test::frame(hub_stream, number), std::move(slot).finish(picture.size()), vp::monotonic_us());
    hub->dup(vp::test::frame(hub_stream, number, vp::flags::dup), vp::monotonic_us());
    hub->audio(vp::Header{vp::Type::audio, 0, 0, hub_stream, number, 0, 0}, packet, vp::monotonic_us());
  };
  for (std::uint32_t i = 0; i < 10; ++i) relay_one(i);
  const std::size_t before = vp::test::allocations();
  for (std::uint32_t i = 10; i < 500; ++i) relay_one(i);
  const std::size_t after = vp::test::allocations();
  CHECK(after == before);
  CHECK(takers[49].pictures == 1'000);
  CHECK(takers[49].sounds == 500);
}

TEST_CASE("from socket to socket a relayed picture allocates nothing either") {
  World world({.tick = std::chrono::hours(1)});
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  const auto stream = world.publish(*ada);
  world.watch(*bob, stream);
  bob->keep_bytes = false;
  // What the sending desktop allocates for its queue is not counted.
  const auto relay_some = [&](int count) {
    std::size_t allocated = 0;
    for (int i = 0; i < count; ++i) {
      const std::size_t wanted = bob->picture_count + 1;
      ada->send_picture(stream, jpeg(30'000, i));
      const std::size_t before = vp::test::allocations();
      while (bob->picture_count < wanted && !bob->closed && !ada->closed) {
        world.loop.io().restart();
        world.loop.io().run_one_for(std::chrono::seconds(5));
      }
      allocated += vp::test::allocations() - before;
    }
    return allocated;
  };
  relay_some(30);
  CHECK(relay_some(70) == 0);
  CHECK(bob->picture_count == 100);  // more at once were over the rate
}

}  // namespace matinee::media::test
