#include "rooms/emoji.h"
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>
#include "rooms/limits.h"
#include "rooms/text.h"

namespace matinee::rooms {
namespace {

using CodePoints = std::vector<std::uint32_t>;
using At = CodePoints::const_iterator;

constexpr std::uint32_t joiner = 0x200DU;
constexpr std::uint32_t emoji_style = 0xFE0FU;
constexpr std::uint32_t keycap = 0x20E3U;
constexpr std::uint32_t black_flag = 0x1F3F4U;
constexpr std::uint32_t end_of_tags = 0xE007FU;

struct Range {
  std::uint32_t first;
  std::uint32_t last;
  [[nodiscard]] bool holds(std::uint32_t point) const { return point >= first && point <= last; }
};
constexpr Range regional{0x1F1E6U, 0x1F1FFU};
constexpr Range skin_tones{0x1F3FBU, 0x1F3FFU};
constexpr Range tags{0xE0020U, 0xE007EU};

// The blocks in which emoji are; none of them holds a letter of any script.
bool is_picture(std::uint32_t point) {
  static constexpr std::array blocks{Range{0x2194U, 0x21AAU}, Range{0x231AU, 0x23FFU}, Range{0x25AAU, 0x27BFU},
                                     Range{0x2934U, 0x2935U}, Range{0x2B05U, 0x2B55U}, Range{0x1F000U, 0x1FAFFU}};
  static constexpr std::array<std::uint32_t, 10> single{0xA9U,   0xAEU,   0x203CU, 0x2049U, 0x2122U,
                                                        0x24C2U, 0x3030U, 0x303DU, 0x3297U, 0x3299U};
  if (regional.holds(point)) return false;  // only in pairs
  return std::any_of(blocks.begin(), blocks.end(), [point](const Range& block) { return block.holds(point); }) ||
         std::find(single.begin(), single.end(), point) != single.end();
}

bool take(At& at, At end, std::uint32_t point) {
  if (at == end || *at != point) return false;
  ++at;
  return true;
}

bool take(At& at, At end, Range range) {
  if (at == end || !range.holds(*at)) return false;
  ++at;
  return true;
}

bool is_keycap(At at, At end) {
  const bool key = at != end && (*at == '#' || *at == '*' || (*at >= '0' && *at <= '9'));
  if (!key) return false;
  ++at;
  (void)take(at, end, emoji_style);
  return take(at, end, keycap) && at == end;
}

bool is_country(At at, At end) { return take(at, end, regional) && take(at, end, regional) && at == end; }

bool is_region(At at, At end) {
  if (!take(at, end, black_flag) || !take(at, end, tags)) return false;
  while (take(at, end, tags)) {}
  return take(at, end, end_of_tags) && at == end;
}

// Pictures, each with its style or skin tone, joined to one.
bool is_pictures(At at, At end) {
  do {
    if (at == end || !is_picture(*at)) return false;
    ++at;
    if (!take(at, end, emoji_style)) (void)take(at, end, skin_tones);
  } while (take(at, end, joiner));
  return at == end;
}

}  // namespace

bool is_emoji(std::string_view text) {
  if (text.empty() || text.size() > limits::emoji_bytes_max) return false;
  CodePoints points;
  while (!text.empty()) {
    const auto point = take_code_point(text);
    if (!point) return false;
    points.push_back(*point);
  }
  const At at = points.begin();
  const At end = points.end();
  return is_pictures(at, end) || is_country(at, end) || is_keycap(at, end) || is_region(at, end);
}

}  // namespace matinee::rooms
