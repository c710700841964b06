// Content types by file name. Pure.
#pragma once
#include <string_view>

namespace matinee::http {

struct ContentType {
  std::string_view value;
  bool compressible;
};
// "application/octet-stream" for unknown endings.
[[nodiscard]] ContentType content_type_of(std::string_view file_name);

}  // namespace matinee::http
