// Sign up, log in, log out. A person comes back to where they came from (`next`, own paths only).
// Thread rule: the loop of the visit.
#pragma once
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

void sign_up_page(VisitPtr visit);              // GET /signup
void sign_up(VisitPtr visit, http::Form form);  // POST /signup
void log_in_page(VisitPtr visit);               // GET /login
void log_in(VisitPtr visit, http::Form form);   // POST /login
void log_out(VisitPtr visit, http::Form form);  // POST /logout

// For on_form(): whoever is in already, or out already, gets where the form wanted to take them.
[[nodiscard]] std::string enter_when_stale(const Visit& visit, const http::Form& form);
[[nodiscard]] std::string leave_when_stale(const Visit& visit, const http::Form& form);

}  // namespace matinee::pages
