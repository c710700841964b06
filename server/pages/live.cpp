#include "server/pages/live.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace matinee::pages {
namespace {

std::string_view key_of(rooms::LiveKind kind) {
  switch (kind) {
    case rooms::LiveKind::camera: return "live.camera";
    case rooms::LiveKind::screen: return "live.screen";
    case rooms::LiveKind::file: return "live.file";
    case rooms::LiveKind::link: return "live.link";
    case rooms::LiveKind::feed: return "live.feed";
  }
  return "live.feed";
}

Model card(const Visit& visit, const seams::RoomOfUser& room, const rooms::LiveStream& stream, bool inside) {
  const std::string kind = live_kind_text(visit, stream);
  Model model;
  model.set("code", room.code).set("room_name", room.name).set("title", stream.title.empty() ? kind : stream.title);
  if (!stream.title.empty() && stream.title != kind) model.set("kind_text", kind);
  model.set("online", stream.online);
  if (stream.viewers > 0) model.set("viewers_text", visit.words.count("live.watching", stream.viewers));
  if (stream.recording && stream.recording->ended == rooms::RecordingEnd::none)
    model.set("recorded_text", visit.words.text("record.by", {{"name", stream.recording->by_name}}));
  // A still is for who is seen in the room, as the stream is.
  if (inside && stream.online) model.set("picture", "/live/" + std::to_string(stream.id) + "/thumb.jpg");
  return model;
}

struct Gathering {  // shared by the answers of the rooms' shards; the last one finishes
  std::vector<seams::RoomOfUser> rooms;
  std::vector<Model::List> cards;  // of each room
  std::size_t waiting = 0;
};

void finish(const VisitPtr& visit, Gathering& gathering) {
  Model::List all;
  for (Model::List& cards : gathering.cards)
    for (Model& one : cards) all.push_back(std::move(one));
  Model model = visit->model();
  model.set("has_streams", !all.empty()).set("streams", std::move(all));
  visit->page(200, "live", model);
}

void gather(const VisitPtr& visit, const std::shared_ptr<Gathering>& all, std::size_t i, const std::vector<rooms::LiveStream>& live,
            bool inside) {
  for (const rooms::LiveStream& stream : live)
    if (!stream.room_video) all->cards[i].push_back(card(*visit, all->rooms[i], stream, inside));
  if (--all->waiting == 0) finish(visit, *all);
}

void ask_room(const VisitPtr& visit, const std::shared_ptr<Gathering>& all, std::size_t i) {
  const std::string code = all->rooms[i].code;
  visit->services.room_summary(
      code, visit->person(), visit->here.executor, [visit, all, i, code](const std::optional<RoomSummary>& summary) {
        if (!summary || summary->live.empty() || !visit->services.streams.standing)
          return gather(visit, all, i, summary ? summary->live : std::vector<rooms::LiveStream>(), false);
        visit->services.streams.standing(code, visit->who->user, visit->here.executor,
                                         [visit, all, i, live = summary->live](const std::optional<RoomStanding>& standing) {
                                           gather(visit, all, i, live, standing.has_value());
                                         });
      });
}

}  // namespace

std::string live_kind_text(const Visit& visit, const rooms::LiveStream& stream) {
  return visit.words.text(key_of(stream.kind), {{"name", stream.publisher_name}});
}

void live_page(VisitPtr visit) {
  if (!visit->has_account()) return visit->redirect("/login?next=/live");
  visit->services.rooms.rooms_of(visit->who->user, live_rooms_max, visit->here.executor,
                                 [visit](seams::Result<std::vector<seams::RoomOfUser>> rooms) {
                                   if (!rooms) return visit->error(503, 5);
                                   auto all = std::make_shared<Gathering>();
                                   all->rooms = std::move(*rooms);
                                   all->cards.resize(all->rooms.size());
                                   if (all->rooms.empty() || !visit->services.room_summary) return finish(visit, *all);
                                   all->waiting = all->rooms.size();
                                   for (std::size_t i = 0; i < all->rooms.size(); ++i) ask_room(visit, all, i);
                                 });
}

}  // namespace matinee::pages
