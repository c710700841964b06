#include "videoproto/frame_pool.h"

#include <unistd.h>
#include <catch2/catch.hpp>
#include <fstream>
#include <thread>

#include "tests/videoproto/allocations.h"
#include "tests/videoproto/bytes.h"
#include "videoproto/audio_ring.h"
#include "videoproto/jpeg_head.h"
#include "videoproto/mailbox.h"
#include "videoproto/session.h"

namespace matinee::videoproto {
namespace {

using test::operator+;

FramePool pool_of(std::shared_ptr<PoolBudget> budget, std::uint32_t frame_bytes_max = limits::frame_bytes_default) {
  auto pool = FramePool::create(std::move(budget), {frame_bytes_max});
  REQUIRE(pool.has_value());
  return std::move(*pool);
}

FramePool pool_of(std::uint32_t frame_bytes_max = limits::frame_bytes_default) {
  return pool_of(std::make_shared<PoolBudget>(), frame_bytes_max);
}

Frame fill(FramePool& pool, std::span<const std::byte> bytes) {
  FrameFill slot = pool.begin();
  REQUIRE(slot);
  for (std::size_t have = 0; have < bytes.size();) {
    const auto space = slot.space(have, bytes.size() - have);
    REQUIRE_FALSE(space.empty());
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(have), space.size(), space.begin());
    have += space.size();
  }
  return std::move(slot).finish(bytes.size());
}

Frame fill(FramePool& pool, std::size_t size, int value) { return fill(pool, test::Bytes(size, static_cast<std::byte>(value))); }

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("a frame is the bytes that came, whoever holds it") {
  FramePool pool = pool_of();
  const Frame first = fill(pool, test::picture());
  const Frame copy = first;
  CHECK(test::Bytes(copy.bytes().begin(), copy.bytes().end()) == test::picture());
  CHECK(copy == first);
  CHECK(fill(pool, 10, 1) != first);
  CHECK(Frame().bytes().empty());
}

TEST_CASE("a slot is free again when the last holder lets go, or when its picture never came") {
  FramePool pool = pool_of();
  Frame first = fill(pool, 100, 1);
  CHECK(pool.free_slots() == 63);
  Frame second = first;
  first = Frame();
  CHECK(pool.free_slots() == 63);
  second = Frame();
  CHECK(pool.free_slots() == 64);
  {
    const FrameFill abandoned = pool.begin();
    CHECK(pool.free_slots() == 63);
  }
  CHECK(pool.free_slots() == 64);
}

TEST_CASE("64 frames are held at once; there is no 65th until one is let go") {
  FramePool pool = pool_of(4'096);
  std::vector<Frame> held;
  for (int i = 0; i < 64; ++i) held.push_back(fill(pool, 4'096, i));
  CHECK(pool.free_slots() == 0);
  CHECK_FALSE(pool.begin());
  for (int i = 0; i < 64; ++i) CHECK(held[static_cast<std::size_t>(i)].bytes()[4'095] == static_cast<std::byte>(i));
  held.erase(held.begin() + 20);
  CHECK(pool.begin());
}

TEST_CASE("a slot takes its largest frame and not one byte more") {
  FramePool pool = pool_of(100'000);
  CHECK(fill(pool, 100'000, 1).bytes().size() == 100'000);
  CHECK(pool.begin().space(0, 100'001).empty());
  CHECK(pool.begin().space(99'999, 2).empty());
  CHECK(FrameFill().space(0, 1).empty());
}

TEST_CASE("reserving slots costs no memory; pages count as bytes come, at most a portion ahead") {
  const auto budget = std::make_shared<PoolBudget>();
  const std::size_t before = resident_bytes();
  FramePool pool = pool_of(budget, limits::frame_bytes_max);
  CHECK(resident_bytes() < before + (1U << 20));
  CHECK(budget->touched_bytes() == 0);
  FrameFill slot = pool.begin();
  CHECK(slot.space(0, limits::frame_bytes_max).size() == 64 * 1024);
  CHECK(budget->touched_bytes() == 64 * 1024);
  CHECK(slot.space(64 * 1024, 1).size() == 1);
  CHECK(budget->touched_bytes() == 64 * 1024 + static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
}

TEST_CASE("a slot used again offers its warm pages at once and claims nothing") {
  const auto budget = std::make_shared<PoolBudget>();
  FramePool pool = pool_of(budget);
  static_cast<void>(fill(pool, 300'000, 1));
  const std::size_t touched = budget->touched_bytes();
  CHECK(touched >= 300'000);
  FrameFill slot = pool.begin();
  CHECK(slot.space(0, 300'000).size() == 300'000);
  CHECK(budget->touched_bytes() == touched);
}

TEST_CASE("over the budget a frame finds no space, and a smaller one that fits does") {
  const auto budget = std::make_shared<PoolBudget>(128 * 1024);
  FramePool pool = pool_of(budget), other = pool_of(budget);
  Frame held = fill(pool, 64 * 1024, 1);
  Frame more = fill(other, 64 * 1024, 2);
  FrameFill slot = pool.begin();
  CHECK(slot.space(0, 1).empty());
  more = Frame();  // scarce: its pages go back at once
  CHECK(budget->touched_bytes() == 64 * 1024);
  CHECK_FALSE(slot.space(0, 1).empty());
}

TEST_CASE("a resting stream gives its pages back, its held frames stay whole, and an ended stream gives all back") {
  const auto budget = std::make_shared<PoolBudget>();
  {
    FramePool pool = pool_of(budget);
    const Frame held = fill(pool, 70'000, 7);
    { const Frame gone = fill(pool, 500'000, 8); }
    pool.trim();
    CHECK(budget->touched_bytes() < 80'000);
    CHECK(held.bytes()[69'999] == std::byte{7});
    CHECK(pool.free_slots() == 63);
    CHECK(fill(pool, 500'000, 9).bytes()[499'999] == std::byte{9});
  }
  CHECK(budget->touched_bytes() == 0);
}

TEST_CASE("a frame outlives its stream") {
  const auto budget = std::make_shared<PoolBudget>();
  Frame frame;
  {
    FramePool pool = pool_of(budget);
    frame = fill(pool, 5'000, 3);
  }
  CHECK(frame.bytes()[4'999] == std::byte{3});
  CHECK(budget->touched_bytes() > 0);
  frame = Frame();
  CHECK(budget->touched_bytes() == 0);
}

TEST_CASE("viewers on other threads let go of frames while the stream goes on") {
  FramePool pool = pool_of(4'096);
  for (int round = 0; round < 200; ++round) {
    std::vector<Frame> frames;
    for (int i = 0; i < 60; ++i) frames.push_back(fill(pool, 100, i));
    std::thread one([copies = frames]() mutable { copies.clear(); });
    std::thread two([copies = frames]() mutable { copies.clear(); });
    frames.clear();
    static_cast<void>(fill(pool, 100, 1));
    one.join();
    two.join();
    REQUIRE(pool.free_slots() == 64);
  }
}

TEST_CASE("with 8 slots free nobody is closed, with 7 the viewer that held one longest") {
  const std::vector<Holding> holdings{{11, 500}, {12, 100}, {13, 300}};
  CHECK_FALSE(viewer_to_close(8, holdings).has_value());
  CHECK(viewer_to_close(7, holdings) == 12);
  CHECK(viewer_to_close(0, holdings) == 12);
  CHECK_FALSE(viewer_to_close(0, {}).has_value());
}

namespace {

// The relay's path of a frame without its sockets: header, slot, head check, mailboxes of two viewers, header out.
class Path final : public ParserSink {
 public:
  Path() : pool_(pool_of()) { REQUIRE_FALSE(session_.open_stream(5)); }
  Verdict on_header(const Header& header) override {
    if (header.type == Type::frame) slot_ = pool_.begin();
    return header.type == Type::frame && !slot_ ? Verdict::skip() : session_.on_header(header, now_us_ += 33'000);
  }
  std::span<std::byte> on_space(const Header& header, std::size_t have, std::size_t missing) override {
    if (header.type == Type::audio) return audio_in_;
    return slot_.space(have, missing);
  }
  std::optional<ErrorCode> on_message(const Header& header) override {
    if (header.type == Type::audio) {
      REQUIRE(audio_.push(header, std::span(audio_in_).first(header.payload_bytes), now_us_));
      if (audio_.read(cursor_, now_us_)) ++sent_;
      return std::nullopt;
    }
    const Frame frame = std::move(slot_).finish(header.payload_bytes);
    if (!scan_jpeg(frame.bytes())) return ErrorCode::internal;
    for (Mailbox* viewer : {&quick_, &slow_}) viewer->put({header, frame, header.sequence, now_us_});
    if (auto unit = quick_.take(now_us_)) sent_ += encode_header(unit->header).size() > 0 ? 1U : 0U;
    return std::nullopt;
  }
  [[nodiscard]] std::size_t sent() const { return sent_; }

  void open() {
    session_.on_message(Type::hello, 0);
    REQUIRE(session_.on_send(Type::welcome));
    session_.on_message(Type::auth, 0);
    REQUIRE(session_.on_send(Type::auth_ok));
  }

 private:
  FramePool pool_;
  Session session_{Role::relay, 0};
  std::int64_t now_us_ = 0;
  FrameFill slot_;
  std::array<std::byte, limits::audio_bytes_max> audio_in_{};
  AudioRing audio_;
  AudioCursor cursor_;
  Mailbox quick_, slow_;
  std::size_t sent_ = 0;
};

}  // namespace

TEST_CASE("a relayed frame or audio packet allocates nothing on its way from bytes to bytes") {
  Path path;
  path.open();
  Parser parser(path);
  test::Bytes input;
  for (std::uint32_t i = 1; i <= 100; ++i) {
    input =
        input + test::message(test::frame(5, i), test::picture()) + test::message(Header{Type::audio, 0, 0, 5, i, 0, 0}, test::Bytes(400));
  }
  REQUIRE_FALSE(parser.feed(std::span(input).first(1'000)).has_value());
  const std::size_t before = test::allocations();
  const auto error = parser.feed(std::span(input).subspan(1'000));
  const std::size_t after = test::allocations();
  CHECK_FALSE(error.has_value());
  CHECK(after == before);
  CHECK(path.sent() == 200);
}

}  // namespace matinee::videoproto
