#include "server/library/stills.h"

#include <sys/mman.h>
#include <unistd.h>

#include <string_view>
#include <utility>
#include <vector>

#include "server/library/picture.h"

namespace matinee::library {
namespace {

// A file in memory. The child has no descriptor of ours, so it opens it by our process's name for it.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(::memfd_create("still", MFD_CLOEXEC)) {
    while (fd_ >= 0 && !bytes.empty()) {
      const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
      if (written <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    whole_ = fd_ >= 0;
  }
  ~MemoryFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  [[nodiscard]] bool whole() const { return whole_; }
  [[nodiscard]] std::string path() const { return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(fd_); }

 private:
  int fd_;
  bool whole_ = false;
};

}  // namespace

Stills::Stills(Tools tools) : tools_(std::move(tools)), thread_([this] { run(); }) {}

Stills::~Stills() {
  stopping_ = true;
  static_cast<void>(wishes_.close_and_empty());
  thread_.join();
}

bool Stills::make(StillWish wish) { return !tools_.ffmpeg.empty() && wishes_.push(wish); }

void Stills::run() {
  while (const auto wish = wishes_.pop()) {
    std::string jpeg = picture_of(*wish);
    if (!stopping_) wish->done(std::move(jpeg));
  }
}

std::string Stills::picture_of(const StillWish& wish) const {
  const MemoryFile file(wish.bytes());
  if (!file.whole()) return {};
  const std::vector<std::string> input{"-v",
                                       "quiet",
                                       "-protocol_whitelist",
                                       "file",
                                       "-format_whitelist",
                                       "mpegts,matroska,mov",
                                       "-codec_whitelist",
                                       "h264,hevc,vp8,vp9,av1,libdav1d,libaom-av1,mpeg1video,mpeg2video,mjpeg",
                                       "-threads",
                                       "1",
                                       "-f",
                                       wish.format,
                                       "-i",
                                       "file:" + file.path()};
  return make_picture(tools_.ffmpeg, input,
                      {.wall = limits::still_max,
                       .cpu_s = limits::child_cpu_s,
                       .memory_bytes = limits::child_memory_bytes_max,
                       .file_bytes = 0,
                       .output_bytes = limits::picture_bytes_max,
                       .nice = limits::look_nice},
                      stopping_);
}

}  // namespace matinee::library
