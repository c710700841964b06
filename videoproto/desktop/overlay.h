// The figures in a window's corner: what they say, and drawing them. Pure but for the picture it draws on; no thread rule.
#pragma once
#include <cstdint>
#include <opencv2/core.hpp>
#include <optional>
#include <string>

namespace matinee::desktop {

struct OverlayFigures {
  double fps = 0;
  std::optional<double> latency_ms;  // capture to display
  std::uint64_t dropped = 0;
  int quality = 0;       // of the JPEG; 0 = not known
  bool waiting = false;  // the sender is lost
};

// "29.9 fps  34 ms  2 dropped  q80"
[[nodiscard]] std::string overlay_text(const OverlayFigures& figures);
// Into the upper left corner, readable on every picture.
// alone: over the whole width and opaque, so that nothing written there before shows through.
void draw_overlay(cv::Mat& picture, const std::string& text, bool alone = false);

}  // namespace matinee::desktop
