// From a refusal of the accounts to what a form shows: a sentence at its field, or above the form. Pure.
#pragma once
#include "server/auth/accounts.h"
#include "server/pages/model.h"
#include "server/pages/strings.h"

namespace matinee::pages {

[[nodiscard]] std::string field_sentence(const Words& words, auth::FieldError error);
void show_refusal(Model& model, const Words& words, const auth::Refusal& refusal);
[[nodiscard]] int status_of(const auth::Refusal& refusal);  // 422, 429 or 503

}  // namespace matinee::pages
