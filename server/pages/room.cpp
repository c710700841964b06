#include "server/pages/room.h"

#include "rooms/room_code.h"
#include "server/ops/host_rules.h"
#include "server/pages/errors.h"
#include "server/pages/form_errors.h"
#include "server/pages/guests.h"
#include "server/pages/room_access.h"
#include "server/pages/room_json.h"
#include "server/pages/room_list.h"

namespace matinee::pages {
namespace {

bool has_session(const Visit& visit) { return visit.has_account() || (visit.is_guest() && visit.services.guests); }

DoorView view_of(const Visit& visit, const seams::RoomRecord& record) { return door_view(record, visit.who ? &*visit.who : nullptr); }

bool may_enter(const Visit& visit, const seams::RoomRecord& record) { return has_session(visit) && !view_of(visit, record).needs_account; }

// Who is not inside yet learns nothing of a room that is not open: it is called by its code, which they know.
std::string name_for(const Visit& visit, const seams::RoomRecord& record) {
  return view_of(visit, record).sees_inside ? record.name : visit.words.text("door.room", {{"code", rooms::show_room_code(record.code)}});
}

std::string door_text(const Words& words, rooms::Access access) {
  switch (access) {
    case rooms::Access::open: return {};
    case rooms::Access::accounts: return {};  // the page says how to get one
    case rooms::Access::password: return words.text("door.join_password");
    case rooms::Access::ask: return words.text("door.join_ask");
  }
  return {};
}

void show_room(const VisitPtr& visit, const seams::RoomRecord& record) {
  const std::string share_url = visit->services.hosts.base_url(visit->request->host(), visit->request->secure()) + "/r/" + record.code;
  Model model = visit->model();
  const std::string name = name_for(*visit, record);
  model.set("room_name", name).set("code_shown", rooms::show_room_code(record.code));
  const std::function<void(std::optional<RoomSummary>)> answer = [visit, model, name, share_url,
                                                                  code = record.code](const std::optional<RoomSummary>& summary) mutable {
    model.set("room_json", room_json({code, name, *visit->who, share_url, visit->csrf(), visit->services.version,
                                      summary ? summary->file : std::string()}));
    visit->page(200, "room", model);
  };
  if (visit->services.room_summary && view_of(*visit, record).sees_inside)
    visit->services.room_summary(record.code, visit->person(), visit->here.executor, answer);
  else answer(std::nullopt);
}

struct JoinPage {
  int status = 200;
  std::string name;
  std::optional<auth::Refusal> refusal;
};

void show_join(const VisitPtr& visit, const seams::RoomRecord& record, JoinPage page) {
  Model model = visit->model();
  model.set("code", record.code).set("code_shown", rooms::show_room_code(record.code)).set("room_name", name_for(*visit, record));
  const DoorView view = view_of(*visit, record);
  model.set_if("name", page.name).set("closed_to_guests", !visit->services.guests || view.needs_account);
  model.set_if("door_text", door_text(visit->words, record.access.access));
  if (page.refusal) show_refusal(model, visit->words, *page.refusal);
  const std::int64_t retry_after_s = page.refusal ? page.refusal->retry_after_s : 0;
  const std::function<void(std::optional<RoomSummary>)> answer = [visit, model, status = page.status,
                                                                  retry_after_s](const std::optional<RoomSummary>& summary) mutable {
    if (summary) model.set("people_text", people_text(visit->words, summary->people)).set_if("watching", summary->watching);
    visit->page(status, "join", model, retry_after_s);
  };
  if (visit->services.room_summary && view.sees_inside)
    visit->services.room_summary(record.code, visit->person(), visit->here.executor, answer);
  else answer(std::nullopt);
}

// The room of the path, or the answer that says why not.
void with_room(const VisitPtr& visit, std::function<void(const seams::RoomRecord&)> use) {
  const auto code = rooms::read_room_code(visit->request->path_param("code"));
  if (!code) return visit->no_room();
  find_room(visit, *code, [visit, use = std::move(use)](const FoundRoom& found) {
    switch (found.what) {
      case FoundRoom::What::open: return use(found.room);
      case FoundRoom::What::closed:
        return visit->send(
            error_response(visit->services, *visit->request, visit->model(), text_at(visit->words, 410, "error.room_closed")));
      case FoundRoom::What::none: return visit->no_room();
      case FoundRoom::What::slow_down: return visit->error(429, found.retry_after_s);
      case FoundRoom::What::unavailable: return visit->error(503, 5);
    }
  });
}

}  // namespace

void room(VisitPtr visit) {
  const std::string_view typed = visit->request->path_param("code");
  const auto code = rooms::read_room_code(typed);
  if (code && *code != typed) return visit->redirect("/rooms/" + *code);  // one address per room: the socket is below it
  with_room(visit, [visit](const seams::RoomRecord& record) {
    if (may_enter(*visit, record)) return show_room(visit, record);
    show_join(visit, record, {});
  });
}

void join_room(VisitPtr visit, http::Form form) {
  with_room(visit, [visit, name = std::string(form.value_or_empty("name"))](const seams::RoomRecord& record) {
    const std::string path = "/rooms/" + record.code;
    if (may_enter(*visit, record)) return visit->redirect(path);
    if (!visit->services.guests || view_of(*visit, record).needs_account) return show_join(visit, record, {403, name, std::nullopt});
    ensure_person(visit, name, [visit, record, name, path](const std::optional<auth::Refusal>& refusal) {
      if (!refusal) return visit->redirect(path);
      show_join(visit, record, {status_of(*refusal), name, refusal});
    });
  });
}

std::string join_when_stale(const Visit& visit, const http::Form&) {
  const auto code = rooms::read_room_code(visit.request->path_param("code"));
  return code && has_session(visit) ? "/rooms/" + *code : std::string();
}

void short_link(VisitPtr visit) {
  const auto code = rooms::read_room_code(visit->request->path_param("code"));
  if (!code) return visit->no_room();
  http::Response response = http::Response::text(302, "");
  response.with("Location", "/rooms/" + *code);
  visit->send(std::move(response));
}

}  // namespace matinee::pages
