// Makes sure that a visit has a session: a person who gives only a name becomes a guest. A guest who gives another name is renamed.
// Thread rule: the loop of the visit.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include "server/auth/accounts.h"
#include "server/pages/visit.h"

namespace matinee::pages {

// `ready` with nothing: visit->who is set (and the cookie of a new session goes out with the answer). Otherwise what to say.
void ensure_person(const VisitPtr& visit, std::string name, std::function<void(std::optional<auth::Refusal>)> ready);

}  // namespace matinee::pages
