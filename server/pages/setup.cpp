#include "server/pages/setup.h"

#include "server/auth/setup_link.h"
#include "server/pages/errors.h"
#include "server/pages/form_errors.h"

namespace matinee::pages {
namespace {

void refuse_used(const VisitPtr& visit) {
  visit->send(error_response(visit->services, *visit->request, visit->model(), text_at(visit->words, 404, "error.set_up_used")));
}

struct Typed {
  std::string token;
  std::string name;
  std::string email;
};

void show(const VisitPtr& visit, const Typed& typed, const auth::Refusal* refusal) {
  Model model = visit->model();
  model.set("token", typed.token).set_if("name", typed.name).set_if("email", typed.email);
  if (refusal == nullptr) return visit->page(200, "setup", model);
  show_refusal(model, visit->words, *refusal);
  visit->page(status_of(*refusal), "setup", model, refusal->retry_after_s);
}

void with_token(const VisitPtr& visit, const std::string& token, std::function<void()> next) {
  auth::check_setup_token(visit->services.settings, token, visit->here.executor,
                          [visit, next = std::move(next)](const seams::Result<bool>& good) {
                            if (!good) return visit->error(503, 5);
                            if (!*good) return refuse_used(visit);
                            next();
                          });
}

void redeem(const VisitPtr& visit, const auth::Identity& who, const std::string& token) {
  auth::redeem_setup_token(visit->services.users, visit->services.settings, who, token, visit->here.executor,
                           [visit](const seams::Result<void>& done) {
                             if (done) return visit->redirect("/");
                             if (done.error() == seams::StoreError::unavailable) return visit->error(503, 5);
                             refuse_used(visit);
                           });
}

}  // namespace

void setup_page(VisitPtr visit) {
  const std::string token(visit->request->path_param("token"));
  with_token(visit, token, [visit, token] { show(visit, {token, visit->is_guest() ? visit->who->name : "", {}}, nullptr); });
}

void set_up(VisitPtr visit, http::Form form) {
  const Typed typed{std::string(form.value_or_empty("token")), std::string(form.value_or_empty("name")),
                    std::string(form.value_or_empty("email"))};
  with_token(visit, typed.token, [visit, typed, password = std::string(form.value_or_empty("password"))] {
    if (visit->has_account()) return redeem(visit, *visit->who, typed.token);
    visit->here.accounts->sign_up({typed.name, typed.email, password}, visit->who, visit->client(),
                                  [visit, typed](tl::expected<auth::Started, auth::Refusal> started) {
                                    if (!started) return show(visit, typed, &started.error());
                                    visit->set_session(std::move(started->token));
                                    redeem(visit, started->identity, typed.token);
                                  });
  });
}

}  // namespace matinee::pages
