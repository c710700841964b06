// Pictures for browsers: their bytes on the wire, one copy for all, and what a slow or unwelcome viewer meets.
#include <catch2/catch.hpp>

#include "server/media/live_viewers.h"
#include "tests/media/media_world.h"

namespace matinee::media::test {
namespace {

std::string text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// A viewer whose network the test turns on and off.
class FakeView final : public LiveView {
 public:
  FakeView(const std::shared_ptr<LiveViewers>& all, std::int64_t person, std::int64_t session) : LiveView(all, watcher(person, session)) {}
  void drain() { taken(); }
  bool is_stuck(std::int64_t) override { return stuck; }

  bool quick = true, stuck = false;
  std::vector<BrowserPicture> pictures;
  int dups = 0;
  std::optional<End> over_why;

 private:
  static Watcher watcher(std::int64_t person, std::int64_t session) {
    Watcher who;
    who.visit.person.id = rooms::PersonId{person};
    who.visit.session = seams::SessionId{session};
    return who;
  }
  bool deliver(const BrowserPicture& picture) override {
    pictures.push_back(picture);
    return quick;
  }
  bool deliver_dup(const vp::Header&, std::int64_t) override {
    ++dups;
    return quick;
  }
  void over(End why) override { over_why = why; }
};

struct Stream {
  explicit Stream(std::size_t bytes_max = limits::shared_pictures_bytes_max)
      : viewers(std::make_shared<LiveViewers>(world.loop, world.gate, bytes_max)) {
    auto pool = std::move(*vp::FramePool::create(std::make_shared<vp::PoolBudget>(), {}));
    hub = std::make_shared<StreamHub>(HubParts{7, room_code, rooms::PersonId{1}, "Ada", camera(), std::move(pool),
                                               std::make_shared<MediaCounters>(), [] { return vp::monotonic_us() + 5'000'000; }, [] {}});
  }
  std::shared_ptr<FakeView> watch(std::int64_t person = 2, bool quick = true) {
    auto view = std::make_shared<FakeView>(viewers, person, person * 10);
    view->quick = quick;
    viewers->add(view, hub);
    return view;
  }
  void picture(int mark, std::size_t bytes = 1'000) {
    const Bytes content = jpeg(bytes, mark);
    auto slot = hub->begin_picture();
    REQUIRE(slot);
    for (std::size_t have = 0; have < content.size();) {
      const auto space = slot.space(have, content.size() - have);
      std::copy_n(content.begin() + std::ptrdiff_t(have), space.size(), space.begin());
      have += space.size();
    }
    hub->picture(vp::test::frame(7, number++, vp::flags::key), std::move(slot).finish(content.size()), vp::monotonic_us());
  }
  void dup() { hub->dup(vp::test::frame(7, number++, vp::flags::dup), vp::monotonic_us()); }

