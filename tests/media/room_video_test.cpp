// The frames of the room's own video: who is asked, in which order, and when it stops.
#include <catch2/catch.hpp>

#include "server/media/frame_asker.h"
#include "tests/media/media_world.h"

namespace matinee::media::test {
namespace {

const std::string film = "https://v.example/a.mp4";
using rooms::VideoFrames;

bool frames_are(World& world, VideoFrames wanted) {
  world.clock_ahead_ms += limits::tell_live_every_ms;
  world.until([&] { return world.gate.live().frames == wanted; });
  return true;
}

std::int64_t asked(World& world, Desktop& desktop) {
  world.until([&] { return desktop.last<vp::Ask>() != nullptr; });
  return desktop.last<vp::Ask>()->ask;
}

vp::Source link() { return {vp::SourceKind::link, "a.mp4", 640, 360, 25, vp::AudioFormat::none, 2}; }

}  // namespace

TEST_CASE("the one who put the video on is asked first, then the others in the order in which they came") {
  World world;
  const auto ada = world.join(1, {.may_be_asked = true});
  const auto bob = world.join(2, {.may_be_asked = true});
  const auto eve = world.join(3, {.may_be_asked = true});
  const auto shy = world.join(4);
  world.gate.play(film, 3);
  const auto ask = asked(world, *eve);
  CHECK(eve->last<vp::Ask>()->link == film);
  CHECK(frames_are(world, VideoFrames::asking));
  eve->say(vp::Decline{ask, vp::DeclineReason::cannot_open});
  asked(world, *ada);
  CHECK(bob->last<vp::Ask>() == nullptr);
  world.clock_ahead_ms += limits::ask_ms;  // no answer
  const auto third = asked(world, *bob);
  bob->say(vp::Decline{third, vp::DeclineReason::no_resolver});
  CHECK(frames_are(world, VideoFrames::nobody));
  CHECK(shy->last<vp::Ask>() == nullptr);
  // Somebody else comes: he is asked.
  const auto dan = world.join(5, {.may_be_asked = true});
  asked(world, *dan);
  CHECK(eve->count<vp::Ask>() == 1);
}

TEST_CASE("nobody is asked for a stream of the room, which runs here already") {
  World world;
  const auto ada = world.join(1, {.may_be_asked = true});
  const auto bob = world.join(2, {.may_be_asked = true});
  world.gate.play(film, 1);
  asked(world, *ada);
  CHECK(frames_are(world, VideoFrames::asking));
  world.gate.play("/live/4294967296", 1, rooms::Phase::playing, rooms::MediaKind::stream);
  CHECK(frames_are(world, VideoFrames::none));
  CHECK(ada->count<vp::Ask>() == 1);
  CHECK(bob->last<vp::Ask>() == nullptr);
}

TEST_CASE("one's own click needs no permission of one's own desktop; another desktop is only asked with it") {
  World world;
  const auto ada = world.join(1);
  const auto bob = world.join(2);
  world.gate.play(film, 1);
  const auto ask = asked(world, *ada);
  ada->say(vp::Decline{ask, vp::DeclineReason::cannot_open});
  CHECK(frames_are(world, VideoFrames::nobody));
  CHECK(bob->last<vp::Ask>() == nullptr);
  world.gate.play("https://v.example/b.mp4", 2);
  asked(world, *bob);
  CHECK(ada->count<vp::Ask>() == 1);
}

TEST_CASE("the answer to ASK is the room's video: a chip, not a stream like others; a second one is busy") {
  World world;
  const auto ada = world.join(1, {.may_be_asked = true});
  const auto bob = world.join(2, {.may_be_asked = true});
  world.gate.play(film, 1);
  const auto ask = asked(world, *ada);
  bob->say(vp::Publish{link(), ask, {}}, 8);  // asked was somebody else
  world.until([&] { return bob->error() != nullptr; });
  CHECK(bob->error()->code == vp::ErrorCode::busy);
  ada->say(vp::Publish{link(), ask, {}}, 8);
  world.until([&] { return ada->last<vp::PublishOk>() != nullptr; });
  const auto stream = static_cast<std::uint32_t>(ada->last<vp::PublishOk>()->stream);
  ada->say(vp::Publish{link(), ask, {}}, 8);
  world.until([&] { return ada->error() != nullptr; });
  CHECK(ada->error()->code == vp::ErrorCode::busy);
  world.watch(*bob, stream);
  world.clock_ahead_ms += limits::tell_live_every_ms;
  world.until([&] { return world.gate.live().windows == 1; });
  CHECK(world.gate.live().frames == VideoFrames::live);
  CHECK(world.gate.live().streams.at(0).room_video);
  CHECK(world.gate.live().desktops == 2);
  CHECK(bob->last<vp::Ask>() == nullptr);
}

TEST_CASE("an answer that took longer is taken while nobody else was quicker") {
  World world;
  const auto ada = world.join(1, {.may_be_asked = true});
  const auto bob = world.join(2, {.may_be_asked = true});
  world.gate.play(film, 1);
  const auto first = asked(world, *ada);
  world.clock_ahead_ms += limits::ask_ms;
  const auto second = asked(world, *bob);
  CHECK(first != second);
  ada->say(vp::Publish{link(), first, {}}, 8);
  world.until([&] { return ada->last<vp::PublishOk>() != nullptr; });
  bob->say(vp::Publish{link(), second, {}}, 8);
  world.until([&] { return bob->error() != nullptr; });
  CHECK(bob->error()->code == vp::ErrorCode::busy);
}

TEST_CASE("nobody is asked while one desktop is alone, while nothing is on, or who may not go live") {
  World world;
  world.gate.without_grant.insert(2);
  const auto ada = world.join(1);
  const auto bob = world.join(2, {.may_be_asked = true});
  world.settle();
  CHECK(bob->last<vp::Ask>() == nullptr);
  world.gate.play(film, 2);
  CHECK(frames_are(world, VideoFrames::nobody));
  CHECK(bob->last<vp::Ask>() == nullptr);
  world.gate.grant(2, true);
  asked(world, *bob);

  World lonely;
  const auto eve = lonely.join(1, {.may_be_asked = true});
  lonely.gate.play(film, 1);
  lonely.settle();
  CHECK(eve->last<vp::Ask>() == nullptr);
  const auto dan = lonely.join(2);
  asked(lonely, *eve);
}

TEST_CASE("another video, or none, stops the frames of the one before") {
  for (const std::string& next : {std::string("https://v.example/b.mp4"), std::string()}) {
    World world;
    const auto ada = world.join(1, {.may_be_asked = true});
    const auto bob = world.join(2);
    world.gate.play(film, 1);
    ada->say(vp::Publish{link(), asked(world, *ada), {}}, 8);
    world.until([&] { return ada->last<vp::PublishOk>() != nullptr; });
    const auto stream = static_cast<std::uint32_t>(ada->last<vp::PublishOk>()->stream);
    world.watch(*bob, stream);
    world.gate.play(next, 1, next.empty() ? rooms::Phase::idle : rooms::Phase::playing);
    world.until([&] { return ada->last<vp::Stop>() != nullptr && bob->last<vp::Eos>() != nullptr; });
    CHECK(ada->last<vp::Stop>()->stream == stream);
    CHECK(bob->last<vp::Eos>()->reason == vp::EosReason::stopped);
    if (next.empty()) CHECK(frames_are(world, VideoFrames::none));
    else world.until([&] { return ada->count<vp::Ask>() == 2 && ada->last<vp::Ask>()->link == next; });
  }
}

TEST_CASE("a pause or a seek asks nobody again") {
  World world;
  const auto ada = world.join(1, {.may_be_asked = true});
  const auto bob = world.join(2, {.may_be_asked = true});
  world.gate.play(film, 1);
  ada->say(vp::Publish{link(), asked(world, *ada), {}}, 8);
  world.until([&] { return ada->last<vp::PublishOk>() != nullptr; });
  world.gate.play(film, 2, rooms::Phase::paused);
  world.gate.play(film, 2);
  world.settle();
  CHECK(ada->last<vp::Stop>() == nullptr);
  CHECK(bob->last<vp::Ask>() == nullptr);
}

TEST_CASE("when the last other desktop has left for five seconds the frames stop, and start again with the next one") {
  World world;
  const auto ada = world.join(1, {.may_be_asked = true});
  const auto bob = world.join(2);
  world.gate.play(film, 1);
  ada->say(vp::Publish{link(), asked(world, *ada), {}}, 8);
  world.until([&] { return ada->last<vp::PublishOk>() != nullptr; });
  world.kill(*bob);
  world.until([&] { return world.gate.present.size() == 1; });
  world.settle();
  CHECK(ada->last<vp::Stop>() == nullptr);
  world.clock_ahead_ms += limits::alone_ms + 100;
  world.until([&] { return ada->last<vp::Stop>() != nullptr; });
  world.join(3);
  world.until([&] { return ada->count<vp::Ask>() == 2; });
}

TEST_CASE("whoever sent the frames and ended them is not asked again for this video; the next one is") {
  World world;
  const auto ada = world.join(1, {.may_be_asked = true});
  const auto bob = world.join(2, {.may_be_asked = true});
  world.gate.play(film, 1);
  ada->say(vp::Publish{link(), asked(world, *ada), {}}, 8);
  world.until([&] { return ada->last<vp::PublishOk>() != nullptr; });
  ada->say(vp::Eos{vp::EosReason::ended}, 0, static_cast<std::uint32_t>(ada->last<vp::PublishOk>()->stream));
  asked(world, *bob);
  CHECK(ada->count<vp::Ask>() == 1);
}

TEST_CASE("a question is answered within five seconds or the next one is asked, to the millisecond") {
  FrameAsker asker;
  const std::vector<AskCandidate> desktops{{1, rooms::PersonId{10}, true, true}, {2, rooms::PersonId{20}, true, true}};
  const AskContext context{"v", rooms::PersonId{20}, desktops, false};
  const auto first = asker.update(context, 1'000);
  REQUIRE(first.question);
  CHECK(first.question->client == 2);
  CHECK_FALSE(asker.update(context, 1'000 + limits::ask_ms - 1).question);
  const auto second = asker.update(context, 1'000 + limits::ask_ms);
  REQUIRE(second.question);
  CHECK(second.question->client == 1);
  CHECK(asker.was_asked(first.question->ask, 2));
  CHECK_FALSE(asker.was_asked(first.question->ask, 1));
  asker.declined(first.question->ask, 2);  // late: the other is being asked already
  CHECK_FALSE(asker.update(context, 1'000 + limits::ask_ms + 1).question);
  CHECK_FALSE(asker.update(context, 1'000 + 2 * limits::ask_ms).question);
  CHECK(asker.frames() == VideoFrames::nobody);
}

}  // namespace matinee::media::test
