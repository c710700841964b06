#include "videoproto/desktop/x_display.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>

namespace matinee::desktop {

std::optional<ScreenSize> screen_size() {
  Display* display = ::XOpenDisplay(nullptr);
  if (display == nullptr) return std::nullopt;
  const int screen = XDefaultScreen(display);
  const ScreenSize size{XDisplayWidth(display, screen), XDisplayHeight(display, screen)};
  ::XCloseDisplay(display);
  return size;
}

std::string focused_title() {
  Display* display = ::XOpenDisplay(nullptr);
  if (display == nullptr) return {};
  ::Window window = 0;
  int revert = 0;
  ::XGetInputFocus(display, &window, &revert);
  std::string title;
  char* name = nullptr;
  if (window > PointerRoot && ::XFetchName(display, window, &name) != 0 && name != nullptr) {
    title = name;
    ::XFree(name);
  }
  ::XCloseDisplay(display);
  return title;
}

}  // namespace matinee::desktop
