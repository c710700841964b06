#include "server/wire/raw_member.h"

#include <cstddef>

namespace matinee::wire {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && is_blank(text[at])) ++at;
  return at;
}

// `at` is on the opening quote; returns the place after the closing one: the first quote behind an even number of backslashes.
std::size_t skip_string(std::string_view text, std::size_t at) {
  for (std::size_t quote = text.find('"', at + 1); quote != text.npos; quote = text.find('"', quote + 1)) {
    std::size_t before = quote;
    while (text[before - 1] == '\\') --before;
    if ((quote - before) % 2 == 0) return quote + 1;
  }
  return text.size();
}

std::size_t skip_value(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') return skip_string(text, at);
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = skip_string(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    else if (c == '}' || c == ']') {
      if (depth == 0) return at;
      if (--depth == 0) return at + 1;
    } else if (depth == 0 && (c == ',' || is_blank(c))) {
      return at;
    }
    ++at;
  }
  return text.size();
}

}  // namespace

std::string_view raw_member(std::string_view object, std::string_view name) {
  std::string_view found;
  std::size_t at = skip_blanks(object, 0) + 1;
  while (true) {
    at = skip_blanks(object, at);
    if (at >= object.size() || object[at] != '"') return found;
    const std::size_t key_end = skip_string(object, at);
    const std::string_view key = object.substr(at + 1, key_end - at - 2);
    at = skip_blanks(object, skip_blanks(object, key_end) + 1);
    const std::size_t value_end = skip_value(object, at);
    if (key == name) found = object.substr(at, value_end - at);
    at = skip_blanks(object, value_end) + 1;
  }
}

}  // namespace matinee::wire
