#include "rooms/text.h"
#include <algorithm>
#include "rooms/limits.h"

namespace matinee::rooms {
namespace {

// Unicode's format characters that a name can be faked with. In messages they are fine: right-to-left text and emoji need them.
bool is_unseen(std::uint32_t code_point) {
  return code_point == 0xADU || code_point == 0x061CU || code_point == 0x180EU || (code_point >= 0x200BU && code_point <= 0x200FU) ||
         (code_point >= 0x2028U && code_point <= 0x202EU) || (code_point >= 0x2060U && code_point <= 0x206FU) || code_point == 0xFEFFU ||
         (code_point >= 0xFFF9U && code_point <= 0xFFFBU) || (code_point >= 0xE0000U && code_point <= 0xE007FU);
}

// Unicode's White_Space, and letters that are drawn as nothing: the braille pattern without dots and Hangul's fillers.
bool is_space(std::uint32_t code_point) {
  return (code_point >= 0x09U && code_point <= 0x0DU) || code_point == 0x20U || code_point == 0x85U || code_point == 0xA0U || code_point == 0x1680U ||
         (code_point >= 0x2000U && code_point <= 0x200AU) || code_point == 0x2028U || code_point == 0x2029U || code_point == 0x202FU ||
         code_point == 0x205FU || code_point == 0x3000U || code_point == 0x2800U || code_point == 0x115FU || code_point == 0x1160U ||
         code_point == 0x3164U || code_point == 0xFFA0U;
}

}  // namespace

std::optional<std::uint32_t> take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80U) {
    text.remove_prefix(1);
    return lead;
  }
  const std::size_t length = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
  if (lead < 0xC2U || lead > 0xF4U || text.size() < length) return std::nullopt;
  std::uint32_t value = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return std::nullopt;
    value = (value << 6U) | (byte & 0x3FU);
  }
  constexpr std::uint32_t least_of_length[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xD800U && value <= 0xDFFFU;
  if (value < least_of_length[length] || value > 0x10FFFFU || surrogate) return std::nullopt;
  text.remove_prefix(length);
  return value;
}

std::optional<TextShape> shape_of(std::string_view text) {
  TextShape shape;
  while (!text.empty()) {
    const auto code_point = take_code_point(text);
    if (!code_point) return std::nullopt;
    ++shape.code_points;
    const bool line_break = *code_point == '\n';
    const bool tab = *code_point == '\t';
    if (line_break) shape.line_breaks = true;
    if (is_unseen(*code_point)) shape.unseen = true;
    if (!is_space(*code_point) && !is_unseen(*code_point)) shape.blank = false;
    if ((*code_point < 0x20U && !line_break && !tab) || (*code_point >= 0x7FU && *code_point <= 0x9FU)) shape.controls = true;
  }
  return shape;
}

bool is_message_id(std::string_view id) {
  if (id.size() < limits::message_id_bytes_min || id.size() > limits::message_id_bytes_max) return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace matinee::rooms
