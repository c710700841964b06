#include "server/pages/preferences.h"

#include <algorithm>
#include <array>

namespace matinee::pages {
namespace {

using Words = std::array<std::string_view, 3>;
constexpr Words themes{"system", "dark", "light"};
constexpr Words motions{"system", "reduced", "full"};
constexpr Words announcements{"all", "mentions", "off"};

// The first word is the usual one.
std::string one_of(const Words& words, std::string_view typed) {
  const auto* found = std::find(words.begin(), words.end(), typed);
  return std::string(found == words.end() ? words.front() : *found);
}

void show_choice(Model& model, const std::string& name, const Words& words, std::string_view chosen) {
  for (const std::string_view word : words) model.set(name + "_" + std::string(word), word == chosen);
}

std::string_view yes_or_no(bool yes) { return yes ? "true" : "false"; }

}  // namespace

Preferences preferences_of(const http::Form& form) {
  Preferences chosen;
  chosen.theme = one_of(themes, form.value_or_empty("theme"));
  chosen.motion = one_of(motions, form.value_or_empty("motion"));
  chosen.announce = one_of(announcements, form.value_or_empty("announce"));
  chosen.ask_first = form.value("ask_first").has_value();
  chosen.letter_keys = form.value("letter_keys").has_value();
  return chosen;
}

std::string saved_text_of(const Preferences& preferences) {
  std::string text = "theme=" + preferences.theme + "&motion=" + preferences.motion + "&announce=" + preferences.announce;
  if (preferences.ask_first) text += "&ask_first=on";
  if (preferences.letter_keys) text += "&letter_keys=on";
  return text;
}

Preferences preferences_saved(std::string_view text) {
  const auto form = text.empty() ? std::nullopt : http::Form::parse(text);
  return form ? preferences_of(*form) : Preferences{};
}

std::string preferences_json(const Preferences& preferences) {
  std::string json =
      R"({"theme":")" + preferences.theme + R"(","motion":")" + preferences.motion + R"(","announce":")" + preferences.announce;
  json += R"(","ask_first":)";
  json += yes_or_no(preferences.ask_first);
  json += R"(,"letter_keys":)";
  json += yes_or_no(preferences.letter_keys);
  return json + "}";
}

void show_preferences(Model& model, const Preferences& preferences) {
  show_choice(model, "theme", themes, preferences.theme);
  show_choice(model, "motion", motions, preferences.motion);
  show_choice(model, "announce", announcements, preferences.announce);
  model.set("ask_first", preferences.ask_first).set("letter_keys", preferences.letter_keys);
}

}  // namespace matinee::pages
