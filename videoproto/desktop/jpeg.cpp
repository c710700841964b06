#include "videoproto/desktop/jpeg.h"

#include <turbojpeg.h>

#include "videoproto/limits.h"

namespace matinee::desktop {

void JpegEncoder::Free::operator()(void* handle) const { ::tjDestroy(handle); }
void JpegEncoder::FreeBytes::operator()(unsigned char* bytes) const { ::tjFree(bytes); }
void JpegDecoder::Free::operator()(void* handle) const { ::tjDestroy(handle); }

JpegEncoder::JpegEncoder() : handle_(::tjInitCompress()) {}
JpegDecoder::JpegDecoder() : handle_(::tjInitDecompress()) {}

std::span<const std::byte> JpegEncoder::encode(const cv::Mat& picture, int quality) {
  if (!handle_ || picture.empty() || picture.depth() != CV_8U || (picture.channels() != 3 && picture.channels() != 4)) return {};
  const std::size_t most = ::tjBufSize(picture.cols, picture.rows, TJSAMP_420);
  if (capacity_ < most) {
    bytes_.reset(::tjAlloc(static_cast<int>(most)));
    capacity_ = bytes_ ? most : 0;
  }
  if (!bytes_) return {};
  unsigned char* into = bytes_.get();
  unsigned long size = capacity_;
  const int failed =
      ::tjCompress2(handle_.get(), picture.data, picture.cols, static_cast<int>(picture.step), picture.rows,
                    picture.channels() == 3 ? TJPF_BGR : TJPF_BGRX, &into, &size, TJSAMP_420, quality, TJFLAG_FASTDCT | TJFLAG_NOREALLOC);
  if (failed != 0) return {};
  return std::as_bytes(std::span(into, size));
}

bool JpegDecoder::decode(std::span<const std::byte> jpeg, cv::Mat& into) {
  int width = 0, height = 0, sampling = 0, space = 0;
  const auto* bytes = reinterpret_cast<const unsigned char*>(jpeg.data());
  if (!handle_ || ::tjDecompressHeader3(handle_.get(), bytes, jpeg.size(), &width, &height, &sampling, &space) != 0) return false;
  constexpr int side_max = videoproto::limits::picture_side_max;
  if (width < 1 || height < 1 || width > side_max || height > side_max) return false;
  into.create(height, width, CV_8UC3);
  const int failed = ::tjDecompress2(handle_.get(), bytes, jpeg.size(), into.data, width, static_cast<int>(into.step), height, TJPF_BGR,
                                     TJFLAG_FASTDCT | TJFLAG_FASTUPSAMPLE | TJFLAG_LIMITSCANS);
  // A picture that is a little damaged is still one.
  return failed == 0 || ::tjGetErrorCode(handle_.get()) == TJERR_WARNING;
}

}  // namespace matinee::desktop
