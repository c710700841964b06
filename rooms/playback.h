// The shared timeline of a room as a state machine: what plays, where, since when.
// P(t) = position_ms + rate × (t − at_ms), t = server time in ms. Nothing ticks: the state changes only when somebody acts.
// Pure; belongs to its Room's thread. Source of the rules: docs/sync.md.
//
//                 set media                       everyone ready / timeout / "start now"
//   ┌──────┐ ───────────────────────▶ ┌─────────┐ ───────────────────────────────────────▶ ┌─────────┐
//   │ idle │                          │ waiting │                                          │ playing │
//   └──────┘ ◀─────────────────────── └─────────┘ ◀─────── seek / stall (policy) ───────── └─────────┘
//        clear          ▲  │ pause                                                   pause │   ▲ play
//                       │  ▼                                                               ▼   │
//                       │ ┌──────────────────────────────────────────────────────────────────────┐
//                       └─│ paused                                                               │
//                  play   └──────────────────────────────────────────────────────────────────────┘
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include "rooms/ids.h"
#include "rooms/media_ref.h"
#include "rooms/result.h"

namespace matinee::rooms {

enum class Phase : std::uint8_t { idle, waiting, playing, paused };
enum class WaitPolicy : std::uint8_t { free, fair, strict };  // "Don't wait" / "Wait a little" / "Wait for everyone"

struct PlaybackState {
  Revision rev;
  Phase phase = Phase::idle;
  std::optional<MediaRef> media;
  std::int64_t position_ms = 0;  // at at_ms
  std::int64_t at_ms = 0;        // server time; may lie a little in the future: a scheduled start
  double rate = 1.0;
  PersonId by;                     // who made the last change; 0 = the room itself
  std::string op;                  // the client's id of that change
  std::int64_t wait_until_ms = 0;  // phase waiting: when the room starts anyway; 0 = waits for everybody

  [[nodiscard]] std::int64_t position_at(std::int64_t now_ms) const;
};

enum class Command : std::uint8_t { set_media, clear, play, pause, seek, rate, ready, stall, timeout };

struct CommandArgs {
  Command command = Command::pause;
  std::optional<MediaRef> media;     // set_media
  std::int64_t position_ms = 0;      // play, pause, seek: the explicit target
  double rate = 1.0;                 // rate
  std::optional<Revision> base_rev;  // the revision the person saw; absent only for the room's own commands
  std::string op;
  PersonId by;
};

// What the machine needs to know of the room at this instant.
struct PlaybackContext {
  std::int64_t now_ms = 0;           // server time
  std::int64_t start_delay_ms = 12;  // clamp(0.75 × largest counted round trip + 10, 12, 400)
  WaitPolicy policy = WaitPolicy::fair;
  bool everybody_ready = true;  // of those who are waited for
  bool small_room = true;       // ≤ wait_stall_people_max: a stall may hold the room
};

class Playback {
 public:
  [[nodiscard]] const PlaybackState& state() const { return state_; }
  // Takes a stored state back at start; after a longer absence it is paused where it was (snapshot_plays_on_ms).
  void restore(PlaybackState state, std::int64_t saved_at_ms, std::int64_t now_ms);
  // The one transition function: changed (true), no effect (false), or refused (stale, no_media, bad_request).
  [[nodiscard]] Result<bool> apply(const CommandArgs& args, const PlaybackContext& context);

 private:
  PlaybackState state_;
};

[[nodiscard]] std::string_view to_string(Phase phase);
[[nodiscard]] std::string_view to_string(WaitPolicy policy);

}  // namespace matinee::rooms
