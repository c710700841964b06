// @ts-check
// A player that does not move: resting exactly where the room rests, and starting at the right instant. Pure.
import { clamp } from './estimating.js';

/** @typedef {import('./types.js').Look} Look */
/** @typedef {import('./types.js').Action} Action */
/** @typedef {import('./types.js').Resting} Resting */

/** The room rests on whole milliseconds and a player can stand on them; what is left is arithmetic. */
const EXACT_MS = 0.05;
const TRIES = 3;
/** A start this late is made up for by rate within the first two seconds. */
const LATE_START_MS = 120;
/** How long play() may take before it is asked for again. */
const PLAY_PATIENCE_MS = 1500;

/**
 * Paused or waiting: stop, then stand on the very position.
 * @template {Resting} S
 * @param {S} s @param {Look} look @returns {import('./types.js').Decision<S>}
 */
export function hold(s, look) {
  const { reading } = look;
  const state = { ...s, playAt: null, alignSeekAt: null };
  if (reading.state === 'loading' || reading.state === 'seeking') return rest(state);
  if (reading.state === 'playing' || reading.state === 'buffering' || reading.state === 'ad') return rest(state, [{ do: 'pause' }]);
  const toMs = reading.durationMs === null ? look.holdMs : Math.min(look.holdMs, reading.durationMs);
  const off = reading.positionMs - toMs;
  if (Math.abs(off) > EXACT_MS && s.tries < TRIES) return rest({ ...state, tries: s.tries + 1 }, [{ do: 'seek', toMs }]);
  return { ...rest(state), errorMs: off, inStep: Math.abs(off) <= EXACT_MS, ready: reading.ready };
}

/**
 * The room plays and this player stands: a scheduled start, a late joiner, or somebody's own pause.
 * @template {Resting} S
 * @param {S} s @param {Look} look @returns {import('./types.js').Decision<S>}
 */
export function align(s, look) {
  const { reading, now } = look;
  if (s.playAt !== null && now - s.playAt < PLAY_PATIENCE_MS) return rest(s);
  if (reading.state === 'seeking') return rest(s);
  if (s.alignSeekAt !== null) s = learnLead(s, now - s.alignSeekAt);
  // Where the timeline is when the picture would begin to move, were play() called now.
  const due = look.target(now + s.startMs);
  const behind = due - reading.positionMs;
  const startsIn = look.startAt - s.startMs - now;
  if (startsIn > 0) {
    const off = Math.abs(reading.positionMs - look.holdMs) > EXACT_MS;
    if (off && s.tries < TRIES && startsIn > s.leadMs) return seek(s, look, look.holdMs);
    if (!off || startsIn > s.leadMs) return { ...rest(s), wakeInMs: startsIn };
  }
  if (behind < 0 && behind > -2000) return { ...rest(s), wakeInMs: Math.max(1, -behind / look.rate) };
  if (s.tries < TRIES && (behind > LATE_START_MS || behind <= -2000)) {
    // A little further than needed: waiting for the timeline is exact, running after it is not.
    return seek(s, look, look.target(now + s.leadMs * 1.1 + 20 + s.startMs));
  }
  return rest({ ...s, playAt: now, playFromMs: reading.positionMs }, [{ do: 'play' }]);
}

/** @template {Resting} S @param {S} s @param {number} took @returns {S} */
function learnLead(s, took) {
  const leadMs = clamp(s.leadKnown ? (s.leadMs + took) / 2 : took, 10, 5000);
  return { ...s, leadMs: Math.max(leadMs, took > s.leadMs ? took : 0), leadKnown: true, alignSeekAt: null };
}

/** @template {Resting} S @param {S} s @param {Look} look @param {number} toMs @returns {import('./types.js').Decision<S>} */
function seek(s, look, toMs) {
  return rest({ ...s, tries: s.tries + 1, alignSeekAt: look.now }, [{ do: 'seek', toMs }]);
}

/** @template {Resting} S @param {S} state @param {Action[]} [actions] @returns {import('./types.js').Decision<S>} */
function rest(state, actions = []) {
  return { state, actions, wakeInMs: null, errorMs: null, inStep: false, ready: false };
}
