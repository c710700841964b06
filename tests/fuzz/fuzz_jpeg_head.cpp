// Whatever bytes come, a picture that passes has sane dimensions, begins with SOI, ends with EOI, and does not pass any more
// when its end is cut off or something is put behind it.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "videoproto/jpeg_head.h"
#include "videoproto/limits.h"

using namespace matinee::videoproto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of the exact size: a read beyond the end is then seen by the sanitizer.
  const auto copy = std::make_unique<std::uint8_t[]>(size + 1);
  if (size > 0) std::memcpy(copy.get(), data, size);
  const auto exact = std::make_unique<std::uint8_t[]>(size);
  if (size > 0) std::memcpy(exact.get(), data, size);
  const auto head = scan_jpeg(std::as_bytes(std::span(exact.get(), size)));
  if (!head) return 0;
  if (head->width < 1 || head->width > limits::picture_side_max || head->height < 1 || head->height > limits::picture_side_max)
    std::abort();
  if (size < 4 || data[0] != 0xFF || data[1] != 0xD8 || data[size - 2] != 0xFF || data[size - 1] != 0xD9) std::abort();
  const auto all = std::as_bytes(std::span(copy.get(), size + 1));
  if (scan_jpeg(all) || scan_jpeg(all.first(size - 1)) || scan_jpeg(all.first(size - 2))) std::abort();
  return 0;
}
