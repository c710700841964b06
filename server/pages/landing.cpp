#include "server/pages/landing.h"

#include "rooms/limits.h"
#include "rooms/room_code.h"
#include "rooms/text.h"
#include "server/auth/random.h"
#include "server/library/shelf.h"
#include "server/pages/errors.h"
#include "server/pages/form_errors.h"
#include "server/pages/guests.h"
#include "server/pages/room_access.h"
#include "server/pages/room_list.h"

namespace matinee::pages {
namespace {

constexpr int code_draws_max = 5;  // 40 random bits: a second draw is already rare

// Shows the landing page, or after a refused form of a person with an account the page that form is on.
struct Shown {
  std::string page;
  int status = 200;
  Model extra;
  std::int64_t retry_after_s = 0;
};

void show(const VisitPtr& visit, Shown shown) {
  Model model = visit->model();
  model.set("guests_allowed", visit->services.guests);
  if (visit->is_guest()) model.set("name", visit->who->name);
  for (const auto& entry : shown.extra.values()) {
    std::visit([&](const auto& value) { model.set(entry.first, value); }, entry.second);
  }
  if (!visit->has_account()) return visit->page(shown.status, "landing", model, shown.retry_after_s);
  const std::size_t limit = shown.page == "rooms" ? my_rooms_max : landing_rooms_max;
  list_rooms(visit, limit, [visit, model, shown](std::optional<Model::List> rooms) mutable {
    if (!rooms) return visit->error(503, 5);
    model.set("has_rooms", !rooms->empty()).set("rooms", std::move(*rooms));
    visit->page(shown.status, shown.page, model, shown.retry_after_s);
  });
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// The key of a sentence when the name cannot be a room's (the rule of room.settings); empty is fine: the room gets a name of ours.
std::string_view room_name_problem(const std::string& name) {
  const auto shape = rooms::shape_of(name);
  if (!shape || shape->controls || shape->unseen || shape->line_breaks) return "form.room_name_characters";
  if (shape->code_points > rooms::limits::room_name_code_points_max) return "form.room_name_long";
  return {};
}

// A person's name has room to spare for what stands beside it.
std::string default_room_name(const Visit& visit) { return visit.words.text("room.default_name", {{"name", visit.who->name}}); }

// `watch`: a video of the library that the room begins with, or empty.
void open_room(const VisitPtr& visit, const std::string& name, const std::string& watch, int draws_left) {
  seams::NewRoom room;
  room.code = rooms::make_room_code(auth::random_bits());
  room.name = name.empty() ? default_room_name(*visit) : name;
  room.owner = visit->who->user;
  room.kind = visit->has_account() ? seams::RoomKind::normal : seams::RoomKind::guest;
  room.at_ms = visit->services.now_ms();
  visit->services.rooms.create(std::move(room), visit->here.executor,
                               [visit, name, watch, draws_left](seams::Result<seams::RoomRecord> created) {
                                 if (created) return visit->redirect("/rooms/" + created->code + (watch.empty() ? "" : "?watch=" + watch));
                                 if (created.error() == seams::StoreError::code_taken && draws_left > 1)
                                   return open_room(visit, name, watch, draws_left - 1);
                                 visit->error(503, 5);
                               });
}

void refuse_code(const VisitPtr& visit, const std::string& typed, int status, std::string sentence, std::int64_t retry_after_s = 0) {
  Model extra;
  extra.set_if("code", typed).set("code_error", sentence);
  show(visit, {"landing", status, std::move(extra), retry_after_s});
}

// Into the room that was found; with a name the person becomes a guest first, without one the join page asks.
void enter(const VisitPtr& visit, const std::string& code, const std::string& name) {
  const std::string path = "/rooms/" + code;
  if (visit->who || name.empty() || !visit->services.guests) return visit->redirect(path);
  ensure_person(visit, name, [visit, path, code, name](const std::optional<auth::Refusal>& refusal) {
    if (!refusal) return visit->redirect(path);
    Model extra;
    extra.set("code", code).set("name", name);
    show_refusal(extra, visit->words, *refusal);
    show(visit, {"landing", status_of(*refusal), std::move(extra), refusal->retry_after_s});
  });
}

}  // namespace

void landing(VisitPtr visit) {
  Model said;
  if (visit->request->query_param("account") == "deleted") said.set("saved", visit->words.text("account.deleted"));
  show(visit, {"landing", 200, std::move(said), 0});
}

void my_rooms(VisitPtr visit) {
  if (!visit->has_account()) return visit->redirect("/login?next=/rooms");
  show(visit, {"rooms", 200, {}, 0});
}

void start_room(VisitPtr visit, http::Form form) {
  const std::string name(form.value_or_empty("name"));
  const std::string room_name = trimmed(form.value_or_empty("room_name"));
  const std::string watch = library::is_id(form.value_or_empty("watch")) ? std::string(form.value_or_empty("watch")) : std::string();
  if (!visit->has_account() && !visit->services.guests) return visit->redirect("/login");
  const std::string page = visit->has_account() && form.value("room_name") ? "rooms" : "landing";
  if (const std::string_view problem = room_name_problem(room_name); !problem.empty()) {
    Model extra;
    extra.set("room_name", room_name).set(page == "rooms" ? "room_name_error" : "form_error", visit->words.text(problem));
    return show(visit, {page, 422, std::move(extra), 0});
  }
  const auth::Allowance allowance = visit->services.throttle.take(
      auth::Limit::room_new_address, auth::address_key(visit->request->remote_address()), visit->services.now_ms());
  if (!allowance.allowed) {
    Model extra;
    extra.set_if("name", name).set_if("room_name", room_name).set("form_error", too_often(visit->words, allowance.retry_after_s));
    return show(visit, {page, 429, std::move(extra), allowance.retry_after_s});
  }
  ensure_person(visit, name, [visit, name, room_name, watch](const std::optional<auth::Refusal>& refusal) {
    if (!refusal) return open_room(visit, room_name, watch, code_draws_max);
    visit->services.throttle.give_back(auth::Limit::room_new_address, auth::address_key(visit->request->remote_address()),
                                       visit->services.now_ms());
    Model extra;
    extra.set_if("name", name);
    show_refusal(extra, visit->words, *refusal);
    show(visit, {"landing", status_of(*refusal), std::move(extra), refusal->retry_after_s});
  });
}

// Not found: forgotten in another tab already, which is what was wanted.
void forget_room(VisitPtr visit, http::Form) {
  if (!visit->has_account()) return visit->redirect("/login?next=/rooms");
  const auto code = rooms::read_room_code(visit->request->path_param("code"));
  if (!code) return visit->redirect("/rooms");
  visit->services.rooms.lookup(*code, visit->here.executor, [visit](const seams::Result<seams::RoomRecord>& room) {
    if (!room && room.error() == seams::StoreError::unavailable) return visit->error(503, 5);
    if (!room) return visit->redirect("/rooms");
    visit->services.rooms.forget_visit(room->id, visit->who->user, visit->here.executor, [visit](const seams::Result<void>& forgotten) {
      if (!forgotten && forgotten.error() == seams::StoreError::unavailable) return visit->error(503, 5);
      visit->redirect("/rooms");
    });
  });
}

void join_by_code(VisitPtr visit, http::Form form) {
  const std::string typed(form.value_or_empty("code"));
  const auto code = rooms::read_room_code(typed);
  if (!code) return refuse_code(visit, typed, 422, visit->words.text("form.code_shape"));
  find_room(visit, *code, [visit, typed, code = *code, name = std::string(form.value_or_empty("name"))](const FoundRoom& found) {
    switch (found.what) {
      case FoundRoom::What::open: return enter(visit, code, name);
      case FoundRoom::What::closed: return refuse_code(visit, typed, 410, visit->words.text("form.code_closed"));
      case FoundRoom::What::none: return refuse_code(visit, typed, 404, visit->words.text("form.code_unknown"));
      case FoundRoom::What::slow_down:
        return refuse_code(visit, typed, 429, too_often(visit->words, found.retry_after_s), found.retry_after_s);
      case FoundRoom::What::unavailable: return visit->error(503, 5);
    }
  });
}

}  // namespace matinee::pages
