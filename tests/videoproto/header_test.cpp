#include "videoproto/header.h"

#include <catch2/catch.hpp>

#include "tests/videoproto/bytes.h"
#include "videoproto/rate.h"

namespace matinee::videoproto {
namespace {

const Header whole{Type::frame, flags::key | flags::discont, 0x00012345, 0x01020304, 0x05060708, 0x090A0B0C, 0x1112131415161718ULL};

ErrorCode refusal(const HeaderBytes& bytes, HeaderLimits limits = {}) {
  const auto header = decode_header(bytes, limits);
  REQUIRE_FALSE(header.has_value());
  return header.error();
}

HeaderBytes with_length(Type type, std::uint32_t length, std::uint16_t flag_bits = 0) {
  return encode_header(Header{type, flag_bits, length, carries_stream(type) ? 7U : 0U, 0, 0, 0});
}

}  // namespace

TEST_CASE("a header is 32 big-endian bytes in the documented order") {
  const HeaderBytes bytes = encode_header(whole);
  const test::Bytes expected = test::bytes({'V', 'P', 'R', '1', 1, 0x20, 0,  9,  0,    1,    0x23, 0x45, 1,    2,    3,    4,
                                            5,   6,   7,   8,   9, 10,   11, 12, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18});
  CHECK(test::Bytes(bytes.begin(), bytes.end()) == expected);
  CHECK(decode_header(bytes).value() == whole);
}

TEST_CASE("every type survives encoding and decoding and has a name of its own") {
  for (const Type type : all_types) {
    const Header header{type, 0, 5, carries_stream(type) ? 3U : 0U, 1, 2, 4};
    CAPTURE(name_of(type));
    CHECK(decode_header(encode_header(header)).value() == header);
    CHECK(std::count_if(all_types.begin(), all_types.end(), [&](Type other) { return name_of(other) == name_of(type); }) == 1);
  }
}

TEST_CASE("any flipped bit of a header is refused with its own code, or changes exactly the field it lies in") {
  const HeaderBytes good = encode_header(whole);
  for (std::size_t bit = 0; bit < 8 * limits::header_bytes; ++bit) {
    HeaderBytes bytes = good;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    CAPTURE(bit);
    const auto header = decode_header(bytes);
    const std::size_t offset = bit / 8;
    if (offset < 4) CHECK(header == tl::make_unexpected(ErrorCode::magic));
    else if (offset == 4) CHECK(header == tl::make_unexpected(ErrorCode::version));
    else if (!header)
      CHECK((header.error() == ErrorCode::malformed || (header.error() == ErrorCode::too_large && offset >= 8 && offset < 12)));
    else {
      CHECK(*header != whole);
      CHECK(encode_header(*header) == bytes);
    }
  }
}

TEST_CASE("any value of any byte of a header either is refused or encodes to the same bytes again") {
  const HeaderBytes good = encode_header(whole);
  for (std::size_t at = 0; at < limits::header_bytes; ++at) {
    for (int value = 0; value < 256; ++value) {
      HeaderBytes bytes = good;
      bytes[at] = static_cast<std::byte>(value);
      const auto header = decode_header(bytes);
      if (header && encode_header(*header) != bytes) FAIL("byte " << at << " value " << value);
    }
  }
}

TEST_CASE("a declared length is accepted at its type's limit and refused one beyond it") {
  for (const Type type : all_types) {
    CAPTURE(name_of(type));
    const std::uint32_t most = type == Type::frame ? limits::frame_bytes_default : type == Type::audio ? 16'384 : 8'192;
    CHECK(decode_header(with_length(type, 0)).has_value());
    CHECK(decode_header(with_length(type, most)).has_value());
    CHECK(refusal(with_length(type, most + 1)) == ErrorCode::too_large);
    CHECK(refusal(with_length(type, 0xFFFFFFFF)) == ErrorCode::too_large);
  }
}

TEST_CASE("the frame limit is configurable, up to 16 MiB and not beyond") {
  CHECK(refusal(with_length(Type::frame, 1'001), {1'000}) == ErrorCode::too_large);
  CHECK(decode_header(with_length(Type::frame, 16 * 1024 * 1024), {0xFFFFFFFF}).has_value());
  CHECK(refusal(with_length(Type::frame, 16 * 1024 * 1024 + 1), {0xFFFFFFFF}) == ErrorCode::too_large);
  CHECK(decode_header(with_length(Type::hello, 8'192), {1'000}).has_value());
}

TEST_CASE("flags are refused where their type does not know them") {
  for (const Type type : all_types) {
    for (unsigned bit = 0; bit < 16; ++bit) {
      const auto flag = static_cast<std::uint16_t>(1U << bit);
      const bool known = type == Type::frame ? bit < 4 : type == Type::audio && (flag == flags::eos || flag == flags::discont);
      CAPTURE(name_of(type), bit);
      if (known) CHECK(decode_header(with_length(type, 0, flag)).has_value());
      else CHECK(refusal(with_length(type, 0, flag)) == ErrorCode::malformed);
    }
  }
}

TEST_CASE("a repeated picture has neither payload nor the mark of a picture") {
  CHECK(decode_header(with_length(Type::frame, 0, flags::dup | flags::eos)).has_value());
  CHECK(refusal(with_length(Type::frame, 1, flags::dup)) == ErrorCode::malformed);
  CHECK(refusal(with_length(Type::frame, 0, flags::dup | flags::key)) == ErrorCode::malformed);
}

TEST_CASE("control speaks on stream 0, media and the end of a stream on a stream of their own") {
  for (const Type type : all_types) {
    CAPTURE(name_of(type));
    const Header header{type, 0, 0, carries_stream(type) ? 0U : 1U, 0, 0, 0};
    CHECK(refusal(encode_header(header)) == ErrorCode::malformed);
  }
}

TEST_CASE("with several faults in one header the first check names the error") {
  HeaderBytes bytes{};
  bytes.fill(std::byte{0xFF});
  CHECK(refusal(bytes) == ErrorCode::magic);
  const HeaderBytes good = encode_header(whole);
  std::copy_n(good.begin(), 4, bytes.begin());
  CHECK(refusal(bytes) == ErrorCode::version);
  bytes[4] = std::byte{1};
  CHECK(refusal(bytes) == ErrorCode::malformed);  // type
  bytes[5] = static_cast<std::byte>(Type::hello);
  CHECK(refusal(bytes) == ErrorCode::malformed);  // flags
  bytes[6] = bytes[7] = std::byte{0};
  CHECK(refusal(bytes) == ErrorCode::too_large);  // length before stream id
  std::fill_n(bytes.begin() + 8, 4, std::byte{0});
  CHECK(refusal(bytes) == ErrorCode::malformed);  // stream id
}

TEST_CASE("error codes are the numbers 1 to 17, each with a name and a sentence of its own") {
  for (int number = 1; number <= 17; ++number) {
    const auto code = error_code(number);
    REQUIRE(code.has_value());
    CHECK(static_cast<int>(info(*code).code) == number);
    CHECK_FALSE(info(*code).name.empty());
    CHECK(info(*code).sentence.back() == '.');
    for (int other = 1; other < number; ++other) CHECK(info(*error_code(other)).name != info(*code).name);
  }
  CHECK_FALSE(error_code(0).has_value());
  CHECK_FALSE(error_code(18).has_value());
  CHECK_FALSE(error_code(-1).has_value());
}

TEST_CASE("a rate bucket gives its burst at once and then one token per interval") {
  RateBucket bucket;
  const Rate rate{10, 3};
  for (int i = 0; i < 3; ++i) CHECK(bucket.take(1'000'000, 1, rate));
  CHECK_FALSE(bucket.take(1'000'000, 1, rate));
  CHECK_FALSE(bucket.take(1'099'999, 1, rate));
  CHECK(bucket.take(1'100'000, 1, rate));
  CHECK_FALSE(bucket.take(1'100'000, 1, rate));
}

TEST_CASE("bytes that were read already are paid for by waiting exactly as long as they take") {
  RateBucket bucket;
  const Rate rate{1'000, 500};
  CHECK(bucket.spend(0, 500, rate) == 0);
  CHECK(bucket.spend(0, 250, rate) == 250'000);
  CHECK(bucket.spend(250'000, 0, rate) == 0);
  CHECK(bucket.spend(10'000'000, 500, rate) == 0);
  CHECK(bucket.spend(10'000'000, 1, rate) == 1'000);
}

}  // namespace matinee::videoproto
