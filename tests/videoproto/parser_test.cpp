#include "videoproto/parser.h"

#include <catch2/catch.hpp>
#include <functional>
#include <random>

#include "tests/videoproto/bytes.h"

namespace matinee::videoproto {
namespace {

using test::Bytes;
using test::operator+;
using Message = std::pair<Header, Bytes>;

// Keeps what it is told and hands out memory in portions, as a control buffer or a pool slot would.
class Recorder final : public ParserSink {
 public:
  std::size_t portion = 1'000'000;
  std::optional<std::size_t> memory_left;
  std::vector<Message> messages;
  std::vector<Header> headers, skipped;
  std::size_t largest_space = 0;
  std::function<Verdict(const Header&)> judge = [](const Header&) { return Verdict::take(); };
  std::optional<ErrorCode> answer;

  Verdict on_header(const Header& header) override {
    headers.push_back(header);
    payload_.clear();
    return judge(header);
  }
  std::span<std::byte> on_space(const Header& header, std::size_t have, std::size_t missing) override {
    CHECK(have + missing == header.payload_bytes);
    CHECK(have == payload_.size());
    std::size_t size = std::min(portion, missing);
    if (memory_left) size = std::min(size, *memory_left);
    if (memory_left) *memory_left -= size;
    payload_.resize(have + size);
    largest_space = std::max(largest_space, payload_.size());
    return std::span(payload_).subspan(have);
  }
  std::optional<ErrorCode> on_message(const Header& header) override {
    messages.emplace_back(header, payload_);
    return answer;
  }
  void on_skipped(const Header& header) override { skipped.push_back(header); }

