// The streams that somebody sets up in a room, for its page: list, make, rename, another key, record, end, delete. For who is in the room
// now with the grant go_live; each sees their own, and everybody's with the grant edit_room. A key is shown once, in the answer that made
// it. Answers are JSON; docs/protocol.md, "Streams of a room". Thread rule: the loop of the visit.
#pragma once
#include <cstddef>
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

inline constexpr std::size_t streams_of_room_max = 32;
inline constexpr std::size_t streams_of_owner_max = 8;  // in one room
inline constexpr std::size_t stream_name_code_points_max = 60;

void list_streams(VisitPtr visit);                    // GET  /rooms/{code}/streams
void make_stream(VisitPtr visit, http::Form form);    // POST /rooms/{code}/streams
void rekey_stream(VisitPtr visit, http::Form form);   // POST /rooms/{code}/streams/{stream}/key
void rename_stream(VisitPtr visit, http::Form form);  // POST /rooms/{code}/streams/{stream}/name
void end_stream(VisitPtr visit, http::Form form);     // POST /rooms/{code}/streams/{stream}/end
void delete_stream(VisitPtr visit, http::Form form);  // POST /rooms/{code}/streams/{stream}/delete
// Into the library of whoever asks, so for accounts; ended by whoever may begin it.
void record_stream(VisitPtr visit, http::Form form);  // POST /rooms/{code}/streams/{stream}/record
void end_recording(VisitPtr visit, http::Form form);  // POST /rooms/{code}/streams/{stream}/record/end

}  // namespace matinee::pages
