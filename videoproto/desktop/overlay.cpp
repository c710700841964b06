#include "videoproto/desktop/overlay.h"

#include <algorithm>
#include <cstdio>
#include <opencv2/imgproc.hpp>

namespace matinee::desktop {

std::string overlay_text(const OverlayFigures& figures) {
  if (figures.waiting) return "waiting for the sender";
  char latency[32] = "", quality[16] = "", text[128];
  if (figures.latency_ms) std::snprintf(latency, sizeof latency, "  %.0f ms", *figures.latency_ms);
  if (figures.quality > 0) std::snprintf(quality, sizeof quality, "  q%d", figures.quality);
  std::snprintf(text, sizeof text, "%.1f fps%s  %llu dropped%s", figures.fps, latency, static_cast<unsigned long long>(figures.dropped),
                quality);
  return text;
}

void draw_overlay(cv::Mat& picture, const std::string& text, bool alone) {
  if (picture.empty() || text.empty()) return;
  const double scale = std::clamp(picture.rows / 1080.0, 0.35, 1.5);
  const int thickness = scale > 0.8 ? 2 : 1;
  int below = 0;
  const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, thickness, &below);
  const int margin = size.height / 2;
  const cv::Rect box = cv::Rect(0, 0, alone ? picture.cols : size.width + 2 * margin, size.height + below + 2 * margin) &
                       cv::Rect(0, 0, picture.cols, picture.rows);
  cv::Mat corner = picture(box);
  corner.convertTo(corner, -1, alone ? 0 : 0.35);
  cv::putText(picture, text, {margin, margin + size.height}, cv::FONT_HERSHEY_SIMPLEX, scale, {255, 255, 255}, thickness, cv::LINE_8);
}

}  // namespace matinee::desktop
