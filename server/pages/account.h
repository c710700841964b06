// The account page: name, picture, preferences, e-mail, password, devices. Accounts only; everybody else is asked to log in.
// Thread rule: the loop of the visit.
#pragma once
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

struct AccountShown {
  int status = 200;
  Model extra;  // over what the page shows anyway: sentences, what was typed
  std::int64_t retry_after_s = 0;
};
void show_account(const VisitPtr& visit, AccountShown shown);

void account_page(VisitPtr visit);                         // GET /account
void change_name(VisitPtr visit, http::Form form);         // POST /account/name
void change_email(VisitPtr visit, http::Form form);        // POST /account/email
void change_preferences(VisitPtr visit, http::Form form);  // POST /account/preferences
void change_password(VisitPtr visit, http::Form form);     // POST /account/password
void log_out_everywhere(VisitPtr visit, http::Form form);  // POST /account/logout-everywhere

}  // namespace matinee::pages
