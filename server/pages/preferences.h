// What a person with an account set for themselves: follows them to every browser. Guests keep the same things in their browser
// (static/js/models/settings.js). Each value is one of a few words, so what is saved is as long as the longest of them and no longer.
// Pure.
#pragma once
#include <string>
#include <string_view>
#include "server/http/form.h"
#include "server/pages/model.h"

namespace matinee::pages {

struct Preferences {
  std::string theme = "system";   // system, dark, light
  std::string motion = "system";  // system, reduced, full
  std::string announce = "all";   // all, mentions, off: which chat lines a screen reader says
  bool ask_first = false;         // before anything is loaded from another site
  bool letter_keys = true;
};

// Of a form; unknown words and missing fields are the usual ones, a switch that is not there is off.
[[nodiscard]] Preferences preferences_of(const http::Form& form);

// The text that is kept: again a form, so that one reader reads both. Nothing saved yet, or nothing that can be read: the usual.
[[nodiscard]] std::string saved_text_of(const Preferences& preferences);
[[nodiscard]] Preferences preferences_saved(std::string_view text);

[[nodiscard]] std::string preferences_json(const Preferences& preferences);
void show_preferences(Model& model, const Preferences& preferences);  // for the form of the account page

}  // namespace matinee::pages
