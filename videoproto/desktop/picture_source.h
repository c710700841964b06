// PictureSource: where sent pictures come from. Cameras and screens are live: next() waits for the coming picture. Files and links have
// positions: next() decodes the following one, at(), seek() and skip() move in them.
// Thread rule: the thread that opened it.
#pragma once
#include <cstdint>
#include <memory>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "videoproto/control.h"
#include "videoproto/desktop/options.h"

namespace matinee::desktop {

struct PictureInfo {
  videoproto::SourceKind kind = videoproto::SourceKind::camera;
  std::string name;
  int width = 0, height = 0;
  double fps = 30;
  std::int64_t length_us = 0;  // 0 = live, or not known
};

class PictureSource {
 public:
  virtual ~PictureSource() = default;
  [[nodiscard]] virtual const PictureInfo& info() const = 0;
  [[nodiscard]] virtual bool live() const { return true; }
  // Moves to the following picture. False: the end, or the device is gone.
  [[nodiscard]] virtual bool advance() = 0;
  // The picture advanced to; valid until the next call. Empty: this one is damaged.
  [[nodiscard]] virtual cv::Mat picture() = 0;
  // Live: when it was taken, on the clock of monotonic_us. Else its position in the film.
  [[nodiscard]] virtual std::int64_t at_us() const = 0;
  virtual bool seek(std::int64_t) { return false; }
};

using OpenedPictures = tl::expected<std::unique_ptr<PictureSource>, std::string>;  // the error is a sentence
[[nodiscard]] OpenedPictures open_camera(int index, const PictureWishes& wishes);
[[nodiscard]] OpenedPictures open_screen(const PictureWishes& wishes);
[[nodiscard]] OpenedPictures open_file(const std::string& path);
// A direct http(s) link that the link parser accepted, or what a resolver answered for one.
[[nodiscard]] OpenedPictures open_link(const std::string& link);

// "0  Integrated Camera  /dev/video0", one line a device.
[[nodiscard]] std::vector<std::string> camera_lines();
[[nodiscard]] std::vector<std::string> screen_lines();

}  // namespace matinee::desktop
