#include "videoproto/jpeg_head.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "tests/videoproto/bytes.h"
#include "videoproto/limits.h"

namespace matinee::videoproto {
namespace {

using namespace test;

JpegError refusal(const Bytes& bytes) {
  const auto head = scan_jpeg(bytes);
  REQUIRE_FALSE(head.has_value());
  return head.error();
}

const Bytes coded = bytes({0x11, 0x22, 0x33});

}  // namespace

TEST_CASE("a whole picture tells its dimensions") {
  const auto head = scan_jpeg(picture(1280, 720));
  REQUIRE(head.has_value());
  CHECK(*head == JpegHead{1280, 720, false});
}

TEST_CASE("baseline, extended and progressive pictures of 1, 3 or 4 components pass, with several scans") {
  for (const int code : {0xC0, 0xC1, 0xC2}) {
    for (const int components : {1, 3, 4}) {
      const Bytes whole =
          soi() + sof(64, 48, code, 8, components) + scan(coded, 1) + segment(0xC4, Bytes(20)) + scan(coded, components) + eoi();
      const auto head = scan_jpeg(whole);
      REQUIRE(head.has_value());
      CHECK(head->progressive == (code == 0xC2));
    }
  }
}

TEST_CASE("4096 in a direction passes, 4097 and 60,000 do not, nor does nothing") {
  CHECK(scan_jpeg(picture(4096, 4096)).has_value());
  CHECK(scan_jpeg(picture(1, 1)).has_value());
  CHECK(refusal(picture(4097, 10)) == JpegError::too_large);
  CHECK(refusal(picture(10, 4097)) == JpegError::too_large);
  CHECK(refusal(picture(60'000, 60'000)) == JpegError::too_large);
  CHECK(refusal(picture(0, 10)) == JpegError::too_large);
  CHECK(refusal(picture(10, 0)) == JpegError::too_large);
}

TEST_CASE("a picture cut short anywhere is refused") {
  const Bytes whole = picture();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    const JpegError why = refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    CHECK(why == (size < 2 ? JpegError::not_a_jpeg : JpegError::truncated));
  }
}

TEST_CASE("what is no JPEG is refused by its first bytes") {
  CHECK(refusal({}) == JpegError::not_a_jpeg);
  CHECK(refusal(bytes("\x89PNG\r\n\x1a\n")) == JpegError::not_a_jpeg);
  CHECK(refusal(bytes("<svg/>")) == JpegError::not_a_jpeg);
  CHECK(refusal(eoi() + soi()) == JpegError::not_a_jpeg);
}

TEST_CASE("two images are refused, in a row or one inside the other, and so is anything after the end") {
  CHECK(refusal(picture() + picture()) == JpegError::two_images);
  CHECK(refusal(picture() + bytes({0})) == JpegError::two_images);
  CHECK(refusal(soi() + picture()) == JpegError::two_images);
  CHECK(refusal(soi() + sof(8, 8) + sof(16, 16) + scan(coded) + eoi()) == JpegError::two_images);
  CHECK(refusal(soi() + sof(8, 8) + scan(coded) + soi() + eoi()) == JpegError::two_images);
}

TEST_CASE("a thumbnail inside a segment is only bytes") {
  CHECK(scan_jpeg(soi() + segment(0xE1, picture(9'000, 9'000)) + sof(8, 8) + scan(coded) + eoi()).value().width == 8);
}

TEST_CASE("markers without a place in a picture are refused") {
  for (const int code : {0x01, 0x02, 0xBF, 0xC8, 0xD0, 0xD7, 0xDC, 0xDE, 0xDF, 0xF0, 0xFD}) {
    CAPTURE(code);
    CHECK(refusal(soi() + segment(code, Bytes(4)) + sof(8, 8) + scan(coded) + eoi()) == JpegError::bad_marker);
  }
  CHECK(refusal(soi() + bytes({0x00}) + sof(8, 8) + scan(coded) + eoi()) == JpegError::bad_marker);
  CHECK(refusal(soi() + bytes({0xFF, 0x00}) + sof(8, 8) + scan(coded) + eoi()) == JpegError::bad_marker);
}

TEST_CASE("codings that receivers do not have are refused") {
  for (const int code : {0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCC, 0xCD, 0xCE, 0xCF}) {
    CAPTURE(code);
    CHECK(refusal(soi() + sof(8, 8, code) + scan(coded) + eoi()) == JpegError::unsupported);
  }
  CHECK(refusal(soi() + sof(8, 8, 0xC0, 12) + scan(coded) + eoi()) == JpegError::unsupported);
  CHECK(refusal(soi() + sof(8, 8, 0xC0, 8, 2) + scan(coded, 2) + eoi()) == JpegError::unsupported);
  CHECK(refusal(soi() + sof(8, 8, 0xC0, 8, 0) + scan(coded) + eoi()) == JpegError::unsupported);
}

