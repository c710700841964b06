#include "videoproto/desktop/windows.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <opencv2/highgui.hpp>
#include <opencv2/imgcodecs.hpp>

#include "videoproto/connection.h"
#include "videoproto/desktop/x_display.h"

namespace matinee::desktop {
namespace {

constexpr int key_escape = 27;
constexpr double picture_of_screen = 0.8;    // a window's first size at most
constexpr std::int64_t settle_us = 500'000;  // a fresh window is not "closed" before it is mapped

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

cv::Size first_size(const cv::Mat& picture) {
  const auto screen = screen_size();
  if (!screen) return {picture.cols, picture.rows};
  const double fit = std::min({1.0, screen->width * picture_of_screen / picture.cols, screen->height * picture_of_screen / picture.rows});
  return {std::max(1, static_cast<int>(picture.cols * fit)), std::max(1, static_cast<int>(picture.rows * fit))};
}

std::string file_name(std::uint32_t stream) {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[64];
  std::strftime(text, sizeof text, "matinee-%Y%m%d-%H%M%S", &local);
  return std::string(text) + "-" + std::to_string(stream) + ".png";
}

}  // namespace

std::optional<std::string> why_no_windows() {
  const std::string hint = " Log in on a desktop, set DISPLAY, or use --headless.";
  const char* platform = std::getenv("QT_QPA_PLATFORM");
  if (platform != nullptr && std::string(platform).starts_with("offscreen")) return std::nullopt;
  if (!is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY")) return "There is no display to open windows on." + hint;
  if (is_set("DISPLAY") && !is_set("WAYLAND_DISPLAY") && !screen_size())
    return "The display " + std::string(std::getenv("DISPLAY")) + " cannot be opened." + hint;
  return std::nullopt;
}

Windows::~Windows() {
  for (const auto& [stream, window] : windows_) cv::destroyWindow(window.name);
}

void Windows::show(std::uint32_t stream, const std::string& title, const cv::Mat& picture) {
  auto found = windows_.find(stream);
  if (found == windows_.end()) {
    Window window{"matinee " + std::to_string(stream), picture, full_screen_, videoproto::monotonic_us()};
    cv::namedWindow(window.name, cv::WINDOW_NORMAL | cv::WINDOW_KEEPRATIO | cv::WINDOW_GUI_NORMAL);
    cv::setWindowTitle(window.name, title);
    if (full_screen_) cv::setWindowProperty(window.name, cv::WND_PROP_FULLSCREEN, cv::WINDOW_FULLSCREEN);
    else {
      const cv::Size size = first_size(picture);
      cv::resizeWindow(window.name, size.width, size.height);
    }
    found = windows_.emplace(stream, std::move(window)).first;
    newest_ = stream;
  }
  found->second.picture = picture;
  cv::imshow(found->second.name, picture);
}

void Windows::close(std::uint32_t stream) {
  const auto found = windows_.find(stream);
  if (found == windows_.end()) return;
  cv::destroyWindow(found->second.name);
  windows_.erase(found);
}

std::map<std::uint32_t, Windows::Window>::iterator Windows::focused() {
  if (windows_.size() <= 1) return windows_.begin();
  const std::string title = focused_title();
  const auto found = std::find_if(windows_.begin(), windows_.end(),
                                  [&](const auto& entry) { return title.ends_with("[" + std::to_string(entry.first) + "]"); });
  return found != windows_.end() ? found : windows_.find(newest_);
}

void Windows::on_key(int key, Turn& turn) {
  const auto found = focused();
  if (found == windows_.end()) return;
  auto& [stream, window] = *found;
  if (key == 'q' || key == 'Q' || key == key_escape) {
    turn.closed.push_back(stream);
  } else if (key == 'f' || key == 'F') {
    window.full_screen = !window.full_screen;
    cv::setWindowProperty(window.name, cv::WND_PROP_FULLSCREEN, window.full_screen ? cv::WINDOW_FULLSCREEN : cv::WINDOW_NORMAL);
  } else if (key == 's' || key == 'S') {
    const std::string file = file_name(stream);
    bool saved = false;
    try {
      saved = cv::imwrite(file, window.picture);
    } catch (const cv::Exception&) {}
    turn.notes.push_back(saved ? "Saved " + file + "." : "The picture cannot be saved as " + file + " in this folder.");
  }
}

Windows::Turn Windows::turn() {
  Turn result;
  if (windows_.empty()) return result;
  const int key = cv::waitKey(1);
  if (key >= 0) on_key(key & 0xFF, result);
  const std::int64_t now = videoproto::monotonic_us();
  for (const auto& [stream, window] : windows_) {
    if (now > window.shown_us + settle_us && cv::getWindowProperty(window.name, cv::WND_PROP_VISIBLE) < 1) result.closed.push_back(stream);
  }
  return result;
}

}  // namespace matinee::desktop
