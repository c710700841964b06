// "Connect desktop": the line that a person pastes into a terminal to let a desktop program into the room they are in. One use, five
// minutes; it proves the server to the program as well. For scripts: answers are JSON.
// Thread rule: the loop of the visit.
#pragma once
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

void pair_desktop(VisitPtr visit, http::Form form);  // POST /rooms/{code}/desktop

}  // namespace matinee::pages
