#include "server/pages/form_errors.h"

#include "server/pages/errors.h"

namespace matinee::pages {

using Why = auth::Refusal::Why;

void show_refusal(Model& model, const auth::Refusal& refusal) {
  model.set_if("name_error", refusal.name.value_or("")).set_if("email_error", refusal.email.value_or(""));
  model.set_if("password_error", refusal.password.value_or(""));
  if (refusal.why == Why::slow_down) model.set("form_error", too_often(refusal.retry_after_s));
  else if (refusal.why != Why::fields) model.set("form_error", auth::sentence(refusal.why));
}

int status_of(const auth::Refusal& refusal) {
  switch (refusal.why) {
    case Why::fields:
    case Why::wrong: return 422;
    case Why::not_allowed: return 403;
    case Why::slow_down: return 429;
    case Why::busy:
    case Why::unavailable: return 503;
  }
  return 500;
}

}  // namespace matinee::pages
