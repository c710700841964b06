// Cameras by Video4Linux.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <opencv2/videoio.hpp>

#include "videoproto/connection.h"
#include "videoproto/desktop/picture_source.h"

namespace matinee::desktop {
namespace {

std::string device_of(int index) { return "/dev/video" + std::to_string(index); }

std::string name_of_camera(int index) {
  std::ifstream file("/sys/class/video4linux/video" + std::to_string(index) + "/name");
  std::string name;
  std::getline(file, name);
  return name;
}

class CameraSource final : public PictureSource {
 public:
  CameraSource(cv::VideoCapture capture, int index, const PictureWishes& wishes) : capture_(std::move(capture)) {
    // MJPG is what cameras deliver above 640×480 at full rate over USB 2; one buffer, so that no old picture waits.
    capture_.set(cv::CAP_PROP_FOURCC, cv::VideoWriter::fourcc('M', 'J', 'P', 'G'));
    capture_.set(cv::CAP_PROP_FRAME_WIDTH, wishes.width > 0 ? wishes.width : 1280);
    capture_.set(cv::CAP_PROP_FRAME_HEIGHT, wishes.width > 0 ? wishes.width * 9 / 16 : 720);
    capture_.set(cv::CAP_PROP_FPS, wishes.fps > 0 ? wishes.fps : 30);
    capture_.set(cv::CAP_PROP_BUFFERSIZE, 1);
    info_.kind = videoproto::SourceKind::camera;
    info_.name = name_of_camera(index);
    info_.width = static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_WIDTH));
    info_.height = static_cast<int>(capture_.get(cv::CAP_PROP_FRAME_HEIGHT));
    const double fps = capture_.get(cv::CAP_PROP_FPS);
    if (std::isfinite(fps) && fps >= 1 && fps <= 1000) info_.fps = fps;
  }
  const PictureInfo& info() const override { return info_; }
  bool advance() override {
    if (!capture_.grab()) return false;
    at_us_ = videoproto::monotonic_us();
    return true;
  }
  cv::Mat picture() override {
    cv::Mat out;
    if (!capture_.retrieve(out)) return {};
    return out;
  }
  std::int64_t at_us() const override { return at_us_; }

 private:
  cv::VideoCapture capture_;
  PictureInfo info_;
  std::int64_t at_us_ = 0;
};

}  // namespace

OpenedPictures open_camera(int index, const PictureWishes& wishes) {
  std::error_code failed;
  if (!std::filesystem::exists(device_of(index), failed))
    return tl::unexpected("There is no camera " + std::to_string(index) + "; matinee-video devices lists what is there.");
  cv::VideoCapture capture;
  const std::string refusal =
      "The camera " + std::to_string(index) +
      " cannot be opened: another program may be using it, or you may not (group video); matinee-video devices lists others.";
  try {
    if (!capture.open(index, cv::CAP_V4L2)) return tl::unexpected(refusal);
  } catch (const cv::Exception&) { return tl::unexpected(refusal); }
  auto source = std::make_unique<CameraSource>(std::move(capture), index, wishes);
  if (source->info().width < 1 || !source->advance()) return tl::unexpected(refusal);
  return source;
}

std::vector<std::string> camera_lines() {
  std::vector<int> found;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator("/dev", failed)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("video") || name.size() > 8 || name.size() == 5) continue;
    if (std::all_of(name.begin() + 5, name.end(), [](char c) { return c >= '0' && c <= '9'; })) found.push_back(std::stoi(name.substr(5)));
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> lines;
  for (const int index : found) lines.push_back(std::to_string(index) + "  " + name_of_camera(index) + "  " + device_of(index));
  return lines;
}

}  // namespace matinee::desktop
