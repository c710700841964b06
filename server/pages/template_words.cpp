#include "server/pages/template_words.h"

#include <algorithm>
#include <map>
#include <optional>

namespace matinee::pages {
namespace {

using Slots = std::map<std::string, std::string, std::less<>>;

constexpr std::string_view plain_open = "{{t ";
constexpr std::string_view block_open = "{{#t ";
constexpr std::string_view block_close = "{{/t}}";
constexpr std::string_view slot_open = "{{:";
constexpr std::string_view language_tag = "{{lang}}";
constexpr std::string_view close = "}}";

// Quotes too: many texts stand in attributes. An apostrophe may stay, our attributes are in double quotes.
void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
}

class Writer {
 public:
  Writer(const Words& words, std::string& why) : words_(words), why_(why) {}

  std::optional<std::string> expanded(std::string_view text) {
    std::string out;
    while (true) {
      const std::size_t at = next_tag(text);
      out.append(text.substr(0, at));
      if (at == std::string_view::npos) return out;
      text.remove_prefix(at);
      const std::size_t end = text.find(close);
      if (end == std::string_view::npos) return fail("has a tag that does not end");
      const bool good = text.starts_with(language_tag) ? language(out)
                        : text.starts_with(block_open) ? block(out, text, end)
                                                       : plain(out, text, end);
      if (!good) return std::nullopt;
      text.remove_prefix(text.find(close) + close.size());
    }
  }

 private:
  static std::size_t next_tag(std::string_view text) {
    return std::min({text.find(plain_open), text.find(block_open), text.find(language_tag)});
  }

  bool language(std::string& out) {
    out.append(words_.tag());
    return true;
  }

  bool plain(std::string& out, std::string_view text, std::size_t end) {
    return write(out, text.substr(plain_open.size(), end - plain_open.size()), {});
  }

  // Leaves `text` at the closing tag, whose end the caller looks for.
  bool block(std::string& out, std::string_view& text, std::size_t end) {
    const std::string_view key = text.substr(block_open.size(), end - block_open.size());
    const std::size_t last = text.find(block_close);
    if (last == std::string_view::npos) return fail("has words that do not end: " + std::string(key)).has_value();
    std::string_view inside = text.substr(end + close.size(), last - end - close.size());
    Slots slots;
    for (std::size_t slot = inside.find(slot_open); slot != std::string_view::npos; slot = inside.find(slot_open)) {
      inside.remove_prefix(slot + slot_open.size());
      const std::size_t name_end = inside.find(close);
      if (name_end == std::string_view::npos) return fail("has a tag that does not end").has_value();
      const std::string name(inside.substr(0, name_end));
      inside.remove_prefix(name_end + close.size());
      auto markup = expanded(inside.substr(0, inside.find(slot_open)));
      if (!markup) return false;
      slots.emplace(name, std::move(*markup));
    }
    text.remove_prefix(last);
    return write(out, key, slots);
  }

  bool write(std::string& out, std::string_view key, const Slots& slots) {
    const auto pattern = words_.raw(key);
    if (!pattern)
      return fail("asks for words that the language " + std::string(words_.tag()) + " does not have: " + std::string(key)).has_value();
    std::string_view rest = *pattern;
    for (std::size_t open = rest.find('{'); open != std::string_view::npos; open = rest.find('{')) {
      const std::size_t end = rest.find('}', open);
      if (end == std::string_view::npos) break;
      const std::string_view name = rest.substr(open + 1, end - open - 1);
      append_escaped(out, rest.substr(0, open));
      if (const auto slot = slots.find(name); slot != slots.end()) out.append(slot->second);
      else out.append("{{").append(name).append("}}");
      rest.remove_prefix(end + 1);
    }
    append_escaped(out, rest);
    return true;
  }

  std::optional<std::string> fail(const std::string& why) {
    why_ = why;
    return std::nullopt;
  }

  const Words& words_;
  std::string& why_;
};

}  // namespace

bool put_words(std::string& text, const Words& words, std::string& why) {
  auto expanded = Writer(words, why).expanded(text);
  if (!expanded) return false;
  text = std::move(*expanded);
  return true;
}

}  // namespace matinee::pages
