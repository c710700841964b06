#include "server/pages/library.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <memory>

#include "server/library/library.h"
#include "server/pages/room_json.h"
#include "server/pages/room_list.h"

namespace matinee::pages {
namespace {

using seams::LibraryItem;
using seams::LibraryState;

constexpr const char* log_in_first = "/login?next=/library";
constexpr std::size_t pages_max = 1'000;

std::string item_path(const LibraryItem& item) { return "/library/" + item.id; }

std::string picture_path(const LibraryItem& item) { return item.facts.picture ? item_path(item) + "/thumb.jpg" : std::string(); }

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::size_t page_number(const Visit& visit) {
  const std::string text = visit.request->query_param("page").value_or("");
  std::size_t number = 1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::clamp<std::size_t>(number, 1, pages_max) : 1;
}

std::string_view name_of(LibraryState state) {
  switch (state) {
    case LibraryState::arriving: return "arriving";
    case LibraryState::checking: return "checking";
    case LibraryState::ready: return "ready";
    case LibraryState::refused: return "refused";
    case LibraryState::going: return "going";
    case LibraryState::recording: return "recording";
  }
  return "";
}

Model card(const Visit& visit, const LibraryItem& item) {
  const Words& words = visit.words;
  Model model;
  model.set("id", item.id).set("title", item.title).set("state", name_of(item.state)).set("size_bytes", std::to_string(item.size_bytes));
  model.set("ready", item.state == LibraryState::ready).set("arriving", item.state == LibraryState::arriving);
  const bool recording = item.state == LibraryState::recording;
  model.set("checking", item.state == LibraryState::checking).set("recording", recording);
  model.set("playable", item.state == LibraryState::ready || recording);
  model.set_if("fingerprint", library::fingerprint_of(item)).set_if("picture", picture_path(item));
  if (item.size_bytes > 0) model.set("size_text", size_text(words, item.size_bytes));
  if (item.facts.duration_ms > 0) model.set("length_text", length_text(item.facts.duration_ms));
  model.set_if("owner_name", item.owner_name);
  if (item.state == LibraryState::refused) model.set("refusal", refusal_sentence(words, item.note));
  return model.set("can_change", may_change(visit, item));
}

Model::List cards(const Visit& visit, const std::vector<LibraryItem>& items) {
  Model::List list;
  for (const LibraryItem& item : items) list.push_back(card(visit, item));
  return list;
}

struct Shown {
  int status = 200;
  std::string form_error = {};
};

void show_with_rooms(const VisitPtr& visit, Model model, int status) {
  visit->services.rooms.rooms_of(
      visit->who->user, library_rooms_max, visit->here.executor,
      [visit, model = std::move(model), status](const seams::Result<std::vector<seams::RoomOfUser>>& rooms) mutable {
        if (!rooms) return visit->error(503, 5);
        Model::List list;
        for (const seams::RoomOfUser& room : *rooms) list.push_back(Model().set("code", room.code).set("room_name", room.name));
        model.set("has_rooms", !list.empty()).set("rooms", std::move(list));
        visit->page(status, "library", model);
      });
}

void show(const VisitPtr& visit, Shown shown) {
  library::Library& library = *visit->services.library;
  const std::size_t number = page_number(*visit);
  library.store().list(
      visit->who->user, (number - 1) * library_page_max, library_page_max, visit->here.executor,
      [visit, &library, shown = std::move(shown), number](const seams::Result<seams::LibraryPage>& page) {
        if (!page) return visit->error(503, 5);
        Model model = visit->model();
        model.set_if("form_error", shown.form_error);
        model.set("has_items", !page->items.empty()).set("items", cards(*visit, page->items));
        if (number > 1) model.set("newer", "/library?page=" + std::to_string(number - 1));
        if (page->more) model.set("older", "/library?page=" + std::to_string(number + 1));
        library.store().usage(
            visit->who->user, visit->here.executor,
            [visit, &library, model = std::move(model), status = shown.status](const seams::Result<seams::LibraryUsage>& usage) mutable {
              if (!usage) return visit->error(503, 5);
              const std::int64_t most = library.quota().person_bytes;
              model.set("used_text", visit->words.text("library.used", {{"used", size_text(visit->words, usage->person_bytes)},
                                                                        {"all", size_text(visit->words, most)}}));
              show_with_rooms(visit, std::move(model), status);
            });
      });
}

// For those who may change it, `use` gets the item; of what is not theirs others learn as much as of what is not there.
void with_own_item(const VisitPtr& visit, std::function<void(const LibraryItem&)> use) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  const std::string id(visit->request->path_param("id"));
  if (!library::is_id(id)) return visit->error(404);
  visit->services.library->store().find(id, visit->here.executor, [visit, use = std::move(use)](const seams::Result<LibraryItem>& item) {
    if (!item && item.error() != seams::StoreError::not_found) return visit->error(503, 5);
    if (!item || !may_change(*visit, *item)) return visit->error(404);
    use(*item);
  });
}

// Somebody was quicker: that is what was wanted.
void back_to_list(const VisitPtr& visit, const seams::Result<void>& done) {
  if (!done && done.error() != seams::StoreError::not_found) return visit->error(503, 5);
  visit->redirect("/library");
}

std::string item_json(const LibraryItem& item) {
  const std::string picture = picture_path(item);
  return "{\"id\":" + json_text(item.id) + ",\"title\":" + json_text(item.title) +
         (item.facts.duration_ms > 0 ? ",\"duration_ms\":" + std::to_string(item.facts.duration_ms) : std::string()) +
         ",\"size_bytes\":" + std::to_string(item.size_bytes) + (picture.empty() ? std::string() : ",\"picture\":" + json_text(picture)) +
         "}";
}

}  // namespace

