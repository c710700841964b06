#include "server/pages/visit.h"

#include "server/auth/cookie_names.h"
#include "server/auth/csrf.h"
#include "server/auth/names.h"
#include "server/auth/random.h"
#include "server/http/cookies.h"
#include "server/http/static_files.h"
#include "server/ops/host_rules.h"
#include "server/pages/avatar.h"
#include "server/pages/client_description.h"
#include "server/pages/errors.h"
#include "server/pages/language.h"
#include "server/pages/pages.h"
#include "server/pages/preferences.h"
#include "server/pages/templates.h"

namespace matinee::pages {
namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

std::string visitor_of(const http::Request& request, bool secure) {
  const auto value = request.cookie(auth::visitor_cookie_name(secure));
  return value && value->size() == auth::token_characters ? std::string(*value) : std::string();
}

bool is_form(const http::Request& request) {
  const std::string_view type = request.header("content-type");
  return type.substr(0, type.find(';')) == form_type;
}

// A browser tells where a form comes from; whoever does not say so is refused.
bool is_from_here(const Visit& visit) {
  const http::Request& request = *visit.request;
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return request.same_origin();
  return visit.services.hosts.accepts_origin(origin, request.host(), request.secure());
}

}  // namespace

std::optional<std::string_view> session_token(const http::Request& request, const ops::HostRules& hosts) {
  const auto value = request.cookie(auth::session_cookie_name(hosts.is_secure(request.secure())));
  return value && value->size() == auth::token_characters ? value : std::nullopt;
}

Visit::Visit(const Services& all, http::RequestPtr request_, http::Responder responder)
    : services(all),
      here(all.at(request_->loop())),
      request(std::move(request_)),
      words(words_for(all, *request)),
      responder_(std::move(responder)),
      visitor_(visitor_of(*request, all.hosts.is_secure(request->secure()))) {}

rooms::Person Visit::person() const {
  rooms::Person person;
  if (!who) return person;
  person.id = who->user;
  person.name = who->name;
  person.kind = who->kind;
  return person;
}

bool Visit::secure() const { return services.hosts.is_secure(request->secure()); }

auth::Client Visit::client() const { return {request->remote_address(), describe_client(request->header("user-agent"))}; }

std::string Visit::csrf() {
  if (who) return services.form_tokens.for_session(who->session);
  if (visitor_.empty()) {
    visitor_ = auth::random_token();
    visitor_is_new_ = true;
  }
  return services.form_tokens.for_visitor(visitor_);
}

bool Visit::has_csrf(std::string_view token) const {
  if (who) return services.form_tokens.check_session(who->session, token);
  return !visitor_.empty() && services.form_tokens.check_visitor(visitor_, token);
}

Model Visit::model() {
  Model model;
  model.set("asset_base", "/static/" + services.static_files.hash());
  model.set("csrf", csrf());
  model.set("signup_open", services.signups_open);
  set_languages(model, words, *request);
  if (has_account()) {
    Model account;
    account.set("account_name", who->name)
        .set("face_initial", auth::initial(who->name))
        .set("face_hue", std::to_string(avatar_hue(who->user)));
    model.set("account", account.set_if("face_picture", avatar_path(who->user, who->avatar)));
    model.set("library", services.library != nullptr);
    // Worn by the first paint already.
    const Preferences preferences = preferences_saved(who->preferences);
    model.set("theme", preferences.theme).set("motion", preferences.motion);
  }
  if (is_guest()) model.set("guest", Model().set("guest_name", who->name));
  return model;
}

void Visit::page(int status, std::string_view template_name, const Model& model, std::int64_t retry_after_s) {
  http::Response response = html_in(words, status, services.templates.render(template_name, words, model));
  if (retry_after_s > 0) response.with("Retry-After", std::to_string(retry_after_s));
  send(std::move(response));
}

void Visit::redirect(std::string_view own_path) { send(http::Response::see_other(own_path)); }

void Visit::error(int status, std::int64_t retry_after_s) {
  http::Response response = error_response(services, *request, model(), error_text(words, status, retry_after_s));
  if (retry_after_s > 0) response.with("Retry-After", std::to_string(retry_after_s));
  send(std::move(response));
}

void Visit::no_room() { send(error_response(services, *request, model(), no_room_text(words))); }

auth::Allowance Visit::take(auth::Limit limit) const {
  return services.throttle.take(limit, std::to_string(who->user.value), services.now_ms());
}

