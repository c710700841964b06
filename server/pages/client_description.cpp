#include "server/pages/client_description.h"

#include <utility>

namespace matinee::pages {
namespace {

using Words = std::pair<std::string_view, std::string_view>;  // what the field contains, what we say; the first that fits counts

template <std::size_t n>
std::string_view first_of(std::string_view text, const Words (&table)[n], std::string_view otherwise) {
  for (const Words& row : table) {
    if (text.find(row.first) != std::string_view::npos) return row.second;
  }
  return otherwise;
}

}  // namespace

std::string describe_client(std::string_view user_agent) {
  static constexpr Words browsers[] = {{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"Edg", "Edge"},      {"OPR/", "Opera"},
                                       {"CriOS/", "Chrome"},    {"Chrome/", "Chrome"}, {"Safari/", "Safari"}};
  static constexpr Words systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},  {"Windows", "Windows"},
                                      {"Mac OS X", "Mac"},    {"CrOS", "ChromeOS"}, {"Linux", "Linux"}};
  const std::string_view browser = first_of(user_agent, browsers, some_browser);
  const std::string_view system = first_of(user_agent, systems, "");
  return system.empty() ? std::string(browser) : std::string(browser) + " on " + std::string(system);
}

}  // namespace matinee::pages