bool may_change(const Visit& visit, const LibraryItem& item) {
  return visit.has_account() && (visit.who->admin || (item.owner.value != 0 && item.owner == visit.who->user));
}

std::string refusal_sentence(const Words& words, std::string_view note) {
  const std::size_t colon = std::min(note.find(':'), note.size());
  const std::string key = "library.no_" + std::string(note.substr(0, colon));
  const std::string what(note.substr(std::min(colon + 1, note.size())));
  return words.has(key) ? words.text(key, {{"what", what}}) : words.text("library.no_broken");
}

std::string size_text(const Words& words, std::int64_t bytes) {
  struct Unit {
    std::int64_t bytes;
    const char* name;
  };
  for (const Unit unit : {Unit{1'000'000'000, " GB"}, Unit{1'000'000, " MB"}}) {
    if (bytes < unit.bytes) continue;
    const std::int64_t tenths = (bytes + unit.bytes / 20) / (unit.bytes / 10);
    const std::string tail = tenths >= 100 || tenths % 10 == 0 ? "" : (words.tag() == "de" ? "," : ".") + std::to_string(tenths % 10);
    return std::to_string(tenths / 10) + tail + unit.name;
  }
  return std::to_string((bytes + 999) / 1'000) + " KB";
}

std::string length_text(std::int64_t ms) {
  const std::int64_t all = (ms + 500) / 1'000;
  const std::string seconds = two_digits(all % 60);
  if (all < 3'600) return std::to_string(all / 60) + ":" + seconds;
  return std::to_string(all / 3'600) + ":" + two_digits(all / 60 % 60) + ":" + seconds;
}

void library_page(VisitPtr visit) {
  if (!visit->has_account()) return visit->redirect(log_in_first);
  show(visit, {});
}

void library_items(VisitPtr visit) {
  if (!visit->has_account()) return visit->error(visit->who ? 403 : 401);
  const std::size_t number = page_number(*visit);
  visit->services.library->store().list(
      visit->who->user, (number - 1) * library_page_max, library_page_max, visit->here.executor,
      [visit](const seams::Result<seams::LibraryPage>& page) {
        if (!page) return visit->error(503, 5);
        std::string items;
        for (const LibraryItem& item : page->items)
          if (item.state == LibraryState::ready) items += (items.empty() ? "" : ",") + item_json(item);
        visit->send(http::Response::json(200, "{\"items\":[" + items + "],\"more\":" + (page->more ? "true" : "false") + "}"));
      });
}

void rename_library_item(VisitPtr visit, http::Form form) {
  with_own_item(visit, [visit, typed = std::string(form.value_or_empty("title"))](const LibraryItem& item) {
    auto title = library::clean_title(typed);
    if (!title) return show(visit, {422, visit->words.text("library.bad_title")});
    visit->services.library->store().rename(item.id, std::move(*title), visit->here.executor,
                                            [visit](const seams::Result<void>& renamed) { back_to_list(visit, renamed); });
  });
}

void delete_library_item(VisitPtr visit, http::Form) {
  with_own_item(visit, [visit](const LibraryItem& item) {
    visit->services.library->remove(item.id, visit->here.executor, [visit](const seams::Result<void>& gone) { back_to_list(visit, gone); });
  });
}

}  // namespace matinee::pages
