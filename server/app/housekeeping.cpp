#include "server/app/housekeeping.h"

#include <utility>
#include "server/ops/log.h"

namespace matinee::app {

Housekeeping::Housekeeping(net::Loop& loop, seams::Executor executor, HousekeepingStores stores, std::function<std::int64_t()> now_ms,
                           IsOpen is_open, HousekeepingOptions options)
    : loop_(loop),
      executor_(std::move(executor)),
      stores_(stores),
      now_ms_(std::move(now_ms)),
      is_open_(std::move(is_open)),
      options_(options) {}

void Housekeeping::start() {
  timer_ = loop_.start_timer(options_.every, [this] {
    run_once();
    start();
  });
}

void Housekeeping::run_once() {
  stores_.rooms.idle_guest_rooms(now_ms_() - options_.guest_room_ms, options_.piece, executor_,
                                 [this](seams::Result<std::vector<seams::RoomOfUser>> idle) {
                                   if (!idle) return;
                                   for (const seams::RoomOfUser& room : *idle)
                                     is_open_(room.code, executor_, [this, code = room.code](bool open) {
                                       if (!open) end_room(code);
                                     });
                                 });
  // Before the guests: one whose sessions have all run out is forgotten in the same round.
  stores_.sessions.prune(now_ms_(), executor_, [](const seams::Result<std::int64_t>&) {});
  stores_.messages.tidy(executor_, [](const seams::Result<void>&) {});
  stores_.throttles.prune(now_ms_(), executor_, [](const seams::Result<void>&) {});
  stores_.users.prune_guests(now_ms_() - options_.guest_ms, options_.piece, executor_, [](seams::Result<std::int64_t> gone) {
    if (gone && *gone > 0) ops::log_info("guests forgotten", {{"count", *gone}});
  });
}

// Taking the room over first fences off a shard that opened it this very moment: its next write is refused and it closes the room.
void Housekeeping::end_room(const std::string& code) {
  stores_.rooms.raise_epoch(code, executor_, [this, code](seams::Result<seams::RoomRecord> room) {
    if (!room || room->ended_at_ms != 0) return;
    stores_.rooms.end({.room = room->id, .epoch = room->epoch}, now_ms_(), executor_, [code](seams::Result<void> ended) {
      if (ended) ops::log_info("guest room ended", {{"room", code}});
    });
  });
}

}  // namespace matinee::app
