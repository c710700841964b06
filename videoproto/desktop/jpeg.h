// JPEG pictures to and from OpenCV's pictures, by libturbojpeg: a third of the time that OpenCV's own codec takes.
// Thread rule: one thread at a time; a handle per thread.
#pragma once
#include <cstddef>
#include <memory>
#include <opencv2/core.hpp>
#include <span>

namespace matinee::desktop {

class JpegEncoder {
 public:
  JpegEncoder();
  // 8-bit BGR or BGRX. The bytes are valid until the next call; empty when it failed.
  [[nodiscard]] std::span<const std::byte> encode(const cv::Mat& picture, int quality);

 private:
  struct Free {
    void operator()(void* handle) const;
  };
  struct FreeBytes {
    void operator()(unsigned char* bytes) const;
  };
  std::unique_ptr<void, Free> handle_;
  std::unique_ptr<unsigned char, FreeBytes> bytes_;
  std::size_t capacity_ = 0;
};

class JpegDecoder {
 public:
  JpegDecoder();
  // Into BGR; `into` is made to fit. False: not to be decoded.
  [[nodiscard]] bool decode(std::span<const std::byte> jpeg, cv::Mat& into);

 private:
  struct Free {
    void operator()(void* handle) const;
  };
  std::unique_ptr<void, Free> handle_;
};

}  // namespace matinee::desktop
