#include "server/pages/room_list.h"

#include "rooms/room_code.h"

namespace matinee::pages {
namespace {

std::string role_text(const Words& words, rooms::Role role) {
  switch (role) {
    case rooms::Role::owner: return words.text("role.owner");
    case rooms::Role::moderator: return words.text("role.moderator");
    case rooms::Role::member: return words.text("role.member");
    case rooms::Role::guest: return words.text("role.guest");
  }
  return {};
}

struct Gathering {  // shared by the answers of the rooms' shards; the last one finishes
  Model::List list;
  std::size_t waiting = 0;
  std::function<void(std::optional<Model::List>)> done;
};

// For who has no script; the page's script keeps it true.
std::string ago_text(const Words& words, std::int64_t ms) {
  if (ms >= 24 * 3'600'000) return words.count("rooms.days_ago", ms / (24 * 3'600'000));
  if (ms >= 3'600'000) return words.count("rooms.hours_ago", ms / 3'600'000);
  if (ms >= 60'000) return words.count("rooms.minutes_ago", ms / 60'000);
  return words.text("rooms.just_now");
}

void ask_people(const VisitPtr& visit, const std::vector<seams::RoomOfUser>& rooms, const std::shared_ptr<Gathering>& gathering) {
  gathering->waiting = rooms.size();
  for (std::size_t i = 0; i < rooms.size(); ++i) {
    visit->services.room_summary(
        rooms[i].code, visit->person(), visit->here.executor, [visit, gathering, i](const std::optional<RoomSummary>& summary) {
          if (summary && summary->people > 0)
            gathering->list[i].set("people_text", people_text(visit->words, summary->people)).set_if("watching", summary->watching);
          if (--gathering->waiting == 0) gathering->done(std::move(gathering->list));
        });
  }
}

}  // namespace

std::string people_text(const Words& words, std::int64_t people) {
  return people <= 0 ? words.text("join.nobody") : words.count("join.people", people);
}

void list_rooms(const VisitPtr& visit, std::size_t limit, std::function<void(std::optional<Model::List>)> done) {
  visit->services.rooms.rooms_of(
      visit->who->user, limit, visit->here.executor, [visit, done = std::move(done)](seams::Result<std::vector<seams::RoomOfUser>> rooms) {
        if (!rooms) return done(std::nullopt);
        const std::int64_t now_ms = visit->services.now_ms();
        auto gathering = std::make_shared<Gathering>();
        for (const seams::RoomOfUser& room : *rooms) {
          gathering->list.push_back(Model()
                                        .set("code", room.code)
                                        .set("code_shown", rooms::show_room_code(room.code))
                                        .set("room_name", room.name)
                                        .set("role_text", role_text(visit->words, room.role))
                                        .set("active_ms", std::to_string(room.last_activity_ms))
                                        .set("active_text", ago_text(visit->words, now_ms - room.last_activity_ms))
                                        .set("can_forget", room.role != rooms::Role::owner));
        }
        if (rooms->empty() || !visit->services.room_summary) return done(std::move(gathering->list));
        gathering->done = done;
        ask_people(visit, *rooms, gathering);
      });
}

}  // namespace matinee::pages
