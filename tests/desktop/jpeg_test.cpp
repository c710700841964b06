// JPEG there and back, and what is drawn on pictures.
#include "videoproto/desktop/jpeg.h"

#include <catch2/catch.hpp>
#include <opencv2/imgproc.hpp>

#include "tests/desktop/pictures.h"
#include "videoproto/desktop/overlay.h"
#include "videoproto/desktop/viewer.h"
#include "videoproto/jpeg_head.h"

namespace matinee::desktop {

TEST_CASE("a picture comes back through JPEG with its number, from three and four channels") {
  JpegEncoder encoder;
  JpegDecoder decoder;
  for (const std::uint32_t number : {0U, 0xA5C3U, 0xFFFFU}) {
    cv::Mat picture = test::numbered(number, 640, 360), four;
    cv::cvtColor(picture, four, cv::COLOR_BGR2BGRA);
    for (const cv::Mat& from : {picture, four}) {
      const auto jpeg = encoder.encode(from, 60);
      const auto head = videoproto::scan_jpeg(jpeg);  // what the relay checks
      REQUIRE(head);
      CHECK(head->width == 640);
      cv::Mat back;
      REQUIRE(decoder.decode(jpeg, back));
      CHECK(test::number_of(back) == number);
    }
  }
}

TEST_CASE("what is no picture is not decoded, and what cannot be encoded gives nothing") {
  JpegDecoder decoder;
  cv::Mat back;
  CHECK_FALSE(decoder.decode({}, back));
  CHECK_FALSE(decoder.decode(std::as_bytes(std::span("\xFF\xD8\xFF\xE0 no picture")), back));
  JpegEncoder encoder;
  CHECK(encoder.encode({}, 80).empty());
  CHECK(encoder.encode(cv::Mat(8, 8, CV_16UC3), 80).empty());
}

TEST_CASE("the quality is read from the picture's own tables") {
  JpegEncoder encoder;
  const cv::Mat picture = test::numbered(1);
  for (const int quality : {40, 55, 80, 90}) CHECK(std::abs(jpeg_quality(encoder.encode(picture, quality)) - quality) <= 1);
  CHECK(jpeg_quality({}) == 0);
}

TEST_CASE("the overlay says rate, latency, losses and quality, and keeps to its corner") {
  CHECK(overlay_text({29.97, 34.4, 2, 80, false}) == "30.0 fps  34 ms  2 dropped  q80");
  CHECK(overlay_text({5, {}, 0, 0, false}) == "5.0 fps  0 dropped");
  CHECK(overlay_text({5, {}, 0, 0, true}) == "waiting for the sender");
  cv::Mat picture(720, 1280, CV_8UC3, cv::Scalar(200, 200, 200));
  const cv::Mat before = picture.clone();
  draw_overlay(picture, "30.0 fps  34 ms  2 dropped  q80");
  CHECK(cv::norm(picture(cv::Rect(0, 0, 300, 30)), before(cv::Rect(0, 0, 300, 30))) > 0);
  CHECK(cv::norm(picture(cv::Rect(0, 100, 1280, 620)), before(cv::Rect(0, 100, 1280, 620))) == 0);
  cv::Mat tiny(2, 2, CV_8UC3, cv::Scalar(0, 0, 0));
  draw_overlay(tiny, "does not fit");  // stays within the picture
}

}  // namespace matinee::desktop
