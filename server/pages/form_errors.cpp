#include "server/pages/form_errors.h"

#include "server/pages/errors.h"

namespace matinee::pages {

using Why = auth::Refusal::Why;

std::string field_sentence(const Words& words, auth::FieldError error) { return words.text("field." + std::string(to_string(error))); }

void show_refusal(Model& model, const Words& words, const auth::Refusal& refusal) {
  if (refusal.name) model.set("name_error", field_sentence(words, *refusal.name));
  if (refusal.email) model.set("email_error", field_sentence(words, *refusal.email));
  if (refusal.password) model.set("password_error", field_sentence(words, *refusal.password));
  if (refusal.why == Why::slow_down) model.set("form_error", too_often(words, refusal.retry_after_s));
  else if (refusal.why != Why::fields) model.set("form_error", words.text("form." + std::string(to_string(refusal.why))));
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
