// Uploads to the library: tus 1.0.0, core with creation and termination, for our own page's script and whoever has its cookie and token.
// Answers are for scripts: refusals {"error", "sentence"}.
// Source: https://tus.io/protocols/resumable-upload
// Thread rule: the loop of the visit.
#pragma once
#include <cstddef>
#include "server/pages/visit.h"

namespace matinee::pages {

// Swallowed of a body that is refused, so that a browser that is still sending hears why.
inline constexpr std::size_t discarded_bytes_max = 16 * 1024 * 1024;

void tell_upload_options(VisitPtr visit);  // OPTIONS /library/uploads
void begin_upload(VisitPtr visit);         // POST /library/uploads
void show_upload(VisitPtr visit);          // GET, HEAD /library/uploads/{id}
void receive_upload(VisitPtr visit);       // PATCH /library/uploads/{id}
void end_upload(VisitPtr visit);           // DELETE /library/uploads/{id}

}  // namespace matinee::pages
