// From what the pages recorded to figures: position errors and spread at 10 Hz, when each page was in a new state. Pure.
// A trace is [machine ms, media ms, moving][], oldest first: the frame that reached the screen then.
import { quantile } from '../waiting.mjs';

const SAMPLE_MS = 100;
/** A picture that stood longer than this is no position any more. */
const FRESH_MS = 250;

/** The newest entry not after `at`. */
export function entryAt(trace, at) {
  let low = 0, high = trace.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (trace[middle][0] <= at) low = middle; else high = middle - 1;
  }
  return trace.length && trace[low][0] <= at ? trace[low] : null;
}

/** Position presented at a machine time while moving, else null. @param {number} rate */
export function presented(trace, at, rate = 1) {
  const entry = entryAt(trace, at);
  if (!entry || !entry[2] || at - entry[0] >= FRESH_MS) return null;
  return entry[1] + (at - entry[0]) * rate;
}

/** Where the room is at a machine time: the states it sent, by the observer's clock. @param {{states: any[], offsetMs: number}} room */
export function targetAt({ states, offsetMs }, at) {
  const t = at + offsetMs;
  const state = states.filter((s) => s.heardAt <= at).at(-1) ?? states[0];
  return state.phase === 'playing' ? state.position_ms + state.rate * Math.max(0, t - state.at_ms) : state.position_ms;
}

/**
 * @param {any[][]} traces one of each page @param {{states: any[], offsetMs: number}} room @param {number} from @param {number} to machine ms
 * @returns {{errors: number[], spread: number[], missed: number}}
 */
export function sampled(traces, room, from, to) {
  const errors = [], spread = [];
  let missed = 0;
  for (let at = from; at <= to; at += SAMPLE_MS) {
    const now = traces.map((trace) => presented(trace, at)).filter((p) => p !== null).map((p) => p - targetAt(room, at));
    missed += traces.length - now.length;
    errors.push(...now.map(Math.abs));
    if (now.length > 1) spread.push(Math.max(...now) - Math.min(...now));
  }
  return { errors, spread, missed };
}

/** How long after `since` a page was within `tolerance` for good (until `to`); Infinity: it was not. */
export function settledAfter(trace, room, since, to, tolerance) {
  let last = since;
  for (let at = since; at <= to; at += 20) {
    const p = presented(trace, at);
    if (p === null || Math.abs(p - targetAt(room, at)) > tolerance) last = at + 20;
  }
  return last > to ? Infinity : last - since;
}

/** One page against itself: the frames on its screen against its own media clock. What measuring by frames adds by itself. */
export function ownNoise(frames, clock, from, to) {
  const apart = [];
  for (let at = from; at <= to; at += SAMPLE_MS) {
    const [a, b] = [presented(frames, at), presented(clock, at)];
    if (a !== null && b !== null) apart.push(a - b);
  }
  // A picture that is always late by the same time is late in every page alike.
  const usual = quantile(apart, 0.5);
  return apart.map((ms) => Math.abs(ms - usual));
}

export const median = (values) => quantile(values.filter((v) => !Number.isNaN(v)), 0.5);
export { quantile };
