// The room's playback as desktops are told it: its times (server time, Unix ms) in the relay's monotonic µs, which a desktop knows its
// distance to from PING.
// Pure.
#pragma once
#include <algorithm>
#include <cstdint>
#include "rooms/playback.h"
#include "videoproto/control.h"

namespace matinee::media {

// Both clocks read at the same instant. A state from before this machine was started has no time on the relay's clock: it is moved
// to now, which leaves P(t) as it was.
[[nodiscard]] inline videoproto::RoomPlayback room_playback(const rooms::PlaybackState& state, std::int64_t server_now_us,
                                                            std::int64_t relay_now_us) {
  videoproto::RoomPlayback told;
  switch (state.phase) {
    case rooms::Phase::idle: told.phase = videoproto::Phase::idle; break;
    case rooms::Phase::waiting: told.phase = videoproto::Phase::waiting; break;
    case rooms::Phase::playing: told.phase = videoproto::Phase::playing; break;
    case rooms::Phase::paused: told.phase = videoproto::Phase::paused; break;
  }
  told.revision = std::max<std::int64_t>(0, state.rev.value);
  told.rate = std::clamp(state.rate, 0.25, 2.0);
  told.position_ms = std::max<std::int64_t>(0, state.position_ms);
  told.at_us = state.at_ms * 1'000 - server_now_us + relay_now_us;
  if (told.at_us < 0) {
    told.position_ms = std::max<std::int64_t>(0, state.position_at(server_now_us / 1'000));
    told.at_us = relay_now_us;
  }
  return told;
}

}  // namespace matinee::media
