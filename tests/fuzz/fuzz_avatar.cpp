// Whatever bytes come, a picture that passes is of the size of avatars, and does not pass any more with something behind it or its
// last byte gone.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "server/pages/avatar_picture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A copy of the exact size: a read beyond the end is then seen by the sanitizer.
  const auto copy = std::make_unique<char[]>(size);
  for (std::size_t i = 0; i < size; ++i) copy[i] = static_cast<char>(data[i]);
  const std::string_view bytes(copy.get(), size);
  if (!matinee::pages::check_avatar(bytes)) return 0;
  if (matinee::pages::check_avatar(bytes.substr(0, size - 1))) std::abort();
  if (matinee::pages::check_avatar(std::string(bytes) + '\0')) std::abort();
  return 0;
}
