// The library's pages: the list with what may be done with each video, its file and its picture.
// Thread rule: the loop of the visit.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include "server/http/form.h"
#include "server/pages/visit.h"
#include "server/seams/library_store.h"

namespace matinee::pages {

inline constexpr std::size_t library_page_max = 48;   // videos on one page
inline constexpr std::size_t library_rooms_max = 12;  // rooms that a video is offered to

void library_page(VisitPtr visit);                          // GET /library
void library_items(VisitPtr visit);                         // GET /library/items, for the room page
void library_file(VisitPtr visit);                          // GET /library/{id}
void library_picture(VisitPtr visit);                       // GET /library/{id}/thumb.jpg
void rename_library_item(VisitPtr visit, http::Form form);  // POST /library/{id}/rename
void delete_library_item(VisitPtr visit, http::Form form);  // POST /library/{id}/delete

// Whose it is, or an admin.
[[nodiscard]] bool may_change(const Visit& visit, const seams::LibraryItem& item);
// Why a video was kept out, from the note of its row.
[[nodiscard]] std::string refusal_sentence(const Words& words, std::string_view note);
[[nodiscard]] std::string size_text(const Words& words, std::int64_t bytes);  // "1.4 GB", as download lists say it
[[nodiscard]] std::string length_text(std::int64_t ms);                       // "3:00", "1:02:03"

}  // namespace matinee::pages
