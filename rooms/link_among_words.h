// Finds the links in a pasted text of more than a link: "look at https://youtu.be/… it is good". Where a link begins and ends is
// guessed as chat programs do it; what is found is for the parser to judge. Internal to rooms_links; pure.
#pragma once
#include <string_view>
#include <vector>

namespace matinee::rooms::link {

// In their order, parts of `text`, never the whole of it. Those that begin with http:// or https://; when there are none, whatever looks
// like host/path.
[[nodiscard]] std::vector<std::string_view> among_words(std::string_view text);

}  // namespace matinee::rooms::link