TEST_CASE("segments that contradict themselves are refused") {
  CHECK(refusal(soi() + bytes({0xFF, 0xE0, 0, 1}) + sof(8, 8) + scan(coded) + eoi()) == JpegError::bad_segment);
  CHECK(refusal(soi() + bytes({0xFF, 0xE0, 0xFF, 0xFF}) + sof(8, 8) + scan(coded) + eoi()) == JpegError::truncated);
  CHECK(refusal(soi() + segment(0xC0, Bytes(5)) + scan(coded) + eoi()) == JpegError::bad_segment);
  CHECK(refusal(soi() + segment(0xC0, bytes({8, 0, 8, 0, 8, 3, 1, 0x11, 0})) + scan(coded) + eoi()) == JpegError::bad_segment);
  CHECK(refusal(soi() + segment(0xDD, Bytes(3)) + sof(8, 8) + scan(coded) + eoi()) == JpegError::bad_segment);
  CHECK(refusal(soi() + sof(8, 8) + segment(0xDA, {}) + eoi()) == JpegError::bad_segment);
  CHECK(refusal(soi() + sof(8, 8) + scan(coded, 4) + eoi()) == JpegError::bad_segment);
  CHECK(refusal(soi() + sof(8, 8) + scan(coded, 0) + eoi()) == JpegError::bad_segment);
}

TEST_CASE("a picture needs a frame header before its first scan, and a scan") {
  CHECK(refusal(soi() + scan(coded) + eoi()) == JpegError::no_picture);
  CHECK(refusal(soi() + sof(8, 8) + eoi()) == JpegError::no_picture);
  CHECK(refusal(soi() + eoi()) == JpegError::no_picture);
}

TEST_CASE("scans and segments are counted: at the bound they pass, one beyond they do not") {
  const auto with = [](std::size_t segments, std::size_t scans) {
    Bytes whole = soi();
    for (std::size_t i = 0; i < segments; ++i) whole = whole + segment(0xFE, {});
    whole = whole + sof(8, 8, 0xC2);
    for (std::size_t i = 0; i < scans; ++i) whole = whole + scan(coded);
    return whole + eoi();
  };
  CHECK(scan_jpeg(with(0, limits::jpeg_scans_max)).has_value());
  CHECK(refusal(with(0, limits::jpeg_scans_max + 1)) == JpegError::too_many_parts);
  CHECK(scan_jpeg(with(limits::jpeg_segments_max - 2, 1)).has_value());
  CHECK(refusal(with(limits::jpeg_segments_max - 1, 1)) == JpegError::too_many_parts);
}

TEST_CASE("stuffing, restarts and fill bytes belong to the picture") {
  const Bytes data = bytes({0xFF, 0x00, 0xFF, 0xD0, 0x01, 0xFF, 0xD7, 0xFF, 0xFF, 0x00, 0x02, 0xFF, 0xFF, 0xFF});
  CHECK(scan_jpeg(soi() + bytes({0xFF, 0xFF}) + sof(8, 8) + scan(data) + eoi()).has_value());
}

TEST_CASE("no mutation of a picture makes the scanner read beyond it or pass a dimension over the bound") {
  const Bytes whole = soi() + segment(0xE0, Bytes(14)) + segment(0xDB, Bytes(65)) + sof(640, 360, 0xC2) + scan(coded) +
                      segment(0xC4, Bytes(20)) + scan(coded) + eoi();
  for (unsigned seed = 0; seed < 20'000; ++seed) {
    std::mt19937 random(seed);
    Bytes broken = whole;
    for (unsigned i = 0; i <= random() % 3; ++i) broken[random() % broken.size()] = static_cast<std::byte>(random());
    broken.resize(broken.size() - random() % 4);
    const auto head = scan_jpeg(broken);
    if (head && (head->width > limits::picture_side_max || head->height > limits::picture_side_max)) FAIL("seed " << seed);
  }
}

TEST_CASE("pictures as encoders write them pass") {
  struct Row {
    const char* file;
    JpegHead head;
  };
  for (const Row& row :
       {Row{"grey", {8, 8, false}}, Row{"baseline", {24, 16, false}}, Row{"progressive", {24, 16, true}}, Row{"restart", {24, 16, false}},
        Row{"gray", {24, 16, false}}, Row{"cmyk", {24, 16, false}}, Row{"mjpeg_encoder", {32, 24, false}}}) {
    std::ifstream file(std::string(MATINEE_JPEG_CORPUS) + "/" + row.file, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    CAPTURE(row.file);
    const auto head = scan_jpeg(std::as_bytes(std::span(content)));
    REQUIRE(head.has_value());
    CHECK(*head == row.head);
  }
}

TEST_CASE("every refusal has a name of its own") {
  for (int i = 0; i <= static_cast<int>(JpegError::too_many_parts); ++i) {
    CHECK(name_of(static_cast<JpegError>(i)) != "?");
    for (int other = 0; other < i; ++other) CHECK(name_of(static_cast<JpegError>(i)) != name_of(static_cast<JpegError>(other)));
  }
}

}  // namespace matinee::videoproto
