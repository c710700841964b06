// What a room's people ask about links before they play: title, length, picture, refusal; and subtitles of other sites, through us.
// Answers are for scripts: JSON and bytes, refusals as plain text with a status.
// Thread rule: the loop of the visit.
#pragma once
#include "server/pages/visit.h"

namespace matinee::pages {

void room_preview(VisitPtr visit);     // GET /rooms/{code}/preview?url=
void room_subtitles(VisitPtr visit);   // GET /rooms/{code}/subtitles?url=
void preview_picture(VisitPtr visit);  // GET /previews/{key}.jpg

}  // namespace matinee::pages
