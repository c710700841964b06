// The account page: name, password, devices. Accounts only; everybody else is asked to log in.
// Thread rule: the loop of the visit.
#pragma once
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

void account_page(VisitPtr visit);                         // GET /account
void change_name(VisitPtr visit, http::Form form);         // POST /account/name
void change_password(VisitPtr visit, http::Form form);     // POST /account/password
void log_out_everywhere(VisitPtr visit, http::Form form);  // POST /account/logout-everywhere

}  // namespace matinee::pages
