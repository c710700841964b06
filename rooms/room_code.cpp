#include "rooms/room_code.h"

namespace matinee::rooms {
namespace {

// 32 letters: a code must survive being read aloud and typed by somebody else. Leaving both 0 and O out would make them errors;
// keeping one of each group lets every way to type it mean the same code.
constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static_assert(alphabet.size() == 32);

char read_letter(char typed) {
  const char upper = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
  switch (upper) {
    case 'O': return '0';
    case 'I':
    case 'L': return '1';
    case 'U': return 'V';
    default: return upper;
  }
}

bool is_separator(char c) { return c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '_' || c == '.'; }

// Word processors and phones turn a hyphen into one of U+2010 … U+2015: E2 80 90 … E2 80 95.
bool starts_with_dash(std::string_view text) {
  return text.size() >= 3 && text[0] == '\xE2' && text[1] == '\x80' && text[2] >= '\x90' && text[2] <= '\x95';
}

}  // namespace

std::string make_room_code(std::uint64_t random_bits) {
  std::string code(room_code_length, '0');
  for (char& letter : code) {
    letter = alphabet[random_bits & 31U];
    random_bits >>= 5U;
  }
  return code;
}

std::optional<std::string> read_room_code(std::string_view typed) {
  std::string code;
  while (!typed.empty()) {
    if (starts_with_dash(typed)) {
      typed.remove_prefix(3);
      continue;
    }
    const char c = typed.front();
    typed.remove_prefix(1);
    if (is_separator(c)) continue;
    const char letter = read_letter(c);
    if (code.size() == room_code_length || alphabet.find(letter) == std::string_view::npos) return std::nullopt;
    code.push_back(letter);
  }
  if (code.size() != room_code_length) return std::nullopt;
  return code;
}

std::string show_room_code(std::string_view canonical) {
  if (canonical.size() != room_code_length) return std::string(canonical);
  return std::string(canonical.substr(0, 4)) + "-" + std::string(canonical.substr(4));
}

}  // namespace matinee::rooms
