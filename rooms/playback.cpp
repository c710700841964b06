#include "rooms/playback.h"
#include <algorithm>
#include <cmath>
#include "rooms/limits.h"

namespace matinee::rooms {
namespace {

enum class Step : std::uint8_t {
  nothing,   // valid, but there is nothing to do
  no_media,  // refused: needs a video
  load,      // a new video from its start
  unload,
  start,  // leave waiting at the position the room waits at
  start_if_ready,
  start_if_due,
  resume,  // from paused, at the explicit position
  freeze,
  jump,   // seek while it plays or is about to
  place,  // seek while paused
  hold,   // somebody stalls
  respeed,
};

// The whole machine: every phase × every command.
Step step_for(Phase phase, Command command) {
  switch (phase) {
    case Phase::idle:
      switch (command) {
        case Command::set_media: return Step::load;
        case Command::clear: return Step::nothing;
        case Command::play: return Step::no_media;
        case Command::pause: return Step::no_media;
        case Command::seek: return Step::no_media;
        case Command::rate: return Step::no_media;
        case Command::ready: return Step::nothing;
        case Command::stall: return Step::nothing;
        case Command::timeout: return Step::nothing;
      }
      break;
    case Phase::waiting:
      switch (command) {
        case Command::set_media: return Step::load;
        case Command::clear: return Step::unload;
        case Command::play: return Step::start;  // the position is where everybody has prepared to start
        case Command::pause: return Step::freeze;
        case Command::seek: return Step::jump;
        case Command::rate: return Step::respeed;
        case Command::ready: return Step::start_if_ready;
        case Command::stall: return Step::nothing;  // already waiting
        case Command::timeout: return Step::start_if_due;
      }
      break;
    case Phase::playing:
      switch (command) {
        case Command::set_media: return Step::load;
        case Command::clear: return Step::unload;
        case Command::play: return Step::nothing;  // two people pressed it; moving on purpose is seek
        case Command::pause: return Step::freeze;
        case Command::seek: return Step::jump;
        case Command::rate: return Step::respeed;
        case Command::ready: return Step::nothing;  // a late joiner
        case Command::stall: return Step::hold;
        case Command::timeout: return Step::nothing;  // an old timer
      }
      break;
    case Phase::paused:
      switch (command) {
        case Command::set_media: return Step::load;
        case Command::clear: return Step::unload;
        case Command::play: return Step::resume;
        case Command::pause: return Step::nothing;
        case Command::seek: return Step::place;
        case Command::rate: return Step::respeed;
        case Command::ready: return Step::nothing;
        case Command::stall: return Step::nothing;
        case Command::timeout: return Step::nothing;
      }
      break;
  }
  return Step::nothing;
}

bool position_ok(std::int64_t position_ms) { return position_ms >= 0 && position_ms <= limits::position_ms_max; }
bool rate_ok(double rate) { return rate >= limits::rate_min && rate <= limits::rate_max; }  // false for NaN

std::optional<Error> bad_argument(const CommandArgs& args) {
  const auto bad = [](const char* field) { return Error{ErrorCode::bad_request, field, 0}; };
  if (args.op.size() > limits::op_bytes_max) return bad("op");
  const bool has_target = args.command == Command::play || args.command == Command::pause || args.command == Command::seek;
  if (has_target && !position_ok(args.position_ms)) return bad("position_ms");
  if (args.command == Command::rate && !rate_ok(args.rate)) return bad("rate");
  if (args.command == Command::set_media && (!args.media || !position_ok(args.media->start_ms))) return bad("media");
  return std::nullopt;
}

// The room stands at position_ms, waiting or on its way, as its policy wants. wait_until_ms counts for `fair` only.
void begin_at(PlaybackState& state, std::int64_t position_ms, std::int64_t wait_until_ms, const PlaybackContext& context) {
  state.position_ms = position_ms;
  state.wait_until_ms = 0;
  switch (context.policy) {
    case WaitPolicy::free:
      state.phase = Phase::playing;
      state.at_ms = context.now_ms + context.start_delay_ms;
      return;
    case WaitPolicy::fair: state.wait_until_ms = wait_until_ms; break;
    case WaitPolicy::strict: break;
  }
  state.phase = Phase::waiting;
  state.at_ms = context.now_ms;
}

void play_from(PlaybackState& state, std::int64_t position_ms, const PlaybackContext& context) {
  state.phase = Phase::playing;
  state.position_ms = position_ms;
  state.at_ms = context.now_ms + context.start_delay_ms;
  state.wait_until_ms = 0;
}

void pause_at(PlaybackState& state, std::int64_t position_ms, std::int64_t now_ms) {
  state.phase = Phase::paused;
  state.position_ms = position_ms;
  state.at_ms = now_ms;
  state.wait_until_ms = 0;
}

// Everybody can reach what the person who paused saw: the picture that is about to come (their page names it, so that the others
// stop on it by themselves), and not so far behind the timeline that one slow player would throw everybody back.
std::int64_t reachable(const PlaybackState& state, std::int64_t position_ms, std::int64_t now_ms) {
  const std::int64_t here_ms = state.position_at(now_ms);
  const std::int64_t least_ms = std::max(state.position_ms, here_ms - limits::pause_back_ms_max);
  const bool moves = state.phase == Phase::playing && state.at_ms < now_ms;
  const std::int64_t most_ms = std::min(here_ms + (moves ? limits::pause_ahead_ms_max : 0), limits::position_ms_max);
  return std::clamp(position_ms, least_ms, most_ms);
}

void load(PlaybackState& state, const MediaRef& media, const PlaybackContext& context) {
  state.media = media;
  state.rate = 1.0;
  begin_at(state, media.start_ms, context.now_ms + limits::wait_new_video_ms, context);
}

void jump(PlaybackState& state, std::int64_t position_ms, const PlaybackContext& context) {
  // A seek while a new video is still waited for does not cut that wait short.
  const std::int64_t until_ms = std::max(state.wait_until_ms, context.now_ms + limits::wait_seek_ms);
  begin_at(state, position_ms, until_ms, context);
}

// False when the policy does not let a stall hold the room.
bool hold(PlaybackState& state, const PlaybackContext& context) {
  if (state.media && state.media->kind == MediaKind::stream) return false;  // it goes on whoever waits: who stalled comes back to it
  switch (context.policy) {
    case WaitPolicy::free: return false;
    case WaitPolicy::fair:
      if (!context.small_room) return false;
      break;
    case WaitPolicy::strict: break;
  }
  begin_at(state, state.position_at(context.now_ms), context.now_ms + limits::wait_stall_ms_max, context);
  return true;
}

bool respeed(PlaybackState& state, double rate, std::int64_t now_ms) {
  if (std::abs(state.rate - rate) < 1e-6) return false;
  if (state.phase == Phase::playing && state.at_ms < now_ms) {  // bend the line here; a start that is still to come stays as it is
    state.position_ms = state.position_at(now_ms);
    state.at_ms = now_ms;
  }
  state.rate = rate;
  return true;
}

// A person ends the wait whenever they like (start_now); the room's own timer only when its policy says so.
bool wait_is_over(const PlaybackState& state, const CommandArgs& args, const PlaybackContext& context) {
  if (args.by) return true;
  switch (context.policy) {
    case WaitPolicy::free: return true;
    case WaitPolicy::fair: return context.now_ms >= state.wait_until_ms;
    case WaitPolicy::strict: return false;
  }
  return false;
}

PlaybackState emptied(std::int64_t now_ms) {
  PlaybackState state;
  state.at_ms = now_ms;
  return state;
}

// Carries the step out on a copy of the state: changed or not, or refused.
Result<bool> carry_out(Step step, PlaybackState& state, const CommandArgs& args, const PlaybackContext& context) {
  switch (step) {
    case Step::nothing: return false;
    case Step::no_media: return fail(ErrorCode::no_media);
    case Step::load: load(state, *args.media, context); return true;
    case Step::unload: state = emptied(context.now_ms); return true;
    case Step::start: play_from(state, state.position_ms, context); return true;
    case Step::start_if_ready:
      if (!context.everybody_ready) return false;
      play_from(state, state.position_ms, context);
      return true;
    case Step::start_if_due:
      if (!wait_is_over(state, args, context)) return false;
      play_from(state, state.position_ms, context);
      return true;
    case Step::resume: play_from(state, args.position_ms, context); return true;
    case Step::freeze: pause_at(state, reachable(state, args.position_ms, context.now_ms), context.now_ms); return true;
    case Step::jump: jump(state, args.position_ms, context); return true;
    case Step::place: pause_at(state, args.position_ms, context.now_ms); return true;
    case Step::hold: return hold(state, context);
    case Step::respeed: return respeed(state, args.rate, context.now_ms);
  }
  return false;
}

}  // namespace

std::int64_t PlaybackState::position_at(std::int64_t now_ms) const {
  if (phase != Phase::playing || now_ms <= at_ms) return position_ms;
  const double moved_ms = rate * static_cast<double>(now_ms - at_ms);
  const double position = static_cast<double>(position_ms) + moved_ms;
  if (position >= static_cast<double>(limits::position_ms_max)) return limits::position_ms_max;
  return static_cast<std::int64_t>(std::llround(position));
}

Result<bool> Playback::apply(const CommandArgs& args, const PlaybackContext& context) {
  if (args.base_rev && *args.base_rev != state_.rev) return fail(ErrorCode::stale);
  if (auto bad = bad_argument(args)) return tl::unexpected<Error>(std::move(*bad));
  PlaybackState next = state_;
  const auto changed = carry_out(step_for(state_.phase, args.command), next, args, context);
  if (!changed || !*changed) return changed;
  next.rev = Revision{state_.rev.value + 1};
  next.by = args.by;
  next.op = args.op;
  state_ = std::move(next);
  return true;
}

void Playback::restore(PlaybackState state, std::int64_t saved_at_ms, std::int64_t now_ms) {
  const bool sound = state.media && state.phase != Phase::idle && position_ok(state.position_ms) && rate_ok(state.rate);
  if (!sound) state = emptied(now_ms);
  if (now_ms - saved_at_ms > limits::snapshot_plays_on_ms && state.phase != Phase::idle) {
    pause_at(state, state.position_at(saved_at_ms), now_ms);
  } else if (state.at_ms > now_ms + limits::start_delay_ms_max) {  // the machine's clock was set back meanwhile
    state.position_ms = state.position_at(saved_at_ms);
    state.at_ms = now_ms;
  }
  state.rev = Revision{0};  // revisions count per epoch
  state_ = std::move(state);
}

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::idle: return "idle";
    case Phase::waiting: return "waiting";
    case Phase::playing: return "playing";
    case Phase::paused: return "paused";
  }
  return "";
}

std::string_view to_string(WaitPolicy policy) {
  switch (policy) {
    case WaitPolicy::free: return "free";
    case WaitPolicy::fair: return "fair";
    case WaitPolicy::strict: return "strict";
  }
  return "";
}

}  // namespace matinee::rooms
