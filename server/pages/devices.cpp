#include "server/pages/devices.h"

#include <algorithm>
#include <charconv>
#include "server/pages/client_description.h"

namespace matinee::pages {
namespace {

constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t day_ms = 24 * hour_ms;

// What client_description.h made of a browser is kept in English: "Firefox on Linux".
std::string client_text(const Words& words, const seams::Session& session) {
  if (session.kind == seams::SessionKind::device) return session.client;
  constexpr std::string_view on = " on ";
  const std::string_view client = session.client;
  const std::size_t at = client.find(on);
  const auto browser = client.substr(0, at) == some_browser ? words.text("device.some_browser") : std::string(client.substr(0, at));
  return at == std::string_view::npos ? browser
                                      : words.text("device.on", {{"browser", browser}, {"system", client.substr(at + on.size())}});
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

std::string seen_text(const Words& words, std::int64_t ago_ms) {
  if (ago_ms < 10 * minute_ms) return words.text("device.just_now");  // "last seen" is written every few minutes only
  if (ago_ms < hour_ms) return words.count("device.minutes_ago", ago_ms / minute_ms);
  if (ago_ms < 2 * day_ms) return words.count("device.hours_ago", ago_ms / hour_ms);
  return words.count("device.days_ago", ago_ms / day_ms);
}

std::string others_text(const Words& words, std::size_t others) {
  return others == 0 ? std::string() : words.count("device.others", static_cast<std::int64_t>(others));
}

Model::List device_list(const Words& words, const std::vector<seams::Session>& sessions, seams::SessionId own, std::int64_t now_ms) {
  Model::List list;
  for (const seams::Session& session : sessions) {
    if (list.size() == devices_shown_max) break;
    const bool device = session.kind == seams::SessionKind::device;
    Model row;
    row.set("session", std::to_string(session.id.value)).set("client", client_text(words, session));
    row.set("kind", words.text(device ? "device.desktop" : "device.browser")).set("seen", seen_text(words, now_ms - session.seen_at_ms));
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
