// @ts-check
// P(t): where the room's video is at server time t. Pure.

/** @typedef {import('../types.js').Playback} Playback */

/**
 * @param {Playback} playback
 * @param {number} serverMs
 * @param {number|null} [durationMs] known length of the video: nothing plays beyond it
 */
export function positionAt(playback, serverMs, durationMs = null) {
  const { phase, position_ms, at_ms, rate } = playback;
  // A start may be scheduled a little ahead; until then the position holds.
  const moved = phase === 'playing' ? position_ms + rate * Math.max(0, serverMs - at_ms) : position_ms;
  return durationMs === null ? moved : Math.min(moved, durationMs);
}

/**
 * What a timeline is without a room: one person watching alone, on the page's own clock.
 * @param {Playback} playback
 * @param {number} serverMs
 * @param {Partial<Pick<Playback, 'phase'|'position_ms'|'rate'>>} change
 * @returns {Playback}
 */
export function branch(playback, serverMs, change) {
  return { ...playback, position_ms: positionAt(playback, serverMs), at_ms: serverMs, ...change };
}

/** The room's rev decides: an older state that arrives late is no news. @param {Playback|null} held @param {Playback} next */
export function isNewer(held, next) {
  return held === null || held.epoch !== next.epoch || next.rev > held.rev;
}

/** While the room waits a rev is told again: for whom it still waits is all that is new. @param {Playback|null} held @param {Playback} next */
export function isAgain(held, next) {
  return held !== null && held.epoch === next.epoch && held.rev === next.rev;
}

/** A paused room remembers when; further back nobody can go any more. */
const HOLD_NEAR_MS = 10_000;

/** Where a live stream stands while it is paused: what everybody saw when the room paused, as far as that can be told. @param {Playback} timeline @param {import('./types.js').Reading} reading @param {number} [behindMs] */
function holdOf(timeline, { positionMs, programmeMs }, behindMs) {
  if (timeline.phase !== 'paused' || programmeMs === undefined || behindMs === undefined) return positionMs;
  const stood = timeline.at_ms - behindMs - programmeMs;
  return stood >= 0 && Math.abs(stood - positionMs) < HOLD_NEAR_MS ? stood : positionMs;
}

/**
 * What a controller is shown: the timeline by the page's own clock.
 * @param {Playback} timeline
 * @param {import('./types.js').Reading} reading
 * @param {import('./clock.js').Clock} clock
 * @param {{now: number, hidden: boolean, turn: number, offsetMs?: number, behindMs?: number}} moment turn: counts what made a new target without a new revision;
 *   behindMs: how far behind the server's clock the room watches a live stream with programme times;
 *   offsetMs: this person's player runs so much ahead, because their sound comes late; at rest it makes no difference
 * @returns {import('./types.js').Look}
 */
export function lookOf(timeline, reading, clock, { now, hidden, turn, offsetMs = 0, behindMs }) {
  const { edgeMs, programmeMs } = reading;
  const rev = `${timeline.epoch}:${timeline.rev}:${turn}`;
  // A live stream has a time of its own: what the room agrees on is whether it plays and how far behind its making, or behind the
  // edge of the playlist where that tells no times.
  if (edgeMs !== undefined) {
    const target = programmeMs === undefined || behindMs === undefined
      ? (/** @type {number} */ localMs) => edgeMs + localMs - now
      : (/** @type {number} */ localMs) => clock.serverAt(localMs) + offsetMs - behindMs - programmeMs;
    return { now, reading, hidden, phase: timeline.phase, rate: 1, holdMs: holdOf(timeline, reading, behindMs), rev, startAt: 0, target };
  }
  return {
    now, reading, hidden, phase: timeline.phase, rate: timeline.rate, holdMs: timeline.position_ms,
    rev, startAt: clock.localAt(timeline.at_ms) - offsetMs,
    target: (localMs) => positionAt(timeline, clock.serverAt(localMs) + offsetMs, reading.durationMs),
  };
}
