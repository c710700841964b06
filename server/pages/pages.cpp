#include "server/pages/pages.h"

#include "server/http/static_files.h"
#include "server/ops/host_rules.h"
#include "server/pages/account.h"
#include "server/pages/account_end.h"
#include "server/pages/avatar.h"
#include "server/pages/avatar_picture.h"
#include "server/pages/desktop.h"
#include "server/pages/devices.h"
#include "server/pages/entrance.h"
#include "server/pages/errors.h"
#include "server/pages/export.h"
#include "server/pages/landing.h"
#include "server/pages/language.h"
#include "server/pages/library.h"
#include "server/pages/library_upload.h"
#include "server/pages/live.h"
#include "server/pages/previews.h"
#include "server/pages/room.h"
#include "server/pages/setup.h"
#include "server/pages/streams.h"
#include "server/pages/visit.h"

namespace matinee::pages {
namespace {

void add_files(http::Router& router, const Services& services) {
  router.get("/static/{name...}", [&services](const http::RequestPtr& request, http::Responder responder) {
    services.static_files.serve(*request, std::move(responder), request->path_param("name"));
  });
  router.get("/favicon.ico", [&services](const http::RequestPtr& request, http::Responder responder) {
    services.static_files.serve(*request, std::move(responder), "img/mark.svg");
  });
  router.get("/healthz", [](const http::RequestPtr&, http::Responder responder) { responder.send(http::Response::text(200, "ok\n")); });
}

void add_library(http::Router& router, const Services& services) {
  router.get("/library", on_page(services, library_page));
  router.get("/library/items", on_page(services, library_items));
  router.get("/library/{id}", on_page(services, library_file));
  router.get("/library/{id}/thumb.jpg", on_page(services, library_picture));
  router.post("/library/{id}/rename", on_form(services, rename_library_item));
  router.post("/library/{id}/delete", on_form(services, delete_library_item));
  router.add("OPTIONS", "/library/uploads", on_page(services, tell_upload_options));
  router.post("/library/uploads", on_script(services, begin_upload));
  router.get("/library/uploads/{id}", on_page(services, show_upload));
  router.add("PATCH", "/library/uploads/{id}", on_script(services, receive_upload));
  router.add("DELETE", "/library/uploads/{id}", on_script(services, end_upload));
}

}  // namespace

void add_pages(http::Router& router, const Services& services) {
  add_files(router, services);
  router.get("/", on_page(services, landing));
  router.get("/rooms", on_page(services, my_rooms));
  router.get("/live", on_page(services, live_page));
  router.post("/rooms", on_form(services, start_room));
  router.post("/join", on_form(services, join_by_code));
  router.get("/rooms/{code}", on_page(services, room));
  router.post("/rooms/{code}/forget", on_form(services, forget_room));
  router.post("/rooms/{code}/join", on_form(services, join_room, join_when_stale));
  router.get("/rooms/{code}/preview", on_page(services, room_preview));
  router.get("/rooms/{code}/subtitles", on_page(services, room_subtitles));
  router.get("/previews/{key}", on_page(services, preview_picture));
  router.post("/rooms/{code}/desktop", on_form(services, pair_desktop));
  router.get("/rooms/{code}/streams", on_page(services, list_streams));
  router.post("/rooms/{code}/streams", on_form(services, make_stream));
  router.post("/rooms/{code}/streams/{stream}/key", on_form(services, rekey_stream));
  router.post("/rooms/{code}/streams/{stream}/name", on_form(services, rename_stream));
  router.post("/rooms/{code}/streams/{stream}/record", on_form(services, record_stream));
  router.post("/rooms/{code}/streams/{stream}/record/end", on_form(services, end_recording));
  router.post("/rooms/{code}/streams/{stream}/end", on_form(services, end_stream));
  router.post("/rooms/{code}/streams/{stream}/delete", on_form(services, delete_stream));
  router.get("/r/{code}", on_page(services, short_link));
  router.get("/signup", on_page(services, sign_up_page));
  router.post("/signup", on_form(services, sign_up, enter_when_stale));
  router.get("/login", on_page(services, log_in_page));
  router.post("/login", on_form(services, log_in, enter_when_stale));
  router.post("/logout", on_form(services, log_out, leave_when_stale));
  router.get("/account", on_page(services, account_page));
  router.post("/account/name", on_form(services, change_name));
  router.post("/account/avatar", on_upload(services, avatar_bytes_max, put_avatar));
  router.post("/account/avatar/remove", on_form(services, remove_avatar));
  router.get("/avatars/{person}/{key}", on_page(services, avatar_picture));
  router.post("/account/preferences", on_form(services, change_preferences));
  router.post("/account/email", on_form(services, change_email));
  router.post("/account/password", on_form(services, change_password));
  router.get("/account/export", on_page(services, export_account));
  router.post("/account/delete", on_form(services, delete_account));
  router.post("/account/devices/end", on_form(services, end_device));
  router.post("/account/logout-everywhere", on_form(services, log_out_everywhere));
  router.post("/language", on_form(services, choose_language, language_when_stale));
  if (services.library != nullptr) add_library(router, services);
  router.get("/setup/{token}", on_page(services, setup_page));
  router.post("/setup", on_form(services, set_up));
}

http::Response router_error(const Services& services, const http::Request& request, int status) {
  Model model;
  model.set("asset_base", "/static/" + services.static_files.hash());
  model.set("signup_open", services.signups_open);
  return error_response(services, request, std::move(model), error_text(words_for(services, request), status));
}

}  // namespace matinee::pages
