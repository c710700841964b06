// GET /library/{id} and its picture: for accounts, and for guests who have been let into a room here.
#include <chrono>
#include <functional>
#include <memory>

#include "server/http/file_answer.h"
#include "server/library/library.h"
#include "server/net/loop.h"
#include "server/pages/library.h"

namespace matinee::pages {
namespace {

constexpr std::chrono::milliseconds visit_recorded_within{500};

// A guest has come to a room, or owns one. The visit is written behind the welcome, so one who has just come in is asked about twice.
void if_inside(const VisitPtr& visit, bool again, std::function<void(bool)> done) {
  visit->services.rooms.rooms_of(visit->who->user, 1, visit->here.executor,
                                 [visit, again, done = std::move(done)](const seams::Result<std::vector<seams::RoomOfUser>>& rooms) {
                                   if (!rooms || !rooms->empty() || !again) return done(rooms && !rooms->empty());
                                   const auto timer = std::make_shared<net::Timer>();  // shared with itself, until it has fired
                                   *timer = visit->request->loop().start_timer(visit_recorded_within,
                                                                               [visit, done, timer] { if_inside(visit, false, done); });
                                 });
}

void with_viewer(const VisitPtr& visit, std::function<void(const std::string& id)> use) {
  const std::string id(visit->request->path_param("id"));
  if (!library::is_id(id)) return visit->error(404);
  if (!visit->who || (visit->is_guest() && !visit->services.guests)) return visit->error(401);
  if (visit->has_account()) return use(id);
  if_inside(visit, true, [visit, id, use = std::move(use)](bool inside) {
    if (!inside) return visit->error(403);
    use(id);
  });
}

using OpenPart = std::function<std::optional<library::OpenFile>(const seams::LibraryItem&)>;

void answer(const VisitPtr& visit, const std::string& id, std::string tail, OpenPart open) {
  visit->services.library->store().find(
      id, visit->here.executor,
      [visit, tail = std::move(tail), open = std::move(open)](const seams::Result<seams::LibraryItem>& item) mutable {
        if (!item && item.error() != seams::StoreError::not_found) return visit->error(503, 5);
        // What is being recorded can be played by now, for those who could delete it.
        const bool grows = item && item->state == seams::LibraryState::recording && may_change(*visit, *item);
        if (!item || !(grows || item->state == seams::LibraryState::ready)) return visit->error(404);
        const auto file = open(*item);
        if (!file) return visit->error(404);
        const bool picture = !tail.empty();
        if (grows) tail += "-" + std::to_string(file->size_bytes);
        http::FileAnswer how{.etag = "\"" + item->id + tail + "\"",
                             .content_type = picture ? "image/jpeg"
                                             : grows ? "video/mp4"
                                                     : item->facts.type,
                             // What has an id never changes once it is whole, but who may see it does.
                             .cache_control = picture ? "private, max-age=86400"
                                              : grows ? "no-store"
                                                      : "private, no-cache",
                             .extra = {{"Cross-Origin-Resource-Policy", "same-origin"}}};
        http::answer_file(*visit->request, visit->stream(), how, file->fd, file->size_bytes);
      });
}

}  // namespace

void library_file(VisitPtr visit) {
  with_viewer(visit, [visit](const std::string& id) {
    answer(visit, id, "", [visit](const seams::LibraryItem& item) { return visit->services.library->file(item.id); });
  });
}

void library_picture(VisitPtr visit) {
  with_viewer(visit, [visit](const std::string& id) {
    answer(visit, id, "-picture", [visit](const seams::LibraryItem& item) { return visit->services.library->picture(item.id); });
  });
}

}  // namespace matinee::pages
