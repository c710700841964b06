// A person's picture: put by the account page's script, taken away by a form, shown to people with a session. The picture is what the
// browser made of the file that was chosen; this process checks its head and never decodes it.
// Thread rule: the loop of the visit.
#pragma once
#include <string>
#include <string_view>
#include "server/http/form.h"
#include "server/pages/visit.h"

namespace matinee::pages {

// "/avatars/1001/Zm9v…"; empty without a picture.
[[nodiscard]] std::string avatar_path(seams::UserId user, std::string_view key);
// Which of the eight colours a person has, as static/js/views/avatar.js counts it.
[[nodiscard]] int avatar_hue(seams::UserId user);

void put_avatar(VisitPtr visit, std::string bytes);   // POST /account/avatar
void remove_avatar(VisitPtr visit, http::Form form);  // POST /account/avatar/remove
void avatar_picture(VisitPtr visit);                  // GET /avatars/{person}/{key}

}  // namespace matinee::pages
