// Puts one language's words into a template's text, at start, so that showing a page costs nothing more:
//   {{t area.key}}      the text, escaped; a {name} in it becomes the variable {{name}}
//   {{#t area.key}}{{:link}}<a href="/login">{{t nav.log_in}}</a>{{/t}}      the same, with markup of the template for {link}
//   {{lang}}            the language's tag
// Thread rule: pure.
#pragma once
#include <string>
#include <string_view>
#include "server/pages/strings.h"

namespace matinee::pages {

// On failure false and what is wrong, to follow the name of the file: "asks for words that are not there: a.b".
[[nodiscard]] bool put_words(std::string& text, const Words& words, std::string& why);

}  // namespace matinee::pages
