#include "server/pages/errors.h"

#include "server/pages/templates.h"

namespace matinee::pages {
namespace {

std::string seconds(std::int64_t n) { return n == 1 ? "1 second" : std::to_string(n) + " seconds"; }

// A browser says that it wants HTML; programs and probes get text.
bool wants_html(const http::Request& request) { return request.header("accept").find("text/html") != std::string_view::npos; }

}  // namespace

std::string too_often(std::int64_t retry_after_s) { return "That was too often. Wait " + seconds(retry_after_s) + " and try again."; }

ErrorText error_text(int status, std::int64_t retry_after_s) {
  switch (status) {
    case 400:
      return {
          status, "This cannot be read", "The browser sent something this server does not understand.", "Go back and try again.", {}, {},
          false};
    case 403:
      return {status,
              "This page is out of date",
              "It was open for too long, or the form came from another site.",
              "Go back, reload the page and try again.",
              {},
              {},
              false};
    case 404: return {status, "Nothing here", "There is no page at this address.", "Check the address for a typing error.", {}, {}, false};
    case 405:
      return {status, "That does not work here", "This address does not take what the browser sent.", "Go back and try again.", {}, {},
              false};
    case 408:
      return {status, "That took too long", "The rest of the form did not arrive.", "Check the connection and try again.", {}, {}, false};
    case 413: return {status, "That is too much", "The form is larger than this server takes.", "Shorten it and try again.", {}, {}, false};
    case 415:
      return {status, "This cannot be read", "Forms must be sent as a browser sends them.", "Go back and try again.", {}, {}, false};
    case 421:
      return {status,
              "This server does not know that name",
              "It answers only to its own names.",
              "Start with --public-url https://NAME",
              {},
              {},
              false};
    case 429: return {status, "That was too often", "Wait " + seconds(retry_after_s) + " and try again.", {}, {}, {}, false};
    case 503: return {status, "The server is busy", "Try again in a moment.", {}, {}, {}, false};
    default: break;
  }
  if (status >= 400 && status < 500)
    return {status, "That did not work", "This server cannot do what the browser asked for.", "Go back and try again.", {}, {}, false};
  return {status, "Something went wrong", "It is not your fault.", "Try again in a moment.", {}, {}, false};
}

ErrorText no_room_text() {
  return {404, "No room with this code, or you cannot enter it.", "Check the code, or start a room of your own.", {}, {}, {}, true};
}

http::Response error_response(const Services& services, const http::Request& request, Model model, const ErrorText& text) {
  if (!wants_html(request)) {
    const bool ended = text.heading.back() == '.';
    return http::Response::text(
        text.status, text.heading + (ended ? " " : ". ") + text.sentence + (text.what_to_do.empty() ? "" : " " + text.what_to_do) + "\n");
  }
  model.set("status", std::to_string(text.status)).set("heading", text.heading).set("sentence", text.sentence);
  model.set_if("what_to_do", text.what_to_do).set_if("action_url", text.action_url).set_if("action_text", text.action_text);
  model.set("code_form", text.code_form);
  return http::Response::html(text.status, services.templates.render("error", model));
}

}  // namespace matinee::pages
