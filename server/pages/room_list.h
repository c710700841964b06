// "My rooms" as the templates show them, with how many people are inside right now.
// Thread rule: the loop of the visit.
#pragma once
#include <cstddef>
#include <functional>
#include "server/pages/visit.h"

namespace matinee::pages {

inline constexpr std::size_t landing_rooms_max = 6;
inline constexpr std::size_t my_rooms_max = 50;

// The liveliest first; `done` gets nothing when the store does not answer.
void list_rooms(const VisitPtr& visit, std::size_t limit, std::function<void(std::optional<Model::List>)> done);
[[nodiscard]] std::string people_text(const Words& words, std::int64_t people);  // "nobody here yet", "1 person here", "3 people here"

}  // namespace matinee::pages
