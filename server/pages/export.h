// Everything a person has here, as one JSON file: docs/protocol.md, "Pages and forms". Streamed in pieces as the browser takes them, so
// a long history needs no more memory than a short one.
// Thread rule: the loop of the visit.
#pragma once
#include <cstddef>
#include "server/pages/visit.h"

namespace matinee::pages {

inline constexpr std::size_t export_places_max = 10'000;  // messages looked up at a time …
inline constexpr std::size_t export_piece_max = 100;      // … and read and sent at a time
inline constexpr std::size_t export_rooms_max = 10'000;   // the liveliest; the others are left out

void export_account(VisitPtr visit);  // GET /account/export

}  // namespace matinee::pages
