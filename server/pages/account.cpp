#include "server/pages/account.h"

#include "server/auth/names.h"
#include "server/pages/devices.h"
#include "server/pages/form_errors.h"
#include "server/pages/preferences.h"

namespace matinee::pages {
namespace {

constexpr const char* log_in_first = "/login?next=/account";

std::string saved_text(const Words& words, const std::string& what) {
  const std::string key = "account.saved_" + what;
  return words.has(key) ? words.text(key) : std::string();
}

}  // namespace

void show_account(const VisitPtr& visit, AccountShown shown) {
  visit->services.users.by_id(visit->who->user, visit->here.executor, [visit, shown = std::move(shown)](seams::Result<seams::User> user) {
    if (!user) return visit->error(503, 5);
    visit->here.sessions->list(user->id, [visit, shown, user = *user](const seams::Result<std::vector<seams::Session>>& sessions) {
      if (!sessions) return visit->error(503, 5);
      Model model = visit->model();
      model.set("has_picture", !user.avatar.empty());
      model.set("name", user.name).set_if("email", user.email);
      show_preferences(model, preferences_saved(user.preferences));
      model.set_if("session_text", others_text(visit->words, sessions->empty() ? 0 : sessions->size() - 1));
      model.set("devices", device_list(visit->words, *sessions, visit->who->session, visit->services.now_ms()));
      for (const auto& entry : shown.extra.values()) {
        std::visit([&](const auto& value) { model.set(entry.first, value); }, entry.second);
      }
      visit->page(shown.status, "account", model, shown.retry_after_s);
    });
  });
}

namespace {

void refuse_name(const VisitPtr& visit, const std::string& typed, auth::FieldError error) {
  Model extra;
  extra.set("name", typed).set("name_error", field_sentence(visit->words, error));
  show_account(visit, {422, std::move(extra), 0});
}

}  // namespace

void account_page(VisitPtr visit) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  Model extra;
  extra.set_if("saved", saved_text(visit->words, visit->request->query_param("saved").value_or("")));
  show_account(visit, {200, std::move(extra), 0});
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

void change_preferences(VisitPtr visit, http::Form form) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  const auto allowance = visit->take(auth::Limit::profile_person);
  if (!allowance.allowed) return visit->error(429, allowance.retry_after_s);
  visit->services.users.set_preferences(visit->who->user, saved_text_of(preferences_of(form)), visit->here.executor,
                                        [visit](const seams::Result<void>& kept) {
                                          if (!kept) return visit->error(503, 5);
                                          visit->redirect("/account?saved=preferences");
                                        });
}

void change_email(VisitPtr visit, http::Form form) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  const std::string typed(form.value_or_empty("email"));
  const auto refuse = [visit, typed](Model extra, int status, std::int64_t retry_after_s = 0) {
    extra.set("email", typed);
    show_account(visit, {status, std::move(extra), retry_after_s});
  };
  if (form.value_or_empty("current").empty())
    return refuse(Model().set("email_current_error", visit->words.text("account.current_missing")), 422);
  visit->here.accounts->change_email(*visit->who, std::string(form.value_or_empty("current")), typed,
                                     [visit, refuse](const tl::expected<void, auth::Refusal>& changed) {
                                       if (changed) return visit->redirect("/account?saved=email");
                                       const auth::Refusal& refusal = changed.error();
                                       Model extra;
                                       if (refusal.why == auth::Refusal::Why::wrong)
                                         extra.set("email_current_error", visit->words.text("account.current_wrong"));
                                       else show_refusal(extra, visit->words, refusal);
                                       if (refusal.email == auth::FieldError::email_taken)
                                         extra.set("email_error", visit->words.text("account.email_other"));
                                       refuse(std::move(extra), status_of(refusal), refusal.retry_after_s);
                                     });
}

void change_password(VisitPtr visit, http::Form form) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  if (form.value_or_empty("current").empty()) {
    return show_account(visit, {422, Model().set("current_error", visit->words.text("account.current_missing")), 0});
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
                                          show_account(visit, {status_of(refusal), std::move(extra), refusal.retry_after_s});
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
