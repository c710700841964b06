#include "server/pages/account.h"

#include "server/auth/names.h"
#include "server/pages/devices.h"
#include "server/pages/form_errors.h"

namespace matinee::pages {
namespace {

constexpr const char* log_in_first = "/login?next=/account";

struct Shown {
  int status = 200;
  Model extra;
  std::int64_t retry_after_s = 0;
};

std::string saved_text(const Words& words, const std::string& what) {
  const std::string key = "account.saved_" + what;
  return words.has(key) ? words.text(key) : std::string();
}

void show(const VisitPtr& visit, Shown shown) {
  visit->services.users.by_id(visit->who->user, visit->here.executor, [visit, shown = std::move(shown)](seams::Result<seams::User> user) {
    if (!user) return visit->error(503, 5);
    visit->here.sessions->list(user->id, [visit, shown, user = *user](const seams::Result<std::vector<seams::Session>>& sessions) {
      if (!sessions) return visit->error(503, 5);
      Model model = visit->model();
      model.set("name", user.name).set_if("email", user.email);
      model.set_if("session_text", others_text(visit->words, sessions->empty() ? 0 : sessions->size() - 1));
      model.set("devices", device_list(visit->words, *sessions, visit->who->session, visit->services.now_ms()));
      for (const auto& entry : shown.extra.values()) {
        std::visit([&](const auto& value) { model.set(entry.first, value); }, entry.second);
      }
      visit->page(shown.status, "account", model, shown.retry_after_s);
    });
  });
}

void refuse_name(const VisitPtr& visit, const std::string& typed, auth::FieldError error) {
  Model extra;
  extra.set("name", typed).set("name_error", field_sentence(visit->words, error));
  show(visit, {422, std::move(extra), 0});
}

}  // namespace

void account_page(VisitPtr visit) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  Model extra;
  extra.set_if("saved", saved_text(visit->words, visit->request->query_param("saved").value_or("")));
  show(visit, {200, std::move(extra), 0});
}

void change_name(VisitPtr visit, http::Form form) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  const std::string typed(form.value_or_empty("name"));
  const auto name = auth::check_name(typed);
  if (!name) return refuse_name(visit, typed, name.error());
  visit->services.users.rename(visit->who->user, name->shown, name->key, visit->here.executor, [visit, typed](seams::Result<void> renamed) {
    if (renamed) return visit->redirect("/account?saved=name");
    if (renamed.error() == seams::StoreError::name_taken) return refuse_name(visit, typed, auth::FieldError::name_taken);
    visit->error(503, 5);
  });
}

void change_password(VisitPtr visit, http::Form form) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  if (form.value_or_empty("current").empty()) {
    return show(visit, {422, Model().set("current_error", visit->words.text("account.current_missing")), 0});
  }
  visit->here.accounts->change_password(*visit->who, std::string(form.value_or_empty("current")),
                                        std::string(form.value_or_empty("password")), visit->client(),
                                        [visit](tl::expected<auth::Started, auth::Refusal> started) {
                                          if (started) {
                                            visit->set_session(std::move(started->token));
                                            return visit->redirect("/account?saved=password");
                                          }
                                          const auth::Refusal& refusal = started.error();
                                          Model extra;
                                          if (refusal.why == auth::Refusal::Why::wrong)
                                            extra.set("current_error", visit->words.text("account.current_wrong"));
                                          else show_refusal(extra, visit->words, refusal);
                                          show(visit, {status_of(refusal), std::move(extra), refusal.retry_after_s});
                                        });
}

void log_out_everywhere(VisitPtr visit, http::Form) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  visit->here.sessions->log_out_everywhere(visit->who->user, seams::SessionId{}, [visit](const seams::Result<std::int64_t>& ended) {
    if (!ended) return visit->error(503, 5);
    visit->clear_session();
    visit->redirect("/");
  });
}

}  // namespace matinee::pages
