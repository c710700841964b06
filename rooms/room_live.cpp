// What the media tell the room. It is told to everybody as it is. A stream of it may be the room's video: then the room moves on when it
// does not run any more.
//
//   ┌──────┐  gone, cut off for good   ┌─────────┐  stream_away_ms, or pages have shown all of it   ┌──────────────────────┐
//   │ runs │ ────────────────────────▶ │ missing │ ───────────────────────────────────────────────▶ │ next in queue, empty │
//   └──────┘ ◀──────────────────────── └─────────┘  ◀── a room that was opened anew begins here      └──────────────────────┘
//               its publisher is back
#include <algorithm>
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
  watch_stream(turn);
}

std::optional<Error> Room::State::unplayable(const MediaRef& media) const {
  if (media.kind != MediaKind::stream) return std::nullopt;
  const auto refuse = [](const char* detail) { return Error{ErrorCode::bad_media, detail, 0}; };
  const auto at = std::ranges::find(live.streams, media.url, path_of);
  if (at == live.streams.end() || at->room_video) return refuse("no_stream");
  const auto has = [&forms = at->forms](LiveForm form) { return std::ranges::find(forms, form) != forms.end(); };
  if (has(LiveForm::hls)) return std::nullopt;
  return refuse(has(LiveForm::mjpeg) ? "stream_pictures" : "stream_coding");
}

bool Room::State::plays_missing_stream() const {
  const auto& media = playback.state().media;
  return media && media->kind == MediaKind::stream && std::ranges::find(live.streams, media->url, path_of) == live.streams.end();
}

void Room::State::watch_stream(Turn& turn) {
  const bool missing = plays_missing_stream();
  if (missing == stream_timer_set) return;
  stream_timer_set = missing;
  turn.emit(SetTimer{static_cast<std::int64_t>(Timer::stream), missing ? turn.now_ms() + limits::stream_away_ms : 0});
}

void Room::State::end_stream(Turn& turn) {
  if (!plays_missing_stream()) return;
  ended.clear();
  if (queue.state().autoplay && !participants.empty()) go_on({}, {}, turn);
  else room_command(Command::clear, turn);
  actions.settle_all();
  turn.tell_all(ActionsChanged{actions.list(turn.now_ms())});
}

}  // namespace matinee::rooms
