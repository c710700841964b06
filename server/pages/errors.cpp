#include "server/pages/errors.h"

#include "server/pages/language.h"
#include "server/pages/templates.h"

namespace matinee::pages {
namespace {

// A browser says that it wants HTML; programs and probes get text.
bool wants_html(const http::Request& request) { return request.header("accept").find("text/html") != std::string_view::npos; }

}  // namespace

ErrorText text_at(const Words& words, int status, const std::string& key) {
  const std::string help = key + ".help";
  return {status, words.text(key + ".title"), words.text(key + ".text"), words.has(help) ? words.text(help) : std::string(), false};
}

std::string too_often(const Words& words, std::int64_t retry_after_s) { return words.count("form.too_often", retry_after_s); }

ErrorText error_text(const Words& words, int status, std::int64_t retry_after_s) {
  const std::string own = "error." + std::to_string(status);
  ErrorText text = text_at(words, status,
                           words.has(own + ".title")       ? own
                           : status >= 400 && status < 500 ? "error.client"
                                                           : "error.server");
  if (status == 429) text.sentence = words.count("error.429.text", retry_after_s);
  return text;
}

ErrorText no_room_text(const Words& words) {
  ErrorText text = text_at(words, 404, "error.no_room");
  text.code_form = true;
  return text;
}

http::Response error_response(const Services& services, const http::Request& request, Model model, const ErrorText& text) {
  const Words& words = words_for(services, request);
  if (!wants_html(request)) {
    const bool ended = text.heading.back() == '.';
    return http::Response::text(
        text.status, text.heading + (ended ? " " : ". ") + text.sentence + (text.what_to_do.empty() ? "" : " " + text.what_to_do) + "\n");
  }
  model.set("status", std::to_string(text.status)).set("heading", text.heading).set("sentence", text.sentence);
  model.set_if("what_to_do", text.what_to_do);
  model.set("code_form", text.code_form);
  return html_in(words, text.status, services.templates.render("error", words, model));
}

}  // namespace matinee::pages
