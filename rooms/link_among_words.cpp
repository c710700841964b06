#include "rooms/link_among_words.h"
#include <algorithm>
#include "rooms/link_text.h"

namespace matinee::rooms::link {
namespace {

constexpr std::string_view blanks = " \t\r\n\"<>";  // and what marks a link's end in the source of a page
constexpr std::string_view no_break_space = "\xC2\xA0";

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= text.size();) {
    const bool wide = text.substr(i, no_break_space.size()) == no_break_space;
    if (i < text.size() && !wide && blanks.find(text[i]) == std::string_view::npos) {
      ++i;
      continue;
    }
    if (i > begin) words.push_back(text.substr(begin, i - begin));
    i += wide ? no_break_space.size() : 1;
    begin = i;
  }
  return words;
}

// A closing bracket belongs to the link when it opens inside it, as in many encyclopaedia addresses.
bool is_stray_bracket(std::string_view word) {
  constexpr std::string_view closing = ")]}";
  constexpr std::string_view opening = "([{";
  const std::size_t kind = closing.find(word.back());
  if (kind == std::string_view::npos) return false;
  return std::count(word.begin(), word.end(), opening[kind]) < std::count(word.begin(), word.end(), closing[kind]);
}

// The marks of the sentence around it are not the link's. Underscore and dash stay: ids of videos end in them.
std::string_view without_marks(std::string_view word) {
  constexpr std::string_view marks = ".,;:!?*";
  for (;;) {
    word = trim(word);
    const bool mark = !word.empty() && (marks.find(word.back()) != std::string_view::npos || is_stray_bracket(word));
    if (!mark) return word;
    word.remove_suffix(1);
  }
}

// Behind letters too: a box of one line joins "A film" and the link of the next line. Behind the marks of an address it is a part of
// that one: view-source:https://…, ?u=https://…
std::string_view with_scheme(std::string_view word) {
  constexpr std::string_view inside = ":/=&?#%@+-.";
  const std::string lowered = lower(word);
  const std::size_t begin = std::min(lowered.find("https://"), lowered.find("http://"));
  if (begin == std::string::npos || (begin > 0 && inside.find(word[begin - 1]) != std::string_view::npos)) return {};
  return without_marks(word.substr(begin));
}

std::string_view with_host_and_path(std::string_view word) {
  constexpr std::string_view before = "([{*";
  while (!word.empty() && before.find(word.front()) != std::string_view::npos) word.remove_prefix(1);
  word = without_marks(word);
  const std::size_t slash = word.find('/');
  const bool host = slash != std::string_view::npos && slash + 1 < word.size() && word.substr(0, slash).find('.') != std::string_view::npos;
  return host ? word : std::string_view{};
}

}  // namespace

std::vector<std::string_view> among_words(std::string_view text) {
  const std::string_view inner = trim(text);
  std::vector<std::string_view> links;
  for (const auto find : {with_scheme, with_host_and_path}) {
    for (const std::string_view word : words_of(inner)) {
      const std::string_view link = find(word);
      if (!link.empty() && link != inner) links.push_back(link);
    }
    if (!links.empty()) return links;
  }
  return links;
}

}  // namespace matinee::rooms::link
