// The windows: one a watched stream, on the main thread, by OpenCV's Qt windows. Without a display OpenCV would abort, so that is looked
// at first. Keys: q or Esc closes, f full screen, s saves the picture.
// Thread rule: the main thread.
#pragma once
#include <cstdint>
#include <map>
#include <opencv2/core.hpp>
#include <optional>
#include <string>
#include <vector>

namespace matinee::desktop {

// A sentence when there is no display that can be opened.
[[nodiscard]] std::optional<std::string> why_no_windows();

class Windows {
 public:
  explicit Windows(bool full_screen) : full_screen_(full_screen) {}
  ~Windows();
  Windows(const Windows&) = delete;
  Windows& operator=(const Windows&) = delete;

  // Opens the window with its first picture. `title` names it.
  void show(std::uint32_t stream, const std::string& title, const cv::Mat& picture);
  void close(std::uint32_t stream);
  [[nodiscard]] bool empty() const { return windows_.empty(); }

  struct Turn {
    std::vector<std::uint32_t> closed;  // by the person
    std::vector<std::string> notes;
  };
  // Lets the windows draw and hear keys: 1–3 ms.
  [[nodiscard]] Turn turn();

 private:
  struct Window {
    std::string name;  // OpenCV's, unique
    cv::Mat picture;
    bool full_screen = false;
    std::int64_t shown_us = 0;
  };
  void on_key(int key, Turn& turn);
  [[nodiscard]] std::map<std::uint32_t, Window>::iterator focused();

  bool full_screen_;
  std::map<std::uint32_t, Window> windows_;
  std::uint32_t newest_ = 0;
};

}  // namespace matinee::desktop
