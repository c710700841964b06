#include "server/pages/devices.h"

#include <algorithm>
#include <charconv>

namespace matinee::pages {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t day_ms = 24 * hour_ms;

std::string ago(std::int64_t count, const std::string& unit) {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : "s") + " ago";
}

void end_one(const VisitPtr& visit, seams::SessionId session) {
  const bool own = session == visit->who->session;
  visit->here.sessions->log_out(session, [visit, own](seams::Result<void> ended) {
    // not_found: somebody was quicker, which is what was wanted.
    if (!ended && ended.error() != seams::StoreError::not_found) return visit->error(503, 5);
    if (own) visit->clear_session();
    visit->redirect(own ? "/" : "/account?saved=device");
  });
}

}  // namespace

std::string seen_text(std::int64_t ago_ms) {
  if (ago_ms < 10 * minute_ms) return "just now";  // "last seen" is written every few minutes only
  if (ago_ms < hour_ms) return ago(ago_ms / minute_ms, "minute");
  if (ago_ms < 2 * day_ms) return ago(ago_ms / hour_ms, "hour");
  return ago(ago_ms / day_ms, "day");
}

std::string others_text(std::size_t others) {
  if (others == 0) return {};
  return others == 1 ? "1 other device is logged in." : std::to_string(others) + " other devices are logged in.";
}

Model::List device_list(const std::vector<seams::Session>& sessions, seams::SessionId own, std::int64_t now_ms) {
  Model::List list;
  for (const seams::Session& session : sessions) {
    if (list.size() == devices_shown_max) break;
    const bool device = session.kind == seams::SessionKind::device;
    Model row;
    row.set("session", std::to_string(session.id.value)).set("client", session.client);
    row.set("kind", device ? "Desktop program" : "Browser").set("seen", seen_text(now_ms - session.seen_at_ms));
    row.set("this_one", session.id == own);
    list.push_back(std::move(row));
  }
  return list;
}

void end_device(VisitPtr visit, http::Form form) {
  if (!visit->has_account()) return visit->redirect("/login?next=/account");
  const std::string_view typed = form.value_or_empty("session");
  seams::SessionId wanted;
  std::from_chars(typed.data(), typed.data() + typed.size(), wanted.value);
  // Only one of the person's own: the number in the form is no secret.
  visit->here.sessions->list(visit->who->user, [visit, wanted](const seams::Result<std::vector<seams::Session>>& sessions) {
    if (!sessions) return visit->error(503, 5);
    const bool found = std::any_of(sessions->begin(), sessions->end(), [&](const seams::Session& s) { return s.id == wanted; });
    if (!found) return visit->redirect("/account?saved=device");  // over already, or somebody else's: nothing is told
    end_one(visit, wanted);
  });
}

}  // namespace matinee::pages
