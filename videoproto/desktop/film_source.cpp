// Files and links, decoded by OpenCV's FFmpeg back end.
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <opencv2/videoio.hpp>

#include "videoproto/desktop/picture_source.h"

namespace matinee::desktop {
namespace {

class FilmSource final : public PictureSource {
 public:
  FilmSource(cv::VideoCapture capture, PictureInfo about) : capture_(std::move(capture)), info_(std::move(about)) {
    info_.width = static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_WIDTH));
    info_.height = static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_HEIGHT));
    const double fps = capture_.get(cv::CAP_PROP_FPS), frames = capture_.get(cv::CAP_PROP_FRAME_COUNT);
    if (std::isfinite(fps) && fps >= 1 && fps <= 1000) info_.fps = fps;
    if (std::isfinite(frames) && frames > 0) info_.length_us = static_cast<std::int64_t>(frames / info_.fps * 1e6);
  }

  const PictureInfo& info() const override { return info_; }
  bool live() const override { return false; }
  bool advance() override {
    if (!capture_.grab()) return false;
    // Some containers give no times; then the frame rate is all there is.
    const auto position_us = static_cast<std::int64_t>(capture_.get(cv::CAP_PROP_POS_MSEC) * 1'000);
    at_us_ = position_us > at_us_ || at_us_ < 0 ? position_us : at_us_ + static_cast<std::int64_t>(1e6 / info_.fps);
    return true;
  }
  cv::Mat picture() override {
    cv::Mat out;
    if (!capture_.retrieve(out)) return {};
    return out;
  }
  std::int64_t at_us() const override { return at_us_; }
  bool seek(std::int64_t position_us) override {
    at_us_ = -1;
    return capture_.set(cv::CAP_PROP_POS_MSEC, static_cast<double>(std::max<std::int64_t>(0, position_us)) / 1'000);
  }

 private:
  cv::VideoCapture capture_;
  PictureInfo info_;
  std::int64_t at_us_ = -1;
};

OpenedPictures open_film(const std::string& place, PictureInfo about, const std::string& refusal) {
  cv::VideoCapture capture;
  try {
    if (!capture.open(place, cv::CAP_FFMPEG)) return tl::unexpected(refusal);
  } catch (const cv::Exception&) { return tl::unexpected(refusal); }
  auto source = std::make_unique<FilmSource>(std::move(capture), std::move(about));
  if (source->info().width < 1 || source->info().height < 1) return tl::unexpected(refusal);
  return source;
}

}  // namespace

OpenedPictures open_file(const std::string& path) {
  std::error_code failed;
  if (!std::filesystem::exists(path, failed)) return tl::unexpected("There is no file " + path + ".");
  if (!std::filesystem::is_regular_file(path, failed) || ::access(path.c_str(), R_OK) != 0)
    return tl::unexpected("The file " + path + " cannot be read: is it a file, and yours to read?");
  // The absolute path cannot be taken for a link or an option of the decoder.
  const std::string absolute = std::filesystem::absolute(path, failed).string();
  return open_film(absolute, {videoproto::SourceKind::file, std::filesystem::path(path).filename().string()},
                   "The file " + path + " has no picture that can be decoded here; ffprobe tells what it is.");
}

OpenedPictures open_link(const std::string& link) {
  if (!link.starts_with("http://") && !link.starts_with("https://"))
    return tl::unexpected(std::string("Only http and https links are opened."));
  return open_film(link, {videoproto::SourceKind::link, link.substr(0, link.find('?'))},
                   "The link cannot be opened as a video: it may have ended, need a login, or hold a form that is not decoded here.");
}

}  // namespace matinee::desktop
