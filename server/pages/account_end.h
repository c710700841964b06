// The end of an account, asked for on the account page with password and name. In this order: sessions end, so that nothing new comes;
// the messages are stripped in pieces, so that nobody else waits; the rest goes in one transaction (server/seams/account_records.h); the
// rooms where the person was are read anew by whoever serves them.
// Thread rule: the loop of the visit. The person may close the page meanwhile: it goes on.
#pragma once
#include <cstddef>
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

inline constexpr std::size_t farewell_places_max = 10'000;  // messages looked up at a time …
inline constexpr std::size_t farewell_piece_max = 500;      // … and stripped in one write

void delete_account(VisitPtr visit, http::Form form);  // POST /account/delete

}  // namespace matinee::pages
