// @ts-check
// A player that does not move: resting exactly where the room rests, and starting at the right instant. Pure.
import { clamp } from './estimating.js';

/** @typedef {import('./types.js').Look} Look */
/** @typedef {import('./types.js').Action} Action */
/** @typedef {import('./types.js').Resting} Resting */

/** The room rests on whole milliseconds and a player can stand on them; what is left is arithmetic. */
const EXACT_MS = 0.05;
const TRIES = 3;
/** The last picture is told a moment after the player stopped. */
const TOLD_AFTER_MS = 60;
/** A pause that was set for a picture still to come is waited for so long; the room allows 100 ms and people are a way apart. */
const PAUSE_AHEAD_MS = 150;
/** Where in the time that stops on a picture pause() is called: a timer is late and never early. */
const CALL_AT = 0.2;
/** A player that stopped for a picture stands within so many of its lengths, and refreshes of the screen, of it. */
const NEAR = { pictures: 1, screens: 2 };
/** A start this late is made up for by rate within the first two seconds. */
export const LATE_START_MS = 120;
/** How long play() may take before it is asked for again. */
const PLAY_PATIENCE_MS = 1500;

/**
 * Paused or waiting: stop, then stand on the very position.
 * @template {Resting} S
 * @param {S} s @param {Look} look @returns {import('./types.js').Decision<S>}
 */
export function hold(s, look) {
  const { reading } = look;
  const state = { ...s, playAt: null, alignSeekAt: null, stoppedAt: null };
  if (reading.state === 'loading' || reading.state === 'seeking') return rest(state);
  const toMs = reading.durationMs === null ? look.holdMs : Math.min(look.holdMs, reading.durationMs);
  const off = reading.positionMs - toMs;
  // More than that away there is nothing to be told: it stands on another picture.
  const near = reading.picture !== undefined && Math.abs(off) < NEAR.pictures * reading.picture.lengthMs + NEAR.screens * reading.picture.screenMs;
  if (reading.state === 'playing' || reading.state === 'buffering' || reading.state === 'ad') {
    const call = near || look.phase === 'paused' ? callFor(look, toMs) : null;
    if (call && call.inMs > 0) return { ...rest(state), wakeInMs: call.inMs };
    // Too late for it: no need to stop first and see.
    if (call && call.inMs < -call.forMs && reading.state === 'playing' && reading.edgeMs === undefined) return rest({ ...state, tries: s.tries + 1 }, [{ do: 'pause' }, { do: 'seek', toMs }]);
    return rest(state, [{ do: 'pause' }]);
  }
  // Seeking empties the player's pipeline, and the next start takes twice as long: not for a position inside the same picture. Who came
  // by a seek shows the right one; who just stopped there may show the one before.
  const stopped = reading.picture !== undefined && reading.edgeMs === undefined && s.tries === 0;
  const stoppedAt = s.stoppedAt ?? look.now;
  if (stopped && near && look.now - stoppedAt < TOLD_AFTER_MS) return { ...rest({ ...state, stoppedAt }), wakeInMs: TOLD_AFTER_MS };
  if ((near || !stopped) && shows(look, toMs)) return { ...rest({ ...state, stoppedAt }), errorMs: 0, inStep: true, ready: reading.ready };
  if ((stopped || Math.abs(off) > EXACT_MS) && s.tries < TRIES) return rest({ ...state, tries: s.tries + 1 }, [{ do: 'seek', toMs }]);
  return { ...rest({ ...state, stoppedAt }), errorMs: off, inStep: Math.abs(off) <= EXACT_MS, ready: reading.ready };
}

/**
 * When to call pause() so that the picture of a position is the last one. A player that is told to stop still shows what the next
 * refresh of the screen was to show, and nothing after it (Chromium, 240 pauses at 24, 30 and 60 pictures a second: docs/sync.md).
 * So the time for it begins a refresh before this picture is due and ends a refresh before the next is.
 * @param {import('./types.js').Picture} picture @param {number} ms @param {number} rate
 * @returns {{at: number, forMs: number}} local time at which to call, and how much later still is in time
 */
function timeToStop({ fromMs, lengthMs, shownAt, screenMs }, ms, rate) {
  const due = shownAt + (Math.floor((ms - fromMs + EXACT_MS) / lengthMs) * lengthMs) / rate;
  const windowMs = Math.max(lengthMs / rate, screenMs);
  return { at: due - screenMs + CALL_AT * windowMs, forMs: (1 - CALL_AT) * windowMs };
}

/**
 * The person who paused named a place in a picture that was about to come: whoever hears in time stops on it.
 * @param {Look} look @param {number} toMs @returns {{inMs: number, forMs: number}|null} null: nothing is known, or it is no news on its way
 */
function callFor({ reading, now, rate }, toMs) {
  if (reading.state !== 'playing' || !reading.picture) return null;
  const { at, forMs } = timeToStop(reading.picture, toMs, rate);
  return at - now > PAUSE_AHEAD_MS ? null : { inMs: at - now, forMs };
}

/** Is the picture of this position on the screen? @param {Look} look @param {number} ms */
function shows({ reading: { picture } }, ms) {
  return picture !== undefined && ms >= picture.fromMs - EXACT_MS && ms < picture.fromMs + picture.lengthMs - EXACT_MS;
}

/**
 * The position to pause at for somebody who pauses now: the middle of the first picture that everybody can stop on.
 * @param {number} positionMs where the room is @param {import('./types.js').Reading|null} reading @param {number} now local @param {number} newsMs so long takes the news @param {number} rate
 */
export function stopAt(positionMs, reading, now, newsMs, rate) {
  const picture = reading?.state === 'playing' ? reading.picture : undefined;
  if (!picture) return positionMs;
  const { fromMs, lengthMs } = picture;
  const missedMs = now + newsMs - timeToStop(picture, fromMs, rate).at;
  return fromMs + (Math.max(0, Math.ceil((missedMs * rate) / lengthMs)) + 0.5) * lengthMs;
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
  // A live stream that has just begun: what everybody sees now was before its beginning.
  if (due < 0) return { ...rest(s), wakeInMs: Math.min(PLAY_PATIENCE_MS, -due) };
  const startsIn = look.startAt - s.startMs - now;
  if (startsIn > 0) {
    const off = Math.abs(reading.positionMs - look.holdMs) > EXACT_MS && !shows(look, look.holdMs);
    if (off && s.tries < TRIES && startsIn > s.leadMs) return seek(s, look, look.holdMs);
    if (!off || startsIn > s.leadMs) return { ...rest(s), wakeInMs: startsIn };
  }
  if (behind < 0 && behind > -2000) return { ...rest(s), wakeInMs: Math.max(1, -behind / look.rate) };
  if (s.tries < TRIES && (behind > s.lateMs || behind <= -2000)) {
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
