// The landing page and its two doors: start a room, or join one by its code. Also "My rooms".
// Thread rule: the loop of the visit.
#pragma once
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

void landing(VisitPtr visit);                        // GET /
void my_rooms(VisitPtr visit);                       // GET /rooms
void start_room(VisitPtr visit, http::Form form);    // POST /rooms
void join_by_code(VisitPtr visit, http::Form form);  // POST /join
void forget_room(VisitPtr visit, http::Form form);   // POST /rooms/{code}/forget

}  // namespace matinee::pages
