#include "server/pages/guests.h"

#include "server/auth/names.h"

namespace matinee::pages {
namespace {

using Ready = std::function<void(std::optional<auth::Refusal>)>;

void rename_guest(const VisitPtr& visit, const std::string& typed, Ready ready) {
  const auto name = auth::check_name(typed);
  if (!name) {
    auth::Refusal refusal;
    refusal.why = auth::Refusal::Why::fields;
    refusal.name = name.error();
    return ready(std::move(refusal));
  }
  if (name->shown == visit->who->name) return ready(std::nullopt);
  visit->services.users.rename(visit->who->user, name->shown, name->key, visit->here.executor,
                               [visit, shown = name->shown, ready = std::move(ready)](seams::Result<void> renamed) {
                                 if (!renamed) return ready(auth::Refusal{});
                                 visit->who->name = shown;
                                 ready(std::nullopt);
                               });
}

}  // namespace

void ensure_person(const VisitPtr& visit, std::string name, Ready ready) {
  if (visit->has_account() || (visit->is_guest() && name.empty())) return ready(std::nullopt);
  if (visit->is_guest()) return rename_guest(visit, name, std::move(ready));
  visit->here.accounts->start_guest(std::move(name), visit->client(),
                                    [visit, ready = std::move(ready)](tl::expected<auth::Started, auth::Refusal> started) {
                                      if (!started) return ready(std::move(started.error()));
                                      visit->set_session(std::move(started->token));
                                      visit->who = std::move(started->identity);
                                      ready(std::nullopt);
                                    });
}

}  // namespace matinee::pages
