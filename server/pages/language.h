// The language of an answer: what somebody chose (a cookie, set by POST /language), else what their browser asks for, else English.
// Thread rule: the loop of the request.
#pragma once
#include <string>
#include "server/http/form.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/pages/model.h"
#include "server/pages/strings.h"
#include "server/pages/visit.h"

namespace matinee::pages {

[[nodiscard]] const Words& words_for(const Services& services, const http::Request& request);

// What the switch in the footer and in the room's Settings shows: the languages, and the page to come back to.
void set_languages(Model& model, const Words& words, const http::Request& request);

// HTML, with the fields that say which language it is in and what that hangs on.
[[nodiscard]] http::Response html_in(const Words& words, int status, std::string body);

void choose_language(VisitPtr visit, http::Form form);  // POST /language: lang, next
[[nodiscard]] std::string language_when_stale(const Visit& visit, const http::Form& form);

}  // namespace matinee::pages
