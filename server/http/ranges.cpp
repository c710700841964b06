#include "server/http/ranges.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace matinee::http {
namespace {

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A number too large for 64 bits lies beyond every file.
std::uint64_t clamped(std::string_view digits) { return number(digits).value_or(UINT64_MAX); }

}  // namespace

RangeResult parse_range(std::string_view field, std::uint64_t size_bytes) {
  using Kind = RangeResult::Kind;
  const RangeResult whole{Kind::whole, 0, size_bytes};
  constexpr std::string_view unit = "bytes=";
  if (!field.starts_with(unit)) return whole;
  const std::string_view spec = field.substr(unit.size());
  const std::size_t dash = spec.find('-');
  if (dash == spec.npos) return whole;
  const std::string_view first = spec.substr(0, dash);
  const std::string_view last = spec.substr(dash + 1);
  const bool suffix = first.empty();
  if ((!suffix && !all_digits(first)) || (!last.empty() && !all_digits(last)) || (suffix && last.empty())) return whole;
  if (suffix) {
    const std::uint64_t length = std::min(clamped(last), size_bytes);
    if (length == 0) return {Kind::unsatisfiable, 0, 0};
    return {Kind::part, size_bytes - length, length};
  }
  const std::uint64_t from = clamped(first);
  const std::uint64_t to = last.empty() ? UINT64_MAX : clamped(last);
  if (to < from) return whole;
  if (from >= size_bytes) return {Kind::unsatisfiable, 0, 0};
  return {Kind::part, from, std::min(to, size_bytes - 1) - from + 1};
}

bool range_applies(std::string_view if_range_field, std::string_view etag) {
  return if_range_field.empty() || (if_range_field == etag && etag.starts_with('"'));
}

std::string content_range(const RangeResult& range, std::uint64_t size_bytes) {
  const std::string size = std::to_string(size_bytes);
  if (range.kind == RangeResult::Kind::unsatisfiable) return "bytes */" + size;
  return "bytes " + std::to_string(range.offset) + "-" + std::to_string(range.offset + range.length - 1) + "/" + size;
}

}  // namespace matinee::http
