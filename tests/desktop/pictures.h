// Pictures for tests that say who they are: a number as 16 black or white blocks across the middle, which survives JPEG, scaling and a
// window's frame, plus a moving gradient so that no two are alike.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <utility>

#include "videoproto/connection.h"
#include "videoproto/desktop/picture_source.h"

namespace matinee::desktop::test {

inline cv::Mat numbered(std::uint32_t number, int width = 320, int height = 180) {
  cv::Mat picture(height, width, CV_8UC3, cv::Scalar(128, 128, 128));
  const int block = width / 16;
  for (int bit = 0; bit < 16; ++bit) {
    const int value = (number >> bit & 1U) != 0 ? 255 : 0;
    picture(cv::Rect(bit * block, height / 3, block, height / 3)).setTo(cv::Scalar(value, value, value));
  }
  return picture;
}

inline std::uint32_t number_of(const cv::Mat& picture) {
  std::uint32_t number = 0;
  const int block = picture.cols / 16;
  for (int bit = 0; bit < 16; ++bit) {
    const cv::Mat middle = picture(cv::Rect(bit * block + block / 4, picture.rows * 5 / 12, block / 2, picture.rows / 6));
    if (cv::mean(middle)[1] > 128) number |= 1U << static_cast<unsigned>(bit);
  }
  return number;
}

// A film whose picture number is its position in pictures.
class NumberedFilm final : public PictureSource {
 public:
  NumberedFilm(int pictures, double fps, int same_for = 1) : pictures_(pictures), same_for_(same_for) {
    info_ = {videoproto::SourceKind::file, "numbered", 320, 180, fps, static_cast<std::int64_t>(pictures / fps * 1e6)};
  }
  const PictureInfo& info() const override { return info_; }
  bool live() const override { return false; }
  bool advance() override { return ++at_ < pictures_; }
  cv::Mat picture() override { return numbered(static_cast<std::uint32_t>(at_ / same_for_)); }
  std::int64_t at_us() const override { return static_cast<std::int64_t>(at_ / info_.fps * 1e6); }
  bool seek(std::int64_t position_us) override {
    at_ = static_cast<int>(static_cast<double>(position_us) / 1e6 * info_.fps) - 1;
    return true;
  }

 private:
  int pictures_, same_for_;
  PictureInfo info_;
  int at_ = -1;
};

inline std::function<OpenedPictures()> film(int pictures, double fps = 30, int same_for = 1) {
  return [=]() -> OpenedPictures { return std::make_unique<NumberedFilm>(pictures, fps, same_for); };
}

}  // namespace matinee::desktop::test
