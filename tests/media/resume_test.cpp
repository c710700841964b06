// A publisher that was cut off, and what its viewers see of it.
#include <catch2/catch.hpp>

#include "tests/media/media_world.h"

namespace matinee::media::test {
namespace {

constexpr std::int64_t resume_ms = vp::limits::resume_us / 1'000;

struct Cut {
  World world;
  std::shared_ptr<Desktop> ada = world.join(1), bob = world.join(2);
  std::uint32_t stream = world.publish(*ada);
  std::string auth_resume = ada->last<vp::AuthOk>()->resume, stream_resume = ada->last<vp::PublishOk>()->resume;

  Cut() {
    world.watch(*bob, stream);
    ada->send_picture(stream, jpeg(500, 1));
    ada->send_picture(stream, jpeg(500, 2));
    world.until([&] { return bob->pictures.size() == 2; });
  }
  void lose() {
    world.kill(*ada);
    world.until([&] { return bob->last<vp::Eos>() != nullptr; });
  }
};

}  // namespace

TEST_CASE("a publisher that disappears is lost to its viewers at once, and the room is told") {
  Cut cut;
  const auto before = std::chrono::steady_clock::now();
  cut.lose();
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(2));
  CHECK(cut.bob->last<vp::Eos>()->reason == vp::EosReason::lost);
  cut.world.until([&] { return cut.bob->last<vp::Meta>()->online == false; });
  cut.world.clock_ahead_ms += 1'000;
  cut.world.until([&] { return !cut.world.gate.live().streams.empty() && !cut.world.gate.live().streams[0].online; });
  CHECK(cut.world.gate.live().streams[0].viewers == 1);
  // Who comes now sees the last picture and that it waits.
  const auto eve = cut.world.join(3);
  cut.world.watch(*eve, cut.stream);
  cut.world.until([&] { return eve->pictures.size() == 1 && eve->last<vp::Eos>() != nullptr; });
  CHECK(eve->last<vp::Eos>()->reason == vp::EosReason::lost);
}

TEST_CASE("a lost stream is taken up again until 30 s are over: same id, numbers go on, viewers stayed") {
  Cut cut;
  cut.lose();
  cut.world.clock_ahead_ms += resume_ms - 1'000;
  const auto again = cut.world.join(1, {.resume = cut.auth_resume});
  CHECK(again->last<vp::AuthOk>()->resume != cut.auth_resume);
  auto source = camera();
  source.width = 640;
  again->say(vp::Publish{source, {}, cut.stream_resume}, 7);
  cut.world.until([&] { return again->last<vp::PublishOk>() != nullptr; });
  CHECK(again->last<vp::PublishOk>()->stream == cut.stream);
  CHECK(again->last<vp::PublishOk>()->resume != cut.stream_resume);
  cut.world.until([&] { return cut.bob->last<vp::Meta>()->online == true && cut.bob->last<vp::Meta>()->source == source; });
  again->send_dup(cut.stream);  // a repeat of what its viewers were never shown by this connection: nothing
  again->send_picture(cut.stream, jpeg(500, 3));
  cut.world.until([&] { return cut.bob->pictures.size() == 3; });
  CHECK(cut.bob->pictures[2].bytes == jpeg(500, 3));
  CHECK(cut.bob->pictures[2].header.sequence > cut.bob->pictures[1].header.sequence);
  CHECK(cut.bob->pictures[2].header.has(vp::flags::discont));
  CHECK(cut.bob->dups.empty());
  // It was used.
  const auto third = cut.world.knock(1, {.resume = cut.auth_resume});
  cut.world.until([&] { return third->closed.has_value(); });
  CHECK(third->closed->code == vp::ErrorCode::auth_failed);
}

TEST_CASE("after 30 s a lost stream has ended and both tokens are worth nothing") {
  Cut cut;
  cut.lose();
  cut.world.clock_ahead_ms += resume_ms + 1;
  cut.world.until([&] { return cut.bob->last<vp::Eos>()->reason == vp::EosReason::ended; });
  CHECK(cut.world.relay->find(cut.stream) == nullptr);
  const auto late = cut.world.knock(1, {.resume = cut.auth_resume});
  cut.world.until([&] { return late->closed.has_value(); });
  CHECK(late->closed->code == vp::ErrorCode::auth_failed);
  const auto again = cut.world.join(1);
  again->say(vp::Publish{camera(), {}, cut.stream_resume}, 7);
  cut.world.until([&] { return again->error() != nullptr; });
  CHECK(again->error()->code == vp::ErrorCode::no_such_stream);
}

TEST_CASE("nobody else takes a lost stream up, even with its token") {
  Cut cut;
  cut.lose();
  cut.bob->say(vp::Publish{camera(), {}, cut.stream_resume}, 7);
  cut.world.until([&] { return cut.bob->error() != nullptr; });
  CHECK(cut.bob->error()->code == vp::ErrorCode::no_such_stream);
}

TEST_CASE("a connection that only seems to be there is replaced by the one that shows its token") {
  Cut cut;
  const auto again = cut.world.join(1, {.resume = cut.auth_resume});
  cut.world.until([&] { return cut.ada->closed.has_value(); });
  CHECK(cut.bob->last<vp::Eos>()->reason == vp::EosReason::lost);
  again->say(vp::Publish{camera(), {}, cut.stream_resume}, 7);
  cut.world.until([&] { return again->last<vp::PublishOk>() != nullptr; });
  again->send_picture(cut.stream, jpeg(500, 3));
  cut.world.until([&] { return cut.bob->pictures.size() == 3; });
}

TEST_CASE("a stream is taken over from its person's older connection, which may still watch") {
  Cut cut;
  const auto again = cut.world.join(1);
  again->say(vp::Publish{camera(), {}, cut.stream_resume}, 7);
  cut.world.until([&] { return again->last<vp::PublishOk>() != nullptr; });
  cut.ada->send_picture(cut.stream, jpeg(500, 8));
  cut.world.until([&] { return cut.ada->error() != nullptr; });
  CHECK(cut.ada->error()->code == vp::ErrorCode::no_such_stream);
  again->send_picture(cut.stream, jpeg(500, 3));
  cut.world.until([&] { return cut.bob->pictures.size() == 3; });
  CHECK(cut.bob->pictures[2].bytes == jpeg(500, 3));
}

TEST_CASE("with its session's end a resume token leads nowhere") {
  Cut cut;
  cut.lose();
  cut.world.relay->end_session(cut.world.visit(1).session);
  const auto again = cut.world.knock(1, {.resume = cut.auth_resume});
  cut.world.until([&] { return again->closed.has_value(); });
  CHECK(again->closed->code == vp::ErrorCode::auth_failed);
}

}  // namespace matinee::media::test
