#include "server/wire/json_writer.h"

#include <array>
#include <charconv>

namespace matinee::wire {
namespace {

// 0 = stands for itself, 'u' = \u00XX, else the letter after the backslash.
constexpr std::array<char, 256> escapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = 'u';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  table[0x7F] = 'u';
  return table;
}();

template <class T>
void append_number(std::string& out, T value) {
  std::array<char, 32> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  out.append(digits.data(), end.ptr);
}

}  // namespace

void JsonWriter::integer(std::int64_t value) {
  begin();
  append_number(out_, value);
}

void JsonWriter::number(double value) {
  begin();
  append_number(out_, value);
}

void JsonWriter::person(rooms::PersonId id) {
  begin();
  out_ += '"';
  append_number(out_, id.value);
  out_ += '"';
}

void JsonWriter::quote(std::string_view text) {
  static constexpr char hex[] = "0123456789abcdef";
  out_ += '"';
  std::size_t plain = 0;  // start of the stretch that needs no escape
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const char escape = escapes[c];
    if (escape == 0) continue;
    out_.append(text, plain, i - plain);
    plain = i + 1;
    out_ += '\\';
    out_ += escape;
    if (escape == 'u') {
      out_ += "00";
      out_ += hex[c >> 4];
      out_ += hex[c & 15];
    }
  }
  out_.append(text, plain, text.size() - plain);
  out_ += '"';
}

}  // namespace matinee::wire