void Visit::send(http::Response response, std::string_view cache_control) {
  response.with("Cache-Control", cache_control);
  if (!new_session_.empty()) {
    response.add("Set-Cookie", http::make_set_cookie(auth::session_cookie_name(secure()), new_session_,
                                                     {.secure = secure(), .max_age = auth::session_cookie_max_age}));
  } else if (clear_session_) {
    response.add("Set-Cookie", http::make_clear_cookie(auth::session_cookie_name(secure()), secure()));
  }
  if (!new_language_.empty())
    response.add("Set-Cookie", http::make_set_cookie(auth::language_cookie_name(secure()), new_language_,
                                                     {.secure = secure(), .max_age = auth::language_cookie_max_age}));
  if (visitor_is_new_)
    response.add("Set-Cookie", http::make_set_cookie(auth::visitor_cookie_name(secure()), visitor_, {.secure = secure()}));
  responder_.send(std::move(response));
}

// Finds out who it is, then goes on. A session that has ended makes a visitor and loses its cookie; a store that does not answer
// logs nobody out.
void start_visit(VisitPtr visit, std::function<void(VisitPtr)> next) {
  const auto token = session_token(*visit->request, visit->services.hosts);
  if (!token) return next(std::move(visit));
  auth::SessionService& sessions = *visit->here.sessions;
  sessions.resolve(*token, [visit = std::move(visit), next = std::move(next)](seams::Result<auth::Identity> found) {
    const bool ended = found ? found->device : found.error() == seams::StoreError::not_found;
    if (ended) visit->clear_session();
    else if (found) visit->who = std::move(*found);
    else return visit->error(503, 5);
    next(visit);
  });
}

http::Handler on_page(const Services& services, PageHandler handler) {
  return [&services, handler = std::move(handler)](http::RequestPtr request, http::Responder responder) {
    start_visit(std::make_shared<Visit>(services, std::move(request), std::move(responder)), handler);
  };
}

namespace {

void read_form(const VisitPtr& visit, const FormHandler& handler, const WhenStale& when_stale) {
  if (!is_from_here(*visit)) return visit->error(403);
  if (!is_form(*visit->request)) return visit->error(415);
  visit->request->read_body(form_bytes_max, [visit, handler, when_stale](tl::expected<std::string, http::BodyError> body) {
    if (!body) return visit->error(http::status_of(body.error()));
    auto form = http::Form::parse(*body);
    if (!form) return visit->error(400);
    if (!visit->has_csrf(form->value_or_empty("csrf"))) {
      const std::string path = when_stale ? when_stale(*visit, *form) : std::string();
      return path.empty() ? visit->error(403) : visit->redirect(path);
    }
    handler(visit, std::move(*form));
  });
}

}  // namespace

http::Handler on_form(const Services& services, FormHandler handler, WhenStale when_stale) {
  return
      [&services, handler = std::move(handler), when_stale = std::move(when_stale)](http::RequestPtr request, http::Responder responder) {
        start_visit(std::make_shared<Visit>(services, std::move(request), std::move(responder)),
                    [handler, when_stale](const VisitPtr& visit) { read_form(visit, handler, when_stale); });
      };
}

http::Handler on_upload(const Services& services, std::size_t bytes_max, UploadHandler handler) {
  return [&services, bytes_max, handler = std::move(handler)](http::RequestPtr request, http::Responder responder) {
    start_visit(std::make_shared<Visit>(services, std::move(request), std::move(responder)), [bytes_max, handler](const VisitPtr& visit) {
      if (!is_from_here(*visit)) return visit->error(403);
      if (!visit->request->header("content-type").starts_with("image/")) return visit->error(415);
      if (!visit->has_csrf(visit->request->header("x-csrf-token"))) return visit->error(403);
      visit->request->read_body(bytes_max, [visit, handler](tl::expected<std::string, http::BodyError> body) {
        if (!body) return visit->error(http::status_of(body.error()));
        handler(visit, std::move(*body));
      });
    });
  };
}

http::Handler on_script(const Services& services, PageHandler handler) {
  return [&services, handler = std::move(handler)](http::RequestPtr request, http::Responder responder) {
    start_visit(std::make_shared<Visit>(services, std::move(request), std::move(responder)), [handler](const VisitPtr& visit) {
      if (!is_from_here(*visit) || !visit->has_csrf(visit->request->header("x-csrf-token"))) return visit->error(403);
      handler(visit);
    });
  };
}

}  // namespace matinee::pages
