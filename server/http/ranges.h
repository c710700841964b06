// The Range field of a GET (RFC 9110 §14): one range of bytes, first-last, first- or -suffix. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace matinee::http {

struct RangeResult {
  enum class Kind { whole, part, unsatisfiable } kind = Kind::whole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

// Several ranges, other units and malformed fields are ignored (whole), as the RFC allows.
[[nodiscard]] RangeResult parse_range(std::string_view range_field, std::uint64_t size_bytes);
// The range counts only when If-Range is absent or equals the strong ETag.
[[nodiscard]] bool range_applies(std::string_view if_range_field, std::string_view etag);
// "bytes 0-99/1234", or "bytes */1234" when unsatisfiable.
[[nodiscard]] std::string content_range(const RangeResult& range, std::uint64_t size_bytes);

}  // namespace matinee::http
