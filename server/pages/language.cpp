#include "server/pages/language.h"

#include "server/auth/cookie_names.h"
#include "server/http/accept_language.h"
#include "server/http/redirect.h"
#include "server/ops/host_rules.h"

namespace matinee::pages {
namespace {

constexpr std::string_view english = "en";

// Where the page of this request can be had again: a refused form shows its page under the form's own address.
std::string page_of(const http::Request& request) {
  if (request.method() == "GET" || request.method() == "HEAD") return http::own_path_or(request.target(), "/");
  const std::string& path = request.path();
  if (path == "/login" || path == "/signup") return path;
  if (path.starts_with("/account/")) return "/account";
  constexpr std::string_view rooms = "/rooms/";
  if (path.starts_with(rooms)) return http::own_path_or(path.substr(0, path.find('/', rooms.size())), "/");
  return "/";
}

}  // namespace

const Words& words_for(const Services& services, const http::Request& request) {
  const Strings& strings = services.strings;
  const auto chosen = request.cookie(auth::language_cookie_name(services.hosts.is_secure(request.secure())));
  if (const Words* words = chosen ? strings.find(*chosen) : nullptr; words != nullptr) return *words;
  const auto asked = http::preferred_language(request.header("accept-language"), language_tags);
  return *strings.find(asked.value_or(english));
}

void set_languages(Model& model, const Words& words, const http::Request& request) {
  Model::List list;
  for (const std::string_view tag : language_tags) {
    list.push_back(Model().set("tag", tag).set("name", words.text("language." + std::string(tag))).set("chosen", tag == words.tag()));
  }
  model.set("languages", Model().set("here", page_of(request)).set("list", std::move(list)));
}

http::Response html_in(const Words& words, int status, std::string body) {
  return http::Response::html(status, std::move(body)).with("Content-Language", words.tag()).with("Vary", "Accept-Language, Cookie");
}

void choose_language(VisitPtr visit, http::Form form) {
  const Words* words = visit->services.strings.find(form.value_or_empty("lang"));
  if (words == nullptr) return visit->error(400);
  visit->set_language(words->tag());
  visit->redirect(http::own_path_or(form.value_or_empty("next"), "/"));
}

// Without its token nothing is chosen, but the page comes back, with a token that counts.
std::string language_when_stale(const Visit&, const http::Form& form) { return http::own_path_or(form.value_or_empty("next"), "/"); }

}  // namespace matinee::pages
