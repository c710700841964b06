// Recordings of streams, from the button to the last fragment: who is told what, what comes into the file, and every way in which one ends.
#include <catch2/catch.hpp>

#include <condition_variable>
#include <mutex>

#include "server/media/limits.h"
#include "server/media/recorders.h"
#include "tests/media/media_world.h"
#include "tests/streams/clips.h"

namespace matinee::media::test {
namespace {

namespace clips = streams::test;
using rooms::RecordingEnd;
using seams::RecordRefusal;
using streams::test::Buffer;

const Buffer& ts() {
  return clips::clip(clips::pictures(8) + clips::tone(8) + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -c:a aac", "mpegts");
}
const Buffer& larger() {
  return clips::clip(clips::pictures(4, 320, 240) + clips::tone(4) + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -c:a aac", "mpegts");
}
const Buffer& mpeg1() { return clips::clip(clips::pictures(2) + " -c:v mpeg1video -g 10 -bf 0", "mpegts"); }
const Buffer& mp4() {
  return clips::clip(
      clips::pictures(12) + " -c:v libx264 -preset ultrafast -g 25 -bf 0 -movflags frag_keyframe+empty_moov+default_base_moof", "mp4");
}

// A library in memory, which says no when the test wants it to.
class Memory final : public seams::Recordings {
 public:
  struct Kept {
    Buffer bytes;
    std::size_t writes = 0;
    bool finished = false;
  };
  tl::expected<std::unique_ptr<seams::RecordingFile>, RecordRefusal> open(seams::NewRecording recording) override {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return answers; });
    last = recording;
    if (refuse) return tl::unexpected(*refuse);
    kept.push_back(std::make_shared<Kept>());
    return std::make_unique<File>(*this, kept.back(), "item" + std::to_string(kept.size()));
  }
  // What the test looks at is a copy.
  Kept at(std::size_t i) {
    const std::lock_guard lock(mutex);
    return i < kept.size() ? *kept[i] : Kept{};
  }
  void let(bool now) {
    const std::lock_guard lock(mutex);
    answers = now;
    changed.notify_all();
  }
  void end_after(std::size_t writes, RecordingEnd why) {
    const std::lock_guard lock(mutex);
    writes_max = writes;
    end = why;
  }

  std::optional<RecordRefusal> refuse;
  seams::NewRecording last;

 private:
  class File final : public seams::RecordingFile {
   public:
    File(Memory& memory, std::shared_ptr<Kept> kept, std::string id) : memory_(memory), kept_(std::move(kept)), id_(std::move(id)) {}
    const std::string& id() const override { return id_; }
    RecordingEnd append(std::span<const std::byte> bytes) override {
      const std::lock_guard lock(memory_.mutex);
      if (kept_->writes == memory_.writes_max) return memory_.end;
      ++kept_->writes;
      kept_->bytes.insert(kept_->bytes.end(), bytes.begin(), bytes.end());
      return RecordingEnd::none;
    }
    void finish() override {
      const std::lock_guard lock(memory_.mutex);
      kept_->finished = true;
    }

   private:
    Memory& memory_;
    const std::shared_ptr<Kept> kept_;  // shared with the test
    const std::string id_;
  };

  std::mutex mutex;  // guards all of it, and what is kept
  std::condition_variable changed;
  bool answers = true;
  std::vector<std::shared_ptr<Kept>> kept;
  std::size_t writes_max = static_cast<std::size_t>(-1);
  RecordingEnd end = RecordingEnd::none;
};

using Opened = tl::expected<std::string, RecordRefusal>;

// A hub with a publisher, in a relay that has a library.
struct Stage {
  explicit Stage(const Buffer& first = ts(), WorldOptions options = {}) : world(options), clip(&first) {
    world.relay->recorders().use(memory);
    hub = world.relay->media_hub(record());
    ticket = *hub->enter(false);
    feed(0.25);
  }
  ~Stage() {
    memory.let(true);
    world.relay->recorders().stop();
    world.relay->recorders().join();
  }
  // In pieces as a network brings them: who waits for a key frame gets the newest one of each.
  void feed(double until) {
    const auto end = static_cast<std::size_t>(until * static_cast<double>(clip->size()));
    while (fed < end) {
      const std::size_t bytes = std::min<std::size_t>(end - fed, 4'096);
      REQUIRE(hub->feed(ticket, streams::Bytes(*clip).subspan(fed, bytes)).what == MediaHub::Fed::What::fine);
      fed += bytes;
    }
  }
  // The publisher is gone, and another one comes.
  void publish_again(const Buffer& next) {
    hub->leave(ticket);
    ticket = *hub->enter(false);
    clip = &next;
    fed = 0;
  }
  void ask(const std::shared_ptr<MediaHub>& of) {
    answer.reset();
    world.relay->recorders().start(of, {rooms::PersonId{8}, "Ben", "Garden, today"}, [this](Opened made) { answer = std::move(made); });
  }
  Opened start() {
    ask(hub);
    world.until([&] { return answer.has_value(); });
    return *answer;
  }
  // One that the relay does not know of, under way.
  std::shared_ptr<Recorder> recorder(RecordBounds bounds = {}) {
    auto made = std::make_shared<Recorder>(RecorderParts{.loop = world.loop,
                                                         .hub = hub,
                                                         .recordings = memory,
                                                         .wish = {rooms::PersonId{8}, "Ben", "Garden"},
                                                         .server_time_us = [] { return std::int64_t{1'000'000}; },
                                                         .now_us = [] { return std::int64_t{1}; },
                                                         .bounds = bounds});
    bool opened = false;
    made->start([&](const Opened&) { opened = true; });
    world.until([&] { return opened; });
    return made;
  }
  [[nodiscard]] std::optional<rooms::LiveRecording> told() const { return hub->told().recording; }
  bool stop() { return world.relay->recorders().stop(hub->id()); }
  // The file is whole.
  Memory::Kept finished(std::size_t i = 0) {
    world.until([&] { return memory.at(i).finished && world.relay->recorders().size() == 0; });
    return memory.at(i);
  }

  Memory memory;
  World world;
  const Buffer* clip;
  std::size_t fed = 0;
  std::shared_ptr<MediaHub> hub;
  MediaHub::Ticket ticket = 0;
  std::optional<Opened> answer;
};

void check_clean(const Buffer& bytes, std::size_t pictures_min) {
  const clips::Listing listing = clips::probe(bytes);
  CHECK(listing.complaints == "");
  CHECK(listing.of(true).size() >= pictures_min);
  for (const bool video : {true, false}) {
    std::int64_t last_us = -1;
    for (const auto& packet : listing.of(video)) {
      REQUIRE(*packet.dts_us > last_us);
      last_us = *packet.dts_us;
    }
  }
}

}  // namespace

TEST_CASE("a stream is recorded from its newest key frame until somebody stops it, the room knows, and it is no viewer") {
  Stage stage;
  REQUIRE(stage.start() == "item1");
  CHECK(stage.memory.last.title == "Garden, today");
  CHECK(stage.memory.last.owner == rooms::PersonId{8});
  REQUIRE(stage.told());
  CHECK(stage.told()->by == rooms::PersonId{8});
  CHECK(stage.told()->by_name == "Ben");
  CHECK(stage.told()->since_ms > 0);
  CHECK(stage.told()->ended == RecordingEnd::none);
  CHECK(stage.hub->viewers() == 0);
  stage.feed(1);
  CHECK(stage.stop());
  CHECK_FALSE(stage.told());
  CHECK_FALSE(stage.stop());
  const auto kept = stage.finished();
  check_clean(kept.bytes, 140);
  CHECK(kept.writes >= 5);
  CHECK_FALSE(stage.hub->ended());
}

TEST_CASE("the end of a stream ends its recording, with everything that came") {
  Stage stage;
  REQUIRE(stage.start());
  stage.feed(1);
  stage.hub->finish(stage.ticket);
  check_clean(stage.finished().bytes, 140);
}

TEST_CASE("the end of the relay ends every recording, and nothing that came is lost") {
  Stage stage;
  REQUIRE(stage.start());
  stage.feed(1);
  stage.world.relay->recorders().stop();
  stage.world.relay->recorders().join();
  REQUIRE(stage.memory.at(0).finished);
  check_clean(stage.memory.at(0).bytes, 140);
  CHECK(stage.start().error() == RecordRefusal::stopping);
}

TEST_CASE("a publisher that comes back with the same codings goes on in the same file") {
  Stage stage;
  REQUIRE(stage.start());
  stage.feed(1);
  stage.publish_again(ts());
  CHECK(stage.told());
  stage.feed(1);
  CHECK(stage.stop());
  const auto kept = stage.finished();
  check_clean(kept.bytes, 330);
}

TEST_CASE("a publisher that comes back with other codings ends the recording, which is kept and says why") {
  Stage stage;
  REQUIRE(stage.start());
  stage.feed(1);
  stage.publish_again(larger());
  stage.feed(1);
  stage.world.until([&] { return stage.told() && stage.told()->ended == RecordingEnd::changed; });
  CHECK(stage.told()->by_name == "Ben");
  check_clean(stage.finished().bytes, 140);
  // The next one begins, and is told instead.
  REQUIRE(stage.start() == "item2");
  CHECK(stage.told()->ended == RecordingEnd::none);
}

TEST_CASE("a disk or a quota that is full ends a recording: it is kept, the room is told, and the stream goes on") {
  for (const RecordingEnd why :
       {RecordingEnd::disk_full, RecordingEnd::quota, RecordingEnd::too_large, RecordingEnd::deleted, RecordingEnd::trouble}) {
    Stage stage;
    stage.memory.end_after(2, why);
    REQUIRE(stage.start());
    stage.feed(1);
    stage.world.until([&] { return stage.told() && stage.told()->ended == why; });
    CHECK(stage.finished().writes == 2);
    check_clean(stage.memory.at(0).bytes, 40);
    CHECK(stage.hub->online());
    CHECK_FALSE(stage.stop());
  }
}

TEST_CASE("a recording is as long as its bound says, and not a fragment longer") {
  Stage stage;
  const auto recorder = stage.recorder({.duration_us = 3'000'000});
  stage.feed(1);
  stage.world.until([&] { return recorder->over(); });
  REQUIRE(stage.told());
  CHECK(stage.told()->ended == RecordingEnd::too_long);
  const auto pictures = clips::probe(stage.memory.at(0).bytes).of(true);
  CHECK(pictures.size() == 75);
  CHECK(limits::recording_us_max == 4LL * 3'600'000'000);
}

TEST_CASE("what is put together is written every second") {
  Stage stage(clips::clip(clips::pictures(8) + " -c:v libx264 -preset ultrafast -g 5 -bf 0", "mpegts"));
  REQUIRE(stage.start());
  stage.feed(1);
  CHECK(stage.stop());
  const auto kept = stage.finished();
  // Five fragments a second; six seconds and a rest.
  CHECK(kept.writes >= 6);
  CHECK(kept.writes <= 8);
}

TEST_CASE("what cannot be recorded is refused: no library, nobody publishes, a coding that no file can be made of, one that is recorded") {
  {
    World world;
    std::optional<Opened> answer;
    world.relay->recorders().start(nullptr, {}, [&](Opened made) { answer = std::move(made); });
    CHECK(answer->error() == RecordRefusal::no_library);
  }
  Stage stage;
  stage.ask(nullptr);
  CHECK(stage.answer->error() == RecordRefusal::not_live);
  const auto silent = stage.world.relay->media_hub(record(1));
  stage.ask(silent);
  CHECK(stage.answer->error() == RecordRefusal::not_live);
  REQUIRE(stage.start());
  stage.ask(stage.hub);
  CHECK(stage.answer->error() == RecordRefusal::busy);
  CHECK(stage.stop());
  stage.finished();
  stage.hub->leave(stage.ticket);
  stage.ask(stage.hub);
  CHECK(stage.answer->error() == RecordRefusal::not_live);
  Stage old(mpeg1());
  old.feed(1);
  CHECK(old.start().error() == RecordRefusal::unfit);
  CHECK_FALSE(old.told());
}

TEST_CASE("a library without room refuses, and nobody is told that anything is recorded") {
  Stage stage;
  stage.memory.refuse = RecordRefusal::quota_person;
  CHECK(stage.start().error() == RecordRefusal::quota_person);
  CHECK_FALSE(stage.told());
  stage.world.until([&] { return stage.world.relay->recorders().size() == 0; });
  stage.memory.refuse.reset();
  CHECK(stage.start());
}

TEST_CASE("a stream that ends while its file is still being made has no recording to tell of") {
  Stage stage;
  stage.memory.let(false);
  stage.ask(stage.hub);
  CHECK_FALSE(stage.answer);
  stage.hub->finish(stage.ticket);
  stage.memory.let(true);
  stage.world.until([&] { return stage.answer.has_value(); });
  CHECK(stage.finished().bytes.empty());
}

TEST_CASE("as many streams of a loop are recorded at once as the bound says, and not one more") {
  WorldOptions options;
  options.bounds.recordings = 2;
  Stage stage(ts(), options);
  std::vector<std::shared_ptr<MediaHub>> hubs;
  for (int i = 1; i <= 3; ++i) {
    hubs.push_back(stage.world.relay->media_hub(record(i)));
    const auto ticket = *hubs.back()->enter(false);
    REQUIRE(hubs.back()->feed(ticket, streams::Bytes(ts()).first(ts().size() / 4)).what == MediaHub::Fed::What::fine);
  }
  for (int i = 0; i < 2; ++i) {
    stage.ask(hubs[static_cast<std::size_t>(i)]);
    stage.world.until([&] { return stage.answer.has_value(); });
    CHECK(*stage.answer);
  }
  stage.ask(hubs[2]);
  CHECK(stage.answer->error() == RecordRefusal::full);
  CHECK(stage.world.relay->recorders().stop(hubs[0]->id()));
  stage.world.until([&] { return stage.world.relay->recorders().size() == 1; });
  stage.ask(hubs[2]);
  stage.world.until([&] { return stage.answer.has_value(); });
  CHECK(*stage.answer);
  CHECK(limits::recordings_max == 8);
}

TEST_CASE("what breaks three times in a row is given up, and one fragment between makes it begin anew") {
  Stage stage;
  const auto recorder = stage.recorder();
  RecordListener& listener = *recorder;
  for (int turn = 0; turn < 2; ++turn) {
    for (int i = 0; i < limits::recording_breaks_max - 1; ++i) listener.on_broken(streams::RemuxEnd::unreadable);
    CHECK(recorder->wanted());
    if (turn == 0) listener.on_recorded();
  }
  listener.on_broken(streams::RemuxEnd::unreadable);
  CHECK_FALSE(recorder->wanted());
  REQUIRE(stage.told());
  CHECK(stage.told()->ended == RecordingEnd::unreadable);
  stage.world.until([&] { return recorder->over(); });
}

TEST_CASE("MP4 is read anew after an hour, at a key frame, and not a picture is lost or doubled") {
  Stage stage(mp4());
  std::int64_t now_us = 1;
  const auto recorder = std::make_shared<Recorder>(RecorderParts{.loop = stage.world.loop,
                                                                 .hub = stage.hub,
                                                                 .recordings = stage.memory,
                                                                 .wish = {rooms::PersonId{8}, "Ben", "Garden"},
                                                                 .server_time_us = [] { return std::int64_t{1'000'000}; },
                                                                 .now_us = [&] { return now_us; }});
  std::optional<Opened> opened;
  recorder->start([&](Opened made) { opened = std::move(made); });
  stage.world.until([&] { return opened.has_value(); });
  stage.feed(0.5);
  now_us += limits::feed_run_us_max;
  stage.feed(0.75);
  now_us += limits::feed_run_us_max - 1;
  stage.feed(1);
  recorder->stop();
  stage.world.until([&] { return recorder->over(); });
  const auto kept = stage.memory.at(0);
  check_clean(kept.bytes, 225);
  // From the third second on.
  CHECK(clips::probe(kept.bytes).of(true).size() % 25 == 0);
}

}  // namespace matinee::media::test
