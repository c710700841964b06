// gzip of whole texts, at start. Pure.
#pragma once
#include <string>
#include <string_view>

namespace matinee::http {

// Empty when it cannot be compressed.
[[nodiscard]] std::string gzip(std::string_view text);
// Does this Accept-Encoding field take gzip?
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding_field);

}  // namespace matinee::http
