#include "server/http/accept_language.h"

#include <algorithm>

namespace matinee::http {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes what stands before the next `mark` off the front.
std::string_view take(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(front);
}

// ";q=0.85" in thousandths, 0 to 1000; what cannot be read counts as refused.
int quality_of(std::string_view parameters) {
  std::string_view weight = take(parameters, ';');
  if (weight.empty()) return 1000;
  if (weight.size() < 3 || (weight[0] != 'q' && weight[0] != 'Q') || weight[1] != '=') return 0;
  weight.remove_prefix(2);
  if (weight.size() > 5 || (weight[0] != '0' && weight[0] != '1') || (weight.size() > 1 && weight[1] != '.')) return 0;
  int quality = weight[0] == '1' ? 1000 : 0;
  int unit = 100;
  for (std::size_t i = 2; i < weight.size(); ++i, unit /= 10) {
    if (weight[i] < '0' || weight[i] > '9') return 0;
    quality += (weight[i] - '0') * unit;
  }
  return std::min(quality, 1000);
}

bool asks_for(std::string_view range, std::string_view language) {
  const std::string_view primary = range.substr(0, range.find('-'));
  return range == "*" || std::equal(primary.begin(), primary.end(), language.begin(), language.end(), [](char asked, char ours) {
           return (asked >= 'A' && asked <= 'Z' ? static_cast<char>(asked - 'A' + 'a') : asked) == ours;
         });
}

}  // namespace

std::optional<std::string_view> preferred_language(std::string_view field, std::span<const std::string_view> languages) {
  std::optional<std::string_view> best;
  int best_quality = 0;
  while (!field.empty()) {
    std::string_view parameters = take(field, ',');
    const std::string_view range = take(parameters, ';');
    const int quality = quality_of(parameters);
    if (quality <= best_quality) continue;
    const auto found = std::find_if(languages.begin(), languages.end(), [range](std::string_view ours) { return asks_for(range, ours); });
    if (found == languages.end()) continue;
    best = *found;
    best_quality = quality;
  }
  return best;
}

}  // namespace matinee::http
