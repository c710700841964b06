#include "server/pages/entrance.h"

#include "server/http/redirect.h"
#include "server/pages/errors.h"
#include "server/pages/form_errors.h"

namespace matinee::pages {
namespace {

std::string own_next(std::string_view wanted) { return http::is_own_path(wanted) ? std::string(wanted) : std::string(); }

struct Typed {
  std::string name;
  std::string email;
  std::string next;
};

Typed typed_of(const http::Form& form) {
  return {std::string(form.value_or_empty("name")), std::string(form.value_or_empty("email")), own_next(form.value_or_empty("next"))};
}

void refuse_closed(const VisitPtr& visit) {
  visit->send(error_response(visit->services, *visit->request, visit->model(), text_at(visit->words, 403, "error.sign_up_closed")));
}

void show(const VisitPtr& visit, std::string_view page, const Typed& typed, const auth::Refusal* refusal) {
  Model model = visit->model();
  model.set_if("name", typed.name).set_if("email", typed.email).set_if("next", typed.next);
  model.set("keeps_room", visit->is_guest() && typed.next.rfind("/rooms/", 0) == 0);
  if (refusal == nullptr) return visit->page(200, page, model);
  show_refusal(model, visit->words, *refusal);
  visit->page(status_of(*refusal), page, model, refusal->retry_after_s);
}

// What both forms do with the answer of the accounts.
auth::Accounts::Done finish(const VisitPtr& visit, std::string page, Typed typed) {
  return [visit, page = std::move(page), typed = std::move(typed)](tl::expected<auth::Started, auth::Refusal> started) {
    if (!started) return show(visit, page, typed, &started.error());
    visit->set_session(std::move(started->token));
    visit->redirect(http::own_path_or(typed.next, "/"));
  };
}

Typed first_time(const VisitPtr& visit) {
  return {visit->is_guest() ? visit->who->name : std::string(), {}, own_next(visit->request->query_param("next").value_or(""))};
}

}  // namespace

void sign_up_page(VisitPtr visit) {
  const Typed typed = first_time(visit);
  if (visit->has_account()) return visit->redirect(http::own_path_or(typed.next, "/"));
  if (!visit->services.signups_open) return refuse_closed(visit);
  show(visit, "signup", typed, nullptr);
}

void sign_up(VisitPtr visit, http::Form form) {
  Typed typed = typed_of(form);
  if (visit->has_account()) return visit->redirect(http::own_path_or(typed.next, "/"));
  if (!visit->services.signups_open) return refuse_closed(visit);
  auth::SignUpForm fields{typed.name, typed.email, std::string(form.value_or_empty("password"))};
  visit->here.accounts->sign_up(std::move(fields), visit->who, visit->client(), finish(visit, "signup", std::move(typed)));
}

void log_in_page(VisitPtr visit) {
  Typed typed = first_time(visit);
  if (visit->has_account()) return visit->redirect(http::own_path_or(typed.next, "/"));
  typed.name.clear();  // a guest's name is nobody's log-in name
  show(visit, "login", typed, nullptr);
}

void log_in(VisitPtr visit, http::Form form) {
  Typed typed = typed_of(form);
  typed.email.clear();
  auth::Refusal missing;
  missing.why = auth::Refusal::Why::fields;
  if (typed.name.empty()) missing.name = auth::FieldError::name_missing;
  if (form.value_or_empty("password").empty()) missing.password = auth::FieldError::password_missing;
  if (missing.name || missing.password) return show(visit, "login", typed, &missing);
  auth::LogInForm fields{typed.name, std::string(form.value_or_empty("password"))};
  visit->here.accounts->log_in(std::move(fields), visit->who, visit->client(), finish(visit, "login", std::move(typed)));
}

void log_out(VisitPtr visit, http::Form) {
  visit->clear_session();
  if (!visit->who) return visit->redirect("/");
  visit->here.sessions->log_out(visit->who->session, [visit](seams::Result<void> ended) {
    // not_found: somebody was quicker, which is what was wanted.
    if (!ended && ended.error() != seams::StoreError::not_found) return visit->error(503, 5);
    visit->redirect("/");
  });
}

std::string enter_when_stale(const Visit& visit, const http::Form& form) {
  return visit.has_account() ? http::own_path_or(form.value_or_empty("next"), "/") : std::string();
}

std::string leave_when_stale(const Visit& visit, const http::Form&) { return visit.who ? std::string() : std::string("/"); }

}  // namespace matinee::pages