  World world;
  std::shared_ptr<LiveViewers> viewers;
  std::shared_ptr<StreamHub> hub;
  std::uint32_t number = 0;
};

}  // namespace

TEST_CASE("a picture for browsers is one binary message: header with the time of capture, then the JPEG") {
  Stream stream;
  const auto view = stream.watch();
  const std::int64_t before_us = vp::monotonic_us() + 5'000'000;
  stream.picture(1);
  const std::int64_t after_us = vp::monotonic_us() + 5'000'000;
  REQUIRE(view->pictures.size() == 1);
  const std::string& frame = view->pictures[0].message->bytes;
  const std::string picture = text_of(jpeg(1'000, 1));
  // RFC 6455 §5.2: FIN + binary, 16 bits of length.
  CHECK(frame.substr(0, 2) == "\x82\x7e");
  const std::size_t length = static_cast<unsigned char>(frame[2]) * 256U + static_cast<unsigned char>(frame[3]);
  CHECK(length == 32 + picture.size());
  CHECK(frame.size() == 4 + length);
  CHECK(frame.substr(view->pictures[0].jpeg_at) == picture);
  const auto header = vp::decode_header(std::span<const std::byte, 32>(reinterpret_cast<const std::byte*>(frame.data()) + 4, 32));
  REQUIRE(header);
  CHECK(header->type == vp::Type::frame);
  CHECK(header->flags == vp::flags::key);
  CHECK(header->stream == 7);
  CHECK(header->payload_bytes == picture.size());
  CHECK(static_cast<std::int64_t>(header->pts_us) >= before_us);
  CHECK(static_cast<std::int64_t>(header->pts_us) <= after_us);
}

TEST_CASE("a part of multipart MJPEG has its type, length and time, and the boundary follows at once") {
  CHECK(mjpeg_part_head(1'234, 1'790'000'000'000'042) ==
        "Content-Type: image/jpeg\r\nContent-Length: 1234\r\nX-Timestamp: 1790000000.000042\r\n\r\n");
  // RFC 2046 §5.1.1: the delimiter is CRLF, two dashes and the boundary of the type.
  const std::string boundary(mjpeg_type.substr(mjpeg_type.find("boundary=") + 9));
  CHECK(mjpeg_boundary == "--" + boundary + "\r\n");
  CHECK(mjpeg_part_end == "\r\n--" + boundary + "\r\n");
}

TEST_CASE("all browsers are sent from one copy of a picture, and the pool's slot is free at once") {
  Stream stream;
  std::vector<std::shared_ptr<FakeView>> views;
  for (int i = 0; i < 20; ++i) views.push_back(stream.watch(i + 2, false));
  for (int i = 0; i < 100; ++i) stream.picture(i);  // more than the pool has slots: REQUIRE inside
  for (const auto& view : views) {
    REQUIRE(view->pictures.size() == 1);
    CHECK(view->pictures[0].message == views[0]->pictures[0].message);
  }
  CHECK(stream.hub->viewers() == 20);
}

TEST_CASE("a slow browser skips to the newest picture when it has taken the one before") {
  Stream stream;
  const auto slow = stream.watch(2, false);
  for (int i = 1; i <= 5; ++i) stream.picture(i);
  slow->drain();
  REQUIRE(slow->pictures.size() == 2);
  CHECK(slow->pictures[1].message->bytes.substr(slow->pictures[1].jpeg_at) == text_of(jpeg(1'000, 5)));
  slow->drain();
  CHECK(slow->pictures.size() == 2);
}

TEST_CASE("a newcomer gets the last picture, and a DUP without its bytes after that") {
  Stream stream;
  stream.picture(3);
  const auto view = stream.watch();
  REQUIRE(view->pictures.size() == 1);
  stream.dup();
  CHECK(view->dups == 1);
  CHECK(view->pictures.size() == 1);
}

TEST_CASE("over the bound of pictures on their way the browser that is at one longest is closed, and others go on") {
  Stream stream(250'000);
  const auto first = stream.watch(2, false);
  stream.picture(1, 100'000);
  stream.picture(2, 100'000);
  const auto second = stream.watch(3, false);  // begins with the second picture
  const auto quick = stream.watch(4);
  quick->pictures.clear();
  stream.picture(3, 100'000);
  stream.world.until([&] { return first->over_why.has_value(); });
  CHECK(first->over_why == LiveView::End::too_slow);
  CHECK_FALSE(second->over_why);
  CHECK_FALSE(quick->over_why);
  first->pictures.clear();  // its socket is gone
  stream.picture(4, 100'000);
  REQUIRE_FALSE(quick->pictures.empty());
  CHECK((quick->pictures.back().message->bytes.substr(quick->pictures.back().jpeg_at) == text_of(jpeg(100'000, 4))));
  CHECK(stream.hub->viewers() == 2);
}

TEST_CASE("a session that ends takes its browsers along, and only those") {
  Stream stream;
  const auto leaves = stream.watch(2);
  const auto stays = stream.watch(3);
  stream.viewers->end_session(seams::SessionId{20});
  CHECK(leaves->over_why == LiveView::End::not_allowed);
  CHECK_FALSE(stays->over_why);
  CHECK(stream.hub->viewers() == 1);
  CHECK(stream.viewers->size() == 1);
}

TEST_CASE("who may not watch any more, and who is stuck, is found within a second") {
  Stream stream;
  const auto blocked = stream.watch(2);
  const auto stuck = stream.watch(3, false);
  const auto fine = stream.watch(4);
  stuck->stuck = true;
  stream.world.gate.not_watching.insert(2);
  stream.world.until([&] { return blocked->over_why && stuck->over_why; });
  CHECK(blocked->over_why == LiveView::End::not_allowed);
  CHECK(stuck->over_why == LiveView::End::too_slow);
  CHECK_FALSE(fine->over_why);
}

TEST_CASE("browsers are told that their stream has ended, or that the server stops") {
  Stream stream;
  const auto view = stream.watch();
  stream.hub->end(vp::EosReason::ended);
  CHECK(view->over_why == LiveView::End::ended);
  CHECK(stream.watch(3)->over_why == LiveView::End::ended);
  Stream other;
  const auto stopped = other.watch();
  other.viewers->stop();
  CHECK(stopped->over_why == LiveView::End::stopping);
  CHECK(other.hub->viewers() == 0);
}

}  // namespace matinee::media::test
