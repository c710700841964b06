// GET /live: what is live in the rooms of an account, with a still where the person is inside now. Thread rule: the loop of the visit.
#pragma once
#include <cstddef>
#include <string>
#include "server/pages/visit.h"

namespace matinee::pages {

inline constexpr std::size_t live_rooms_max = 100;  // of a person's rooms, those used last: asked for what is live in them

void live_page(VisitPtr visit);
[[nodiscard]] std::string live_kind_text(const Visit& visit, const rooms::LiveStream& stream);  // "Ann’s camera", in the page's language

}  // namespace matinee::pages
