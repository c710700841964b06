// What the media tell the room. It is told to everybody as it is; the room decides nothing by it.
#include "rooms/room_state.h"
#include "rooms/text.h"

namespace matinee::rooms {
namespace {

// A title comes from somebody's desktop program, so it may be anything.
bool is_title(const std::string& title) {
  if (title.size() > limits::live_title_bytes_max) return false;
  const auto shape = shape_of(title);
  return shape && !shape->controls && !shape->unseen && !shape->line_breaks;
}

LiveState bounded(LiveState live) {
  if (live.streams.size() > limits::live_streams_max) live.streams.resize(limits::live_streams_max);
  for (LiveStream& stream : live.streams) {
    if (!is_title(stream.title)) stream.title.clear();
  }
  return live;
}

}  // namespace

void Room::State::on(const SetLive& set, Turn& turn) {
  if (closed) return;
  LiveState told = bounded(set.live);
  name_publishers(told);
  if (told == live) return;
  live = std::move(told);
  turn.tell_all(LiveChanged{live});
}

}  // namespace matinee::rooms
