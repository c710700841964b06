#include "server/pages/previews.h"

#include <algorithm>
#include "rooms/media_link.h"
#include "rooms/room_code.h"
#include "server/library/library.h"
#include "server/pages/library.h"
#include "server/pages/live.h"
#include "server/pages/room_access.h"
#include "server/pages/room_json.h"
#include "server/previews/previews.h"

namespace matinee::pages {
namespace {

constexpr std::int64_t busy_retry_after_s = 5;

// A browser that says so must ask from our own page: no other site makes this server ask around.
bool is_from_elsewhere(const Visit& visit) {
  const std::string_view site = visit.request->header("sec-fetch-site");
  return !site.empty() && site != "same-origin";
}

struct Asking {
  std::string person;
  std::string address;
};  // keys of the two throttles

std::int64_t take(const Visit& visit, const Asking& asking) {  // 0 = allowed, else the wait in seconds
  auth::Throttle& throttle = visit.services.throttle;
  const std::int64_t now = visit.services.now_ms();
  const auth::Allowance by_person = throttle.take(auth::Limit::preview_person, asking.person, now);
  if (!by_person.allowed) return by_person.retry_after_s;
  const auth::Allowance by_address = throttle.take(auth::Limit::preview_address, asking.address, now);
  if (by_address.allowed) return 0;
  throttle.give_back(auth::Limit::preview_person, asking.person, now);
  return by_address.retry_after_s;
}

void refuse(const VisitPtr& visit, int status, std::string sentence, std::int64_t retry_after_s = 0) {
  http::Response response = http::Response::text(status, std::move(sentence) + "\n");
  if (retry_after_s > 0) response.with("Retry-After", std::to_string(retry_after_s));
  visit->send(std::move(response));
}

// For those who may enter the room; then `use` gets the link.
void with_link(const VisitPtr& visit, std::function<void(std::string url)> use) {
  const auto code = rooms::read_room_code(visit->request->path_param("code"));
  const auto url = visit->request->query_param("url");
  if (!code) return refuse(visit, 404, "There is nothing at this address.");
  if (!visit->who || (visit->is_guest() && !visit->services.guests)) return refuse(visit, 401, "Join the room first.");
  if (is_from_elsewhere(*visit)) return refuse(visit, 403, "Only the room's own page may ask this.");
  if (!url || url->empty()) return refuse(visit, 400, "Give a link: ?url=https://…");
  find_room(visit, *code, [visit, use = std::move(use), url = *url](const FoundRoom& found) {
    switch (found.what) {
      case FoundRoom::What::open:
        if (!door_view(found.room, &*visit->who).sees_inside) return refuse(visit, 404, "No room with this code, or you cannot enter it.");
        return use(url);
      case FoundRoom::What::closed:
      case FoundRoom::What::none: return refuse(visit, 404, "No room with this code, or you cannot enter it.");
      case FoundRoom::What::slow_down: return refuse(visit, 429, "That was quick. Wait a moment.", found.retry_after_s);
      case FoundRoom::What::unavailable: return refuse(visit, 503, "Try again in a moment.", busy_retry_after_s);
    }
  });
}

// True when this person may make us ask another site once more; else it has been answered.
bool may_ask(const VisitPtr& visit) {
  const std::int64_t wait_s = take(*visit, {std::to_string(visit->who->user.value), auth::address_key(visit->request->remote_address())});
  if (wait_s > 0) refuse(visit, 429, "That was quick. Wait a moment.", wait_s);
  return wait_s == 0;
}

void show(const VisitPtr& visit, const std::optional<previews::Preview>& preview) {
  if (!preview) return refuse(visit, 503, "Too many links are being looked at. Try again in a moment.", busy_retry_after_s);
  visit->send(http::Response::json(200, previews::preview_json(*preview)));
}

// As pages call it: by its own name, or whose it is.
std::string name_of(const Visit& visit, const rooms::LiveStream& stream) {
  return stream.title.empty() ? live_kind_text(visit, stream) : stream.title;
}

void show_stream(const VisitPtr& visit, const std::string& url) {
  const auto gone = [visit] {
    visit->send(http::Response::json(200, previews::refusal_json({"no_stream", rooms::media_link_sentence("no_stream")})));
  };
  const auto code = rooms::read_room_code(visit->request->path_param("code"));
  if (!code || !visit->services.room_summary) return gone();
  visit->services.room_summary(*code, visit->person(), visit->here.executor, [visit, url, gone](const std::optional<RoomSummary>& summary) {
    if (!summary) return gone();
    const auto at = std::ranges::find(summary->live, url, rooms::path_of);
    if (at == summary->live.end() || at->room_video) return gone();
    visit->send(http::Response::json(200, "{\"kind\":\"stream\",\"host\":\"\",\"known\":true,\"title\":" + json_text(name_of(*visit, *at)) +
                                              (at->still ? ",\"picture\":\"" + url + "/thumb.jpg\"" : std::string()) + "}"));
  });
}

// The id of a video of our own library, or empty.
std::string library_id(const rooms::MediaRef& media) {
  constexpr std::string_view path = "/library/";
  return media.url.starts_with(path) ? media.url.substr(path.size()) : std::string();
}

void show_own_video(const VisitPtr& visit, const std::string& id) {
  constexpr std::string_view gone =
      R"({"kind":"file","host":"","known":true,"refusal":{"code":"no_file","text":"There is no video at this address."}})";
  if (visit->services.library == nullptr) return visit->send(http::Response::json(200, std::string(gone)));
  visit->services.library->store().find(id, visit->here.executor, [visit, id, gone](const seams::Result<seams::LibraryItem>& item) {
    if (!item && item.error() == seams::StoreError::unavailable) return refuse(visit, 503, "Try again in a moment.", busy_retry_after_s);
    if (!item || item->state != seams::LibraryState::ready) return visit->send(http::Response::json(200, std::string(gone)));
    visit->send(http::Response::json(
        200, "{\"kind\":\"file\",\"host\":\"\",\"known\":true,\"title\":" + json_text(item->title) +
                 (item->facts.duration_ms > 0 ? ",\"duration_ms\":" + std::to_string(item->facts.duration_ms) : std::string()) +
                 ",\"size_bytes\":" + std::to_string(item->size_bytes) +
                 (item->facts.picture ? ",\"picture\":\"/library/" + id + "/thumb.jpg\"" : std::string()) + "}"));
  });
}

// Not an error: the page asks before it knows.
void say_switched_off(const VisitPtr& visit) { visit->send({204, {}, {}}); }

}  // namespace

void room_preview(VisitPtr visit) {
  with_link(visit, [visit](const std::string& url) {
    auto media = rooms::parse_media_link(url);
    if (!media) {
      const std::string& detail = media.error().detail;
      return visit->send(http::Response::json(200, previews::refusal_json({detail, rooms::media_link_sentence(detail)})));
    }
    if (const std::string id = library_id(*media); !id.empty()) return show_own_video(visit, id);
    if (media->kind == rooms::MediaKind::stream) return show_stream(visit, media->url);
    if (visit->services.previews == nullptr) return say_switched_off(visit);
    previews::Previews& previews = *visit->services.previews;
    // What is known already costs nobody anything, so it costs no try.
    if (const auto known = previews.known(*media)) return show(visit, known);
    if (!may_ask(visit)) return;
    previews.look(std::move(*media), visit->here.executor, [visit](const std::optional<previews::Preview>& found) { show(visit, found); });
  });
}

void room_subtitles(VisitPtr visit) {
  if (visit->services.previews == nullptr) return say_switched_off(visit);
  with_link(visit, [visit](const std::string& url) {
    if (!may_ask(visit)) return;
    visit->services.previews->subtitles(url, visit->here.executor, [visit](const previews::Previews::Subtitles& found) {
      if (!found) return show(visit, std::nullopt);
      if (!*found) return visit->send(http::Response::json(422, previews::refusal_json(previews::text_of(found->error()))));
      http::Response response{200, {}, **found};
      response.with("Content-Type", "application/octet-stream").with("Content-Disposition", "attachment");
      visit->send(std::move(response));
    });
  });
}

void preview_picture(VisitPtr visit) {
  constexpr std::string_view ending = ".jpg";
  const std::string_view name = visit->request->path_param("key");
  if (visit->services.previews == nullptr || !visit->who || !name.ends_with(ending)) return visit->error(404);
  const auto picture = visit->services.previews->picture(std::string(name.substr(0, name.size() - ending.size())));
  if (!picture) return visit->error(404);
  http::Response response{200, {}, picture->bytes};
  response.with("Content-Type", picture->type).with("Cross-Origin-Resource-Policy", "same-origin");
  visit->send(std::move(response));
}

}  // namespace matinee::pages
