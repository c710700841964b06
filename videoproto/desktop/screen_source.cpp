// The screen by X11's shared memory extension: one copy a picture, and the format that the encoder takes.
// Under Wayland no program may look at the screen by itself, and its X11 shows black: that is said instead.
#include <sys/ipc.h>
#include <sys/shm.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "videoproto/connection.h"
#include "videoproto/desktop/inbox.h"
#include "videoproto/desktop/picture_source.h"

// After everything else: they define words like Status and None.
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/XShm.h>

namespace matinee::desktop {
namespace {

constexpr int fps_default = 15;
bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

class ScreenSource final : public PictureSource {
 public:
  explicit ScreenSource(Display* display) : display_(display) {}
  ~ScreenSource() override {
    if (attached_) ::XShmDetach(display_, &segment_);
    if (image_ != nullptr) {
      image_->data = nullptr;  // the segment's, not Xlib's
      XDestroyImage(image_);
    }
    if (segment_.shmaddr != nullptr) ::shmdt(segment_.shmaddr);
    ::XCloseDisplay(display_);
  }
  ScreenSource(const ScreenSource&) = delete;
  ScreenSource& operator=(const ScreenSource&) = delete;

  bool open(int fps) {
    const int screen = XDefaultScreen(display_);
    const auto width = static_cast<unsigned>(XDisplayWidth(display_, screen)),
               height = static_cast<unsigned>(XDisplayHeight(display_, screen));
    if (::XShmQueryExtension(display_) == 0) return false;
    image_ = ::XShmCreateImage(display_, XDefaultVisual(display_, screen), static_cast<unsigned>(XDefaultDepth(display_, screen)), ZPixmap,
                               nullptr, &segment_, width, height);
    if (image_ == nullptr || image_->bits_per_pixel != 32 || image_->red_mask != 0xFF0000 || image_->byte_order != LSBFirst) return false;
    segment_.shmid = ::shmget(IPC_PRIVATE, static_cast<std::size_t>(image_->bytes_per_line) * height, IPC_CREAT | 0600);
    if (segment_.shmid < 0) return false;
    segment_.shmaddr = static_cast<char*>(::shmat(segment_.shmid, nullptr, 0));
    image_->data = segment_.shmaddr;
    segment_.readOnly = 0;
    attached_ = ::XShmAttach(display_, &segment_) != 0;
    ::XSync(display_, 0);
    ::shmctl(segment_.shmid, IPC_RMID, nullptr);  // goes when the last one detaches
    info_ = {videoproto::SourceKind::screen, "Screen", image_->width, image_->height, static_cast<double>(fps)};
    return attached_;
  }

  const PictureInfo& info() const override { return info_; }
  // The tick of the wanted rate; a late one is not made up for.
  bool advance() override {
    next_us_ = std::max(next_us_ + static_cast<std::int64_t>(1e6 / info_.fps), videoproto::monotonic_us());
    std::this_thread::sleep_until(time_at(next_us_));
    at_us_ = videoproto::monotonic_us();
    return ::XShmGetImage(display_, XDefaultRootWindow(display_), image_, 0, 0, AllPlanes) != 0;
  }
  cv::Mat picture() override {
    return {image_->height, image_->width, CV_8UC4, image_->data, static_cast<std::size_t>(image_->bytes_per_line)};
  }
  std::int64_t at_us() const override { return at_us_; }

 private:
  Display* display_;
  XImage* image_ = nullptr;
  XShmSegmentInfo segment_{};
  bool attached_ = false;
  PictureInfo info_;
  std::int64_t next_us_ = 0, at_us_ = 0;
};

}  // namespace

OpenedPictures open_screen(const PictureWishes& wishes) {
  if (is_set("WAYLAND_DISPLAY"))
    return tl::unexpected(std::string(
        "This is a Wayland session, which lets no program take pictures of the screen: log in to an X11 (Xorg) session, or share the "
        "screen from the browser."));
  Display* display = ::XOpenDisplay(nullptr);
  if (display == nullptr)
    return tl::unexpected(std::string("There is no X11 display whose screen could be sent (DISPLAY is not set, or cannot be opened)."));
  auto source = std::make_unique<ScreenSource>(display);
  if (!source->open(wishes.fps > 0 ? wishes.fps : fps_default))
    return tl::unexpected(std::string("This X11 display does not give its picture as 32-bit shared memory (a remote one cannot)."));
  return source;
}

std::vector<std::string> screen_lines() {
  if (is_set("WAYLAND_DISPLAY")) return {};
  Display* display = ::XOpenDisplay(nullptr);
  if (display == nullptr) return {};
  const int screen = XDefaultScreen(display);
  const std::string line = std::string(XDisplayString(display)) + "  " + std::to_string(XDisplayWidth(display, screen)) + " x " +
                           std::to_string(XDisplayHeight(display, screen));
  ::XCloseDisplay(display);
  return {line};
}

}  // namespace matinee::desktop