 private:
  Bytes payload_;
};

Bytes conversation() {
  return test::message(test::control(Type::hello), test::bytes("{\"max_version\":1}")) + test::message(test::control(Type::ping)) +
         test::message(test::frame(5, 1), test::picture()) + test::message(test::frame(5, 2, flags::dup)) +
         test::message(Header{Type::audio, 0, 0, 5, 0, 0, 9}, Bytes(1'500, std::byte{0xAB})) + test::message(test::control(Type::bye));
}

std::vector<Message> parse_whole(const Bytes& bytes) {
  Recorder recorder;
  Parser parser(recorder);
  CHECK_FALSE(parser.feed(bytes).has_value());
  CHECK(parser.at_boundary());
  return recorder.messages;
}

}  // namespace

TEST_CASE("a conversation in one piece gives its messages in order") {
  const auto messages = parse_whole(conversation());
  REQUIRE(messages.size() == 6);
  CHECK(messages[0].first.type == Type::hello);
  CHECK(messages[0].second == test::bytes("{\"max_version\":1}"));
  CHECK(messages[1].second.empty());
  CHECK(messages[2].second == test::picture());
  CHECK(messages[3].first.has(flags::dup));
  CHECK(messages[4].second.size() == 1'500);
  CHECK(messages[5].first.type == Type::bye);
}

TEST_CASE("fed by messages, the parser stops behind each one") {
  const Bytes bytes = conversation();
  Recorder recorder;
  Parser parser(recorder);
  std::size_t at = 0, count = 0;
  while (at < bytes.size()) {
    at += parser.feed_message(std::span(bytes).subspan(at));
    CHECK(recorder.messages.size() == ++count);
    CHECK(parser.at_boundary());
  }
  CHECK(recorder.messages == parse_whole(bytes));
}

TEST_CASE("one byte at a time gives the same messages as all at once") {
  Recorder recorder;
  Parser parser(recorder);
  for (const std::byte byte : conversation()) REQUIRE_FALSE(parser.feed(std::span(&byte, 1)).has_value());
  CHECK(recorder.messages == parse_whole(conversation()));
}

TEST_CASE("random portions, copied or read in place, with memory in portions of any size, give the same messages") {
  const Bytes bytes = conversation();
  const auto expected = parse_whole(bytes);
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    Recorder recorder;
    recorder.portion = 1 + random() % 700;
    Parser parser(recorder);
    std::size_t at = 0;
    while (at < bytes.size()) {
      std::size_t size = std::min<std::size_t>(bytes.size() - at, 1 + random() % (random() % 4 == 0 ? 900 : 9));
      const auto space = parser.space();
      if (random() % 2 == 0 && !space.empty()) {
        size = std::min(size, space.size());
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), size, space.begin());
        REQUIRE_FALSE(parser.advance(size).has_value());
      } else {
        REQUIRE_FALSE(parser.feed(std::span(bytes).subspan(at, size)).has_value());
      }
      at += size;
    }
    CAPTURE(seed);
    CHECK(recorder.messages == expected);
    CHECK(parser.at_boundary());
  }
}

TEST_CASE("the sink hears of a header before any memory is asked for, and of nothing until the header is whole") {
  Recorder recorder;
  Parser parser(recorder);
  const HeaderBytes head = encode_header(Header{Type::frame, 0, 2 * 1024 * 1024, 1, 0, 0, 0});
  recorder.judge = [&](const Header&) {
    CHECK(recorder.largest_space == 0);
    return Verdict::refuse(ErrorCode::auth_required);
  };
  CHECK_FALSE(parser.feed(std::span(head).first(31)).has_value());
  CHECK(recorder.headers.empty());
  CHECK(parser.feed(std::span(head).last(1)) == ErrorCode::auth_required);
  CHECK(recorder.headers.size() == 1);
  CHECK(recorder.largest_space == 0);
}

TEST_CASE("a large declared length costs only as much memory as bytes came") {
  Recorder recorder;
  recorder.portion = 1'024;
  Parser parser(recorder);
  const HeaderBytes head = encode_header(Header{Type::frame, 0, 2 * 1024 * 1024, 1, 0, 0, 0});
  static_cast<void>(parser.feed(head));
  CHECK(recorder.largest_space == 1'024);
  static_cast<void>(parser.feed(Bytes(5'000)));
  CHECK(recorder.largest_space == 5'120);
}

TEST_CASE("lengths of limit + 1 and of 4 GiB are refused without asking the sink") {
  for (const std::uint32_t length : {limits::frame_bytes_default + 1, 0xFFFFFFFFU}) {
    Recorder recorder;
    Parser parser(recorder);
    const HeaderBytes head = encode_header(Header{Type::frame, 0, length, 1, 0, 0, 0});
    CHECK(parser.feed(head) == ErrorCode::too_large);
    CHECK(recorder.headers.empty());
  }
}

TEST_CASE("another protocol is recognised by its first wrong byte") {
  for (std::size_t good = 0; good < 4; ++good) {
    Recorder recorder;
    Parser parser(recorder);
    Bytes first = test::bytes("VPR1");
    first.resize(good);
    CHECK_FALSE(parser.feed(first).has_value());
    CHECK(parser.feed(test::bytes("G")) == ErrorCode::magic);
  }
}

TEST_CASE("after an error the parser answers the same error for everything and tells the sink nothing more") {
  Recorder recorder;
  Parser parser(recorder);
  CHECK(parser.feed(test::bytes("GET / HTTP/1.1\r\n\r\n")) == ErrorCode::magic);
  CHECK(parser.feed(conversation()) == ErrorCode::magic);
  CHECK(parser.space().empty());
  CHECK(parser.error() == ErrorCode::magic);
  CHECK(recorder.headers.empty());
}

TEST_CASE("an error that the sink finds in a payload stops the parser") {
  Recorder recorder;
  recorder.answer = ErrorCode::malformed;
  Parser parser(recorder);
  CHECK(parser.feed(conversation()) == ErrorCode::malformed);
  CHECK(recorder.messages.size() == 1);
}

TEST_CASE("a skipped payload is read over without memory, and the next message is found") {
  const Bytes bytes = conversation();
  for (const std::size_t portion : {std::size_t{1}, std::size_t{77}, bytes.size()}) {
    Recorder recorder;
    recorder.judge = [](const Header& header) { return header.type == Type::frame ? Verdict::skip() : Verdict::take(); };
    Parser parser(recorder);
    for (std::size_t at = 0; at < bytes.size(); at += portion) {
      REQUIRE_FALSE(parser.feed(std::span(bytes).subspan(at, std::min(portion, bytes.size() - at))).has_value());
    }
    CHECK(recorder.headers.size() == 6);
    REQUIRE(recorder.messages.size() == 4);
    CHECK(recorder.messages[2].first.type == Type::audio);
    CHECK(recorder.skipped.empty());
  }
}

TEST_CASE("when memory runs out, at once or midway, the rest of that payload is skipped and the sink is told at its end") {
  for (const std::size_t memory : {0, 40}) {
    Recorder recorder;
    recorder.portion = 20;
    recorder.memory_left = memory;
    Parser parser(recorder);
    CHECK_FALSE(parser.feed(test::message(test::frame(1, 1), test::picture())).has_value());
    CHECK(recorder.messages.empty());
    REQUIRE(recorder.skipped.size() == 1);
    recorder.memory_left.reset();
    CHECK_FALSE(parser.feed(test::message(test::frame(1, 2), test::picture())).has_value());
    REQUIRE(recorder.messages.size() == 1);
    CHECK(recorder.messages[0].first.sequence == 2);
  }
}

TEST_CASE("each byte of a header in mid-conversation set wrong never disturbs the messages before it") {
  const Bytes before = test::message(test::control(Type::ping)), bytes = before + test::message(test::frame(5, 1), test::picture());
  for (std::size_t at = before.size(); at < before.size() + limits::header_bytes; ++at) {
    for (const int flip : {0x01, 0x80, 0xFF}) {
      Bytes broken = bytes;
      broken[at] ^= static_cast<std::byte>(flip);
      Recorder recorder;
      Parser parser(recorder);
      const auto error = parser.feed(broken);
      REQUIRE_FALSE(recorder.messages.empty());
      CHECK(recorder.messages[0].first.type == Type::ping);
      CHECK((error.has_value() || recorder.headers.size() >= 2));
    }
  }
}

}  // namespace matinee::videoproto
