// The page of one room: the room itself for people with a session that may enter, else its join page. And the short link to it.
// Thread rule: the loop of the visit.
#pragma once
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

void room(VisitPtr visit);                        // GET /rooms/{code}
void join_room(VisitPtr visit, http::Form form);  // POST /rooms/{code}/join
[[nodiscard]] std::string join_when_stale(const Visit& visit, const http::Form& form);
void short_link(VisitPtr visit);  // GET /r/{code}

}  // namespace matinee::pages
