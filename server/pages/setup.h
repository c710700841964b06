// The one-time set-up link that the server prints at its first start: whoever opens it gets the first account, as admin. Works while
// sign-up is closed too, because the link is the permission.
// Thread rule: the loop of the visit.
#pragma once
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

void setup_page(VisitPtr visit);               // GET /setup/{token}
void set_up(VisitPtr visit, http::Form form);  // POST /setup

}  // namespace matinee::pages
