// The few questions to X11, apart because its headers define words like Status and None.
// Thread rule: any; a connection of its own each time.
#pragma once
#include <optional>
#include <string>

namespace matinee::desktop {

struct ScreenSize {
  int width = 0, height = 0;
};
// Nothing when there is no display that can be opened.
[[nodiscard]] std::optional<ScreenSize> screen_size();
// The title of the window that has the keyboard; empty when that is none.
[[nodiscard]] std::string focused_title();

}  // namespace matinee::desktop
